"""What a person may do with a case, what is missing, and doing it (ARCHITECTURE, «One step, walked as data»)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from workflow import history, position
from workflow.guards import Ask, Problem, find_problems
from workflow.machine import ROLES, begin, move, refusals
from workflow.models import Case, ConfirmedGuard, TransitionLog
from workflow.roles import Actor


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


def _confirmed(ask: Ask) -> list[dict[str, str]]:
    """The soft guards that really were found and confirmed: a reason for nothing is not kept."""
    if not ask.confirmed:
        return []
    found = {problem.code for problem in find_problems(ask) if problem.kind == "soft"}
    return [{"code": code, "reason": ask.confirmed[code].strip()} for code in sorted(found & ask.confirmed.keys())]


def _list_for_supervisor(ask: Ask, row: TransitionLog, soft: list[dict[str, str]]) -> None:
    """Every confirmation is listed for the supervisor (DOMAIN 8.3)."""
    if not soft or ask.actor is None:
        return
    ask.session.flush()
    for item in soft:
        ask.session.add(
            ConfirmedGuard(
                case_id=ask.case.id,
                log_id=row.id,
                step=ask.step,
                guard=item["code"],
                reason=item["reason"],
                confirmed_by=ask.actor.user_id,
                confirmed_at=row.at,
            )
        )
