"""The second half of a case's way in the demonstration: arranged, delivered, claimed, paid (DOMAIN 8.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Self

from sqlalchemy import select

from workflow.calendar import add_months, month_end, month_of
from workflow.demo.papers import attendance_sheet
from workflow.demo.providers import Offer, entry_on
from workflow.demo.units import UnitsWalk, day_of
from workflow.guards import working_days
from workflow.models import Assignment, Claim, ClaimLine, Contract, PlanLine
from workflow.models.series import next_number
from workflow.stages.claims import suggested_number
from workflow.stages.drafts import Draft, make_draft, programmes_with_claims
from workflow.stages.procurement import unassigned

NEEDED_DAYS = 200
"""How much of a contract must be left for another child to be assigned to it."""

VALUES = ((8600, "market_survey"), (9400, "market_survey"), (24500, "small_procurement"))
"""Estimated value in EUR without VAT and the procedure that fits it (DOMAIN 10)."""

REASONS = {
    "G46": "Cena atbilst tirgus izpētei.",
    "G47": "Ģimenes norādītais sniedzējs šobrīd nepieņem jaunus bērnus; ģimene piekrita citam.",
    "G52": "Sniedzēja ierakstu nepagarināja; sniegtās reizes sedz pašvaldība.",
    "G54": "Pakalpojums sniegts; vienības virs limita sedz pašvaldība.",
    "G56": "Pusaudzis pabeidza iesākto ciklu; reizes pēc 18. dzimšanas dienas sedz pašvaldība.",
    "G58": "Divi gadi beigušies; stundas turpmāk sedz pašvaldība.",
    "G65": "Sniedzējs rēķinu iesniedza ar nokavēšanos.",
}


class ServedWalk(UnitsWalk):
    """A walk that knows the way after the plan."""

    served_until: dt.date | None = None
    """The day until which its contracts have to last, where the story needs one that lasts long."""

    # A provider is arranged -------------------------------------------------------------------------------------------

    def request(self, applied_on: dt.date | None = None, **more: Any) -> Self:
        """The family asks for the services of the plan (D02)."""
        own = [wish.offer.in_house for wish in self.wishes]
        route = "in_house" if all(own) else "mixed" if any(own) else "procure"
        known = any(row.kind == "services" for row in self.case.applications)
        lines = list(self.case.plan.lines) if self.case.plan else []
        given: dict[str, Any] = {
            "route": route,
            "service_application_on": applied_on or (self.received_on if known else self.day),
            "requested_lines": lines,
            "estimated_value_ex_vat": Decimal(350 * len(lines)),
        }
        return self.take("start_procurement", **given | more)

    def arrange(self, *offers: Offer) -> Self:
        """Each provider of the plan is assigned: an own institution, or one bought under a contract."""
        for offer in offers or dict.fromkeys(wish.offer for wish in self.wishes):
            lines = [line for line in unassigned(self.case, self.day) if line.service_code in offer.services]
            if not lines:
                continue
            if offer.in_house:
                self._assign_in_house(offer, lines)
            else:
                self._sign(offer, lines)
        return self

    def _assign_in_house(self, offer: Offer, lines: list[PlanLine]) -> None:
        provider = self.place.providers[offer.key]
        services = dict.fromkeys(line.service_code for line in lines)
        self.take(
            "assign_in_house",
            REASONS,
            provider=provider,
            register_entry=entry_on(provider, self.day),
            starts_on=self.day,
            ends_on=None,
            lines=[{"service": code, "own_tariff": offer.tariff(code, self.day)} for code in services],
            plan_lines=lines,
        )

    def _sign(self, offer: Offer, lines: list[PlanLine]) -> None:
        known = self._contract(offer)
        given: dict[str, Any] = {"contract": known, "assigned_from": self.day} if known else self._new_contract(offer)
        self.take("sign_contract", REASONS, plan_lines=lines, **given)
        if known is None:
            self.place.contracts.append(self.case.assignments[-1].contract_line.contract)  # type: ignore[union-attr]

    def _contract(self, offer: Offer) -> Contract | None:
        """A contract of the case's municipality with this provider that lasts long enough."""
        provider = self.place.providers[offer.key]
        needed = self.served_until or min(self.day + dt.timedelta(days=NEEDED_DAYS), offer.last_day)
        for contract in self.place.contracts:
            own = contract.provider is provider and contract.municipality_id == self.municipality_id
            if own and contract.ended_on is None and contract.signed_on <= self.day and contract.ends_on >= needed:
                return contract
        return None

    def _new_contract(self, offer: Offer) -> dict[str, Any]:
        provider = self.place.providers[offer.key]
        entry = entry_on(provider, self.day)
        usual = month_end(add_months(self.day, self.rng.randint(16, 24)))
        ends_on = min(max(usual, self.served_until or usual), offer.last_day)
        if entry.valid_to is not None and len(offer.entries) > 1:
            ends_on = min(ends_on, entry.valid_to)
        number = next_number(self.session, f"demo contract {self.place.short}-{self.day.year}")
        value, procedure = self.rng.choice(VALUES)
        return {
            "provider": provider,
            "register_entry": entry,
            "procedure": procedure,
            "procurement_ref": f"PARAUGS {self.place.short} {self.day.year}/{number}",
            "estimated_value_ex_vat": Decimal(value),
            "published_on": self.day - dt.timedelta(days=20) if procedure == "small_procurement" else None,
            "decision_on": self.day - dt.timedelta(days=4),
            "contract_no": f"{self.place.short}-L-{self.day.year}-{number}",
            "signed_on": self.day,
            "starts_on": self.day,
            "ends_on": ends_on,
            "lines": [{"service": code, "unit_price": offer.price(code, self.day)} for code in offer.services],
        }

    def to_requested(self, **application: Any) -> Self:
        """The services of an approved plan are asked for."""
        return self.to_approved(**application).wait(3, 15).request()

    def to_assigned(self, by: dt.date | None = None, **application: Any) -> Self:
        """A provider is arranged; with `by` the family waits with its plan until two months before that day."""
        self.to_approved(wanted="assessment" if by else "both", **application)
        if by is not None:
            self.until(by - dt.timedelta(days=self.rng.randint(45, 60)))
        self.wait(1, 4).request()
        return self.wait(8, 25).arrange()

    # Months of service ------------------------------------------------------------------------------------------------

    def serve(self, months: Iterable[dt.date], pay_last: bool = True) -> Self:
        """Month by month: accepted, claimed and paid; the last one, if so wished, not yet paid."""
        wanted = list(months)
        for month in wanted:
            self.accept(month).wait(2, 5).claim(month)
            if pay_last or month != wanted[-1]:
                self.wait(5, 12).pay()
        return self

    def accept(self, month: dt.date, most: int = 4, last_day: dt.date | None = None, fewest: int = 2) -> Self:
        """The sessions of the month, assignment by assignment, in the first days of the next one."""
        end = min(last_day or month_end(month), month_end(month))
        self.until(end + dt.timedelta(days=self.rng.randint(2, 5)))
        for assignment in self._serving(month, end):
            days = self._days(assignment, month, end, self.rng.randint(fewest, most))
            if days:
                self.confirm(assignment, month, self.deliveries(assignment, days))
        return self

    def _serving(self, month: dt.date, end: dt.date) -> list[Assignment]:
        return [
            row
            for row in self.case.assignments
            if row.starts_on <= end and (row.ends_on is None or row.ends_on >= month)
        ]

    def _days(self, assignment: Assignment, month: dt.date, end: dt.date, wanted: int) -> list[dt.date]:
        """Working days of the month on which the assignment serves, as many as the plan leaves."""
        first, last = max(month, assignment.starts_on), min(end, assignment.ends_on or end)
        free = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
        free = [day for day in free if working_days(self.session).is_working(day)]
        left = self.left(assignment)
        wanted = wanted if left is None else min(wanted, left)
        return sorted(self.rng.sample(free, min(max(wanted, 0), len(free))))

    def confirm(self, assignment: Assignment, month: dt.date, deliveries: list[dict[str, Any]]) -> None:
        """The social worker accepts these deliveries of the month, with the sheet that the provider sent."""
        number = f"A-{self.case.case_no}-{len(self.case.deliveries) + 1}"
        service = assignment.plan_line.service_code
        self.take(
            "confirm_delivery",
            REASONS,
            month=month,
            assignment=assignment,
            deliveries=deliveries,
            act_no=number,
            act_on=self.day,
            attendance_sheet=attendance_sheet(number, service, *(day_of(row).isoformat() for row in deliveries)),
            signed_by=assignment.provider.name,
        )

    # Money ------------------------------------------------------------------------------------------------------------

    def claim(self, month: dt.date) -> Self:
        """A claim for each programme with something to claim in the month."""
        for programme in programmes_with_claims(self.session, self.case):
            draft = make_draft(self.session, self.case, programme, month)
            if draft.added:
                self._claim(draft)
        return self

    def _claim(self, draft: Draft) -> None:
        self.take(
            "submit_claim",
            REASONS,
            period=draft.period,
            programme=draft.programme,
            claim_no=suggested_number(self.session, self.case, draft.programme, draft.period, self.day),
            submitted_on=self.day,
            invoices=list(self._invoices(draft)),
        )

    def _invoices(self, draft: Draft) -> Iterable[dict[str, Any]]:
        """One invoice of each provider for the month; an own institution writes a cost note.

        The cost note of an adult's service without a tariff is over what the unit costs come to (9.1, item 6).
        """
        at_unit_cost = sum((line.amount for line in draft.lines), Decimal("0.00"))
        for provider_id, amount in draft.accepted_cost(draft.to_invoice).items():
            own = draft.in_house(provider_id)
            yield {
                "no": f"{'IZ' if own else 'R'}-{draft.period:%Y-%m}-{self.case.id}{draft.programme[0]}",
                "date": self.day - dt.timedelta(days=1),
                "amount": at_unit_cost if amount is None else amount,
                "paid_on": None if own else self.day,
                "reference": None if own else f"MU-{self.case.id}-{draft.period:%m%y}",
                "provider": next(row.provider for row in self.case.assignments if row.provider_id == provider_id),
            }

    def waiting_claims(self) -> list[Claim]:
        """The claims of the case that wait for their answer, oldest first."""
        mine = select(ClaimLine.claim_id).where(ClaimLine.case_id == self.case.id)
        rows = select(Claim).where(Claim.id.in_(mine), Claim.status == "submitted").order_by(Claim.id)
        return list(self.session.scalars(rows))

    def pay(self, share: Decimal = Decimal(1), reason: str | None = None) -> Self:
        """The planning region pays what waits; a smaller share needs a reason (G72)."""
        for claim in self.waiting_claims():
            amount = sum((line.amount for line in claim.lines), Decimal("0.00"))
            self.take(
                "record_payment",
                claim=claim,
                paid_on=self.day,
                amount=(amount * share).quantize(Decimal("0.01")),
                reference=f"LPR-{claim.number}",
                shortfall_reason=reason,
            )
        return self


def months(first: dt.date, count: int) -> list[dt.date]:
    """So many months from the one of the first day."""
    return [add_months(month_of(first), n) for n in range(count)]


def months_to(last: dt.date, count: int) -> list[dt.date]:
    """So many months up to the one of the last day."""
    return [add_months(month_of(last), n - count + 1) for n in range(count)]
