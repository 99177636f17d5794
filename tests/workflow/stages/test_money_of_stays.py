"""Stays over the end of a month, and the unit costs of adults: what the children's sessions never meet (9.1, 9.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused
from tests.workflow.stages.billing import NOVEMBER, OCTOBER, claims_of, invoice
from tests.workflow.stages.visiting import Visits
from workflow.guards import Ask, find_problems
from workflow.models import Case, ClaimUnit, Invoice, UnitCost
from workflow.stages.compensation import all_settled, unclaimed_months

FEE = Decimal("70.00")


@pytest.fixture
def case(office: Office) -> Case:
    """A child's respite from 30 October 10:00 to 2 November 10:00: two units in October, one in November."""
    office.today = date(2021, 12, 6)
    papers = {"documents": ["D03", "D04"], "wanted": "services", "case_type": "RESPITE"}
    case = office.take(None, "register_application", **office.application(**papers))
    opinion = {"no": "VD-1", "issued_on": date(2021, 1, 4), "valid_to": None}
    office.take(
        case,
        "record_assessment",
        **office.assessment(assessment_mode="document_check", special_care_opinion=opinion),
    )
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, "RSP-01", "20")]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    price = [{"service": "RSP-01", "unit_price": FEE, "max_quantity": None}]
    office.take(case, "sign_contract", **office.contract(case, lines=price))
    stay = {"date": None, "quantity": None, "started_at": None, "check_in": at(10, 30), "check_out": at(11, 2)}
    return office.take(case, "confirm_delivery", **office.month(case, deliveries=[stay], act_on=date(2021, 11, 5)))


def at(month: int, day: int) -> datetime:
    """Ten o'clock by the clocks of Riga; summer time ends on 31 October."""
    return datetime(2021, month, day, 7 if month < 11 else 8, tzinfo=UTC)


def submit(office: Office, case: Case, period: date, amount: str, **changes: Any) -> None:
    row = invoice(case, no=f"R-{period}", date=date(2021, 12, 2), paid_on=date(2021, 12, 3), amount=Decimal(amount))
    given = office.claim(case, period=period, submitted_on=office.today, invoices=[row]) | changes
    office.take(case, "submit_claim", **given, G65="nodots kopā")


def test_each_month_claims_its_own_days(office: Office, case: Case) -> None:
    assert unclaimed_months(office.session, case) == [OCTOBER, NOVEMBER]
    submit(office, case, OCTOBER, "140.00")
    assert unclaimed_months(office.session, case) == [NOVEMBER]
    submit(office, case, NOVEMBER, "70.00")
    assert unclaimed_months(office.session, case) == []
    assert [[line.amount for line in row.lines] for row in claims_of(office)] == [[Decimal("140.00")], [FEE]]
    days = office.session.scalars(sa.select(ClaimUnit.on_day).order_by(ClaimUnit.on_day)).all()
    assert days == [date(2021, 10, 30), date(2021, 10, 31), date(2021, 11, 1)]


def test_each_month_is_billed_for_its_own_days(office: Office, case: Case) -> None:
    row = invoice(case, amount=Decimal("210.00"))
    given = office.claim(case, invoices=[row], submitted_on=office.today)
    assert codes(refused(office, case, "submit_claim", **given, G65="vēlu")) == ["G66"]
    submit(office, case, OCTOBER, "140.00")
    given = office.claim(case, period=NOVEMBER, submitted_on=office.today, invoices=[])
    assert "G61" in codes(refused(office, case, "submit_claim", **given))
    submit(office, case, NOVEMBER, "70.00")
    assert len(office.session.scalars(sa.select(Invoice)).all()) == 2


def test_half_a_stay_is_not_all(office: Office, case: Case) -> None:
    submit(office, case, OCTOBER, "140.00")
    office.pay(case, paid_on=office.today)
    assert case.state == "service_delivered"
    assert not all_settled(Ask(office.session, case, "stop_service", office.today))
    submit(office, case, NOVEMBER, "70.00")
    office.pay(case, paid_on=office.today)
    assert case.state == "compensated"


