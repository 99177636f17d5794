"""The forms of the money: a claim, its return, its payment, and a correction (DOMAIN 8.2, 9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from views.clock import today
from views.forms.corrections import RecordCorrection
from views.forms.fields import (
    ChoiceField,
    DayField,
    LinesField,
    LongTextField,
    MaybeChoice,
    MoneyField,
    MonthField,
    RowForm,
    TextField,
)
from views.forms.numbered import numbered
from views.forms.steps import Desk, StepForm
from views.forms.typed import month as read_month
from workflow.calculation import Paid
from workflow.calendar import month_end
from workflow.facts import facts
from workflow.models import Claim, Provider
from workflow.queries.money import waiting_claims
from workflow.stages.claims import number_is_taken, suggested_number
from workflow.stages.drafts import Draft, make_draft, programme_for
from workflow.stages.opened import claim_lines, to_pay
from workflow.stages.settlement import unclaimed_months
from workflow.stages.terms import delivered_programmes
from workflow.wording import format_money, format_month, name_of_programme

__all__ = ["RecordCorrection", "RecordPayment", "ReturnClaim", "SubmitClaim"]


class InvoiceRow(RowForm):
    """An invoice or cost note for this case, and its payment."""

    provider = MaybeChoice(_l("Provider"), required=False)
    no = TextField(_l("Number"), required=False, longest=60)
    date = DayField(_l("Dated on"), required=False)
    amount = MoneyField(_l("Amount for this case"), required=False)
    paid_on = DayField(_l("Paid on"), required=False)
    reference = TextField(_l("Payment reference"), required=False, longest=60)


class SubmitClaim(StepForm):
    """A month of a programme, with the invoices behind it; the lines are computed."""

    step = "submit_claim"
    look_ahead = _l("Recount")

    programme = MaybeChoice(_l("Programme"), required=False)
    period = MonthField(_l("Month"), required=False)
    claim_no = TextField(_l("Number of the claim"), longest=60)
    submitted_on = DayField(_l("Submitted on"))
    invoices = LinesField(
        InvoiceRow,
        _l("Invoices and payments"),
        required=False,
        blank=2,
        most=30,
        hint=_l("For services of the municipality itself: the cost note, without a payment."),
    )

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        period = _asked_month() or _first_month(desk)
        programme = request.args.get("programme", "")
        if programme not in delivered_programmes(desk.case):
            programme = (period and programme_for(desk.session, desk.case, period)) or ""
        suggested = programme and period
        return {
            "programme": programme or None,
            "period": period,
            "claim_no": suggested_number(desk.session, desk.case, programme, period, desk.today) if suggested else None,
            "submitted_on": desk.today,
        }

    def offer(self, desk: Desk) -> None:
        self.desk = desk
        codes = delivered_programmes(desk.case)
        self.programme.choices = [(code, name_of_programme(code, desk.language)) for code in codes]
        if len(codes) < 2:
            self.programme.look = "hidden"
        self.providers = {row.provider_id: row.provider for row in desk.case.assignments}
        for row in self.invoices.entries:
            self._offer_providers(row.form)

    def add_rows(self) -> None:
        super().add_rows()
        for row in self.invoices.entries:
            self._offer_providers(row.form)

    def _offer_providers(self, row: RowForm) -> None:
        """Who sent the invoice is asked only where the case has several providers."""
        row.provider.choices = [(row_id, provider.name) for row_id, provider in self.providers.items()]
        row.provider.look = "hidden" if len(self.providers) < 2 else "select"

    def values(self, desk: Desk) -> dict[str, Any]:
        rows = [{**row, "provider": self._provider(row["provider"])} for row in numbered(self.invoices)]
        return self.given() | {"programme": self._programme(desk), "invoices": rows}

    def _provider(self, provider_id: int | None) -> Provider | None:
        return self.providers.get(provider_id or 0)

    def _programme(self, desk: Desk) -> str | None:
        """The programme chosen, or the only one of the case."""
        codes = delivered_programmes(desk.case)
        return self.programme.data or (codes[0] if len(codes) == 1 else None)

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        return _is_past(self, "submitted_on") and self._number_is_free() and good

    def _number_is_free(self) -> bool:
        """Said here in its own words; the guard G63 speaks of deliveries."""
        taken = number_is_taken(self.desk.session, self.desk.case, self.claim_no.data)
        if taken:
            self.add_problem("claim_no", _("This number is in use already."))
        return not taken

    def context(self, desk: Desk) -> dict[str, Any]:
        """The claim as it would be, and the months that wait for one."""
        draft = self._draft(desk)
        return {
            "draft": draft,
            "lines": claim_lines(draft) if draft is not None and not draft.unpriced else (),
            "costs": _costs(draft) if draft is not None and not draft.unpriced else [],
            "open_months": unclaimed_months(desk.session, desk.case),
        }

    def _draft(self, desk: Desk) -> Draft | None:
        period = self.period.data
        if period is None:
            return None
        programme = self._programme(desk) or programme_for(desk.session, desk.case, period)
        return make_draft(desk.session, desk.case, programme, period) if programme else None


def _asked_month() -> dt.date | None:
    """The month named in the address, as the links of the page name it; nonsense counts as none."""
    try:
        return read_month(request.args.get("period", ""))
    except ValueError:
        return None


def _first_month(desk: Desk) -> dt.date | None:
    """The earliest unclaimed month that is over, else the earliest one."""
    months = unclaimed_months(desk.session, desk.case)
    finished = [month for month in months if month_end(month) < desk.today]
    return next(iter(finished or months), None)


def _costs(draft: Draft) -> list[tuple[str, Any, list[Paid]]]:
    """What each provider's invoices must come to, and how that comes about."""
    names = {row.provider_id: row.provider.name for row in draft.case.assignments}
    paid = to_pay(draft)
    return [(names[key], cost, paid.get(key, [])) for key, cost in draft.accepted_cost(draft.to_invoice).items()]


