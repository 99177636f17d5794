"""My work: what waits for a person in each of their roles (UX, «My work»). Each list is one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.facts import State, facts
from workflow.models import ENDED, Case, Person, Task, User
from workflow.queries.cases import COLUMNS, CaseLine, case_line
from workflow.queries.colours import HOLD, OPEN, OVERDUE, SOON, Lines, colour_sql
from workflow.queries.paging import SIZE
from workflow.roles import Actor, Role
from workflow.rulebook.entries import assumed, entries

OTHERS, MINE = "others", "mine"
OWN_GROUPS = (OVERDUE, SOON, OTHERS, HOLD, MINE)
PLANS, WAITING = "plans", "waiting"
WHILE_RESTING = ("resume_case", "claim_returned")
"""What is to be done in a suspended case too; the other tasks wait with it (DOMAIN 8.2, explanations 4 and 11)."""
NOT_MINE = tuple(role.value for role in Role if role is not Role.SOCIAL_WORKER)


@dataclass(frozen=True)
class Pile:
    """The first rows of a group of cases, and how many it has."""

    lines: tuple[CaseLine, ...]
    total: int


@dataclass(frozen=True)
class OpenTask:
    """A task as the list shows it."""

    case_id: int
    case_no: str
    person: str
    title: str
    detail: str
    due_on: Any
    days_left: int


@dataclass(frozen=True)
class Office:
    """What an administrator looks after: who may sign in, and which settings nobody has confirmed yet."""

    users: int
    disabled: int
    unconfirmed: int


def own_cases(session: Session, actor: Actor, lines: Lines, size: int = SIZE) -> dict[str, Pile]:
    """A worker's open cases by group, each in the first that fits; in `mine` those touched last come first."""
    urgency = colour_sql(Case, *lines)
    group = sa.case(
        (urgency.in_((OVERDUE, SOON, HOLD)), urgency),
        (Case.waits_for.in_(NOT_MINE), OTHERS),
        else_=MINE,
    )
    recent = sa.case((group == MINE, Case.touched_on))
    order = (recent.desc(), Case.due_on.is_(None), Case.due_on, Case.id)
    return _piles(session, actor, lines, group, order, [Case.worker_id == actor.user_id], size)


def officer_queue(session: Session, actor: Actor, lines: Lines, size: int = SIZE) -> Pile:
    """What waits for the procurement officer, longest waiting first (DOMAIN 13.2, story 1)."""
    waiting = [Case.waits_for == Role.PROCUREMENT_OFFICER.value]
    order = (Case.state_since_on, Case.id)
    return _piles(session, actor, lines, sa.literal(WAITING), order, waiting, size).get(WAITING, Pile((), 0))


def supervisor_queue(session: Session, actor: Actor, lines: Lines, size: int = SIZE) -> dict[str, Pile]:
    """Plans to approve, and everything else that waits for the supervisor (DOMAIN 13.3, story 2)."""
    group = sa.case((Case.next_step == "approve_plan", PLANS), else_=WAITING)
    order = (Case.due_on.is_(None), Case.due_on, Case.id)
    return _piles(session, actor, lines, group, order, [Case.waits_for == Role.SUPERVISOR.value], size)


def _piles(
    session: Session,
    actor: Actor,
    lines: Lines,
    group: sa.ColumnElement[str],
    order: Sequence[sa.ColumnElement[Any] | Any],
    conditions: Sequence[sa.ColumnElement[bool]],
    size: int,
) -> dict[str, Pile]:
    """The first rows of each group of the actor's open cases and the groups' totals, in one statement."""
    picked = (
        sa.select(
            Case.id,
            group.label("group"),
            sa.func.row_number().over(partition_by=group, order_by=order).label("place"),
            sa.func.count().over(partition_by=group).label("total"),
        )
        .where(Case.municipality_id.in_(sorted(actor.municipality_ids)), Case.state.in_(OPEN), *conditions)
        .subquery()
    )
    statement = (
        sa.select(*COLUMNS, picked.c.group, picked.c.total)
        .join(picked, picked.c.id == Case.id)
        .join(Person, Person.id == Case.person_id)
        .join(User, User.id == Case.worker_id)
        .where(picked.c.place <= size)
        .order_by(picked.c.group, picked.c.place)
    )
    rows: dict[str, list[CaseLine]] = {}
    totals: dict[str, int] = {}
    for row in session.execute(statement):
        rows.setdefault(row.group, []).append(case_line(row, lines, actor))
        totals[row.group] = row.total
    return {name: Pile(tuple(listed), totals[name]) for name, listed in rows.items()}


def open_tasks(session: Session, actor: Actor, lines: Lines, size: int = SIZE) -> tuple[list[OpenTask], int]:
    """The tasks of the person and of their roles, earliest first, and how many there are; one statement.

    A task of the social workers is for the one whose case it is.
    """
    roles = sorted(role.value for role in actor.roles if role is not Role.SOCIAL_WORKER)
    mine = [Task.user_id == actor.user_id, Task.role.in_(roles)]
    if Role.SOCIAL_WORKER in actor.roles:
        mine.append(sa.and_(Task.role == Role.SOCIAL_WORKER.value, Case.worker_id == actor.user_id))
    statement = (
        sa.select(
            Task.case_id,
            Task.title,
            Task.detail,
            Task.due_on,
            Case.case_no,
            Person.first_name,
            Person.last_name,
            sa.func.count().over().label("total"),
        )
        .join(Case, Case.id == Task.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(Task.done_on.is_(None), sa.or_(*mine))
        .where(sa.or_(Case.state != State.SUSPENDED.value, Task.title.in_(WHILE_RESTING)))
        .where(Case.municipality_id.in_(sorted(actor.municipality_ids)), Case.state.not_in(ENDED))
        .order_by(Task.due_on, Task.id)
        .limit(size)
    )
    rows = session.execute(statement).all()
    return [_task(row, lines) for row in rows], rows[0].total if rows else 0


def _task(row: Any, lines: Lines) -> OpenTask:
    return OpenTask(
        case_id=row.case_id,
        case_no=row.case_no,
        person=f"{row.first_name} {row.last_name[:1]}.",
        title=row.title,
        detail=row.detail,
        due_on=row.due_on,
        days_left=(row.due_on - lines.today).days,
    )


def office(session: Session, actor: Actor) -> Office:
    """The users of the actor's municipalities, and the values that are still assumptions; one statement."""
    users = sa.select(sa.func.count(User.id)).where(User.municipality_id.in_(sorted(actor.municipality_ids)))
    row = session.execute(
        sa.select(
            users.where(User.active).scalar_subquery().label("active"),
            users.where(sa.not_(User.active)).scalar_subquery().label("disabled"),
        )
    ).one()
    return Office(row.active, row.disabled, assumed(entries(facts())))