@pytest.mark.parametrize(("quantity", "passes"), [("3", True), ("4", False), ("2", True)])
def test_a_stay_is_corrected_within_its_days(office: Office, case: Case, quantity: str, passes: bool) -> None:
    change = {"delivery": case.deliveries[0], "new_quantity": Decimal(quantity), "new_unit_price": None}
    given = {"document_no": "KR", "document_on": office.today, "reason": "akts", "changes": [change]}
    if not passes:
        assert codes(refused(office, case, "record_correction", "social_worker", **given)) == ["G74"]
        return
    office.take(case, "record_correction", "social_worker", **given)
    assert unclaimed_months(office.session, case) == ([OCTOBER, NOVEMBER] if quantity == "3" else [OCTOBER])


def test_a_missing_unit_cost_stops_the_claim_of_its_month_only(office: Office) -> None:
    example = Visits(office.session)
    case = example.granted()
    example.deliver(case)
    [cost] = office.session.scalars(sa.select(UnitCost))
    cost.valid_to = date(2019, 10, 31)
    example.claim(case, date(2019, 10, 1))
    row = {"no": "I-2", "date": date(2019, 12, 1), "amount": Decimal(1), "paid_on": None, "reference": None}
    given = {"period": date(2019, 11, 1), "claim_no": "K-2", "submitted_on": date(2019, 12, 2), "invoices": [row]}
    found = refused(example.office, case, "submit_claim", **given)
    assert [(problem.code, problem.params["date"]) for problem in found] == [("G64", date(2019, 11, 5))]
    assert found[0].owner == "admin"


def test_what_has_no_unit_cost_yet_does_not_hide_the_rest(office: Office) -> None:
    """G73 can still be told; a correction of a claimed month needs the months that were claimed, no others."""
    example = Visits(office.session)
    case = example.granted()
    example.deliver(case)
    [cost] = office.session.scalars(sa.select(UnitCost))
    cost.valid_to = date(2019, 10, 31)
    day = date(2019, 12, 2)
    row = {"no": "I-1", "date": day, "amount": Decimal(1), "paid_on": None, "reference": None}
    given = {"period": date(2019, 10, 1), "claim_no": "K-1", "submitted_on": day, "invoices": [row]}
    example.take(case, "submit_claim", **given, G65="vēlu")
    [claim] = claims_of(office)
    paying = {"claim": claim, "paid_on": day, "amount": Decimal("36.85"), "reference": "LPR"}
    actor = office.actor("procurement_officer")
    [told] = find_problems(Ask(office.session, case, "record_payment", example.office.today, actor, paying))
    assert (told.code, told.params["amount"]) == ("G73", Decimal("0.00"))
    change = {"delivery": case.deliveries[0], "new_quantity": Decimal("1.25"), "new_unit_price": None}
    document = {"document_no": "A", "document_on": day, "reason": "akts", "changes": [change]}
    example.take(case, "record_correction", "social_worker", **document)
    amounts = [sum(line.amount for line in row.lines) for row in claims_of(office)]
    assert amounts == [Decimal("36.85"), Decimal("27.64") - Decimal("36.85")]


def test_a_correction_names_the_unit_cost_that_vanished(office: Office) -> None:
    example = Visits(office.session)
    case = example.granted()
    example.deliver(case)
    example.claim(case, date(2019, 10, 1))
    office.session.delete(office.session.scalars(sa.select(UnitCost)).one())
    change = {"delivery": case.deliveries[0], "new_quantity": Decimal("1.25"), "new_unit_price": None}
    document = {"document_no": "A", "document_on": date(2019, 12, 2), "reason": "akts", "changes": [change]}
    found = refused(example.office, case, "record_correction", "social_worker", **document)
    assert codes(found) == ["G64"]


def test_a_line_claimed_in_two_parts_is_rounded_as_one(office: Office) -> None:
    """The second visit of October of W10 is accepted after the claim: 18.43 and 18.42 make 36.85."""
    example = Visits(office.session)
    case = example.granted()
    example.deliver(case, slice(1))
    example.claim(case, date(2019, 10, 1))
    example.deliver(case, slice(1, 2))
    example.claim(case, date(2019, 10, 1), "b")
    amounts = [sum(line.amount for line in row.lines) for row in claims_of(office)]
    assert amounts == [Decimal("18.43"), Decimal("18.42")]
