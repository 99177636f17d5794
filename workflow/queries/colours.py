"""How urgent a case is: overdue, due soon, idle, on hold or on time (DOMAIN 8.4, colours).

Written twice, once for a row in hand and once for the database; a test keeps the two equal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.calendar import WorkingDays
from workflow.facts import State, facts
from workflow.models import Case, Holiday, User
from workflow.position import RESTING
from workflow.roles import Actor

OVERDUE, SOON, IDLE, ON_TIME, HOLD = COLOURS = ("overdue", "soon", "idle", "on_time", "hold")
STUCK = (OVERDUE, IDLE)
OPEN = tuple(state for state in State if state not in RESTING)

_SOON, _IDLE = "due_soon_working_days", "idle_calendar_days"


class Standing(Protocol):
    """What the colour of a case depends on."""

    @property
    def state(self) -> str: ...
    @property
    def due_on(self) -> dt.date | None: ...
    @property
    def touched_on(self) -> dt.date: ...


class Lines(NamedTuple):
    """The days that part the colours: due until `soon_until` is soon, touched before `idle_before` is idle."""

    today: dt.date
    soon_until: dt.date
    idle_before: dt.date


@dataclass(frozen=True)
class Surroundings:
    """What a list needs beside its rows: the dividing days, the setting behind «soon», and the colleagues."""

    lines: Lines
    soon_days: int
    users: tuple[tuple[int, str], ...] = ()


def colour(row: Standing, today: dt.date, soon_until: dt.date, idle_before: dt.date) -> str:
    """The first colour that fits, in the order of DOMAIN 8.4.

    A suspended case is stuck only after DL-06a, which is its due date; a resting one never.
    """
    if row.state in RESTING:
        return ON_TIME
    if row.due_on is not None and row.due_on < today:
        return OVERDUE
    if row.state == State.SUSPENDED:
        return HOLD
    if row.due_on is not None and row.due_on <= soon_until:
        return SOON
    return IDLE if row.touched_on < idle_before else ON_TIME


def colour_sql(row: Any, today: dt.date, soon_until: dt.date, idle_before: dt.date) -> sa.Case[str]:
    """The same question for the database; `row` is `Case` or anything with the three columns."""
    return sa.case(
        (row.state.in_([state.value for state in RESTING]), ON_TIME),
        (row.due_on < today, OVERDUE),
        (row.state == State.SUSPENDED.value, HOLD),
        (row.due_on <= soon_until, SOON),
        (row.touched_on < idle_before, IDLE),
        else_=ON_TIME,
    )


def of_colours(colours: Collection[str], lines: Lines) -> list[sa.ColumnElement[bool]]:
    """The conditions for cases of one of the colours; where a due date is needed they say so, for the index."""
    conditions: list[sa.ColumnElement[bool]] = [colour_sql(Case, *lines).in_(sorted(colours))]
    if set(colours) <= {OVERDUE, SOON}:
        conditions.append(Case.due_on <= (lines.soon_until if SOON in colours else lines.today))
    if set(colours) == {SOON}:
        conditions.append(Case.due_on >= lines.today)
    return conditions


def surroundings(session: Session, today: dt.date, colleagues_of: Actor | None = None) -> Surroundings:
    """The dividing days of `today` and, if asked for, the users of the actor's municipalities; one statement."""
    parts: list[sa.Select[str, str, str]] = [
        sa.select(sa.literal("day"), sa.cast(Holiday.day, sa.String), Holiday.kind).where(Holiday.day > today),
    ]
    if colleagues_of is not None:
        mine = User.municipality_id.in_(sorted(colleagues_of.municipality_ids))
        parts.append(sa.select(sa.literal("user"), sa.cast(User.id, sa.String), User.name).where(mine))
    found: dict[str, dict[str, str]] = {"day": {}, "user": {}}
    for kind, key, value in session.execute(sa.union_all(*parts)):
        found[kind][key] = value
    days = WorkingDays({dt.date.fromisoformat(day): kind for day, kind in found["day"].items()})
    soon, idle = (int(facts().settings[key].value) for key in (_SOON, _IDLE))
    # A case touched exactly `idle` days ago has seen that many days without any step: it is idle.
    lines = Lines(today, days.add(today, soon), today - dt.timedelta(days=idle - 1))
    users = sorted(((int(number), name) for number, name in found["user"].items()), key=lambda user: (user[1], user[0]))
    return Surroundings(lines, soon, tuple(users))
