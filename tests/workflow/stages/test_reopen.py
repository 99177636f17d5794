"""reopen: to the counter or to where it was closed, with a new deadline (G06, G88)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from tests.workflow.stages.test_reject import refusal
from workflow.models import Case


def reopening(**changes: Any) -> dict[str, Any]:
    given = {"reason": "Apstrīdēšana", "dispute_decision": "Nr. 5", "reopened_on": date(2021, 11, 22)}
    return given | changes


def reopen(office: Office, case: Case, **changes: Any) -> Case:
    return office.take(case, "reopen", **reopening(**changes))


def rejected(office: Office, **application: Any) -> Case:
    return office.take(office.case_in("applied", **application), "reject", **refusal())


def closed(office: Office, place: str, on: date = date(2021, 11, 1)) -> Case:
    return office.take(office.case_in(place), "close", reason="completed", closed_on=on)


def test_rejected_case_begins_again_after_a_dispute(office: Office) -> None:
    case = reopen(office, rejected(office))
    assert (case.state, case.due_on, case.due_kind) == ("applied", date(2021, 12, 6), "DL-01a")
    anew = [("DL-01a", "2021-12-06"), ("DL-01", "2021-12-22"), ("DL-01b", "2022-03-22")]
    assert [(one["code"], one["due_on"]) for one in case.deadlines] == anew
    assert case.documents_complete_on == date(2021, 11, 22)
    assert case.next_step == "record_assessment"


def test_withdrawn_case_begins_again(office: Office) -> None:
    case = office.case_in("procurement")
    office.take(case, "withdraw", "social_worker", withdrawn_on=date(2021, 11, 1))
    assert reopen(office, case).state == "applied"


@pytest.mark.parametrize("place", ["assessed", "plan_drafted", "procurement", "compensated"])
def test_closed_case_goes_on_where_it_was(office: Office, place: str) -> None:
    case = reopen(office, closed(office, place))
    assert (case.state, case.closed_from, case.closed_on) == (place, None, None)
    assert case.pauses == [["2021-11-01", "2021-11-22"]]


def test_case_closed_while_resting_rests_again(office: Office) -> None:
    case = office.case_in("assessed")
    given = {"reason": "illness", "from_on": date(2021, 11, 1), "expected_resume_on": date(2021, 12, 1)}
    office.take(case, "suspend", "social_worker", **given)
    office.take(case, "close", reason="no_provider", closed_on=date(2021, 11, 10))
    reopen(office, case)
    assert (case.state, case.pauses) == ("suspended", [])
    assert office.take(case, "resume", "social_worker", resumed_on=office.today).state == "assessed"


def test_another_open_case_stands_in_the_way(office: Office) -> None:
    case = rejected(office)
    other = office.case_in("applied", person=case.person)
    problem = the_one(refused(office, case, "reopen", **reopening()))
    assert (problem.code, problem.params["case_no"]) == ("G06", other.case_no)


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_reason_is_given(office: Office, reason: str | None) -> None:
    case = rejected(office)
    assert fields(refused(office, case, "reopen", **reopening(reason=reason)), "G88") == ["reason"]


@pytest.mark.parametrize("day", [None, date(2021, 11, 23)])
def test_day_is_given_and_not_ahead(office: Office, day: date | None) -> None:
    case = rejected(office)
    assert fields(refused(office, case, "reopen", **reopening(reopened_on=day)), "G88") == ["reopened_on"]


@pytest.mark.parametrize(("day", "passes"), [(date(2022, 12, 31), True), (date(2023, 1, 1), False)])
def test_only_while_the_programme_lasts(office: Office, day: date, passes: bool) -> None:
    case = rejected(office)
    office.today = day
    if passes:
        assert reopen(office, case, reopened_on=day).state == "applied"
    else:
        assert codes(refused(office, case, "reopen", **reopening(reopened_on=day))) == ["G88"]


def test_plan_after_a_new_beginning_is_the_next_version(office: Office) -> None:
    case = office.take(office.case_in("plan_drafted"), "reject", **refusal())
    reopen(office, case)
    office.take(case, "record_assessment", **office.assessment())
    office.take(case, "draft_plan", **office.plan(case))
    assert [plan.version for plan in case.plans] == [1, 2]
    assert case.plans[0].replaced_on == date(2021, 9, 15)
