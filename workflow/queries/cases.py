"""The list of cases: filtered, sorted, a page at a time, in one indexed statement whatever their number (SPEED)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from workflow.folding import fold
from workflow.models import ENDED, Case, Person, User
from workflow.queries.colours import Lines, colour, of_colours
from workflow.queries.paging import SIZE, Mark, Page, Value, cut
from workflow.roles import Actor, Role
from workflow.stages.outlook import kept
from workflow.warnings import GRANT_ENDS, Told

SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "due_on": Case.due_on,
    "number": Case.case_no,
    "since": Case.state_since_on,
}
HEALTH = frozenset({"G13", "G86"})
"""Guards whose very name says something about a child's health; not for those who need not know (DOMAIN 2.1)."""
UNBLOCKED = "none"
"""In the filter by blocker: cases in which nothing is missing but the step."""
SEES_HEALTH = (Role.SOCIAL_WORKER, Role.SUPERVISOR, Role.READER)

COLUMNS = (
    Case.id,
    Case.case_no,
    Case.case_type,
    Case.state,
    Case.state_since_on,
    Case.touched_on,
    Case.due_on,
    Case.next_step,
    Case.waits_for,
    Case.blocker,
    Case.warnings,
    Person.first_name,
    Person.last_name,
    User.name.label("worker"),
)


@dataclass(frozen=True)
class Filters:
    """What is asked of the list; an empty part asks nothing. `sort` is a key of SORTS, with `-` for descending."""

    q: str = ""
    states: tuple[str, ...] = ()
    case_types: tuple[str, ...] = ()
    workers: tuple[int, ...] = ()
    colours: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    sort: str = "due_on"

    @property
    def any(self) -> bool:
        """True when something is asked."""
        lists = (self.states, self.case_types, self.workers, self.colours, self.waits_for, self.blockers, self.steps)
        return bool(self.q) or any(lists)


@dataclass(frozen=True)
class CaseLine:
    """A row of any list of cases: who without the personal code, where it stands, and what stops it."""

    id: int
    case_no: str
    case_type: str
    state: str
    state_since_on: dt.date
    touched_on: dt.date
    due_on: dt.date | None
    next_step: str | None
    waits_for: str | None
    blocker: str | None
    person: str
    worker: str
    colour: str
    days_left: int | None
    days_in_state: int
    warnings: tuple[Told, ...] = ()
    group: str = ""

    @property
    def worker_in_short(self) -> str:
        """First name and initial, where the column names somebody else first."""
        first, _, last = self.worker.partition(" ")
        return f"{first} {last[:1]}." if last else first


def case_line(row: Any, lines: Lines, actor: Actor) -> CaseLine:
    """A read row as the list shows it: initials for the last name, no blocker that tells of health (DOMAIN 7.3)."""
    hidden = row.blocker in HEALTH and not sees_health(actor)
    return CaseLine(
        id=row.id,
        case_no=row.case_no,
        case_type=row.case_type,
        state=row.state,
        state_since_on=row.state_since_on,
        touched_on=row.touched_on,
        due_on=row.due_on,
        next_step=row.next_step,
        waits_for=row.waits_for,
        blocker=None if hidden else row.blocker,
        person=f"{row.first_name} {row.last_name[:1]}.",
        worker=row.worker,
        colour=colour(row, *lines),
        days_left=(row.due_on - lines.today).days if row.due_on else None,
        days_in_state=(lines.today - row.state_since_on).days,
        warnings=warnings_of(row.warnings, row.state, lines.today, health=sees_health(actor)),
        group=getattr(row, "group", ""),
    )


def warnings_of(stored: Iterable[Mapping[str, Any]], state: str, today: dt.date, *, health: bool) -> tuple[Told, ...]:
    """What is told of a case on the day, from what its last step kept (DOMAIN 8.4); an ended case is not warned of.

    Without `health` the end of a disability or of the VDEĀK opinion is left out (DOMAIN 2.1).
    """
    if state in ENDED:
        return ()
    return tuple(told for told in kept(stored).told(today) if health or told.code != GRANT_ENDS)


def sees_health(actor: Actor) -> bool:
    """True when the actor's work needs the details of health (DOMAIN 2.1)."""
    return actor.may_act_as(*SEES_HEALTH)


class _Walk(NamedTuple):
    """How the order is walked: along which column, from where, and whether from large to small."""

    column: Any
    mark: Mark | None
    falls: bool
    backwards: bool
    size: int

    @classmethod
    def of(cls, filters: Filters, mark: Mark | None, size: int) -> _Walk:
        """Going back turns the order around."""
        backwards = mark is not None and mark.backwards
        falls = filters.sort.startswith("-") != backwards
        return cls(SORTS[filters.sort.removeprefix("-")], mark, falls, backwards, size)

    def order(self, place: Any, row_id: Any) -> tuple[sa.ColumnElement[Any], ...]:
        """Cases without the value (nothing is due) stand last in either direction of the order."""
        missing = place.is_(None)
        return (missing.desc() if self.backwards else missing.asc(), *self.straight(place, row_id))

    def straight(self, place: Any, row_id: Any) -> tuple[sa.ColumnElement[Any], ...]:
        """The order where the value is there; the only one an index can serve on both databases."""
        return (place.desc(), row_id.desc()) if self.falls else (place.asc(), row_id.asc())

    def beyond(self, place: Any, reached: Any) -> sa.ColumnElement[bool]:
        """Only what lies behind the mark."""
        found: sa.ColumnElement[bool] = place < reached if self.falls else place > reached
        return found


