"""Where a case stands: its next step, whom it waits for, what blocks it, and when it is due (DOMAIN 8.4).

Stored with the case at every step, so that every list is one indexed query (SPEED).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow import deadlines
from workflow.calendar import month_end
from workflow.deadlines import Deadline, deadline, earliest, pauses_of
from workflow.facts import State, facts
from workflow.guards import Ask, Problem, find_problems, keep, working_days
from workflow.machine import EVENTS, ROLES
from workflow.models import Assessment, Case, Claim, ClaimLine, Plan
from workflow.stages import outlook
from workflow.stages.assigning import holds_until
from workflow.stages.common import main_programme
from workflow.stages.compensation import unclaimed_months
from workflow.stages.extension import decision_deadline, started_on
from workflow.stages.offers import is_offered
from workflow.stages.procurement import unassigned
from workflow.stages.requests import waiting_problems

RESTING = (State.COMPENSATED, State.REJECTED, State.WITHDRAWN, State.CLOSED)
"""States in which nothing is due: the case is never stuck there."""

CLAIMED_IN = (State.PLAN_DRAFTED, State.PROCUREMENT, State.SERVICE_DELIVERED)
"""Claims go on while the plan is revised or another provider is sought, and so do their deadlines (8.2, 4)."""


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
    found = open_deadlines(session, case)
    case.deadlines = [deadlines.keep(one) for one in found]
    first = earliest(found)
    case.due_on, case.due_kind = (first.due_on, first.code) if first else (None, None)
    case.warnings = outlook.keep(outlook.outlook(session, case, today))


def _first_role(step: str | None) -> str | None:
    return ROLES[step][0].value if step else None


def _blockers(session: Session, case: Case, today: dt.date) -> list[Problem]:
    if case.next_step is None:
        return []
    found = find_problems(Ask(session, case, case.next_step, today, acting=False))
    hard = [problem for problem in found if problem.kind == "hard"]
    return hard + waiting_problems(session, case, case.next_step)


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


def open_deadlines(session: Session, case: Case) -> list[Deadline]:
    """Every open deadline of the case, paused by its suspensions, the first due first (DOMAIN 8.4)."""
    days, pauses = working_days(session), pauses_of(case.pauses)
    found = [deadline(code, starts_on, pauses, days) for starts_on, code in _starting_points(session, case)]
    if _deciding(case):
        found.append(decision_deadline(case, days))
    if case.state == State.REJECTED:
        found.extend(_dispute(case))
    return sorted(found, key=lambda one: (one.due_on, one.code))


def _starting_points(session: Session, case: Case) -> Iterator[tuple[dt.date, str]]:
    match State(case.state):
        case State.APPLIED:
            yield started_on(case), "DL-01b"
            # The internal target gives way once the supervisor has set another day for the same decision.
            if case.documents_complete_on and not case.extended_due_on:
                yield case.documents_complete_on, "DL-01a"
        case State.ASSESSED if case.assessment:
            yield _entered(case.assessment, case.assessment.assessed_on, case), "DL-02"
        case State.PLAN_DRAFTED if case.plan:
            yield _entered(case.plan, case.plan.drafted_on, case), "DL-03"
        case State.PROCUREMENT:
            yield from _procurement_points(case)
        case State.SUSPENDED if case.suspended_on:
            yield case.suspended_on, "DL-06a"
    if case.state in CLAIMED_IN and case.deliveries:
        yield from _claim_points(session, case)


def _deciding(case: Case) -> bool:
    """DL-01 runs until the decision; one to refuse, after which the case was reopened, does not end it (8.4)."""
    granted = any(decision.kind == "grant" for decision in case.decisions)
    return case.state in (State.APPLIED, State.ASSESSED, State.PLAN_DRAFTED) and not granted


def _entered(paper: Assessment | Plan, dated_on: dt.date, case: Case) -> dt.date:
    """What was made earlier in the project is late only from the day it was entered (8.2, explanation 1)."""
    earlier = case.assessment is not None and case.assessment.earlier_in_project
    return max(dated_on, paper.entered_on or case.state_since_on) if earlier else dated_on


def _procurement_points(case: Case) -> Iterator[tuple[dt.date, str]]:
    """Until every line has its provider DL-04 runs, then DL-04a from the first day of those who serve."""
    if unassigned(case):
        if case.procurement_started_on:
            yield case.procurement_started_on, "DL-04"
    elif case.assignments:
        serving = [row for row in case.assignments if holds_until(row, case.touched_on)] or case.assignments
        yield min(assignment.starts_on for assignment in serving), "DL-04a"


def _claim_points(session: Session, case: Case) -> Iterator[tuple[dt.date, str]]:
    open_months = unclaimed_months(session, case)
    for month in open_months:
        yield month_end(month), "DL-05"
    for submitted_on in _submitted_claims(session, case):
        yield submitted_on, "DL-06"
    if open_months:
        yield max(facts().programmes[code].last_day for code in facts().case_types[case.case_type].programmes), "DL-08"


def _dispute(case: Case) -> Iterator[Deadline]:
    """DL-07: until when the refusal can be disputed, as the decision itself says (8.2)."""
    refusals = [decision for decision in case.decisions if decision.kind == "refuse"]
    last = refusals[-1] if refusals else None
    if last is not None and last.dispute_until and last.notified_on:
        yield Deadline(last.dispute_until, "DL-07", last.notified_on)
