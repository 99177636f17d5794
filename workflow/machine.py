"""The one table of the workflow: ten states, the events between them, and who may take them (DOMAIN 8.1, 8.2).

Nothing else moves a case (invariant 2). The machine asks the guards before a step and lets the stage write in it, so
that sending an event past `workflow.steps` is refused just the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from statemachine import State as Node
from statemachine import StateChart
from statemachine.exceptions import TransitionNotAllowed

from workflow.facts import State
from workflow.guards import Ask, Problem, StepRefused, find_problems
from workflow.models import Case
from workflow.models.cases import machine_moves
from workflow.roles import Role
from workflow.stages import WRITERS
from workflow.stages.compensation import accepted_units, all_settled

WORKER, OFFICER, SUPERVISOR = Role.SOCIAL_WORKER, Role.PROCUREMENT_OFFICER, Role.SUPERVISOR

ROLES: Mapping[str, tuple[Role, ...]] = {
    "register_application": (WORKER,),
    "request_documents": (WORKER,),
    "extend_deadline": (SUPERVISOR,),
    "record_assessment": (WORKER,),
    "draft_plan": (WORKER,),
    "approve_plan": (SUPERVISOR,),
    "return_plan": (SUPERVISOR,),
    "revise_plan": (WORKER,),
    "start_procurement": (WORKER, OFFICER),
    "sign_contract": (OFFICER,),
    "assign_in_house": (OFFICER, SUPERVISOR),
    "terminate_contract": (OFFICER,),
    "confirm_delivery": (WORKER,),
    "stop_service": (WORKER,),
    "submit_claim": (OFFICER, SUPERVISOR),
    "return_claim": (OFFICER, SUPERVISOR),
    "record_payment": (OFFICER, SUPERVISOR),
    "record_correction": (WORKER, OFFICER),
    "reject": (SUPERVISOR,),
    "withdraw": (WORKER,),
    "suspend": (WORKER,),
    "resume": (WORKER,),
    "close": (SUPERVISOR,),
    "reopen": (SUPERVISOR,),
    "reassign": (SUPERVISOR,),
}
"""Who may take which step (DOMAIN 8.2, column «Who»)."""


def _stay(*nodes: Node) -> Any:
    """The event leaves the case in the state where it is."""
    first, *rest = (node.to.itself() for node in nodes)
    for transition in rest:
        first = first | transition
    return first


def came_from(state: State) -> Callable[[Ask], bool]:
    """The suspended case rests from this state and returns to it (DOMAIN 8.2, explanation 11)."""

    def condition(ask: Ask) -> bool:
        return ask.case.came_from == state.value

    return condition


def closed_from(state: State) -> Callable[[Ask], bool]:
    """The closed case was in this state and is reopened into it (explanation 14)."""

    def condition(ask: Ask) -> bool:
        return ask.case.closed_from == state.value

    return condition


class CaseMachine(StateChart["Seat"]):
    """The state machine of a case; `send(event, ask=…)` checks, writes and moves, or raises and changes nothing."""

    # Strict: an impossible event raises, an error in an action propagates before the state is entered (trap 2).
    allow_event_without_transition = False
    catch_errors_as_events = False
    atomic_configuration_update = True
    enable_self_transition_entries = False

    applied = Node(initial=True, value=State.APPLIED.value)
    assessed = Node(value=State.ASSESSED.value)
    plan_drafted = Node(value=State.PLAN_DRAFTED.value)
    procurement = Node(value=State.PROCUREMENT.value)
    service_delivered = Node(value=State.SERVICE_DELIVERED.value)
    compensated = Node(value=State.COMPENSATED.value)
    suspended = Node(value=State.SUSPENDED.value)
    rejected = Node(value=State.REJECTED.value)
    withdrawn = Node(value=State.WITHDRAWN.value)
    closed = Node(value=State.CLOSED.value)

    request_documents = _stay(applied, assessed, plan_drafted, procurement)
    extend_deadline = _stay(applied, assessed)
    record_assessment = applied.to(assessed)
    draft_plan = assessed.to(plan_drafted)
    approve_plan = _stay(plan_drafted)
    return_plan = _stay(plan_drafted)
    revise_plan = (
        plan_drafted.to.itself()
        | procurement.to(plan_drafted)
        | service_delivered.to(plan_drafted)
        | compensated.to(plan_drafted)
    )
    start_procurement = plan_drafted.to(procurement)
    sign_contract = _stay(procurement, service_delivered)
    assign_in_house = _stay(procurement, service_delivered)
    terminate_contract = procurement.to.itself() | (
        service_delivered.to(procurement, cond="reprocures") | service_delivered.to.itself()
    )
    confirm_delivery = (
        procurement.to(service_delivered) | service_delivered.to.itself() | compensated.to(service_delivered)
    )
    stop_service = (
        plan_drafted.to(compensated, cond="settled")
        | plan_drafted.to(service_delivered, cond="delivered")
        | plan_drafted.to.itself()
        | procurement.to(compensated, cond="settled")
        | procurement.to(service_delivered, cond="delivered")
        | procurement.to.itself()
        | service_delivered.to(compensated, cond="settled")
        | service_delivered.to.itself()
    )
    submit_claim = _stay(plan_drafted, procurement, service_delivered, suspended)
    return_claim = _stay(plan_drafted, procurement, service_delivered, suspended)
    record_payment = service_delivered.to(compensated, cond="settled_by_payment") | _stay(
        service_delivered, plan_drafted, procurement, suspended
    )
    record_correction = service_delivered.to.itself() | compensated.to(service_delivered)
    reject = applied.to(rejected) | assessed.to(rejected) | plan_drafted.to(rejected)
    withdraw = (
        applied.to(withdrawn)
        | assessed.to(withdrawn)
        | plan_drafted.to(withdrawn)
        | procurement.to(withdrawn)
        | suspended.to(withdrawn)
    )
    suspend = (
        applied.to(suspended)
        | assessed.to(suspended)
        | plan_drafted.to(suspended)
        | procurement.to(suspended)
        | service_delivered.to(suspended)
    )
    resume = (
        suspended.to(applied, cond=came_from(State.APPLIED))
        | suspended.to(assessed, cond=came_from(State.ASSESSED))
        | suspended.to(plan_drafted, cond=came_from(State.PLAN_DRAFTED))
        | suspended.to(procurement, cond=came_from(State.PROCUREMENT))
        | suspended.to(compensated, cond=[came_from(State.SERVICE_DELIVERED), "settled"])
        | suspended.to(service_delivered, cond=came_from(State.SERVICE_DELIVERED))
    )
    close = (
        assessed.to(closed)
        | plan_drafted.to(closed)
        | procurement.to(closed)
        | service_delivered.to(closed)
        | suspended.to(closed)
        | compensated.to(closed)
    )
    reopen = (
        rejected.to(applied)
        | withdrawn.to(applied)
        | closed.to(assessed, cond=closed_from(State.ASSESSED))
        | closed.to(plan_drafted, cond=closed_from(State.PLAN_DRAFTED))
        | closed.to(procurement, cond=closed_from(State.PROCUREMENT))
        | closed.to(service_delivered, cond=closed_from(State.SERVICE_DELIVERED))
        | closed.to(suspended, cond=closed_from(State.SUSPENDED))
        | closed.to(compensated, cond=closed_from(State.COMPENSATED))
    )
    reassign = _stay(
        applied,
        assessed,
        plan_drafted,
        procurement,
        service_delivered,
        compensated,
        suspended,
        rejected,
        withdrawn,
        closed,
    )

    def before_transition(self, ask: Ask) -> None:
        """Role and guards, asked by the machine itself: no way around them."""
        check(ask)

    def on_transition(self, ask: Ask) -> None:
        """The stage writes what the step brings; an error here leaves the state as it was."""
        WRITERS[ask.step](ask)

    def reprocures(self, ask: Ask) -> bool:
        """A new provider is to be found (DOMAIN 8.2, explanation 8)."""
        return bool(ask.get("reprocure"))

    def settled(self, ask: Ask) -> bool:
        """Something was paid and everything accepted is settled (explanation 15)."""
        return all_settled(ask)

    def settled_by_payment(self, ask: Ask) -> bool:
        """As `settled`, once the payment of this step is recorded (explanation 5)."""
        return all_settled(ask, paying=ask.get("claim"))

    def delivered(self, ask: Ask) -> bool:
        """At least one accepted delivery."""
        return accepted_units(ask) > 0


def check(ask: Ask) -> None:
    """Raise StepRefused with every problem at once: the role (G95), the municipality (G96), then the guards."""
    problems = refusals(ask)
    if problems:
        raise StepRefused(problems)


def refusals(ask: Ask) -> list[Problem]:
    """What stops the step for this actor: hard problems, and soft ones not confirmed by somebody who may."""
    return lacking_right(ask) or [problem for problem in find_problems(ask) if stops(problem, ask)]


def lacking_right(ask: Ask) -> list[Problem]:
    """The role (G95) and the municipality (G96), before anything else is told about the case."""
    if ask.actor is None or not ask.actor.may_act_as(*ROLES[ask.step]):
        return [Problem("G95", step=ask.step)]
    if ask.case is not None and ask.case.municipality_id not in ask.actor.municipality_ids:
        return [Problem("G96", step=ask.step)]
    return []


def stops(problem: Problem, ask: Ask) -> bool:
    """A hard problem always stops; a soft one until it is confirmed with a reason by somebody who may (8.3).

    What only a supervisor confirms may have been confirmed beforehand, at the worker's request.
    """
    if problem.kind == "info":
        return False
    if ask.confirmed.get(problem.code, "").strip() and ask.actor is not None and problem.confirmable_by(ask.actor):
        return False
    return not (problem.kind == "soft" and problem.confirm_role and problem.code in ask.granted)


def move(ask: Ask) -> None:
    """Take the step: check it, write what it brings, move the case. Raises StepRefused and leaves the state."""
    if lacking_right(ask):
        raise StepRefused(lacking_right(ask))
    if ask.case.state not in CaseMachine.states_map:
        raise UnknownState(ask.case.case_no, ask.case.state)
    with machine_moves():
        try:
            _send(ask)
        except TransitionNotAllowed:
            problem = Problem("G98", params={"state": State(ask.case.state)}, step=ask.step)
            raise StepRefused([problem]) from None


class Seat:
    """The model of a machine that serves one case after another: to build a machine costs as much as all guards."""

    def __init__(self, case: Case) -> None:
        self.case: Case | None = case

    @property
    def state(self) -> str | None:
        """The state of the case that is served."""
        return self.case.state if self.case else None

    @state.setter
    def state(self, value: str) -> None:
        if self.case is not None:
            self.case.state = value


_FREE: list[CaseMachine] = []
"""Machines that serve nobody; a step inside a step takes another one."""


def _send(ask: Ask) -> None:
    """Let a machine take the step. One that failed is not used again: its queue may hold what nobody asked for."""
    try:
        machine = _FREE.pop()
        machine.model.case = ask.case
    except IndexError:
        machine = CaseMachine(Seat(ask.case))
    machine.send(ask.step, ask=ask)
    machine.model.case = None
    _FREE.append(machine)


def begin(ask: Ask) -> Case:
    """`register_application`: check it and bring the case into being in its first state (trap 4)."""
    check(ask)
    with machine_moves():
        WRITERS[ask.step](ask)
    return ask.case


class UnknownState(Exception):
    """The database holds a state that the machine does not know: nobody may move the case until it is repaired."""


def _table() -> dict[str, tuple[str, ...]]:
    """The events of each state, read once from the class: asking it costs nothing (SPEED)."""
    return {
        node.value: tuple(dict.fromkeys(event.id for t in node.transitions for event in t.events))
        for node in CaseMachine.states
    }


EVENTS: Mapping[str, tuple[str, ...]] = _table()
"""The events that each state allows, in the order of the table."""
