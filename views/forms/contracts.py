"""The forms of bought services: sign a contract or join one, and end it (DOMAIN 8.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from views.forms.fields import (
    ChoiceField,
    DayField,
    LinesField,
    LongTextField,
    MoneyField,
    QuantityField,
    RowForm,
    TextField,
    TicksField,
    YesNoField,
)
from views.forms.numbered import numbered
from views.forms.offered import chosen_rows, contract_label, entry_label, line_choices, service_choices
from views.forms.steps import Desk, StepForm
from workflow.facts import facts
from workflow.models import Contract, TransitionLog
from workflow.queries.providers import contracts_to_choose, entries_to_choose
from workflow.stages.assigning import holds_until, requested, unassigned

LINES_AT_FIRST = 3


class PriceRow(RowForm):
    """A service of a contract with its price."""

    service = ChoiceField(_l("Service"))
    unit_price = MoneyField(_l("Price per unit, with VAT if charged"), required=False)
    max_quantity = QuantityField(_l("At most"), required=False)


class SignContract(StepForm):
    """An existing contract for this case, or a new one with the procurement that led to it."""

    step = "sign_contract"

    contract = ChoiceField(_l("Contract already registered"), required=False)
    plan_lines = TicksField(_l("For these services of the plan"), required=False)
    assigned_from = DayField(
        _l("This case is served from"),
        required=False,
        hint=_l("If empty: from the start of a new contract; with a contract already registered, from today."),
    )
    register_entry = ChoiceField(_l("Provider and register entry"), required=False)
    procedure = ChoiceField(_l("Procedure"), required=False)
    estimated_value_ex_vat = MoneyField(_l("Estimated value without VAT"), required=False)
    decision_on = DayField(_l("Decision on the provider"), required=False)
    published_on = DayField(_l("Published on"), required=False, hint=_l("If the procurement was published."))
    procurement_ref = TextField(_l("Identification number of the procurement"), required=False, longest=60)
    contract_no = TextField(_l("Number of the contract"), required=False, longest=60)
    signed_on = DayField(_l("Signed on"), required=False)
    starts_on = DayField(_l("In force from"), required=False)
    ends_on = DayField(_l("In force until"), required=False)
    max_value = MoneyField(_l("Largest value of the contract"), required=False)
    lines = LinesField(PriceRow, _l("Prices"), required=False, blank=LINES_AT_FIRST, most=20)

    # What is asked about a new contract only; one that is registered has all of it.
    NEW = (
        *("register_entry", "procedure", "estimated_value_ex_vat", "decision_on", "published_on", "procurement_ref"),
        *("contract_no", "signed_on", "starts_on", "ends_on", "max_value", "lines"),
    )

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        lines = unassigned(desk.case, desk.today)
        services = dict.fromkeys(line.service_code for line in lines)
        return {
            "plan_lines": [line.id for line in lines],
            "lines": [{"service": code} for code in services],
            "procedure": "market_survey",
            "estimated_value_ex_vat": _estimate(desk),
            "ends_on": max(facts().programmes[facts().services[code].programme].last_day for code in services)
            if services
            else None,
        }

    def offer(self, desk: Desk) -> None:
        lines, language = requested(desk.case), desk.language
        services = dict.fromkeys(line.service_code for line in lines)
        self.desk = desk
        self.entries = entries_to_choose(desk.session, desk.actor.municipality_ids)
        self.contracts = contracts_to_choose(desk.session, desk.actor.municipality_ids, services, desk.today)
        self.contract.choices = [(row.id, contract_label(row, services, language)) for row in self.contracts]
        self.plan_lines.choices = line_choices(lines, language)
        self.register_entry.choices = [(row.id, entry_label(row, language)) for row in self.entries]
        self.procedure.choices = list(facts().labels("procedure", language).items())
        self._offer_services()

    def _offer_services(self) -> None:
        offered = service_choices(facts().service_codes_of(self.desk.case.case_type), self.desk.language)
        for row in self.lines.entries:
            row.form.service.choices = offered

    def add_rows(self) -> None:
        super().add_rows()
        self._offer_services()

    def values(self, desk: Desk) -> dict[str, Any]:
        """A registered contract leaves out all that belongs to a new one."""
        contract = next((row for row in self.contracts if row.id == self.contract.data), None)
        entry = next((row for row in self.entries if row.id == self.register_entry.data), None)
        given = self.given() | {
            "contract": contract,
            "plan_lines": chosen_rows(self.plan_lines, requested(desk.case)),
            "register_entry": entry,
            "provider": entry.provider if entry else None,
            "lines": numbered(self.lines),
        }
        if contract is None:
            return given
        begins = given["assigned_from"] or max(contract.starts_on, desk.today)
        return {"contract": contract, "plan_lines": given["plan_lines"], "assigned_from": begins}

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if self.contract.data is not None:
            return self._only_filled_fields(good)
        return self._number_is_free() and self._services_differ() and good

    def _only_filled_fields(self, good: bool) -> bool:
        """One or the other: what was typed about a new contract would be lost without a word."""
        if any(self[name].data for name in ("contract_no", "signed_on", "starts_on")):
            self.add_problem("contract", _("Choose a registered contract or enter a new one, not both."))
            return False
        return good

    def _number_is_free(self) -> bool:
        here, number = self.desk.case.municipality_id, self.contract_no.data
        taken = sa.select(Contract.id).where(Contract.municipality_id == here, Contract.number == number)
        if number and self.desk.session.scalar(taken) is not None:
            self.add_problem("contract_no", _("This contract is registered already: choose it in the list above."))
            return False
        return True

    def _services_differ(self) -> bool:
        seen: set[str] = set()
        for row in self.lines.filled_rows():
            if row.service.data in seen:
                self.add_problem(row.service.name, _("This service has a price already."))
                return False
            seen.add(row.service.data)
        return True


def _estimate(desk: Desk) -> Decimal | None:
    """The value estimated when the case was handed over, from the history."""
    rows = sa.select(TransitionLog.data).where(
        TransitionLog.case_id == desk.case.id, TransitionLog.event == "start_procurement"
    )
    data = desk.session.scalars(rows.order_by(TransitionLog.seq.desc()).limit(1)).first()
    kept = data.get("estimated_value_ex_vat") if data else None
    return Decimal(kept) if kept else None


class TerminateContract(StepForm):
    """The contract ends before its time."""

    step = "terminate_contract"

    contract = ChoiceField(_l("Contract"))
    last_day = DayField(_l("Last day"), required=False)
    ground = ChoiceField(_l("Ground"), required=False)
    note = LongTextField(_l("Note"), required=False, rows=2)
    reprocure = YesNoField(_l("Look for another provider"), hint=_l("The case returns to procurement."))

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        contracts = _running_contracts(desk)
        return {"reprocure": True, "contract": contracts[0].id if len(contracts) == 1 else None}

    def offer(self, desk: Desk) -> None:
        self.contracts = _running_contracts(desk)
        services = {line.service_code for line in requested(desk.case)}
        self.contract.choices = [(row.id, contract_label(row, services, desk.language)) for row in self.contracts]
        self.ground.choices = list(facts().labels("terminate_ground", desk.language).items())

    def values(self, desk: Desk) -> dict[str, Any]:
        contract = next((row for row in self.contracts if row.id == self.contract.data), None)
        return self.given() | {"contract": contract}


def _running_contracts(desk: Desk) -> list[Contract]:
    """The contracts that still serve the case; one whose last day is past has ended by itself."""
    lines = [row.contract_line for row in desk.case.assignments if row.contract_line and holds_until(row, desk.today)]
    return list(dict.fromkeys(line.contract for line in lines))
