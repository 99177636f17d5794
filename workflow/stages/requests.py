"""A soft guard that only a certain role confirms: a worker asks for it beforehand, the supervisor decides (DOMAIN 8.3).

One confirmation holds for the case and the step: the months that follow at the contested age do not ask again, and
it ends by itself with the bound of the programme, from which on other guards refuse.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.facts import facts
from workflow.guards import Ask, Problem, StepRefused, find_problems, keep, kept
from workflow.models import Case, ConfirmationRequest
from workflow.roles import Actor
from workflow.stages.common import add_task, finish_tasks

WAITING, CONFIRMED, DECLINED = "waiting", "confirmed", "declined"
ANSWERED = ("exception_confirmed", "exception_declined")
DAYS_TO_DECIDE = 1
"""Working days in which the other is to look at it: the case stands still meanwhile [ASM]."""


class NothingToAsk(Exception):
    """The guard does not refuse this step, or the person may confirm it without asking."""


class NotForYou(Exception):
    """The person may not decide on the request: another role, or their own request (four eyes)."""


class AlreadyDecided(Exception):
    """Somebody else has decided on the request."""


def needs_another(step: str) -> bool:
    """True when the step has a guard that only a certain role may confirm."""
    return any(facts().guards[code].confirm_role for code in facts().steps[step].guards)


def ask_for(ask: Ask, code: str, reason: str, typed: Sequence[Sequence[str]], at: dt.datetime) -> ConfirmationRequest:
    """Ask for the confirmation of guard `code` in this step, with everything typed; the supervisors get a task.

    A request that waits already takes the new reason. Raises NothingToAsk when the guard does not stand in the way,
    ValueError without a reason.
    """
    problem = next((one for one in find_problems(ask) if one.code == code), None)
    if problem is None or not may_ask(problem, ask.doer) or code in ask.granted:
        raise NothingToAsk(code)
    if not reason.strip():
        raise ValueError("a request needs its reason")
    request = _waiting(ask, code)
    if request is None:
        request = ConfirmationRequest(case_id=ask.case.id, step=ask.step, guard=code, status=WAITING)
        ask.session.add(request)
        role = facts().guards[code].confirm_role
        due_on = ask.days.add(ask.today, DAYS_TO_DECIDE)
        add_task(ask, "confirm_exception", due_on, role=role, detail=code)
    request.params, request.typed = keep(problem)["params"], [list(pair) for pair in typed]
    request.reason, request.requested_by, request.requested_at = reason.strip(), ask.doer.user_id, at
    finish_tasks(ask, *ANSWERED)
    return request


def may_ask(problem: Problem, actor: Actor) -> bool:
    """True when somebody else must confirm the guard, so that the actor can only ask."""
    return problem.kind == "soft" and bool(problem.confirm_role) and not problem.confirmable_by(actor)


def _waiting(ask: Ask, code: str) -> ConfirmationRequest | None:
    rows = select(ConfirmationRequest).where(
        ConfirmationRequest.case_id == ask.case.id,
        ConfirmationRequest.step == ask.step,
        ConfirmationRequest.guard == code,
        ConfirmationRequest.status == WAITING,
    )
    return ask.session.scalars(rows).first()


def waiting_problems(session: Session, case: Case, step: str) -> list[Problem]:
    """What a worker has asked another to confirm before the step: until then it is the other's turn."""
    if not needs_another(step):
        return []
    rows = select(ConfirmationRequest).where(
        ConfirmationRequest.case_id == case.id,
        ConfirmationRequest.step == step,
        ConfirmationRequest.status == WAITING,
    )
    return [kept({"code": row.guard, "step": step, "params": row.params}) for row in session.scalars(rows)]


def decide(ask: Ask, request: ConfirmationRequest, *, confirm: bool, answer: str, at: dt.datetime) -> None:
    """Confirm or decline the request with a reason; who asked is told by a task.

    Raises StepRefused (G96) for another municipality's case, NotForYou for another role and for one's own request,
    AlreadyDecided, and ValueError without a reason.
    """
    if ask.case.municipality_id not in ask.doer.municipality_ids:
        raise StepRefused([Problem("G96", step=request.step)])
    if not may_decide(request, ask.doer):
        raise NotForYou(request.guard)
    if request.status != WAITING:
        raise AlreadyDecided(request.guard)
    if not answer.strip():
        raise ValueError("a decision needs its reason")
    request.status = CONFIRMED if confirm else DECLINED
    request.answer, request.decided_by, request.decided_at = answer.strip(), ask.doer.user_id, at
    finish_tasks(ask, "confirm_exception")
    title = "exception_confirmed" if confirm else "exception_declined"
    due_on = ask.days.add(ask.today, DAYS_TO_DECIDE)
    add_task(ask, title, due_on, user_id=request.requested_by, detail=request.guard)


def may_decide(request: ConfirmationRequest, actor: Actor) -> bool:
    """The role that the rule book names, and another person than the one who asked."""
    return actor.user_id != request.requested_by and actor.may_act_as(facts().guards[request.guard].confirm_role)


def settle(ask: Ask, at: dt.datetime) -> None:
    """The step was taken: what was typed for it is not kept twice, and nobody has to decide any more.

    A supervisor who takes the step and confirms it there has decided on the request by that.
    """
    if not needs_another(ask.step):
        return
    rows = select(ConfirmationRequest).where(
        ConfirmationRequest.case_id == ask.case.id, ConfirmationRequest.step == ask.step
    )
    for request in ask.session.scalars(rows):
        request.typed = []
        reason = ask.confirmed.get(request.guard, "").strip()
        if request.status == WAITING and reason and may_decide(request, ask.doer):
            request.status, request.answer = CONFIRMED, reason
            request.decided_by, request.decided_at = ask.doer.user_id, at
            finish_tasks(ask, "confirm_exception")
    finish_tasks(ask, *ANSWERED)
