"""resume: back to where it was, with the time that was left, while the conditions hold (G86)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import refused, the_one
from workflow.models import Case, Disability, Task
from workflow.steps import blockers

LATER = date(2021, 12, 15)


def resting(office: Office, place: str, from_on: date = date(2021, 11, 1), **application: Any) -> Case:
    case = office.case_in(place, **application)
    given = {"reason": "hospital", "from_on": from_on, "expected_resume_on": date(2021, 12, 15)}
    return office.take(case, "suspend", "social_worker", **given)


def resume(office: Office, case: Case, day: date = date(2021, 11, 22)) -> Case:
    return office.take(case, "resume", "social_worker", resumed_on=day)


def disability_of(office: Office, case: Case) -> Disability:
    return office.session.scalars(sa.select(Disability).where(Disability.person_id == case.person_id)).one()


@pytest.mark.parametrize("place", ["applied", "assessed", "plan_drafted", "procurement", "service_delivered"])
def test_returns_to_where_it_came_from(office: Office, place: str) -> None:
    case = resume(office, resting(office, place))
    assert (case.state, case.came_from, case.suspended_on, case.expected_resume_on) == (place, None, None, None)
    assert case.pauses == [["2021-11-01", "2021-11-22"]]


def test_deadline_goes_on_with_the_days_that_were_left(office: Office) -> None:
    case = office.case_in("plan_drafted", received_on=date(2021, 9, 1))
    before = case.due_on
    given = {"reason": "illness", "from_on": date(2021, 9, 20), "expected_resume_on": date(2021, 12, 1)}
    office.take(case, "suspend", "social_worker", **given)
    resume(office, case, date(2021, 10, 20))
    assert before is not None
    assert case.due_on is not None
    assert (case.due_on - before).days == 30


def test_second_rest_is_added(office: Office) -> None:
    case = resume(office, resting(office, "assessed", date(2021, 10, 1)), date(2021, 10, 10))
    given = {"reason": "illness", "from_on": date(2021, 11, 1), "expected_resume_on": date(2021, 12, 1)}
    office.take(case, "suspend", "social_worker", **given)
    office.session.expire(case)
    resume(office, case)
    office.session.expire(case)
    assert case.pauses == [["2021-10-01", "2021-10-10"], ["2021-11-01", "2021-11-22"]]


def test_reminder_is_done(office: Office) -> None:
    case = resume(office, resting(office, "applied"))
    assert office.session.scalars(sa.select(Task.done_on).where(Task.case_id == case.id)).all() == [office.today]


def test_tasks_wait_as_long_as_the_case_rested(office: Office) -> None:
    case = office.case_in("procurement")
    rows = sa.select(Task.due_on).where(Task.case_id == case.id, Task.title == "arrange_provider")
    assert office.session.scalars(rows).one() == case.due_on == date(2022, 1, 21)
    office.today = date(2021, 12, 6)
    given = {"reason": "illness", "from_on": date(2021, 11, 29), "expected_resume_on": date(2021, 12, 15)}
    office.take(case, "suspend", "social_worker", **given)
    resume(office, case, office.today)
    assert office.session.scalars(rows).one() == case.due_on == date(2022, 1, 28)


def test_day_told_to_the_family_and_what_was_overdue_stay(office: Office) -> None:
    case = office.case_in("procurement")
    office.take(case, "request_documents", "social_worker", missing=["D04"], reply_by=date(2021, 12, 1))
    late = office.session.scalars(sa.select(Task).where(Task.title == "arrange_provider")).one()
    late.due_on = date(2021, 11, 1)
    office.take(case, "suspend", "social_worker", reason="illness", from_on=office.today, expected_resume_on=LATER)
    office.today = date(2021, 11, 29)
    resume(office, case, office.today)
    rows = sa.select(Task.title, Task.due_on).where(Task.case_id == case.id, Task.done_on.is_(None))
    assert {(row.title, row.due_on) for row in office.session.execute(rows)} == {
        ("arrange_provider", date(2021, 11, 1)),
        ("documents_awaited", date(2021, 12, 1)),
    }


@pytest.mark.parametrize(("valid_to", "passes"), [(date(2021, 11, 22), True), (date(2021, 11, 21), False)])
def test_disability_is_still_valid(office: Office, valid_to: date, passes: bool) -> None:
    case = resting(office, "assessed")
    disability_of(office, case).valid_to = valid_to
    if passes:
        assert resume(office, case).state == "assessed"
    else:
        problem = the_one(refused(office, case, "resume", "social_worker", resumed_on=office.today))
        assert (problem.code, problem.params["what"]) == ("G86", ["disability"])


def test_disability_is_not_asked_before_the_assessment(office: Office) -> None:
    assert resume(office, resting(office, "applied")).state == "applied"


@pytest.mark.parametrize(("born", "passes"), [(date(2003, 11, 23), True), (date(2003, 11, 22), False)])
def test_age_goes_on_during_the_rest(office: Office, born: date, passes: bool) -> None:
    case = resting(office, "assessed", person=office.person(birth_date=born))
    if passes:
        assert resume(office, case).state == "assessed"
    else:
        found = refused(office, case, "resume", "social_worker", resumed_on=office.today)
        assert the_one(found).params["what"] == ["age"]


@pytest.mark.parametrize(("day", "passes"), [(date(2022, 12, 31), True), (date(2023, 1, 1), False)])
def test_programme_has_not_ended(office: Office, day: date, passes: bool) -> None:
    case = resting(office, "assessed")
    office.today = day
    if passes:
        assert resume(office, case, day).state == "assessed"
    else:
        found = refused(office, case, "resume", "social_worker", resumed_on=day)
        assert the_one(found).params["what"] == ["programme_ended"]


@pytest.mark.parametrize("day", [None, date(2021, 10, 31), date(2021, 11, 23)])
def test_day_of_resumption_makes_sense(office: Office, day: date | None) -> None:
    case = resting(office, "assessed")
    problem = the_one(refused(office, case, "resume", "social_worker", resumed_on=day))
    assert (problem.code, problem.field) == ("G86", "resumed_on")


def test_panel_tells_what_is_lost_without_a_form(office: Office) -> None:
    case = resting(office, "assessed")
    assert blockers(office.session, case, "resume", None, office.today) == []
    disability_of(office, case).valid_to = date(2021, 11, 2)
    problem = the_one(blockers(office.session, case, "resume", None, office.today))
    assert (problem.code, problem.field, problem.params["what"]) == ("G86", None, ["disability"])
