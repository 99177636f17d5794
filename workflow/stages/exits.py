"""Leaving the way and coming back: refuse, withdraw, suspend, resume, close, reopen, reassign (DOMAIN 8.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.calendar import add_months, dispute_until, notified_on
from workflow.deadlines import last_day
from workflow.facts import State, facts
from workflow.guards import Ask, Findings, Problem, StepRefused, finding, guard
from workflow.models import Case, Decision, Municipality, Task, User
from workflow.roles import Role
from workflow.stages.assessment import age_fits, age_of_person, needs_disability, programme_of
from workflow.stages.common import add_document, add_task, finish_tasks, valid_disability, valid_opinion
from workflow.stages.compensation import is_unsettled
from workflow.stages.delivery import accepted

REVIEW = "DL-03"
"""How long a review of assignments may take; the rule book has no limit of its own for it [ASM]."""


# Refusing -----------------------------------------------------------------------------------------------------------


@guard("G79")
def nothing_granted_yet(ask: Ask) -> Findings:
    """G79: what is granted is not refused any more."""
    if any(plan.approved_on is not None for plan in ask.case.plans):
        yield finding()


@guard("G80")
def refusal_is_reasoned(ask: Ask) -> Findings:
    """G80: the legal ground and reasons of some length (a setting)."""
    shortest = int(facts().settings["refusal_reasons_min_length"].value)
    if ask.get("ground") not in facts().choices["reject_ground"]:
        yield finding("ground", characters=shortest)
    if len((ask.get("reasons") or "").strip()) < shortest:
        yield finding("reasons", characters=shortest)


@guard("G81")
def supervisor_signs_refusal(ask: Ask) -> Findings:
    """G81: only a supervisor signs; asked without a person, nobody is wrong."""
    if ask.actor is not None and not ask.actor.may_act_as(Role.SUPERVISOR):
        yield finding()


@guard("G82")
def person_was_heard(ask: Ask) -> Findings:
    """G82: the person's view before an unfavourable decision (Administrative Procedure Law)."""
    if not ask.get("person_heard"):
        yield finding("person_heard")


def reject(ask: Ask) -> None:
    """Decision D12, always in Latvian, with the day until which it can be disputed (DOMAIN 5.3, DL-07)."""
    given = ask.given
    told_on = notified_on(given["sent_on"], given["channel"], ask.days)
    until = dispute_until(told_on, ask.days)
    ask.case.decisions.append(
        Decision(
            kind="refuse",
            number=given["decision_no"],
            dated_on=given["decision_on"],
            ground=given["ground"],
            reasons=given["reasons"],
            sent_on=given["sent_on"],
            channel=given["channel"],
            notified_on=told_on,
            dispute_until=until,
            created_by=ask.doer.user_id,
        )
    )
    add_document(ask, "D12", given["decision_on"], number=given["decision_no"])
    end_tasks(ask)
    ask.record = {**given, "notified_on": told_on, "dispute_until": until}


def end_tasks(ask: Ask) -> None:
    """Nothing is left to do in a case that ended."""
    for task in _open_tasks(ask):
        task.done_on = ask.today


def _open_tasks(ask: Ask) -> Sequence[Task]:
    rows = select(Task).where(Task.case_id == ask.case.id, Task.done_on.is_(None))
    return ask.session.scalars(rows).all()


# Withdrawing ----------------------------------------------------------------------------------------------------------


@guard("G83")
def withdrawal_is_dated(ask: Ask) -> Findings:
    """G83: the day of the written withdrawal: after the application, not in the future."""
    withdrawn_on = ask.get("withdrawn_on")
    if withdrawn_on is None or not ask.case.received_on <= withdrawn_on <= ask.today:
        yield finding("withdrawn_on")


@guard("G84")
def nothing_delivered_yet(ask: Ask) -> Findings:
    """G84: after a delivery the service is stopped instead, because the delivered part is still claimed."""
    if accepted(ask.case):
        yield finding()


def withdraw(ask: Ask) -> None:
    """Letter L04; contracts that were arranged for the case are flagged to the officers."""
    end_tasks(ask)
    _write(ask, "L04", ask.given["withdrawn_on"])
    _forget_suspension(ask.case)
    if ask.case.assignments:
        numbers = ", ".join(assignment.referral_no for assignment in ask.case.assignments)
        due_on = last_day(REVIEW, ask.today, ask.days)
        add_task(ask, "review_assignments", due_on, role=Role.PROCUREMENT_OFFICER.value, detail=numbers)


def _write(ask: Ask, code: str, dated_on: dt.date) -> None:
    """A letter to the person; none after a death (8.2, 13)."""
    if ask.case.person.died_on is None:
        add_document(ask, code, dated_on, language=ask.case.person.language, note=ask.step)


# Suspending and resuming ----------------------------------------------------------------------------------------------


@guard("G85")
def suspension_is_bounded(ask: Ask) -> Findings:
    """G85: a reason, and a day of resumption within the months of the setting."""
    months = int(facts().settings["suspension_max_months"].value)
    from_on, until = ask.get("from_on"), ask.get("expected_resume_on")
    if ask.get("reason") is None:
        yield finding("reason", months=months)
    if from_on is None or not ask.case.received_on <= from_on <= ask.today:
        yield finding("from_on", months=months)
    elif until is None or not from_on < until <= add_months(from_on, months):
        yield finding("expected_resume_on", months=months)


def suspend(ask: Ask) -> None:
    """The case rests and remembers where it came from; its deadlines stand still (8.2, 11)."""
    ask.case.came_from = ask.case.state
    ask.case.suspended_on = ask.given["from_on"]
    ask.case.expected_resume_on = ask.given["expected_resume_on"]
    _write(ask, "L04", ask.given["from_on"])
    add_task(ask, "resume_case", ask.given["expected_resume_on"], user_id=ask.case.worker_id)


