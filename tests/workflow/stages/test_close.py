"""close: when everything is settled (G87); moving away brings the certificate of used units."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused, the_one
from workflow.models import Task

CLOSED_ON = date(2021, 11, 20)


def closing(**changes: Any) -> dict[str, Any]:
    return {"reason": "completed", "closed_on": CLOSED_ON, "note": ""} | changes


@pytest.mark.parametrize("place", ["assessed", "plan_drafted", "procurement", "compensated"])
def test_remembers_where_it_was_closed(office: Office, place: str) -> None:
    case = office.take(office.case_in(place), "close", **closing())
    assert (case.state, case.closed_from, case.closed_on) == ("closed", place, CLOSED_ON)
    assert (case.next_step, case.due_on) == (None, None)


def test_nothing_is_left_to_do(office: Office) -> None:
    case = office.take(office.case_in("plan_drafted"), "close", **closing())
    rows = sa.select(sa.func.count(Task.id)).where(Task.case_id == case.id, Task.done_on.is_(None))
    assert office.session.scalar(rows) == 0


@pytest.mark.parametrize("place", ["service_delivered", "claimed"])
def test_unsettled_deliveries_and_claims_are_settled_first(office: Office, place: str) -> None:
    case = office.case_in(place)
    assert the_one(refused(office, case, "close", **closing())).code == "G87"


def test_case_with_nothing_to_claim_may_be_closed(office: Office) -> None:
    case = office.case_in("applied", opening_used=100)
    office.take(case, "record_assessment", **office.assessment())
    assert office.take(case, "close", **closing(reason="not_eligible")).state == "closed"


@pytest.mark.parametrize(("reason", "certificates"), [("moved_away", 1), ("completed", 0), ("died", 0)])
def test_certificate_when_the_family_moves_away(office: Office, reason: str, certificates: int) -> None:
    case = office.take(office.case_in("compensated"), "close", **closing(reason=reason))
    assert [row.code for row in case.documents].count("D20") == certificates


def test_closing_a_resting_case_keeps_where_it_rested_from(office: Office) -> None:
    case = office.case_in("assessed")
    given = {"reason": "illness", "from_on": date(2021, 11, 1), "expected_resume_on": date(2021, 12, 1)}
    office.take(case, "suspend", "social_worker", **given)
    office.take(case, "close", **closing(reason="no_provider"))
    assert (case.closed_from, case.came_from) == ("suspended", "assessed")


def test_worker_may_not_close(office: Office) -> None:
    case = office.case_in("assessed")
    assert codes(refused(office, case, "close", "social_worker", **closing())) == ["G95"]
