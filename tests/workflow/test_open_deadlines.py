"""Which deadlines a case has in each state, from which day on, and that it is due at the earliest (DOMAIN 8.4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused
from tests.workflow.stages.test_reject import refusal
from workflow.calendar import WorkingDays
from workflow.deadlines import Deadline, kept
from workflow.models import Case, Task
from workflow.position import refresh

DUE = {
    "applied": {
        "DL-01": (date(2021, 9, 1), date(2021, 10, 1)),
        "DL-01a": (date(2021, 9, 1), date(2021, 9, 15)),
        "DL-01b": (date(2021, 9, 1), date(2022, 1, 3)),
    },
    "assessed": {
        "DL-01": (date(2021, 9, 1), date(2021, 10, 1)),
        "DL-02": (date(2021, 9, 10), date(2021, 10, 8)),
    },
    "plan_drafted": {
        "DL-01": (date(2021, 9, 1), date(2021, 10, 1)),
        "DL-03": (date(2021, 9, 15), date(2021, 9, 29)),
    },
    "approved": {"DL-03": (date(2021, 9, 15), date(2021, 9, 29))},
    "procurement": {"DL-04": (date(2021, 11, 22), date(2022, 1, 21))},
    "assigned": {"DL-04a": (date(2021, 10, 1), date(2021, 11, 15))},
    "service_delivered": {
        "DL-05": (date(2021, 10, 31), date(2021, 11, 15)),
        "DL-08": (date(2022, 12, 31), date(2023, 1, 30)),
    },
    "claimed": {"DL-06": (date(2021, 11, 10), date(2021, 12, 10))},
    "compensated": {},
}

DAYS = WorkingDays()


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def found(case: Case) -> list[Deadline]:
    return [kept(stored) for stored in case.deadlines]


def due(case: Case) -> dict[str, date]:
    return {one.code: one.due_on for one in found(case)}


def suspend(office: Office, case: Case, from_on: date, **changes: Any) -> Case:
    given = {"reason": "illness", "from_on": from_on, "expected_resume_on": from_on + timedelta(days=60)} | changes
    return office.take(case, "suspend", "social_worker", **given)


def rest(office: Office, case: Case, from_on: date, to: date) -> Case:
    suspend(office, case, from_on)
    return office.take(case, "resume", "social_worker", resumed_on=to)


@pytest.mark.parametrize(("place", "wanted"), DUE.items(), ids=[*DUE])
def test_start_and_end_at_every_place(office: Office, place: str, wanted: dict[str, tuple[date, date]]) -> None:
    case = office.case_in(place)
    assert {one.code: (one.starts_on, one.due_on) for one in found(case)} == wanted
    binding = [(one.due_on, one.code) for one in found(case) if one.binds]
    assert (case.due_on, case.due_kind) == min(binding, default=(None, None))


def test_internal_target_starts_with_the_last_document(office: Office) -> None:
    case = office.case_in("applied", documents=[])
    assert "DL-01a" not in due(case)


def test_rejected_case_shows_until_when_it_can_be_disputed_and_is_not_due(office: Office) -> None:
    case = office.take(office.case_in("applied"), "reject", **refusal())
    last = case.decisions[-1]
    assert found(case) == [Deadline(last.dispute_until, "DL-07", last.notified_on)]
    assert (case.due_on, case.due_kind) == (None, None)


@pytest.mark.parametrize("step", ["withdraw", "close"])
def test_ended_case_has_none(office: Office, step: str) -> None:
    case = office.case_in("assessed")
    who = "social_worker" if step == "withdraw" else "supervisor"
    office.take(case, step, who, withdrawn_on=office.today, reason="moved_away", closed_on=office.today)
    assert (case.deadlines, case.due_on) == ([], None)


def test_suspended_case_has_its_own_alone(office: Office) -> None:
    case = suspend(office, office.case_in("applied"), date(2021, 11, 1))
    assert found(case) == [Deadline(date(2022, 2, 1), "DL-06a", date(2021, 11, 1))]


def test_limit_of_a_second_rest_is_not_moved_by_the_first(office: Office) -> None:
    case = rest(office, office.case_in("applied"), date(2021, 10, 1), date(2021, 11, 10))
    suspend(office, case, date(2021, 11, 5))
    assert due(case) == {"DL-06a": date(2022, 2, 5)}


@pytest.mark.parametrize(
    ("place", "began"),
    [
        ("applied", date(2021, 9, 14)),
        ("assessed", date(2021, 9, 21)),
        ("plan_drafted", date(2021, 9, 21)),
        ("procurement", date(2021, 11, 11)),
        ("assigned", date(2021, 11, 11)),
        ("service_delivered", date(2021, 11, 11)),
        ("claimed", date(2021, 11, 18)),
    ],
)
def test_as_much_is_left_after_the_rest_as_before(office: Office, place: str, began: date) -> None:
    office.today = max(began, date(2021, 9, 21)) - timedelta(days=1)
    case, ended = office.case_in(place), began + timedelta(days=14)
    before = {one.code: one.due_on for one in found(case) if one.due_on >= began}
    office.today = ended
    rest(office, case, began, ended)
    after = {one.code: one for one in found(case) if one.code in before}
    assert after
    for code, day in before.items():
        moved, whole_weeks = after[code].due_on - ended, day + timedelta(days=14)
        if after[code].starts_on < ended and DAYS.next_working(whole_weeks) == whole_weeks:
            assert moved == day - began, code
        assert moved >= day - began or after[code].starts_on > ended, code
        assert after[code].paused_days == (after[code].due_on - day).days


def test_overdue_stays_overdue_by_as_much(office: Office) -> None:
    case = office.case_in("applied")
    assert case.due_on == date(2021, 9, 15)
    assert rest(office, case, date(2021, 11, 1), date(2021, 11, 22)).due_on == date(2021, 9, 15)


def test_two_rests_add_up(office: Office) -> None:
    office.today = date(2021, 9, 24)
    case = rest(office, office.case_in("assessed"), date(2021, 9, 13), date(2021, 9, 20))
    rest(office, case, date(2021, 9, 22), date(2021, 9, 24))
    assert due(case)["DL-01"] == date(2021, 10, 11)  # 7 and 2 days from 1 October are Sunday 10 October
    assert due(case)["DL-02"] == date(2021, 10, 19)  # 5 and 2 working days


def test_paper_of_an_earlier_year_is_late_only_from_the_day_it_was_entered(office: Office) -> None:
    case = office.case_in("applied")
    disability = {"status": "disability", "group": None, "valid_from": date(2016, 1, 1), "valid_to": None}
    given = office.assessment(assessed_on=date(2017, 6, 1), earlier_in_project=True, disability=disability)
    office.take(case, "record_assessment", **given, G18="Projektā vērtēts 2017. gadā.")
    assert due(case)["DL-02"] == date(2021, 12, 20)
    office.today = date(2021, 12, 6)
    rest(office, case, date(2021, 11, 29), date(2021, 12, 6))
    assert due(case)["DL-02"] == date(2021, 12, 28)  # 15 working days were left: the rest does not begin them anew


def test_new_provider_starts_the_first_delivery_anew(office: Office) -> None:
    case = office.case_in("assigned")
    ended = {"last_day": date(2021, 11, 20), "ground": "agreement", "note": "", "reprocure": True}
    contract = case.assignments[0].contract_line.contract
    office.take(case, "terminate_contract", "procurement_officer", contract=contract, **ended)
    assert due(case) == {"DL-04": date(2022, 1, 21)}
    office.take(case, "sign_contract", **office.contract(case, starts_on=date(2021, 12, 1)))
    assert due(case) == {"DL-04a": date(2022, 1, 15)}


def test_claims_stay_due_while_the_plan_is_revised(office: Office) -> None:
    case = office.case_in("service_delivered")
    lines = [office.line(case, quantity="25")]
    office.take(case, "revise_plan", "social_worker", reason="Vairāk", lines=lines, drafted_on=office.today)
    assert due(case) == {"DL-03": date(2021, 12, 6), "DL-05": date(2021, 11, 15), "DL-08": date(2023, 1, 30)}
    assert case.due_kind == "DL-05"


def test_each_month_has_its_own_deadline_and_the_earliest_wins(office: Office) -> None:
    case = office.case_in("service_delivered")
    office.take(case, "confirm_delivery", **office.month(case, days=(2,), month=date(2021, 11, 1)))
    assert [(one.code, one.due_on) for one in found(case)] == [
        ("DL-05", date(2021, 11, 15)),
        ("DL-05", date(2021, 12, 15)),
        ("DL-08", date(2023, 1, 30)),
    ]
    assert case.due_on == date(2021, 11, 15)


# G65 counts as the position does ----------------------------------------------------------------------------------


def claim(office: Office, case: Case, submitted_on: date) -> list[str]:
    office.today = submitted_on
    given = office.claim(case, submitted_on=submitted_on)
    return codes(refused(office, case, "submit_claim", **given))


def test_late_claim_is_told(office: Office) -> None:
    case = office.case_in("service_delivered")
    assert claim(office, case, date(2021, 11, 16)) == ["G65"]


@pytest.mark.parametrize(("submitted_on", "late"), [(date(2021, 11, 25), False), (date(2021, 11, 26), True)])
def test_rest_moves_the_deadline_of_the_claim(office: Office, submitted_on: date, late: bool) -> None:
    case = office.case_in("service_delivered")
    rest(office, case, date(2021, 11, 2), date(2021, 11, 12))
    assert due(case)["DL-05"] == date(2021, 11, 25)
    if late:
        assert claim(office, case, submitted_on) == ["G65"]
    else:
        office.today = submitted_on
        assert office.take(case, "submit_claim", **office.claim(case, submitted_on=submitted_on)).due_kind == "DL-06"


def test_claim_during_the_rest_is_in_time(office: Office) -> None:
    case = suspend(office, office.case_in("service_delivered"), date(2021, 11, 12))
    office.today = date(2021, 12, 1)
    office.take(case, "submit_claim", **office.claim(case, submitted_on=office.today))
    assert case.state == "suspended"


def test_claim_late_already_before_the_rest_stays_late(office: Office) -> None:
    case = suspend(office, office.case_in("service_delivered"), date(2021, 11, 17))
    assert claim(office, case, date(2021, 12, 1)) == ["G65"]


@pytest.mark.parametrize("rests", [True, False])
def test_last_claim_of_the_programme_waits_for_a_case_that_rests(office: Office, rests: bool) -> None:
    case = office.case_in("assigned")
    office.today = date(2023, 1, 5)
    lines = office.month(case, month=date(2022, 8, 1), days=(3,), act_on=date(2022, 9, 2))
    office.take(case, "confirm_delivery", **lines)
    if rests:
        suspend(office, case, date(2022, 9, 10))
    office.today = date(2023, 1, 31)
    given = office.claim(case, "23.50", period=date(2022, 8, 1), submitted_on=office.today)
    if rests:
        assert office.take(case, "submit_claim", **given).state == "suspended"
    else:
        assert codes(refused(office, case, "submit_claim", **given)) == ["G65", "G65"]  # the month's, the programme's


# Tasks ------------------------------------------------------------------------------------------------------------


def test_tasks_are_due_with_their_deadlines(office: Office) -> None:
    case = office.case_in("assigned")
    rows = sa.select(Task.title, Task.due_on).where(Task.case_id == case.id).order_by(Task.id)
    assert [(row.title, row.due_on) for row in office.session.execute(rows)] == [
        ("approve_plan", date(2021, 12, 6)),  # DL-03, 10 working days
        ("start_procurement", date(2021, 12, 6)),
        ("arrange_provider", date(2022, 1, 21)),  # DL-04, 60 days
        ("provider_arranged", date(2022, 1, 6)),  # DL-04a, 45 days
    ]


def test_refresh_reads_what_was_stored(office: Office) -> None:
    case = office.case_in("service_delivered", opening_used=Decimal(3))
    before = (case.deadlines, case.due_on, case.warnings)
    refresh(office.session, case, office.today, moved=False)
    assert (case.deadlines, case.due_on, case.warnings) == before
    assert datetime.fromisoformat(case.deadlines[0]["due_on"]).date() == case.due_on