@guard("G86")
def conditions_still_hold(ask: Ask) -> Findings:
    """G86: disability, opinion, age and programme on the day of resumption; nothing of this pauses (8.2, 11)."""
    day, from_on = ask.get("resumed_on"), ask.case.suspended_on
    if ask.acting and (day is None or day > ask.today or (from_on is not None and day < from_on)):
        yield finding("resumed_on", what=[])
        return
    lost = _lost(ask, day or ask.today)
    if lost:
        yield finding("resumed_on" if ask.acting else None, what=lost)


def _lost(ask: Ask, day: dt.date) -> list[str]:
    """The conditions that do not hold on the day; those of the assessment only once there is one."""
    programme, assessment, person = programme_of(ask), ask.case.assessment, ask.case.person
    assessed = assessment is not None and ask.case.came_from != State.APPLIED
    ground = assessment.target_ground if assessment else None
    holds = {
        "disability": not assessed
        or not needs_disability(programme, ground)
        or valid_disability(ask, person, day) is not None,
        "special_care_opinion": not assessed
        or not programme.requires_special_care_opinion
        or valid_opinion(ask, person, day) is not None,
        "age": age_fits(programme.min_age, programme.max_age, age_of_person(ask, day)),
        "programme_ended": day <= programme.last_day,
    }
    return [what for what, held in holds.items() if not held]


def resume(ask: Ask) -> None:
    """The pause is noted, so that every deadline goes on with the time that was left (8.2, 11)."""
    case, resumed_on = ask.case, ask.given["resumed_on"]
    if case.suspended_on is not None:
        # A new list: a change inside the stored one would go unseen.
        case.pauses = [*case.pauses, [case.suspended_on.isoformat(), resumed_on.isoformat()]]
        _put_off_tasks(ask, case.suspended_on, resumed_on)
    _forget_suspension(case)
    finish_tasks(ask, "resume_case")


def _put_off_tasks(ask: Ask, since: dt.date, resumed_on: dt.date) -> None:
    """Open tasks have as many days left as when the case came to rest; a day told to the family stays as it was."""
    for task in _open_tasks(ask):
        if task.title not in ("resume_case", "documents_awaited") and task.due_on >= since:
            task.due_on += resumed_on - since


def _forget_suspension(case: Case) -> None:
    case.came_from = case.suspended_on = case.expected_resume_on = None


# Closing and reopening ------------------------------------------------------------------------------------------------


@guard("G87")
def everything_is_settled(ask: Ask) -> Findings:
    """G87: every delivery is paid or refused before the case is closed."""
    if is_unsettled(ask):
        yield finding()


def close(ask: Ask) -> None:
    """The case remembers where it was; a family that moves away gets the certificate of used units D20."""
    case = ask.case
    case.closed_from, case.closed_on = case.state, ask.given["closed_on"]
    if ask.get("reason") == "moved_away":
        _write(ask, "D20", ask.given["closed_on"])
    end_tasks(ask)


@guard("G88")
def reopened_in_time(ask: Ask) -> Findings:
    """G88: a reason, and only while the programme lasts."""
    reopened_on = ask.get("reopened_on")
    if not (ask.get("reason") or "").strip():
        yield finding("reason")
    if reopened_on is None or reopened_on > ask.today or reopened_on > programme_of(ask).last_day:
        yield finding("reopened_on")


def reopen(ask: Ask) -> None:
    """Back to the counter, or to where the case was closed; the deadline begins anew (8.2, 14)."""
    case, reopened_on = ask.case, ask.given["reopened_on"]
    if case.state == State.CLOSED:
        _go_on(case, reopened_on)
    else:
        _begin_again(case, reopened_on)
    case.closed_from = case.closed_on = case.stopped_on = None


def _go_on(case: Case, reopened_on: dt.date) -> None:
    """The time in the archive is a pause; within a suspension the suspension already counts it."""
    if case.closed_on is not None and case.closed_from != State.SUSPENDED:
        case.pauses = [*case.pauses, [case.closed_on.isoformat(), reopened_on.isoformat()]]


def _begin_again(case: Case, reopened_on: dt.date) -> None:
    """DL-01 from the day of reopening; pauses and extensions of the first round are over and done with."""
    case.pauses, case.reopened_on = [], reopened_on
    case.extended_due_on = case.extended_on = None
    if case.documents_complete_on is not None:
        case.documents_complete_on = max(case.documents_complete_on, reopened_on)


# Handing over ---------------------------------------------------------------------------------------------------------


def colleagues(session: Session, case: Case) -> list[User]:
    """Active social workers who see the case: of its municipality, or of a successor (DOMAIN 11)."""
    places = (case.municipality.code, *case.municipality.successors)
    rows = select(User).join(User.municipality).where(User.active, Municipality.code.in_(places)).order_by(User.name)
    return [user for user in session.scalars(rows) if Role.SOCIAL_WORKER in user.role_set()]


def reassign(ask: Ask) -> None:
    """The case and its open tasks go to another social worker who may see it (13.3, story 5)."""
    to_user, before = ask.given["to_user"], ask.case.worker_id
    if to_user not in colleagues(ask.session, ask.case):
        raise StepRefused([Problem("G96", field="to_user", step=ask.step)])
    for task in _open_tasks(ask):
        if task.user_id == before:
            task.user_id = to_user.id
    ask.case.worker = to_user
    ask.record = {**ask.given, "from_user": before}
