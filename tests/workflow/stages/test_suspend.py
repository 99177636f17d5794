"""suspend: why, and until when at most (G85)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import fields, refused, the_one
from workflow.models import Case, Task


def rest(**changes: Any) -> dict[str, Any]:
    return {
        "reason": "hospital",
        "note": "",
        "from_on": date(2021, 11, 15),
        "expected_resume_on": date(2021, 12, 15),
    } | changes


def suspend(office: Office, case: Case, **changes: Any) -> Case:
    return office.take(case, "suspend", "social_worker", **rest(**changes))


@pytest.mark.parametrize("place", ["applied", "assessed", "plan_drafted", "procurement", "service_delivered"])
def test_remembers_where_it_came_from(office: Office, place: str) -> None:
    case = suspend(office, office.case_in(place))
    assert (case.state, case.came_from) == ("suspended", place)
    assert (case.suspended_on, case.expected_resume_on) == (date(2021, 11, 15), date(2021, 12, 15))
    assert [row.dated_on for row in case.documents if row.code == "L04"] == [date(2021, 11, 15)]


def test_resting_case_is_due_when_the_suspension_is_over(office: Office) -> None:
    case = suspend(office, office.case_in("applied"))
    assert (case.due_on, case.due_kind, case.next_step) == (date(2022, 2, 15), "DL-06a", "resume")
    task = office.session.scalars(sa.select(Task).where(Task.case_id == case.id)).one()
    assert (task.title, task.user_id, task.due_on) == ("resume_case", case.worker_id, date(2021, 12, 15))


def test_reason_is_given(office: Office) -> None:
    case = office.case_in("applied")
    problem = the_one(refused(office, case, "suspend", "social_worker", **rest(reason=None)))
    assert (problem.code, problem.field, problem.params) == ("G85", "reason", {"months": 3})


@pytest.mark.parametrize("day", [None, date(2021, 11, 15), date(2022, 2, 16)])
def test_expected_day_lies_within_three_months(office: Office, day: date | None) -> None:
    case = office.case_in("applied")
    found = refused(office, case, "suspend", "social_worker", **rest(expected_resume_on=day))
    assert fields(found, "G85") == ["expected_resume_on"]


@pytest.mark.parametrize("day", [date(2021, 11, 16), date(2022, 2, 15)])
def test_first_and_last_expected_day(office: Office, day: date) -> None:
    assert suspend(office, office.case_in("applied"), expected_resume_on=day).expected_resume_on == day


@pytest.mark.parametrize("day", [None, date(2021, 8, 31), date(2021, 11, 23)])
def test_rest_has_begun(office: Office, day: date | None) -> None:
    case = office.case_in("applied")
    assert fields(refused(office, case, "suspend", "social_worker", **rest(from_on=day)), "G85") == ["from_on"]
