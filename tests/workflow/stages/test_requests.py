"""G15 asked for beforehand: the worker asks, another person who is supervisor decides, then the step passes (8.3)."""

from __future__ import annotations

import datetime as dt
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused
from tests.workflow.stages.delivering import respite, stay
from workflow import history
from workflow.guards import Ask, StepRefused, kept
from workflow.models import Case, ConfirmationRequest, ConfirmedGuard, Municipality, Task, TransitionLog, User
from workflow.stages.requests import AlreadyDecided, NotForYou, NothingToAsk, may_decide
from workflow.steps import decide_request, request_confirmation

AT = dt.datetime(2021, 11, 22, 9, 30, tzinfo=dt.UTC)
CARE = {"no": "V-1", "issued_on": date(2021, 8, 1), "valid_to": None}
BORN = date(2003, 9, 10)
WHY = "Māte lūdz pakalpojumu līdz 19 gadiem."


@pytest.fixture
def case(office: Office) -> Case:
    """An application for respite of somebody who turned 18 on the day of the assessment."""
    papers = {"case_type": "RESPITE", "wanted": "services", "documents": ["D03", "D04"]}
    return office.case_in("applied", person=office.person(birth_date=BORN), **papers)


def given(office: Office, **changes: Any) -> dict[str, Any]:
    return office.assessment(assessment_mode="document_check", special_care_opinion=CARE, **changes)


def asking(office: Office, case: Case, who: str | User = "social_worker", **changes: Any) -> Ask:
    filled = given(office) | changes
    return Ask(office.session, case, "record_assessment", office.today, office.actor(who), filled)


def ask(office: Office, case: Case, who: str | User = "social_worker", reason: str = WHY) -> ConfirmationRequest:
    return request_confirmation(asking(office, case, who), "G15", reason, [("summary", "Teksts")], AT)


def decide(
    office: Office,
    case: Case,
    request: ConfirmationRequest,
    who: str | User = "supervisor",
    *,
    confirm: bool = True,
    answer: str = "Atbilst latviešu tekstam.",
) -> None:
    desk = Ask(office.session, case, request.step, office.today, office.actor(who))
    decide_request(desk, request, confirm=confirm, answer=answer, at=AT)


def open_tasks(office: Office, case: Case) -> list[tuple[str, str | None, int | None]]:
    rows = sa.select(Task).where(Task.case_id == case.id, Task.done_on.is_(None)).order_by(Task.id)
    return [(task.title, task.role, task.user_id) for task in office.session.scalars(rows)]


def test_request_keeps_case_step_age_reason_and_what_was_typed(office: Office, case: Case) -> None:
    request = ask(office, case)
    assert (request.case_id, request.step, request.guard, request.status) == (
        case.id,
        "record_assessment",
        "G15",
        "waiting",
    )
    assert request.params == {"age": 18, "date": {"date": "2021-09-10"}}
    assert (request.reason, request.requested_by, request.requested_at) == (WHY, case.worker_id, AT)
    assert request.typed == [["summary", "Teksts"]]
    assert open_tasks(office, case) == [("confirm_exception", "supervisor", None)]


def test_step_is_still_refused_while_the_request_waits(office: Office, case: Case) -> None:
    ask(office, case)
    assert codes(refused(office, case, "record_assessment", **given(office))) == ["G15"]


def test_while_the_request_waits_it_is_the_supervisors_turn(office: Office, case: Case) -> None:
    assert (case.waits_for, case.blockers) == ("social_worker", [])
    request = ask(office, case)
    assert (case.waits_for, case.blockers) == ("supervisor", ["G15"])
    assert "18" in kept(case.missing[0]).text("lv")
    decide(office, case, request)
    assert (case.waits_for, case.blockers) == ("social_worker", [])


def test_step_passes_once_a_supervisor_confirmed(office: Office, case: Case) -> None:
    decide(office, case, ask(office, case))
    assert open_tasks(office, case) == [("exception_confirmed", None, case.worker_id)]
    assert office.take(case, "record_assessment", **given(office)).state == "assessed"
    assert open_tasks(office, case) == []


def test_history_and_list_name_the_supervisor(office: Office, case: Case) -> None:
    decide(office, case, ask(office, case))
    office.take(case, "record_assessment", **given(office))
    rows = sa.select(TransitionLog).where(TransitionLog.case_id == case.id).order_by(TransitionLog.seq)
    rows = office.session.scalars(rows).all()
    assert [(row.event, row.kind) for row in rows[1:]] == [
        ("request_confirmation", "entry"),
        ("decide_confirmation", "entry"),
        ("record_assessment", "step"),
    ]
    supervisor = office.users["supervisor"]
    said = {"code": "G15", "reason": "Atbilst latviešu tekstam.", "confirmed_by": supervisor.name}
    assert rows[-1].guards_confirmed == [said]
    kept = office.session.scalars(sa.select(ConfirmedGuard)).one()
    assert (kept.guard, kept.step, kept.confirmed_by, kept.confirmed_at) == (
        "G15",
        "record_assessment",
        supervisor.id,
        AT,
    )
    office.session.commit()
    assert [*history.verify(office.session)] == []


def test_declined_request_stops_the_step_and_may_be_asked_anew(office: Office, case: Case) -> None:
    decide(office, case, ask(office, case), confirm=False, answer="Vispirms noskaidrojiet.")
    assert codes(refused(office, case, "record_assessment", **given(office))) == ["G15"]
    assert open_tasks(office, case) == [("exception_declined", None, case.worker_id)]
    second = ask(office, case, reason="Noskaidrots.")
    assert second.status == "waiting"
    assert open_tasks(office, case) == [("confirm_exception", "supervisor", None)]
    decide(office, case, second)
    assert office.take(case, "record_assessment", **given(office)).state == "assessed"