def cases_page(
    session: Session, actor: Actor, filters: Filters, lines: Lines, mark: Mark | None = None, size: int = SIZE
) -> Page[CaseLine]:
    """One page of the actor's cases; one statement. An actor without a municipality sees nothing."""
    statement = _statement(actor.municipality_ids, sees_health(actor), filters, lines, mark, size)
    if statement is None:
        return Page([])
    column = SORTS[filters.sort.removeprefix("-")].key
    rows = [case_line(row, lines, actor) for row in session.connection().execute(statement)]
    return cut(rows, mark, lambda row: (getattr(row, column), row.id), size)


@lru_cache(maxsize=512)
def _statement(
    municipality_ids: frozenset[int], health: bool, filters: Filters, lines: Lines, mark: Mark | None, size: int
) -> Any:
    """The statement of a page. Kept, because building it costs ten times what asking it costs (SPEED)."""
    walk = _Walk.of(filters, mark, size)
    heads = [*_heads(municipality_ids, health, filters, lines, walk)]
    if not heads:
        return None
    picked = sa.union_all(*(sa.select(head.subquery()) for head in heads)).subquery()
    first = sa.select(picked).order_by(*walk.order(picked.c.place, picked.c.id)).limit(size + 1).subquery()
    return (
        sa.select(*COLUMNS)
        .join(first, first.c.id == Case.id)
        .join(Person, Person.id == Case.person_id)
        .join(User, User.id == Case.worker_id)
        .order_by(*walk.order(first.c.place, first.c.id))
    )


def _heads(
    municipality_ids: frozenset[int], health: bool, filters: Filters, lines: Lines, walk: _Walk
) -> Iterator[sa.Select[Any]]:
    """The beginning of the page in each municipality, with and without the value: short walks along one index.

    A single `IN` over merged municipalities would make the database sort all their cases for every page.
    """
    conditions = [*_conditions(filters, lines, health)]
    for municipality_id in sorted(municipality_ids):
        wanted = sa.select(Case.id, walk.column.label("place")).where(
            Case.municipality_id == municipality_id, *conditions
        )
        if filters.q:
            wanted = wanted.join(Person, Person.id == Case.person_id)
        for part in _parts(wanted, walk):
            yield part.order_by(*walk.straight(walk.column, Case.id)).limit(walk.size + 1)


def _parts(wanted: sa.Select[Any], walk: _Walk) -> Iterator[sa.Select[Any]]:
    """Cases with the value, then those without it; what lies before the mark is left out."""
    mark, column = walk.mark, walk.column
    if mark is None or mark.value is not None or walk.backwards:
        dated = wanted.where(column.is_not(None))
        if mark is not None and mark.value is not None:
            dated = dated.where(walk.beyond(sa.tuple_(column, Case.id), (mark.value, mark.row_id)))
        yield dated
    if column.nullable and not (mark is not None and mark.value is not None and walk.backwards):
        undated = wanted.where(column.is_(None))
        if mark is not None and mark.value is None:
            undated = undated.where(walk.beyond(Case.id, mark.row_id))
        yield undated


def _conditions(filters: Filters, lines: Lines, health: bool) -> Iterator[sa.ColumnElement[bool]]:
    for column, values in (
        (Case.state, filters.states),
        (Case.case_type, filters.case_types),
        (Case.worker_id, filters.workers),
        (Case.waits_for, filters.waits_for),
        (Case.next_step, filters.steps),
    ):
        if values:
            yield column.in_(values)
    if filters.colours:
        yield from of_colours(filters.colours, lines)
    if filters.blockers:
        yield _blocked_by(set(filters.blockers) - (set() if health else HEALTH))
    if filters.q:
        yield _found_by(filters.q)


def _blocked_by(codes: set[str]) -> sa.ColumnElement[bool]:
    """One of the guards, or none: then nothing is missing but the step itself."""
    named = Case.blocker.in_(sorted(codes - {UNBLOCKED}))
    return sa.or_(named, Case.blocker.is_(None)) if UNBLOCKED in codes else named


def _found_by(text: str) -> sa.ColumnElement[bool]:
    """A part of the case number, or the beginnings of the words of the person's name, without case and marks."""
    number = Case.case_no.like(f"%{_escaped(text.strip().upper())}%", escape="\\")
    words = [_escaped(word) for word in fold(text).split()]
    names = [
        sa.or_(Person.folded.like(f"{word}%", escape="\\"), Person.folded.like(f"% {word}%", escape="\\"))
        for word in words
    ]
    return sa.or_(number, sa.and_(*names)) if names else number


def _escaped(text: str) -> str:
    """`%` and `_` are letters in what people type."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def value_of(sort: str, text: str) -> Value:
    """The value of a mark as it stands in an address; ValueError when it is none. Nothing is due: an empty text."""
    if sort.removeprefix("-") == "number":
        return text
    if not text and sort.removeprefix("-") == "due_on":
        return None
    return dt.date.fromisoformat(text)
