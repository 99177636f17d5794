"""Where a case stands: its next step, whom it waits for, what blocks it, and when it is due (DOMAIN 8.4).

Stored with the case at every step, so that every list is one indexed query (SPEED).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.calendar import WorkingDays, add_months, legal_months, month_end
from workflow.facts import State, facts
from workflow.guards import Ask, Problem, find_problems, keep, working_days
from workflow.machine import EVENTS, ROLES
from workflow.models import Case, Claim, ClaimLine
from workflow.stages.common import main_programme
from workflow.stages.compensation import unclaimed_months
from workflow.stages.offers import is_offered
from workflow.stages.procurement import unassigned

RESTING = (State.COMPENSATED, State.REJECTED, State.WITHDRAWN, State.CLOSED)
"""States in which nothing is due: the case is never stuck there."""


class Deadline(NamedTuple):
    """A day by which something is to be done, and the code of its rule (DOMAIN 8.4)."""

    due_on: dt.date
    code: str


def refresh(session: Session, case: Case, today: dt.date, *, moved: bool) -> None:
    """Recompute and store the position of the case as of `today`; `moved` when its state changed."""
    case.touched_on = today
    if moved:
        case.state_since_on = today
    case.next_step = next_step(session, case, today)
    problems = _blockers(session, case, today)
    case.blockers = [problem.code for problem in problems]
    case.missing = [keep(problem) for problem in problems]
    case.offered = [step for step in EVENTS[case.state] if is_offered(step, case)]
    case.blocker = case.blockers[0] if problems else None
    case.waits_for = problems[0].owner if problems else _first_role(case.next_step)
    first = min(deadlines(session, case), default=None)
    case.due_on, case.due_kind = first if first else (None, None)


def _first_role(step: str | None) -> str | None:
    return ROLES[step][0].value if step else None


def _blockers(session: Session, case: Case, today: dt.date) -> list[Problem]:
    if case.next_step is None:
        return []
    found = find_problems(Ask(session, case, case.next_step, today, acting=False))
    return [problem for problem in found if problem.kind == "hard"]


def next_step(session: Session, case: Case, today: dt.date) -> str | None:
    """The one step that takes the case on, whoever takes it; None where the case may rest (DOMAIN 8.1)."""
    match State(case.state):
        case State.APPLIED:
            return "record_assessment"
        case State.ASSESSED:
            return "draft_plan"
        case State.PLAN_DRAFTED:
            return _after_plan(case)
        case State.PROCUREMENT:
            return _after_procurement(case)
        case State.SERVICE_DELIVERED:
            return _after_delivery(session, case, today)
        case State.COMPENSATED:
            return "close"
        case State.SUSPENDED:
            return "resume"
        case _:
            return None


def _after_plan(case: Case) -> str:
    plan = case.plan
    if plan is None or plan.returned_on is not None:
        return "revise_plan"
    if plan.approved_on is None:
        return "approve_plan"
    if case.stopped_on is not None or main_programme(case.case_type).plan_only:
        return "close"
    return "start_procurement"


def _after_procurement(case: Case) -> str:
    if case.stopped_on is not None:
        return "close"
    if unassigned(case):
        return "assign_in_house" if case.route == "in_house" else "sign_contract"
    return "confirm_delivery"


def _after_delivery(session: Session, case: Case, today: dt.date) -> str:
    if any(month_end(month) < today for month in unclaimed_months(session, case)):
        return "submit_claim"
    if _submitted_claims(session, case):
        return "record_payment"
    if unclaimed_months(session, case):
        return "submit_claim"
    return "close" if case.stopped_on is not None else "confirm_delivery"


def _submitted_claims(session: Session, case: Case) -> list[dt.date]:
    """The days on which this case's claims that wait for money were submitted."""
    mine = select(ClaimLine.claim_id).where(ClaimLine.case_id == case.id)
    rows = select(Claim.submitted_on).where(Claim.id.in_(mine), Claim.status == "submitted")
    return [day for day in session.scalars(rows) if day is not None]


def deadlines(session: Session, case: Case) -> Iterator[Deadline]:
    """Every open deadline of the case, paused by its suspensions; the case is due at the earliest (DOMAIN 8.4)."""
    days = working_days(session)
    for starts_on, code in _starting_points(session, case):
        if code == "DL-01" and case.extended_due_on and case.extended_on:
            yield Deadline(paused(case.extended_due_on, case.extended_on, case.pauses), code)
        else:
            yield Deadline(paused(_counted(code, starts_on, days), starts_on, case.pauses), code)


def _starting_points(session: Session, case: Case) -> Iterator[tuple[dt.date, str]]:
    state = State(case.state)
    if state in (State.APPLIED, State.ASSESSED, State.PLAN_DRAFTED) and not _granted(case):
        yield case.received_on, "DL-01"
    if state is State.APPLIED and case.documents_complete_on:
        yield case.documents_complete_on, "DL-01a"
    if state is State.ASSESSED and case.assessment:
        yield case.state_since_on if _from_earlier(case) else case.assessment.assessed_on, "DL-02"
    if state is State.PLAN_DRAFTED and case.plan:
        yield max(case.plan.drafted_on, case.state_since_on) if _from_earlier(case) else case.plan.drafted_on, "DL-03"
    if state is State.PROCUREMENT:
        yield from _procurement_points(case)
    if state is State.SERVICE_DELIVERED:
        yield from _claim_points(session, case)
    if state is State.SUSPENDED and case.suspended_on:
        yield case.suspended_on, "DL-06a"


def _granted(case: Case) -> bool:
    """DL-01 runs until the decision; one to refuse, after which the case was reopened, does not end it (8.4)."""
    return any(decision.kind == "grant" for decision in case.decisions)


def _from_earlier(case: Case) -> bool:
    """Assessment and plan were made earlier in the project: what is late starts when they were entered (8.2.1)."""
    return case.assessment is not None and case.assessment.earlier_in_project


def _procurement_points(case: Case) -> Iterator[tuple[dt.date, str]]:
    if unassigned(case):
        if case.procurement_started_on:
            yield case.procurement_started_on, "DL-04"
    elif case.assignments:
        yield min(assignment.starts_on for assignment in case.assignments), "DL-04a"


def _claim_points(session: Session, case: Case) -> Iterator[tuple[dt.date, str]]:
    open_months = unclaimed_months(session, case)
    for month in open_months:
        yield month_end(month), "DL-05"
    for submitted_on in _submitted_claims(session, case):
        yield submitted_on, "DL-06"
    if open_months:
        yield max(facts().programmes[code].last_day for code in facts().case_types[case.case_type].programmes), "DL-08"


def _counted(code: str, starts_on: dt.date, days: WorkingDays) -> dt.date:
    """The last day of the period of rule `code`; months of the law move to a working day (DOMAIN 5.3)."""
    rule = facts().deadlines[code]
    match rule.unit:
        case "calendar_month":
            return (
                legal_months(starts_on, rule.length, days)
                if rule.basis == "law"
                else add_months(starts_on, rule.length)
            )
        case "working_day":
            return days.add(starts_on, rule.length)
        case _:
            return starts_on + dt.timedelta(days=rule.length)


def paused(due_on: dt.date, starts_on: dt.date, pauses: list[list[str]]) -> dt.date:
    """The deadline moved by the days of suspension that fell into its running time (DOMAIN 8.2, explanation 11)."""
    for from_text, to_text in pauses:
        began, ended = dt.date.fromisoformat(from_text), dt.date.fromisoformat(to_text)
        if starts_on < ended and began <= due_on:
            due_on += ended - max(began, starts_on)
    return due_on
