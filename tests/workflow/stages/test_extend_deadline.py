"""extend_deadline: how far the decision may be put off (G90), and what stays visible of the old day (13.3, story 4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import fields, refused, the_one
from tests.workflow.stages.test_reject import refusal
from workflow.deadlines import Deadline, kept
from workflow.models import Case, TransitionLog

# Received on 1 September: due on 1 October, at the latest on 3 January (1 January is free), or on 1 September 2022.


def extension(**changes: Any) -> dict[str, Any]:
    return {"new_due_on": date(2021, 12, 1), "reason": "Gaidām ārsta izrakstu.", "long_fact_finding": False} | changes


def extend(office: Office, case: Case, **changes: Any) -> Case:
    return office.take(case, "extend_deadline", **extension(**changes))


def decision(case: Case) -> Deadline:
    return next(one for one in map(kept, case.deadlines) if one.code == "DL-01")


@pytest.fixture
def case(office: Office) -> Case:
    office.today = date(2021, 9, 20)
    return office.case_in("applied")


def test_case_is_due_on_the_new_day_and_keeps_the_old_one(office: Office, case: Case) -> None:
    extend(office, case)
    assert (case.due_on, case.due_kind) == (date(2021, 12, 1), "DL-01")
    assert decision(case).extended_from == date(2021, 10, 1)


def test_letter_tells_and_the_history_keeps_both_days(office: Office, case: Case) -> None:
    extend(office, case)
    letter = next(row for row in case.documents if row.code == "L03")
    assert (letter.dated_on, letter.note, letter.direction) == (office.today, "Gaidām ārsta izrakstu.", "out")
    rows = sa.select(TransitionLog.data).where(TransitionLog.event == "extend_deadline")
    data = office.session.scalars(rows).one()
    assert (data["due_on_before"], data["new_due_on"]) == ("2021-10-01", "2021-12-01")


def test_internal_target_gives_way_to_the_day_that_was_set(office: Office, case: Case) -> None:
    assert case.due_kind == "DL-01a"
    extend(office, case)
    assert "DL-01a" not in {one["code"] for one in case.deadlines}


def test_extended_again_only_further(office: Office, case: Case) -> None:
    extend(office, case)
    problem = the_one(refused(office, case, "extend_deadline", **extension(new_due_on=date(2021, 12, 1))))
    assert (problem.code, problem.field) == ("G90", "new_due_on")
    extend(office, case, new_due_on=date(2021, 12, 15))
    rows = sa.select(TransitionLog.data).where(TransitionLog.event == "extend_deadline").order_by(TransitionLog.seq)
    assert [data["due_on_before"] for data in office.session.scalars(rows)] == ["2021-10-01", "2021-12-01"]


@pytest.mark.parametrize(
    ("day", "long", "passes"),
    [
        (date(2022, 1, 3), False, True),
        (date(2022, 1, 4), False, False),
        (date(2022, 1, 4), True, True),
        (date(2022, 9, 1), True, True),
        (date(2022, 9, 2), True, False),
        (date(2021, 10, 1), False, False),  # no later than it is due anyway
        (date(2021, 10, 2), False, True),
    ],
)
def test_four_months_after_receipt_or_a_year(office: Office, case: Case, day: date, long: bool, passes: bool) -> None:
    given = extension(new_due_on=day, long_fact_finding=long)
    if passes:
        assert office.take(case, "extend_deadline", **given).due_on == day
    else:
        problem = the_one(refused(office, case, "extend_deadline", **given))
        assert (problem.code, problem.field) == ("G90", "new_due_on")
        assert problem.params == {"date": date(2022, 9, 1) if long else date(2022, 1, 3)}


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_reason_is_given(office: Office, case: Case, reason: str | None) -> None:
    assert fields(refused(office, case, "extend_deadline", **extension(reason=reason)), "G90") == ["reason"]


def test_day_is_given(office: Office, case: Case) -> None:
    assert fields(refused(office, case, "extend_deadline", **extension(new_due_on=None)), "G90") == ["new_due_on"]


def test_rest_moves_the_extended_day_and_the_latest_one(office: Office, case: Case) -> None:
    extend(office, case)
    given = {"reason": "illness", "from_on": date(2021, 9, 27), "expected_resume_on": date(2021, 12, 1)}
    office.today = date(2021, 10, 11)
    office.take(case, "suspend", "social_worker", **given)
    office.take(case, "resume", "social_worker", resumed_on=office.today)
    assert (case.due_on, decision(case).paused_days) == (date(2021, 12, 15), 14)
    assert extend(office, case, new_due_on=date(2022, 1, 17)).due_on == date(2022, 1, 17)
    refused(office, case, "extend_deadline", **extension(new_due_on=date(2022, 1, 18)))


def test_after_a_reopening_everything_counts_from_that_day(office: Office) -> None:
    case = office.case_in("applied")
    office.take(case, "reject", **refusal())
    office.take(case, "reopen", reason="Apstrīdēšana", dispute_decision="Nr. 5", reopened_on=date(2021, 11, 22))
    assert decision(case) == Deadline(date(2021, 12, 22), "DL-01", date(2021, 11, 22))
    assert extend(office, case, new_due_on=date(2022, 3, 22)).due_on == date(2022, 3, 22)
    refused(office, case, "extend_deadline", **extension(new_due_on=date(2022, 3, 23)))
