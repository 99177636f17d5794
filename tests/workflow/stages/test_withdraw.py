"""withdraw: in writing, and only before the first delivery (G83, G84)."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import refused, the_one
from workflow.models import Case, Task

WITHDRAWN_ON = date(2021, 11, 1)


def withdraw(office: Office, case: Case, on: date | None = WITHDRAWN_ON) -> Case:
    return office.take(case, "withdraw", "social_worker", withdrawn_on=on, reason=None)


@pytest.mark.parametrize("place", ["applied", "assessed", "plan_drafted", "procurement"])
def test_ends_the_case_with_a_letter(office: Office, place: str) -> None:
    case = withdraw(office, office.case_in(place))
    assert case.state == "withdrawn"
    assert [row.dated_on for row in case.documents if row.code == "L04"] == [WITHDRAWN_ON]


@pytest.mark.parametrize("day", [None, date(2021, 8, 31), date(2021, 11, 23)])
def test_withdrawal_is_dated(office: Office, day: date | None) -> None:
    case = office.case_in("applied")
    problem = the_one(refused(office, case, "withdraw", "social_worker", withdrawn_on=day))
    assert (problem.code, problem.field) == ("G83", "withdrawn_on")


@pytest.mark.parametrize("day", [date(2021, 9, 1), date(2021, 11, 22)])
def test_from_the_day_of_application_until_today(office: Office, day: date) -> None:
    assert withdraw(office, office.case_in("applied"), day).state == "withdrawn"


def test_assigned_providers_are_flagged(office: Office) -> None:
    case = withdraw(office, office.case_in("assigned"))
    task = office.session.scalars(sa.select(Task).where(Task.case_id == case.id, Task.done_on.is_(None))).one()
    assert (task.title, task.role) == ("review_assignments", "procurement_officer")
    assert task.detail == case.assignments[0].referral_no


def test_after_a_delivery_the_service_is_stopped_instead(office: Office) -> None:
    case = office.case_in("service_delivered")
    office.take(
        case,
        "terminate_contract",
        "procurement_officer",
        contract=case.assignments[0].contract_line.contract,
        last_day=date(2021, 10, 31),
        ground="agreement",
        note="",
        reprocure=True,
    )
    assert case.state == "procurement"
    problem = the_one(refused(office, case, "withdraw", "social_worker", withdrawn_on=WITHDRAWN_ON))
    assert (problem.code, problem.field) == ("G84", None)


def test_cancelled_delivery_does_not_count(office: Office) -> None:
    case = office.case_in("service_delivered")
    for delivery in case.deliveries:
        delivery.cancelled = True
    office.take(case, "revise_plan", "social_worker", reason="x", drafted_on=office.today, lines=[office.line(case)])
    assert withdraw(office, case).state == "withdrawn"


def test_suspended_case_is_withdrawn_and_forgets_its_rest(office: Office) -> None:
    case = office.case_in("assessed")
    given = {"reason": "illness", "from_on": date(2021, 10, 1), "expected_resume_on": date(2021, 12, 1)}
    office.take(case, "suspend", "social_worker", **given)
    withdraw(office, case)
    assert (case.state, case.came_from, case.suspended_on) == ("withdrawn", None, None)


def test_no_letter_after_a_death(office: Office) -> None:
    case = office.case_in("applied")
    case.person.died_on = date(2021, 10, 1)
    assert "L04" not in {row.code for row in withdraw(office, case).documents}
