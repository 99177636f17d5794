"""Cases of every programme, walked to every place they can reach: DOMAIN 3 as an office fills it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from tests.factory import DAY, SPINE, Office
from workflow.facts import facts
from workflow.models import Assignment, Case, Claim, ClaimLine, UnitCost
from workflow.stages.assigning import unassigned
from workflow.stages.drafts import make_draft, programmes_with_claims

OPINION = {"no": "V-1", "issued_on": DAY(2021, 8, 1), "valid_to": None}
DISABILITY = {"status": "disability", "group": None, "valid_from": DAY(2021, 6, 1), "valid_to": None}
CHECK = {"assessment_mode": "document_check", "assessor_name": None, "assessor_profession": None}
SOCIAL_WORKER = {"assessment_mode": "social_worker", "assessor_profession": "social_worker"}
WISHED = {"G46": "Starpību sedz pašvaldība."}
EXITS = ("suspended", "rejected", "withdrawn", "closed")
GROUP_II = {"disability": DISABILITY | {"group": "II"}}
AT_RISK = {"target_ground": "at_risk_group_1_or_2", "living": "own_home"} | GROUP_II


@dataclass(frozen=True)
class Wish:
    """A line of the plan: units of a service for somebody (without a number: as many as the cap leaves), its price,
    and what of it is given on one row."""

    service: str
    quantity: str
    price: str
    recipient: str = "child"
    each: str = "1"
    in_house: bool = False
    unit_cost: str | None = None


@dataclass(frozen=True)
class Way:
    """What one case type asks of the people at the counter and at the desk."""

    wishes: tuple[Wish, ...]
    born: dt.date = DAY(2012, 5, 14)
    application: dict[str, Any] = field(default_factory=dict)
    assessment: dict[str, Any] = field(default_factory=dict)
    years: int = 0  # the pilots began in 2022: the same days one year later

    @property
    def route(self) -> str:
        """Bought, in-house, or both."""
        kinds = {wish.in_house for wish in self.wishes}
        return "mixed" if len(kinds) == 2 else "in_house" if True in kinds else "procure"


WAYS = {
    "REHAB": Way((Wish("REH-15", "20", "23.50"), Wish("GRD-01", "10", "30.00", "guardian"))),
    "RESPITE": Way(
        (Wish("RSP-01", "30", "70.00"),),
        application={"wanted": "services", "documents": ["D03", "D04"]},
        assessment=CHECK | {"special_care_opinion": OPINION},
    ),
    "CHILD_CARE": Way(
        (Wish("CAR-01", "10", "7.40", each="2.25"),),
        application={"wanted": "services", "documents": ["D03", "D04"]},
        assessment=CHECK | {"special_care_opinion": OPINION},
    ),
    "ADULT_COMMUNITY": Way(
        (
            Wish("ADL-01", "200", "9.40", "adult", "2.25", unit_cost="8.75"),
            Wish("ADL-02", "60", "20.00", "adult", in_house=True, unit_cost="26.40"),
            Wish("ADL-04", "30", "35.10", "adult", unit_cost="40.00"),
        ),
        born=DAY(1985, 7, 3),
        application={"applicant": None, "applicant_kind": "self", "documents": ["D03", "D06", "D07"]},
        assessment=AT_RISK,
    ),
    "INSTITUTION_CHILD": Way(
        (),
        application={"applicant_kind": "institution", "wanted": "assessment", "documents": []},
        assessment={"living": "institution", "disability": None},
    ),
    "ASD_PILOT": Way(
        (Wish("ASD-01", "20", "31.00"), Wish("ASD-01", "5", "31.00", "guardian")),
        application={"wanted": "services", "documents": ["D03", "D08"]},
        assessment=SOCIAL_WORKER,
        years=1,
    ),
    "FAMILY_ASSISTANT": Way(
        (Wish("FAM-01", "40", "11.20", each="2.25", in_house=True),),
        application={"wanted": "services", "documents": []},
        assessment=SOCIAL_WORKER | {"disability": None},
        years=1,
    ),
}


def places_of(case_type: str) -> tuple[str, ...]:
    """Every place a case of the type can come to; a plan-only programme has nothing to deliver (8.2, 3)."""
    known = facts().case_types.get(case_type)
    spine = SPINE[: SPINE.index("approved") + 1] if known is not None and known.plan_only else SPINE
    return (*spine, *EXITS)


class ProgrammeOffice(Office):
    """An office that knows every programme: `case_in("claimed", case_type="RESPITE")`."""

    way: Way = WAYS["REHAB"]

    def case_in(self, place: str, case_type: str = "REHAB", way: Way | None = None, **application: Any) -> Case:
        """A case of the type walked to the place: of the spine, or one of the exits."""
        self.way = way or WAYS[case_type]
        self.today = self.later(DAY(2021, 11, 22))
        self._enter_unit_costs()
        if place in EXITS:
            return self._leave(case_type, place, application)
        return super().case_in(place, case_type=case_type, **application)

    def _leave(self, case_type: str, place: str, application: dict[str, Any]) -> Case:
        plan_only = facts().case_types[case_type].plan_only
        ended = "approved" if plan_only else "compensated"
        case = self.case_in(ended if place == "closed" else "assessed", case_type, self.way, **application)
        match place:
            case "suspended":
                later = self.later(DAY(2022, 1, 10))
                self.take(
                    case,
                    "suspend",
                    "social_worker",
                    reason="illness",
                    note="",
                    from_on=self.today,
                    expected_resume_on=later,
                )
            case "rejected":
                self.take(case, "reject", **self.refusal())
            case "withdrawn":
                self.take(case, "withdraw", "social_worker", withdrawn_on=self.today, reason="")
            case _:
                reason = "plan_only" if plan_only else "completed"
                self.take(case, "close", reason=reason, closed_on=self.today, note="")
        return case

    def refusal(self) -> dict[str, Any]:
        """A refusal with its reasons, sent today."""
        day = {"decision_on": self.today, "sent_on": self.today, "channel": "in_person"}
        reasons = "Persona neatbilst programmas mērķa grupai, skat. izvērtējumu."
        return day | {"ground": "not_target_group", "reasons": reasons, "decision_no": "A-1", "person_heard": True}

    def later(self, value: Any) -> Any:
        """The same day in the programme's year, in whatever holds days."""
        match value:
            case dt.date() if self.way.years:
                return value.replace(year=value.year + self.way.years)
            case dict():
                return {name: self.later(each) for name, each in value.items()}
            case list():
                return [self.later(each) for each in value]
            case _:
                return value

    def _enter_unit_costs(self) -> None:
        known = set(self.session.scalars(sa.select(UnitCost.service_code)))
        for wish in self.way.wishes:
            if wish.unit_cost is not None and wish.service not in known:
                amount, day = Decimal(wish.unit_cost), DAY(2019, 1, 1)
                self.session.add(UnitCost(service_code=wish.service, amount=amount, valid_from=day, source="MK"))

    # What a well-filled form gives ----------------------------------------------------------------------------------

    def application(self, **changes: Any) -> dict[str, Any]:
        """An application of who may apply in the programme."""
        person = changes.pop("person", None) or self.person(birth_date=self.way.born)
        return self.later(super().application(person=person)) | self.way.application | changes

    def assessment(self, **changes: Any) -> dict[str, Any]:
        """The assessment in the programme's own mode."""
        return self.later(super().assessment(disability=DISABILITY) | self.way.assessment) | changes

    def plan(self, case: Case, **changes: Any) -> dict[str, Any]:
        """All that the programme gives."""
        return self.later(super().plan(case, lines=[])) | {"lines": self.plan_lines(case)} | changes

    def plan_lines(self, case: Case) -> list[dict[str, Any]]:
        """The lines as wished."""
        people = {"guardian": case.applicant}
        return [
            {
                "service": wish.service,
                "recipient_kind": wish.recipient,
                "recipient": people.get(wish.recipient, case.person),
                "quantity": Decimal(wish.quantity) if wish.quantity else None,
            }
            for wish in self.way.wishes
        ]

    def approval(self, **changes: Any) -> dict[str, Any]:
        """The supervisor's approval in the programme's year."""
        return self.later(super().approval()) | changes

    def request(self, case: Case, **changes: Any) -> dict[str, Any]:
        """The whole plan by the programme's route."""
        return self.later(super().request(case)) | {"route": self.way.route} | changes

    def contract(self, case: Case, **changes: Any) -> dict[str, Any]:
        """A contract for all that is bought, at its prices."""
        bought = {wish.service: wish for wish in self.way.wishes if not wish.in_house}
        lines = [line for line in unassigned(case, self.today) if line.service_code in bought]
        prices = [{"service": code, "unit_price": Decimal(wish.price)} for code, wish in bought.items()]
        return self.later(super().contract(case, **changes)) | {"lines": prices, "plan_lines": lines} | changes

    def in_house(self, case: Case, **changes: Any) -> dict[str, Any]:
        """The municipality's own institution for the rest."""
        own = changes.pop("provider", None) or self.provider("Sociālais dienests", "municipal_institution")
        tariffs = {wish.service: Decimal(wish.price) for wish in self.way.wishes if wish.in_house}
        lines = [{"service": code, "own_tariff": tariff} for code, tariff in tariffs.items()]
        days = {"starts_on": self.later(DAY(2021, 10, 1)), "ends_on": None}
        return {"provider": own, "register_entry": own.entries[0], "lines": lines, **days} | changes

    def deliveries(self, assignment: Assignment) -> list[dict[str, Any]]:
        """Three rows of October: stays where a day is 24 hours, else days with the quantity of the wish."""
        service = assignment.plan_line.service_code
        wish = next(wish for wish in self.way.wishes if wish.service == service)
        if facts().services[service].unit == "DAY24":
            stays = ((4, 6), (11, 12))
            return [
                self.later({"check_in": self.at(2021, 10, first), "check_out": self.at(2021, 10, last)})
                for first, last in stays
            ]
        rows = [{"date": DAY(2021, 10, day), "quantity": Decimal(wish.each)} for day in (4, 6, 11)]
        return [self.later(row) for row in rows]

    def at(self, year: int, month: int, day: int) -> dt.datetime:
        """Ten in the morning by the clock on the wall, which is what a stay is counted by (DOMAIN 5.1)."""
        return dt.datetime(year, month, day, 10)

    def month(self, case: Case, days: tuple[int, ...] = (), **changes: Any) -> dict[str, Any]:
        """October of one assignment, the first one unless another is named."""
        assignment = changes.get("assignment") or case.assignments[0]
        given = self.later(super().month(case)) | {"deliveries": self.deliveries(assignment)}
        return given | {"act_no": f"A-{len(case.deliveries)}"} | changes

    # The second half of the way -------------------------------------------------------------------------------------

    def _walk(self, case: Case, station: str) -> None:
        match station:
            case "assigned":
                self.arrange(case)
            case "service_delivered":
                for assignment in case.assignments:
                    self.take(case, "confirm_delivery", **self.month(case, assignment=assignment))
            case "claimed":
                for programme in programmes_with_claims(self.session, case):
                    self.take(case, "submit_claim", **self.claim_of(case, programme))
            case "compensated":
                for claim in self.waiting(case):
                    self.pay(case, claim=claim, amount=_sum(claim.lines), paid_on=self.later(DAY(2021, 11, 20)))
            case _:
                super()._walk(case, station)

    def arrange(self, case: Case) -> None:
        """Every line gets its provider."""
        if self.way.route != "in_house":
            self.take(case, "sign_contract", **self.contract(case), **WISHED)
        if self.way.route != "procure":
            self.take(case, "assign_in_house", **self.in_house(case))

    def claim_of(self, case: Case, programme: str) -> dict[str, Any]:
        """The claim for October with an invoice of each provider, or the cost note of the own one."""
        given = self.later(self.claim(case))
        draft = make_draft(self.session, case, programme, given["period"])
        row = given["invoices"][0]
        people = {one.provider_id: one.provider for one in case.assignments}
        given["invoices"] = [
            row | {"no": f"R-{programme}-{key}", "amount": cost or Decimal("1.00"), "provider": people[key]}
            for key, cost in draft.accepted_cost(draft.to_invoice).items()
        ]
        return given | {"programme": programme}

    def waiting(self, case: Case) -> list[Claim]:
        """The claims of the case that wait for their money."""
        mine = sa.select(ClaimLine.claim_id).where(ClaimLine.case_id == case.id)
        rows = sa.select(Claim).where(Claim.id.in_(mine), Claim.status == "submitted").order_by(Claim.id)
        return list(self.session.scalars(rows))


def _sum(lines: Iterable[ClaimLine]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))
