"""The soft guards that somebody confirmed with a reason, newest first (DOMAIN 8.3; 13.3, story 6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from workflow.guards import kept as unkept
from workflow.models import ENDED, Case, ConfirmationRequest, ConfirmedGuard, Person, User
from workflow.queries.paging import SIZE, Mark, Page, cut
from workflow.roles import Actor
from workflow.stages.requests import needs_another


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


@dataclass(frozen=True)
class Asked:
    """A request to confirm an exception, with the names of those who asked and decided."""

    id: int
    case_id: int
    case_no: str
    person: str
    step: str
    guard: str
    age: int | None
    on: dt.date | None
    reason: str
    requested_by: str
    requested_by_id: int
    requested_at: dt.datetime
    status: str
    answer: str
    decided_by: str | None
    decided_at: dt.datetime | None
    typed: tuple[tuple[str, str], ...] = ()


_REQUESTER, _DECIDER = aliased(User), aliased(User)
_ASKED = (
    sa.select(ConfirmationRequest, Case.case_no, Person.first_name, Person.last_name)
    .add_columns(_REQUESTER.name.label("requester"), _DECIDER.name.label("decider"))
    .join(Case, Case.id == ConfirmationRequest.case_id)
    .join(Person, Person.id == Case.person_id)
    .join(_REQUESTER, _REQUESTER.id == ConfirmationRequest.requested_by)
    .outerjoin(_DECIDER, _DECIDER.id == ConfirmationRequest.decided_by)
)


def waiting_requests(session: Session, actor: Actor, size: int = SIZE) -> list[Asked]:
    """The requests in the actor's cases that wait for a decision, the oldest first; one statement."""
    wanted = _ASKED.where(
        ConfirmationRequest.status == "waiting",
        Case.municipality_id.in_(sorted(actor.municipality_ids)),
        Case.state.not_in(ENDED),
    )
    return [_asked(row) for row in session.execute(wanted.order_by(ConfirmationRequest.id).limit(size))]


def request_for(session: Session, case_id: int, step: str) -> Asked | None:
    """The newest request of the case for the step; nothing is read for a step that asks nobody."""
    if not needs_another(step):
        return None
    wanted = _ASKED.where(ConfirmationRequest.case_id == case_id, ConfirmationRequest.step == step)
    row = session.execute(wanted.order_by(ConfirmationRequest.id.desc()).limit(1)).first()
    return _asked(row) if row else None


def request_by(session: Session, request_id: int) -> Asked:
    """One request, which the caller has passed the gate for."""
    return _asked(session.execute(_ASKED.where(ConfirmationRequest.id == request_id)).one())


def _asked(row: Any) -> Asked:
    kept: ConfirmationRequest = row.ConfirmationRequest
    params = unkept({"code": kept.guard, "step": kept.step, "params": kept.params}).params
    return Asked(
        id=kept.id,
        case_id=kept.case_id,
        case_no=row.case_no,
        person=f"{row.first_name} {row.last_name[:1]}.",
        step=kept.step,
        guard=kept.guard,
        age=params.get("age"),
        on=params.get("date"),
        reason=kept.reason,
        requested_by=row.requester,
        requested_by_id=kept.requested_by,
        requested_at=kept.requested_at,
        status=kept.status,
        answer=kept.answer,
        decided_by=row.decider,
        decided_at=kept.decided_at,
        typed=tuple((name, text) for name, text in kept.typed),
    )


def _shown(row: sa.Row[*tuple[object, ...]]) -> Confirmation:
    values = dict(row._mapping)
    first, last = str(values.pop("first_name")), str(values.pop("last_name"))
    return Confirmation(person=f"{first} {last[:1]}.", **values)
