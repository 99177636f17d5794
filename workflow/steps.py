"""What a person may do with a case, what is missing, and doing it (ARCHITECTURE, «One step, walked as data»)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from workflow import history, position
from workflow.guards import Ask, Problem, StepRefused, find_problems
from workflow.machine import EVENTS, ROLES, begin, lacking_right, move, refusals
from workflow.models import Case, ConfirmationRequest, ConfirmedGuard, TransitionLog, User, now
from workflow.roles import Actor
from workflow.stages import requests


def steps_open_to(case: Case, actor: Actor) -> list[str]:
    """The steps that the state allows, the role may take and that make sense now, in the machine's order."""
    if case.municipality_id not in actor.municipality_ids:
        return []
    return [step for step in case.offered if actor.may_act_as(*ROLES[step])]


def blockers(session: Session, case: Case, step: str, actor: Actor | None, today: dt.date) -> list[Problem]:
    """What stands in the way of the step already now, without a form: the standing guards (DOMAIN 8.3)."""
    return find_problems(Ask(session, case, step, today, actor=actor, acting=False))


def problems_with(
    session: Session,
    case: Case,
    step: str,
    actor: Actor,
    given: Mapping[str, Any],
    confirmed: Mapping[str, str],
    today: dt.date,
) -> list[Problem]:
    """Everything that would refuse the step with these data; writes nothing."""
    with session.no_autoflush:
        return refusals(Ask(session, case, step, today, actor, given, confirmed))


def take_step(
    session: Session,
    case: Case | None,
    step: str,
    actor: Actor,
    given: Mapping[str, Any],
    today: dt.date,
    confirmed: Mapping[str, str] | None = None,
    at: dt.datetime | None = None,
) -> Case:
    """Take one step: role, state, all guards, the writing, the history, the position. Never commits.

    Raises StepRefused with all problems; then nothing was written (invariant 3). `case` is None only for
    `register_application`, which brings the case into being; `at` is the moment for the history.
    """
    ask = Ask(session, case, step, today, actor, given, confirmed or {})  # type: ignore[arg-type]
    before = case.state if case is not None else None
    soft = _confirmed(ask)
    if case is None:
        case = begin(ask)
    else:
        move(ask)
    history.take_number(case)
    session.flush()
    row = history.append(session, case, step, before, actor.user_id, ask.record or given, soft, at=at)
    _list_for_supervisor(ask, row, soft)
    requests.settle(ask, row.at)
    # Everything it reads is in the database by now; the case itself is written once, at the end.
    with session.no_autoflush:
        position.refresh(session, case, today, moved=before != case.state)
    session.flush()
    return case


def enter(
    session: Session,
    case: Case,
    event: str,
    actor: Actor,
    data: Mapping[str, Any],
    today: dt.date,
    at: dt.datetime | None = None,
) -> None:
    """Record an entry of data that is no step (a received document): same history, same position, no commit."""
    history.take_number(case)
    session.flush()
    history.append(session, case, event, case.state, actor.user_id, data, [], kind="entry", at=at)
    position.refresh(session, case, today, moved=False)
    session.flush()


def request_confirmation(
    ask: Ask, code: str, reason: str, typed: Sequence[Sequence[str]] = (), at: dt.datetime | None = None
) -> ConfirmationRequest:
    """Ask the role that alone may confirm guard `code` of this step to do so; an entry of data, never commits.

    Raises StepRefused where the step is not the actor's or not possible now; see `requests.ask_for` for the rest.
    """
    if lacking_right(ask):
        raise StepRefused(lacking_right(ask))
    if ask.step not in EVENTS.get(ask.case.state, ()):
        raise StepRefused([Problem("G98", params={"state": ask.case.state}, step=ask.step)])
    with ask.session.no_autoflush:
        request = requests.ask_for(ask, code, reason, typed, at or now())
    data = {"step": ask.step, "guard": code, "reason": request.reason}
    enter(ask.session, ask.case, "request_confirmation", ask.doer, data, ask.today, at)
    return request


def decide_request(
    ask: Ask, request: ConfirmationRequest, *, confirm: bool, answer: str, at: dt.datetime | None = None
) -> None:
    """Confirm or decline a request; an entry of data, never commits. See `requests.decide` for what it raises."""
    requests.decide(ask, request, confirm=confirm, answer=answer, at=at or now())
    data = {"step": request.step, "guard": request.guard, "status": request.status, "reason": request.answer}
    enter(ask.session, ask.case, "decide_confirmation", ask.doer, data, ask.today, at)


def _confirmed(ask: Ask) -> list[dict[str, str]]:
    """The soft guards that really were found and confirmed: a reason for nothing is not kept.

    Beside what the actor confirms now stands what a supervisor confirmed beforehand, with their name.
    """
    beforehand = ask.granted if requests.needs_another(ask.step) else {}
    if not ask.confirmed and not beforehand:
        return []
    found = {problem.code: problem for problem in find_problems(ask) if problem.kind == "soft"}
    return [item for code in sorted(found) if (item := _confirmation(ask, found[code], beforehand))]


def _confirmation(ask: Ask, problem: Problem, beforehand: Mapping[str, ConfirmationRequest]) -> dict[str, str] | None:
    """Why the guard does not stop the step, as the history keeps it."""
    reason = ask.confirmed.get(problem.code, "").strip()
    request = beforehand.get(problem.code)
    if request is None or (reason and ask.actor is not None and problem.confirmable_by(ask.actor)):
        return {"code": problem.code, "reason": reason} if problem.code in ask.confirmed else None
    name = ask.session.get_one(User, request.decided_by).name
    return {"code": problem.code, "reason": request.answer, "confirmed_by": name}


def _list_for_supervisor(ask: Ask, row: TransitionLog, soft: list[dict[str, str]]) -> None:
    """Every confirmation is listed for the supervisor, under the name of whoever confirmed (DOMAIN 8.3)."""
    if not soft or ask.actor is None:
        return
    ask.session.flush()
    for item in soft:
        before = ask.granted[item["code"]] if "confirmed_by" in item else None
        ask.session.add(
            ConfirmedGuard(
                case_id=ask.case.id,
                log_id=row.id,
                step=ask.step,
                guard=item["code"],
                reason=item["reason"],
                confirmed_by=before.decided_by if before else ask.actor.user_id,
                confirmed_at=before.decided_at if before else row.at,
            )
        )
