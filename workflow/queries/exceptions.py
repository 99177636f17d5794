"""The soft guards that somebody confirmed with a reason, newest first (DOMAIN 8.3; 13.3, story 6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.models import Case, ConfirmedGuard, Person, User
from workflow.queries.paging import SIZE, Mark, Page, cut
from workflow.roles import Actor


@dataclass(frozen=True)
class Confirmation:
    """One confirmed guard: in which case, at which step, why, by whom and when."""

    id: int
    case_id: int
    case_no: str
    person: str
    step: str
    guard: str
    reason: str
    confirmed_by: str
    confirmed_at: dt.datetime


def confirmed_page(
    session: Session, actor: Actor, mark: Mark | None = None, guard: str = "", size: int = SIZE
) -> Page[Confirmation]:
    """One page of the confirmations in the actor's cases, of one guard if it is named; one statement."""
    backwards = mark is not None and mark.backwards
    wanted = (
        sa.select(
            ConfirmedGuard.id,
            ConfirmedGuard.case_id,
            Case.case_no,
            Person.first_name,
            Person.last_name,
            ConfirmedGuard.step,
            ConfirmedGuard.guard,
            ConfirmedGuard.reason,
            User.name.label("confirmed_by"),
            ConfirmedGuard.confirmed_at,
        )
        .join(Case, Case.id == ConfirmedGuard.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(User, User.id == ConfirmedGuard.confirmed_by)
        .where(Case.municipality_id.in_(sorted(actor.municipality_ids)))
        .order_by(ConfirmedGuard.id if backwards else ConfirmedGuard.id.desc())
        .limit(size + 1)
    )
    if guard:
        wanted = wanted.where(ConfirmedGuard.guard == guard)
    if mark is not None:
        # The rows are only ever appended, so their ids are in the order of time.
        wanted = wanted.where(ConfirmedGuard.id > mark.row_id if backwards else ConfirmedGuard.id < mark.row_id)
    rows = [_shown(row) for row in session.execute(wanted)]
    return cut(rows, mark, lambda row: (None, row.id), size)


def _shown(row: sa.Row[*tuple[object, ...]]) -> Confirmation:
    values = dict(row._mapping)
    first, last = str(values.pop("first_name")), str(values.pop("last_name"))
    return Confirmation(person=f"{first} {last[:1]}.", **values)
