"""The worked examples entered as the office would: every step from the application to the money (DOMAIN 9.6)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.workflow.terms import EXAMPLES
from workflow.calendar import month_end, month_of
from workflow.models import Case, Claim, ClaimLine, Delivery, RefusalOfUnits, UnitCost
from workflow.stages.terms import calculation_of

BY_ID = {row["id"]: row for row in EXAMPLES}
CHILDREN = ("W01", "W02", "W03", "W08")
ADULT = "W10"
LATE = {"G18": "agrāk projektā", "G27": "joprojām aktuāls", "G41": "der", "G65": "nodots vēlāk"}
REFUSED = dict.fromkeys(("G52", "G54", "G56", "G58"), "pašvaldība sedz pati")


class Example:
    """One worked example and the case it becomes; `programme` is that of the person."""

    def __init__(self, session: Session, code: str) -> None:
        self.given = BY_ID[code]
        self.expected = self.given["expected"]
        self.arrangement = self.given["assignment"][0]
        self.approved_on: date = self.given["plan_line"][0]["approved_on"]
        last = max(row["date"] for row in self.given["delivery"])
        self.office = Office(session, today=month_end(last) + timedelta(days=20))
        self.programme = "CHILD_REHAB" if self.given["case_type"] == "REHAB" else self.given["case_type"]
        self.deliveries: dict[int, Delivery] = {}

    def take(self, case: Case | None, step: str, who: str | None = None, **given: Any) -> Case:
        return self.office.take(case, step, who, **given)

    def granted(self) -> Case:
        """The case with its approved plan, asked for by the family, with a provider for every line."""
        case = self.take(None, "register_application", **self._application())
        self.take(case, "record_assessment", **self._assessment(), **LATE)
        lines = [self.office.line(case, row["service"]) | self._line(case) for row in self.given["plan_line"]]
        self.take(case, "draft_plan", **self.office.plan(case, drafted_on=self._before(20), lines=lines), **LATE)
        approval = {"approved_on": self.approved_on, "decision_on": self.approved_on}
        self.take(case, "approve_plan", **self.office.approval(representative_signed_on=self._before(5), **approval))
        asked = self.office.request(case, service_application_on=self.approved_on, route=self._route())
        self.take(case, "start_procurement", **asked)
        self._arrange(case)
        return case

    def _before(self, days: int) -> date:
        return self.approved_on - timedelta(days=days)

    def _route(self) -> str:
        return "in_house" if self.arrangement["kind"] == "in_house" else "procure"

    def _application(self) -> dict[str, Any]:
        used = self.given["opening"].get("used", "0")
        person = self.office.person(birth_date=self.given["person"]["birth_date"])
        common = {"person": person, "received_on": self._before(60), "opening_used": Decimal(used)}
        if self.given["case_type"] == "REHAB":
            return self.office.application(**common)
        alone = {"applicant": person, "applicant_kind": "self", "documents": ["D03", "D06", "D07"]}
        return self.office.application(**common, **alone, case_type=self.given["case_type"])

    def _assessment(self) -> dict[str, Any]:
        valid = {"valid_from": self.given["person"]["birth_date"] + timedelta(days=30), "valid_to": None}
        disability = {"status": "disability", "group": None, **valid}
        common = {"assessed_on": self._before(40)}
        if self.given["case_type"] == "REHAB":
            return self.office.assessment(**common, disability=disability)
        ground = {"target_ground": "at_risk_group_1_or_2", "living": "own_home"}
        return self.office.assessment(**common, **ground, disability=disability | {"group": "II"})

    def _line(self, case: Case) -> dict[str, Any]:
        kind = "child" if self.given["case_type"] == "REHAB" else "adult"
        return {"quantity": None, "recipient_kind": kind, "recipient": case.person}

    def _arrange(self, case: Case) -> None:
        starts_on, ends_on = self.arrangement["valid_from"], self.arrangement["valid_to"]
        if self._route() == "in_house":
            self._assign(case, starts_on, ends_on)
            return
        prices = self.arrangement["prices"]
        rows = [{"service": code, "unit_price": Decimal(price), "max_quantity": None} for code, price in prices.items()]
        signed = {"decision_on": self.approved_on, "signed_on": starts_on, "starts_on": starts_on, "ends_on": ends_on}
        provider = self.office.provider(valid_from=date(2015, 1, 1))
        self.take(case, "sign_contract", **self.office.contract(case, provider=provider, lines=rows, **signed), **LATE)

    def _assign(self, case: Case, starts_on: date, ends_on: date) -> None:
        provider = self.office.provider("Novada centrs", "municipal_institution", valid_from=date(2015, 1, 1))
        given = {"provider": provider, "register_entry": provider.entries[0], "starts_on": starts_on}
        services = [{"service": row["service"], "own_tariff": None} for row in self.given["plan_line"]]
        self.take(case, "assign_in_house", **given, ends_on=ends_on, lines=services)

    def deliver(self, case: Case, only: slice = slice(None)) -> None:
        """Every month and service is accepted with an act of its own."""
        by_act: dict[tuple[date, str], list[dict[str, Any]]] = defaultdict(list)
        for row in self.given["delivery"][only]:
            by_act[month_of(row["date"]), row["service"]].append(row)
        for (month, service), rows in by_act.items():
            typed = [{"date": row["date"], "quantity": Decimal(row["quantity"]), "started_at": None} for row in rows]
            act = {"act_no": f"A-{len(case.deliveries)}", "act_on": month_end(month), "deliveries": typed}
            assignment = next(row for row in case.assignments if row.plan_line.service_code == service)
            given = self.office.month(case, month=month, assignment=assignment, **act)
            self.take(case, "confirm_delivery", **given, **REFUSED)
        seqs = {(row["date"], row["service"]): row["seq"] for row in self.given["delivery"]}
        self.deliveries = {seqs[row.delivered_on, row.service_code]: row for row in case.deliveries}

    def claim(self, case: Case, month: date, part: str = "") -> None:
        """The month's invoice comes to all accepted units at their price; the claim is paid as it is."""
        day = month_end(month) + timedelta(days=1)
        invoice = {
            "no": f"R-{month}{part}",
            "date": day,
            "amount": self._billed(month),
            "paid_on": day,
            "reference": "MU",
        }
        given = {"period": month, "claim_no": f"K-{month}{part}", "submitted_on": day, "invoices": [invoice]}
        self.take(case, "submit_claim", **given, **LATE)
        self.office.pay(case, paid_on=self.office.today)

    def _billed(self, month: date) -> Decimal:
        prices = self.arrangement.get("prices")
        if prices is None:
            return Decimal("100.00")  # the cost note of the municipality's own service: nothing to compare with
        rows = [row for row in self.given["delivery"] if month_of(row["date"]) == month]
        return sum((Decimal(row["quantity"]) * Decimal(prices[row["service"]]) for row in rows), Decimal(0))

    def months(self) -> list[date]:
        return sorted({month_of(row["date"]) for row in self.given["delivery"]})


