"""A child's case walks all six states, bought and in-house (issue: one real case)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.factory import Office
from workflow import history
from workflow.models import Claim


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


@pytest.mark.parametrize(
    ("place", "state", "next_step", "waits_for"),
    [
        ("applied", "applied", "record_assessment", "social_worker"),
        ("assessed", "assessed", "draft_plan", "social_worker"),
        ("plan_drafted", "plan_drafted", "approve_plan", "supervisor"),
        ("approved", "plan_drafted", "start_procurement", "social_worker"),
        ("procurement", "procurement", "sign_contract", "procurement_officer"),
        ("assigned", "procurement", "confirm_delivery", "social_worker"),
        ("service_delivered", "service_delivered", "submit_claim", "procurement_officer"),
        ("claimed", "service_delivered", "record_payment", "procurement_officer"),
        ("compensated", "compensated", "close", "supervisor"),
    ],
)
def test_a_bought_service_walks_to_compensation(
    office: Office, place: str, state: str, next_step: str, waits_for: str
) -> None:
    case = office.case_in(place)
    assert (case.state, case.next_step, case.waits_for, case.blockers) == (state, next_step, waits_for, [])
    assert list(history.verify(office.session)) == []


def test_the_claim_is_computed_from_the_sessions(office: Office) -> None:
    office.case_in("compensated")
    claim = office.session.query(Claim).one()
    assert [(line.quantity, line.rate, line.amount) for line in claim.lines] == [
        (Decimal("3.00"), Decimal("23.5000"), Decimal("70.50"))
    ]
    assert claim.status == "paid"


def test_an_in_house_service_walks_to_compensation(office: Office) -> None:
    case = office.case_in("approved")
    office.take(case, "start_procurement", **office.request(case, route="in_house"))
    own = office.provider("Novada dienas centrs", kind="municipal_institution")
    office.take(
        case,
        "assign_in_house",
        provider=own,
        register_entry=own.entries[0],
        starts_on=office.request(case)["service_application_on"],
        ends_on=None,
        lines=[{"service": "REH-15", "own_tariff": Decimal("15.00")}],
    )
    office.take(case, "confirm_delivery", **office.month(case))
    given = office.claim(case, amount="45.00")
    given["invoices"][0]["kind"] = "cost_note"
    office.take(case, "submit_claim", **given)
    office.pay(case)
    assert case.state == "compensated"


def test_closing_and_reopening_a_compensated_case(office: Office) -> None:
    case = office.case_in("compensated")
    office.take(case, "close", reason="completed", closed_on=office.today, note="")
    assert (case.state, case.next_step) == ("closed", None)
    office.take(case, "reopen", reason="Ģimene turpina.", dispute_decision=None, reopened_on=office.today)
    assert case.state == "compensated"