def test_asking_twice_is_one_request(office: Office, case: Case) -> None:
    first = ask(office, case)
    assert ask(office, case, reason="Skaidrāk.") is first
    assert first.reason == "Skaidrāk."
    assert len(open_tasks(office, case)) == 1


def test_confirmation_is_for_its_step_alone(office: Office, case: Case) -> None:
    decide(office, case, ask(office, case))
    office.take(case, "record_assessment", **given(office))
    plan = office.plan(case, lines=[office.line(case, "RSP-01", "10")])
    assert codes(refused(office, case, "draft_plan", **plan)) == ["G15"]


def test_one_confirmation_holds_for_the_months_that_follow(office: Office) -> None:
    case = respite(office, date(2003, 10, 6))
    october = [stay(datetime(2021, 10, 6, 10), datetime(2021, 10, 7, 10))]
    november = [stay(datetime(2021, 11, 6, 10), datetime(2021, 11, 7, 10))]
    filled = office.month(case, deliveries=october)
    desk = Ask(office.session, case, "confirm_delivery", office.today, office.actor("social_worker"), filled)
    decide(office, case, request_confirmation(desk, "G15", WHY, at=AT))
    office.take(case, "confirm_delivery", **filled)
    office.take(case, "confirm_delivery", **office.month(case, month=date(2021, 11, 1), deliveries=november))
    assert [row.guard for row in office.session.scalars(sa.select(ConfirmedGuard))] == ["G15", "G15"]


def test_what_was_typed_is_forgotten_once_the_step_is_taken(office: Office, case: Case) -> None:
    request = ask(office, case)
    decide(office, case, request)
    office.take(case, "record_assessment", **given(office))
    assert request.typed == []


def test_supervisor_who_takes_the_step_has_decided(office: Office, case: Case) -> None:
    request = ask(office, case)
    both = office.hire("social_worker", "supervisor", name="Abi amati")
    office.take(case, "record_assessment", both, G15="Redzēju dokumentus.", **given(office))
    assert (request.status, request.decided_by, request.answer) == ("confirmed", both.id, "Redzēju dokumentus.")
    assert open_tasks(office, case) == []


# Who may not ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "admin", "reader"])
def test_no_other_role_decides(office: Office, case: Case, role: str) -> None:
    request = ask(office, case)
    with pytest.raises(NotForYou):
        decide(office, case, request, office.hire(role))
    assert request.status == "waiting"


def test_nobody_decides_on_their_own_request(office: Office, case: Case) -> None:
    worker = office.hire("social_worker")
    request = ask(office, case, worker)
    worker.roles = ["social_worker", "supervisor"]  # appointed meanwhile
    assert not may_decide(request, office.actor(worker))
    with pytest.raises(NotForYou):
        decide(office, case, request, worker)


def test_the_database_holds_the_four_eyes_too(office: Office, case: Case) -> None:
    request = ask(office, case)
    request.status, request.decided_by = "confirmed", request.requested_by
    with pytest.raises(IntegrityError):
        office.session.flush()


def test_no_other_municipality_decides(office: Office, case: Case, session: Session) -> None:
    request = ask(office, case)
    away = session.scalars(sa.select(Municipality).where(Municipality.code == "ludzas-novads")).one()
    with pytest.raises(StepRefused) as refusal:
        decide(office, case, request, office.hire("supervisor", municipality=away))
    assert codes(list(refusal.value.problems)) == ["G96"]
    assert request.status == "waiting"


def test_who_may_not_take_the_step_may_not_ask(office: Office, case: Case) -> None:
    with pytest.raises(StepRefused) as refusal:
        ask(office, case, "procurement_officer")
    assert codes(list(refusal.value.problems)) == ["G95"]


def test_a_step_that_is_not_possible_now_is_not_asked_about(office: Office, case: Case) -> None:
    decide(office, case, ask(office, case))
    office.take(case, "record_assessment", **given(office))
    with pytest.raises(StepRefused) as refusal:
        ask(office, case)
    assert codes(list(refusal.value.problems)) == ["G98"]


def test_decision_is_taken_once(office: Office, case: Case) -> None:
    request = ask(office, case)
    decide(office, case, request, confirm=False)
    with pytest.raises(AlreadyDecided):
        decide(office, case, request)
    assert request.status == "declined"


@pytest.mark.parametrize("blank", ["", "   "])
def test_both_sides_give_a_reason(office: Office, case: Case, blank: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        ask(office, case, reason=blank)
    request = ask(office, case)
    with pytest.raises(ValueError, match="reason"):
        decide(office, case, request, answer=blank)


def test_there_is_nothing_to_ask_where_the_guard_does_not_stand(office: Office, case: Case) -> None:
    earlier = asking(office, case, assessed_on=date(2021, 9, 9))  # still 17
    with pytest.raises(NothingToAsk):
        request_confirmation(earlier, "G15", WHY, at=AT)
    with pytest.raises(NothingToAsk):
        request_confirmation(asking(office, case), "G18", WHY, at=AT)  # the worker may confirm that
    both = office.hire("social_worker", "supervisor", name="Abi amati")
    with pytest.raises(NothingToAsk):
        ask(office, case, both)
    decide(office, case, ask(office, case))
    with pytest.raises(NothingToAsk):
        ask(office, case)  # it is confirmed