def walked(session: Session, code: str) -> tuple[Example, Case]:
    """The example from the application to the last payment, corrections included."""
    example = Example(session, code)
    case = example.granted()
    example.deliver(case)
    for month in example.months():
        example.claim(case, month)
    for row in example.given["correction"]:
        changed = {"new_quantity": None, "new_unit_price": None} | {
            name: Decimal(row[name]) for name in ("new_quantity", "new_unit_price") if name in row
        }
        document = {"document_no": f"KR-{row['step']}", "document_on": example.office.today, "reason": "Kredītrēķins"}
        changes = [{"delivery": example.deliveries[row["seq"]], **changed}]
        example.take(case, "record_correction", "procurement_officer", **document, changes=changes)
        example.office.pay(case, paid_on=example.office.today)
    return example, case


@pytest.fixture(params=CHILDREN)
def told(request: pytest.FixtureRequest, session: Session) -> tuple[Example, Case]:
    return walked(session, request.param)


def amounts(session: Session) -> list[Decimal]:
    """The amount of each claim in order."""
    rows = sa.select(sa.func.sum(ClaimLine.amount)).group_by(ClaimLine.claim_id).order_by(ClaimLine.claim_id)
    return list(session.scalars(rows))


def netted(session: Session) -> list[tuple[str, str, Decimal, Decimal, Decimal]]:
    """The lines of all claims together: month, service, quantity, rate, amount; what cancels is left out."""
    sums: dict[tuple[str, str, Decimal], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in session.scalars(sa.select(ClaimLine)):
        pair = sums[f"{row.month:%Y-%m}", row.service_code, row.rate]
        pair[0] += row.quantity
        pair[1] += row.amount
    return sorted((month, code, qty, rate, total) for (month, code, rate), (qty, total) in sums.items() if qty)


def test_the_claims_come_to_the_expected_sum(told: tuple[Example, Case], session: Session) -> None:
    example, _ = told
    assert sum(amounts(session)) == Decimal(example.expected["compensated"])
    assert amounts(session) == [
        Decimal(text) for text in example.expected.get("claim", [example.expected["compensated"]])
    ]


def test_the_lines_are_those_of_the_example(told: tuple[Example, Case], session: Session) -> None:
    example, _ = told
    wanted = [
        (row["month"], row["service"], Decimal(row["quantity"]), Decimal(row["rate"]), Decimal(row["amount"]))
        for row in example.expected["line"]
    ]
    assert netted(session) == sorted(wanted)


def test_the_refused_units_and_the_own_cost_are_those_of_the_example(
    told: tuple[Example, Case], session: Session
) -> None:
    example, case = told
    seqs = {row.id: seq for seq, row in example.deliveries.items()}
    found = [(seqs[row.delivery_id], row.quantity, row.reason) for row in session.scalars(sa.select(RefusalOfUnits))]
    wanted = [(row["seq"], Decimal(row["quantity"]), row["reason"]) for row in example.expected["excluded"]]
    assert sorted(found) == sorted(wanted)
    result = calculation_of(session, case, example.programme)
    assert result.own_cost == Decimal(example.expected["own_cost"])
    assert (result.used, result.remaining) == (
        Decimal(example.expected["used_after"]),
        Decimal(example.expected["remaining_after"]),
    )


def test_the_case_ends_compensated(told: tuple[Example, Case]) -> None:
    assert told[1].state == "compensated"


def test_the_credit_notes_of_w08_make_three_claims(session: Session) -> None:
    walked(session, "W08")
    assert amounts(session) == [Decimal("67.20"), Decimal("2.60"), Decimal("-0.90")]
    assert session.scalars(sa.select(Claim.kind).order_by(Claim.id)).all() == ["normal", "correction", "correction"]


def adult(session: Session) -> Example:
    """W10, an adult in the municipality's own service; the administrator enters the unit cost."""
    example = Example(session, ADULT)
    for row in example.given["unit_cost"]:
        session.add(
            UnitCost(
                service_code=row["service"],
                amount=Decimal(row["amount"]),
                valid_from=row["valid_from"],
                source="Metodika",
            )
        )
    return example


def test_w10_rounds_once_per_line_through_the_database(session: Session) -> None:
    example = adult(session)
    case = example.granted()
    case.opening_window_start = example.given["opening"]["window_start"]
    example.deliver(case)
    for month in example.months():
        example.claim(case, month)
    assert amounts(session) == [Decimal("36.85"), Decimal("18.43")]
    result = calculation_of(session, case, example.programme)
    assert (result.compensated, result.own_cost) == (Decimal("55.28"), Decimal("0.00"))
    assert result.window_last_day == example.expected["window_last_day"]
    assert case.state == "compensated"


def test_a_line_claimed_in_two_parts_is_rounded_as_one(session: Session) -> None:
    """The second visit of October of W10 is accepted after the claim: 18.43 and 18.42 make 36.85."""
    example = adult(session)
    case = example.granted()
    example.deliver(case, slice(1))
    example.claim(case, date(2019, 10, 1))
    example.deliver(case, slice(1, 2))
    example.claim(case, date(2019, 10, 1), "b")
    assert amounts(session) == [Decimal("18.43"), Decimal("18.42")]
