"""The support plan: drafted, approved, returned and revised, version by version (DOMAIN 7.2, 8.2).

An approved version holds until the next one is approved: only then do its lines hand over their assignments, so that
deliveries and claims go on under the old version while the new one waits for its approval.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from workflow.deadlines import last_day
from workflow.facts import State, facts
from workflow.guards import Ask, Findings, Problem, StepRefused, finding, guard
from workflow.models import Case, Decision, Plan, PlanLine
from workflow.roles import Role
from workflow.stages import caps
from workflow.stages.common import add_document, add_task, finish_tasks
from workflow.stages.plan_guards import WantedLine, drafted_on, wanted_lines
from workflow.stages.refusals import rewrite_refusals

__all__ = [
    "approve_plan",
    "caps",
    "current_lines",
    "decision_no_is_taken",
    "draft_plan",
    "granted_lines",
    "granted_plan",
    "next_decision_no",
    "return_plan",
    "revise_plan",
]


def granted_plan(case: Case) -> Plan | None:
    """The newest approved version: what holds, also while a later one is being drafted."""
    return next((plan for plan in reversed(case.plans) if plan.approved_on is not None), None)


def current_lines(case: Case) -> list[PlanLine]:
    """The lines of the newest approved version."""
    plan = granted_plan(case)
    return list(plan.lines) if plan else []


def granted_lines(case: Case) -> list[PlanLine]:
    """Every line ever granted, each once in its newest version; those taken out later included."""
    approved = [line for plan in case.plans if plan.approved_on is not None for line in plan.lines]
    handed_on = {line.carried_from_id for line in approved}
    return [line for line in approved if line.id not in handed_on]


def next_decision_no(case: Case) -> str:
    """A number for the next decision of the case that none has yet: what the form suggests."""
    taken = {decision.number for decision in case.decisions}
    numbers = (f"{case.case_no}/{number}" for number in count(len(case.decisions) + 1))
    return next(number for number in numbers if number not in taken)


def decision_no_is_taken(case: Case, kind: str, number: str) -> bool:
    """True when the case has a decision of this kind with the number."""
    return any((decision.kind, decision.number) == (kind, number) for decision in case.decisions)


@guard("G31")
def approved_by_another_person(ask: Ask) -> Findings:
    """G31: four eyes; it holds for persons, not for roles (DOMAIN 2.1)."""
    plan = ask.case.plan
    if plan is not None and ask.actor is not None and ask.actor.user_id == plan.drafted_by:
        yield finding()


@guard("G34", "approve_plan")
def representative_signed(ask: Ask) -> Findings:
    """G34: this version is signed: not before it was drafted, and not in the future."""
    signed_on, plan = ask.get("representative_signed_on"), ask.case.plan
    if signed_on is None or signed_on > ask.today or (plan is not None and signed_on < plan.drafted_on):
        yield finding("representative_signed_on")


def draft_plan(ask: Ask) -> None:
    """The plan with its lines, document D10, and the supervisor's task (DOMAIN 8.2)."""
    _next_version(ask, before=())


def revise_plan(ask: Ask) -> None:
    """The next version. A line of the same service and recipient goes on with its approval and its contracts."""
    _next_version(ask, before=current_lines(ask.case))
    finish_tasks(ask, "revise_plan", "start_procurement")


def _next_version(ask: Ask, before: Sequence[PlanLine]) -> None:
    newest, day = ask.case.plan, drafted_on(ask)
    if newest is not None and newest.approved_on is None:
        newest.replaced_on = day
    plan = Plan(
        version=newest.version + 1 if newest else 1,
        drafted_on=day,
        entered_on=ask.today,
        drafted_by=ask.doer.user_id,
        goals=ask.get("goals") or (newest.goals if newest else ""),
        reason=ask.get("reason") or "",
        created_by=ask.doer.user_id,
        lines=_lines(wanted_lines(ask), list(before)),
    )
    ask.case.plans.append(plan)
    add_document(ask, "D10", day, number=f"{ask.case.case_no}/{plan.version}", language=ask.case.person.language)
    finish_tasks(ask, "approve_plan")
    add_task(ask, "approve_plan", _deadline(ask), role=Role.SUPERVISOR.value)
    ask.record = {
        **ask.given,
        "lines": [_without_row(line.given) for line in wanted_lines(ask)],
        "version": plan.version,
    }


def _without_row(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "row"}


