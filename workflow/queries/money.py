"""Claims as lists and as pages: every amount with the arithmetic behind it (UX, «Claims»)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from workflow.models import Case, Claim, ClaimLine, Payment
from workflow.queries.paging import SIZE, Mark, Page, cut

STATUSES = ("submitted", "returned", "paid", "paid_in_part")


@dataclass(frozen=True)
class ClaimFilters:
    """What is asked of the list of claims; empty values ask for everything."""

    programme: str = ""
    period: dt.date | None = None
    status: str = ""


@dataclass(frozen=True)
class ClaimOfList:
    """A claim in a list; `amount` and `paid` in EUR, `paid` None while no money came."""

    id: int
    number: str
    period: dt.date
    programme_code: str
    kind: str
    status: str
    submitted_on: dt.date | None
    amount: Decimal
    paid: Decimal | None
    cases: int
    case_id: int
    case_no: str


def list_claims(
    session: Session,
    municipality_ids: Collection[int],
    filters: ClaimFilters,
    mark: Mark | None = None,
    size: int = SIZE,
) -> Page[ClaimOfList]:
    """A page of the claims of these municipalities, the newest month first. One statement."""
    backwards = mark is not None and mark.backwards
    order = (Claim.period, Claim.id) if backwards else (Claim.period.desc(), Claim.id.desc())
    rows = _rows().where(Claim.municipality_id.in_(municipality_ids), *_asked(filters))
    if mark is not None:
        place, here = sa.tuple_(Claim.period, Claim.id), sa.tuple_(mark.value, mark.row_id)
        rows = rows.where(place > here if backwards else place < here)
    found = [ClaimOfList(**row) for row in session.execute(rows.order_by(*order).limit(size + 1)).mappings()]
    return cut(found, mark, lambda row: (row.period, row.id), size)


def _rows() -> Any:
    """The columns of the list; sums and the case stand as subqueries on indexed keys."""
    of_claim = ClaimLine.claim_id == Claim.id
    case_id = sa.select(sa.func.min(ClaimLine.case_id)).where(of_claim).scalar_subquery()
    paid = sa.select(sa.func.sum(Payment.amount)).where(Payment.claim_id == Claim.id).scalar_subquery()
    return sa.select(
        Claim.id,
        Claim.number,
        Claim.period,
        Claim.programme_code,
        Claim.kind,
        Claim.status,
        Claim.submitted_on,
        sa.select(sa.func.sum(ClaimLine.amount)).where(of_claim).scalar_subquery().label("amount"),
        paid.label("paid"),
        sa.select(sa.func.count(ClaimLine.case_id.distinct())).where(of_claim).scalar_subquery().label("cases"),
        Case.id.label("case_id"),
        Case.case_no,
    ).join(Case, Case.id == case_id)


def _asked(filters: ClaimFilters) -> list[sa.ColumnElement[bool]]:
    asked = [
        (filters.programme, Claim.programme_code == filters.programme),
        (filters.period, Claim.period == filters.period),
        (filters.status, Claim.status == filters.status),
    ]
    return [condition for value, condition in asked if value]


def waiting_claims(session: Session, case: Case) -> Sequence[Claim]:
    """The submitted claims with lines of the case, the oldest first, with their lines."""
    mine = sa.select(ClaimLine.claim_id).where(ClaimLine.case_id == case.id)
    rows = sa.select(Claim).where(Claim.id.in_(mine), Claim.status == "submitted").order_by(Claim.id)
    return session.scalars(rows.options(selectinload(Claim.lines))).all()
