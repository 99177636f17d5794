"""Every programme from its application to its end, in every place it can reach (DOMAIN 3, issue 3)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.programmes import EXITS, WAYS, ProgrammeOffice, places_of
from workflow import history
from workflow.facts import facts
from workflow.models import Claim, ClaimLine

EVERY = [(case_type, place) for case_type in WAYS for place in places_of(case_type)]
NOT_STATES = {"approved": "plan_drafted", "assigned": "procurement", "claimed": "service_delivered"}

# Three rows of October in each service of the plan: units, rate and amount of each claim line (DOMAIN 9.1).
MONEY = {
    "REHAB": {"CHILD_REHAB": [("REH-15", "3", "23.50", "70.50")], "GUARDIAN_SUPPORT": [("GRD-01", "3", "30", "90.00")]},
    "RESPITE": {"RESPITE": [("RSP-01", "3", "70", "210.00")]},
    "CHILD_CARE": {"CHILD_CARE": [("CAR-01", "6.75", "7.40", "49.95")]},
    "ADULT_COMMUNITY": {
        "ADULT_COMMUNITY": [
            ("ADL-01", "6.75", "8.75", "59.06"),  # bought above the unit cost: the unit cost
            ("ADL-02", "3", "26.40", "79.20"),  # in-house: the unit cost
            ("ADL-04", "3", "35.10", "105.30"),  # bought below it: the price
        ]
    },
    "ASD_PILOT": {"ASD_PILOT": [("ASD-01", "3", "31", "93.00"), ("ASD-01", "3", "31", "93.00")]},
    "FAMILY_ASSISTANT": {"FAMILY_ASSISTANT": [("FAM-01", "6.75", "11.20", "75.60")]},
}


@pytest.fixture
def office(session: Session) -> ProgrammeOffice:
    return ProgrammeOffice(session)


def test_every_case_type_is_walked() -> None:
    assert list(WAYS) == list(facts().case_types)
    assert {code for way in MONEY.values() for code in way} == set(facts().programmes) - {"INSTITUTION_CHILD"}


@pytest.mark.parametrize(("case_type", "place"), EVERY)
def test_reaches_every_place(office: ProgrammeOffice, case_type: str, place: str) -> None:
    case = office.case_in(place, case_type)
    assert (case.case_type, case.state) == (case_type, NOT_STATES.get(place, place))
    if place not in EXITS:
        assert case.blockers == []
    if place == "compensated":
        assert claimed(office) == expected(case_type)
    assert list(history.verify(office.session)) == []


def claimed(office: ProgrammeOffice) -> dict[str, list[tuple[str, Decimal, Decimal, Decimal]]]:
    """The lines of every claim by its programme, all of them paid to the body that compensates."""
    found = defaultdict(list)
    rows = sa.select(ClaimLine).order_by(ClaimLine.claim_id, ClaimLine.service_code, ClaimLine.id)
    for line in office.session.scalars(rows):
        claim = office.session.get_one(Claim, line.claim_id)
        assert claim.compensating_body == facts().programmes[claim.programme_code].compensating_body
        assert claim.status == "paid"
        found[claim.programme_code].append((line.service_code, line.quantity, line.rate, line.amount))
    return dict(found)


def expected(case_type: str) -> dict[str, list[tuple[str, Decimal, Decimal, Decimal]]]:
    return {
        programme: [(row[0], *(Decimal(text) for text in row[1:])) for row in lines]
        for programme, lines in MONEY[case_type].items()
    }


def test_plan_only_goes_from_its_approval_to_its_end(office: ProgrammeOffice) -> None:
    case = office.case_in("approved", "INSTITUTION_CHILD")
    assert (case.next_step, case.waits_for, case.plan.lines) == ("close", "supervisor", [])
    office.take(case, "close", reason="plan_only", closed_on=office.today, note="")
    assert (case.state, case.next_step, case.closed_from) == ("closed", None, "plan_drafted")
    assert sum(row.code == "D20" for row in case.documents) == 0


def test_adults_say_what_they_received_before(office: ProgrammeOffice) -> None:
    """The services of the project are «papildus jau sniegtajiem» (DOMAIN 3)."""
    case = office.case_in("assessed", "ADULT_COMMUNITY")
    first, *others = office.plan_lines(case)
    office.take(case, "draft_plan", **office.plan(case, lines=[first | {"received_before_project": True}, *others]))
    assert [line.received_before_project for line in case.plan.lines] == [True, False, False]