def _deadline(ask: Ask) -> dt.date:
    """DL-03 from today: a plan made earlier in the project is approved now, not then."""
    return last_day("DL-03", ask.today, ask.days)


def _lines(wanted: Iterable[WantedLine], before: list[PlanLine]) -> list[PlanLine]:
    return [_line(line, _taken_from(before, line)) for line in wanted]


def _taken_from(before: list[PlanLine], wanted: WantedLine) -> PlanLine | None:
    """The granted line that goes on in this one; each goes on once."""
    recipient_id = wanted.recipient.id if wanted.recipient else None
    for line in before:
        if (line.service_code, line.recipient_id) == (wanted.service, recipient_id):
            before.remove(line)
            return line
    return None


def _line(wanted: WantedLine, old: PlanLine | None) -> PlanLine:
    return PlanLine(
        service_code=wanted.service,
        recipient_kind=wanted.recipient_kind,
        recipient=wanted.recipient,
        quantity=wanted.quantity,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        frequency=wanted.given.get("frequency") or None,
        description=wanted.description or None,
        received_before_project=bool(wanted.given.get("received_before_project")),
        requested=old.requested if old else False,
        approved_on=old.approved_on if old else None,
        carried_from_id=old.id if old else None,
    )


def approve_plan(ask: Ask) -> None:
    """Freeze the version, grant its lines with decision D11, and hand the work back (DOMAIN 8.2)."""
    plan, before, given = _awaiting_plan(ask), granted_plan(ask.case), ask.given
    for line in plan.lines:
        line.approved_on = line.approved_on or given["approved_on"]
    if before is not None:
        before.replaced_on = given["approved_on"]
        _hand_over(ask, before, plan)
    plan.representative_signed_on = given["representative_signed_on"]
    plan.decision_no, plan.decision_on = given["decision_no"], given["decision_on"]
    plan.approved_by, plan.approved_on = ask.doer.user_id, given["approved_on"]
    ask.case.decisions.append(
        Decision(kind="grant", number=given["decision_no"], dated_on=given["decision_on"], created_by=ask.doer.user_id)
    )
    # A line that grants more, or is new, makes room for units that the version before refused (9.2, 1 and 8).
    rewrite_refusals(ask.session, ask.case, ask.doer.user_id)
    add_document(ask, "D11", given["decision_on"], number=given["decision_no"])
    finish_tasks(ask, "approve_plan")
    _next_task(ask)


def _next_task(ask: Ask) -> None:
    """What comes after the approval: the service is arranged, or a plan-only case is closed (8.2, 3)."""
    if facts().case_types[ask.case.case_type].plan_only:
        add_task(ask, "close_case", _deadline(ask), role=Role.SUPERVISOR.value)
    else:
        add_task(ask, "start_procurement", _deadline(ask), user_id=ask.case.worker_id)


def _awaiting_plan(ask: Ask) -> Plan:
    """The version that waits for the supervisor; an approved one is frozen, a returned one is to be revised."""
    plan = ask.case.plan
    if plan is None or plan.approved_on is not None or plan.returned_on is not None:
        raise StepRefused([Problem("G98", params={"state": State(ask.case.state)}, step=ask.step)])
    return plan


def _hand_over(ask: Ask, before: Plan, plan: Plan) -> None:
    """Assignments go on with the lines that go on; for those taken out the officers are told (DOMAIN 7.2)."""
    heirs = {line.carried_from_id: line for line in plan.lines if line.carried_from_id is not None}
    ended = []
    for assignment in ask.case.assignments:
        heir = heirs.get(assignment.plan_line_id)
        if heir is not None:
            assignment.plan_line = heir
        elif any(line.id == assignment.plan_line_id for line in before.lines):
            ended.append(assignment)
    if ended:
        numbers = ", ".join(assignment.referral_no for assignment in ended)
        add_task(ask, "review_assignments", _deadline(ask), role=Role.PROCUREMENT_OFFICER.value, detail=numbers)


def return_plan(ask: Ask) -> None:
    """The supervisor's remarks, and a task to the drafter."""
    plan = _awaiting_plan(ask)
    plan.returned_on, plan.remarks = ask.today, ask.get("remarks") or ""
    finish_tasks(ask, "approve_plan")
    add_task(ask, "revise_plan", _deadline(ask), user_id=plan.drafted_by, detail=plan.remarks)