def _is_past(form: StepForm, *names: str) -> bool:
    """Days of what happened cannot lie in the future; said at each of the fields."""
    good = True
    for name in names:
        if form[name].data is not None and form[name].data > today():
            form.add_problem(name, _("The date cannot be in the future."))
            good = False
    return good


class _AboutClaim(StepForm):
    """What the two answers of the planning region share: the claim they are about."""

    claim = ChoiceField(_l("Claim"))

    @classmethod
    def chosen(cls, desk: Desk) -> Claim | None:
        """The claim named in the address, or the only one that waits."""
        claims = waiting_claims(desk.session, desk.case)
        named = [claim for claim in claims if str(claim.id) == request.args.get("claim")]
        return next(iter(named or (claims if len(claims) == 1 else [])), None)

    def offer(self, desk: Desk) -> None:
        self.claims = {claim.id: claim for claim in waiting_claims(desk.session, desk.case)}
        self.claim.choices = claim_choices(self.claims.values(), desk.language)

    def values(self, desk: Desk) -> dict[str, Any]:
        return self.given() | {"claim": self.claims.get(self.claim.data or 0)}


def claim_choices(claims: Iterable[Claim], language: str) -> list[tuple[int, str]]:
    """Claims as options: number, month, kind, amount."""
    return [(claim.id, claim_label(claim, language)) for claim in claims]


def claim_label(claim: Claim, language: str) -> str:
    """`RN-K-2021-0007 · 2021. gada oktobris · 67,20 EUR`; a correction says that it is one."""
    kind = [facts().label("claim_kind", claim.kind, language)] if claim.kind == "correction" else []
    amount = sum((line.amount for line in claim.lines), Decimal(0))
    return " · ".join([claim.number, format_month(claim.period, language), *kind, format_money(amount, language)])


class ReturnClaim(_AboutClaim):
    """The planning region sent the claim back."""

    step = "return_claim"

    returned_on = DayField(_l("Returned on"))
    reason = LongTextField(_l("Reason"))

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        claim = cls.chosen(desk)
        return {"claim": claim.id if claim else None, "returned_on": desk.today}

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        return _is_past(self, "returned_on") and good


class RecordPayment(_AboutClaim):
    """The money of a claim came in; a negative correction was paid back."""

    step = "record_payment"

    paid_on = DayField(_l("Paid on"), required=False)
    amount = MoneyField(
        _l("Amount"), required=False, below_zero=True, hint=_l("A correction in favour of the region has a minus.")
    )
    reference = TextField(_l("Payment reference"), required=False, longest=200)
    shortfall_reason = LongTextField(
        _l("Why less was paid"), required=False, rows=2, hint=_l("Only if the amount is not that of the claim.")
    )

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        claim = cls.chosen(desk)
        return {
            "claim": claim.id if claim else None,
            "paid_on": desk.today,
            "amount": sum(line.amount for line in claim.lines) if claim else None,
        }

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        return _is_past(self, "paid_on") and good

    def context(self, desk: Desk) -> dict[str, Any]:
        """The claims that wait, to compare the amounts with."""
        return {"claims": list(self.claims.values())}
