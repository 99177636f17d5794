"""Providers, their register entries and contracts: lists a page at a time, and what the steps choose from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from workflow.facts import facts
from workflow.folding import fold
from workflow.models import (
    IN_HOUSE_KINDS,
    Assignment,
    Case,
    Contract,
    ContractLine,
    Person,
    PlanLine,
    Provider,
    RegisterEntry,
)
from workflow.queries.paging import SIZE, Mark, Page, cut

ENTRY_ENDS, CONTRACT_ENDS = "DL-09", "DL-14"


def soon(today: dt.date, warning: str) -> dt.date:
    """The last day that is warned about today (DOMAIN 8.4): a day up to it is near."""
    return today + dt.timedelta(days=facts().warnings[warning].days_before)


@dataclass(frozen=True)
class ProviderLine:
    """A row of the list of providers; `valid_to` is the first end of an entry in force, None when all are open."""

    id: int
    name: str
    folded: str
    kind: str
    registration_no: str | None
    entries: int
    valid_to: dt.date | None
    ends_soon: bool


@dataclass(frozen=True)
class ProviderFilters:
    """What is asked of the list: words of the name or the number, a kind, only entries that end soon."""

    q: str = ""
    kind: str = ""
    ending: bool = False


def list_providers(
    session: Session, filters: ProviderFilters, today: dt.date, mark: Mark | None = None, size: int = SIZE
) -> Page[ProviderLine]:
    """One page of providers by name, in one statement; entries that ended are not counted."""
    in_force = sa.and_(
        RegisterEntry.provider_id == Provider.id,
        sa.or_(RegisterEntry.valid_to.is_(None), RegisterEntry.valid_to >= today),
    )
    first_end, number = sa.func.min(RegisterEntry.valid_to), sa.func.count(RegisterEntry.id)
    columns = (Provider.id, Provider.name, Provider.folded, Provider.kind, Provider.registration_no)
    rows: Any = (
        sa.select(*columns, number.label("entries"), first_end.label("valid_to"))
        .outerjoin(RegisterEntry, in_force)
        .where(*_asked(filters))
        .group_by(*columns)
    )
    if filters.ending:
        rows = rows.having(first_end <= soon(today, ENTRY_ENDS))
    rows = _from(rows, mark).limit(size + 1)
    near = soon(today, ENTRY_ENDS)
    lines = [
        ProviderLine(**row, ends_soon=row["valid_to"] is not None and row["valid_to"] <= near)
        for row in session.execute(rows).mappings()
    ]
    return cut(lines, mark, lambda line: (line.folded, line.id), size)


def _asked(filters: ProviderFilters) -> list[sa.ColumnElement[bool]]:
    words = [
        sa.or_(
            Provider.folded.contains(word, autoescape=True),
            Provider.registration_no.startswith(word, autoescape=True),
        )
        for word in fold(filters.q)[:100].split()
    ]
    return [*words, Provider.kind == filters.kind] if filters.kind else words


def _from(rows: Any, mark: Mark | None) -> Any:
    """By name and id, from the mark on in its direction."""
    place = sa.tuple_(Provider.folded, Provider.id)
    backwards = mark is not None and mark.backwards
    if mark is not None:
        edge = sa.tuple_(sa.literal(mark.value, sa.String()), sa.literal(mark.row_id))
        rows = rows.where(place < edge if backwards else place > edge)
    order = (Provider.folded, Provider.id)
    return rows.order_by(*(column.desc() for column in order)) if backwards else rows.order_by(*order)


@dataclass(frozen=True)
class ContractLineOfList:
    """A row of the list of contracts; `ends` is the day it really ends, `cases` those with an assignment under it."""

    id: int
    number: str
    provider_id: int
    provider: str
    starts_on: dt.date
    ends: dt.date
    ended: bool
    ends_soon: bool
    cases: int


@dataclass(frozen=True)
class ContractFilters:
    """What is asked of the list: words of provider or number, a provider, only those that end soon."""

    q: str = ""
    provider_id: int | None = None
    ending: bool = False


def list_contracts(
    session: Session,
    municipality_ids: Iterable[int],
    filters: ContractFilters,
    today: dt.date,
    mark: Mark | None = None,
    size: int = SIZE,
) -> Page[ContractLineOfList]:
    """One page of the municipality's contracts, the newest first, in one statement."""
    ends = sa.func.coalesce(Contract.ended_on, Contract.ends_on)
    cases = (
        sa.select(sa.func.count(sa.distinct(Assignment.case_id)))
        .join(ContractLine, ContractLine.id == Assignment.contract_line_id)
        .where(ContractLine.contract_id == Contract.id)
        .scalar_subquery()
    )
    rows = (
        sa.select(
            Contract.id,
            Contract.number,
            Contract.provider_id,
            Provider.name.label("provider"),
            Contract.starts_on,
            ends.label("ends"),
            cases.label("cases"),
        )
        .join(Provider, Provider.id == Contract.provider_id)
        .where(Contract.municipality_id.in_(list(municipality_ids)), *_asked_of_contracts(filters))
    )
    near = soon(today, CONTRACT_ENDS)
    if filters.ending:
        rows = rows.where(ends.between(today, near))
    backwards = mark is not None and mark.backwards
    if mark is not None:
        rows = rows.where(Contract.id > mark.row_id if backwards else Contract.id < mark.row_id)
    rows = rows.order_by(Contract.id.asc() if backwards else Contract.id.desc()).limit(size + 1)
    lines = [
        ContractLineOfList(**row, ended=row["ends"] < today, ends_soon=today <= row["ends"] <= near)
        for row in session.execute(rows).mappings()
    ]
    return cut(lines, mark, lambda line: (line.number, line.id), size)


def _asked_of_contracts(filters: ContractFilters) -> list[sa.ColumnElement[bool]]:
    asked: list[sa.ColumnElement[bool]] = [
        sa.or_(
            Provider.folded.contains(word, autoescape=True),
            sa.func.lower(Contract.number).contains(word, autoescape=True),
        )
        for word in fold(filters.q)[:100].split()
    ]
    if filters.provider_id is not None:
        asked.append(Contract.provider_id == filters.provider_id)
    return asked


def cases_under(session: Session, contract: Contract, municipality_ids: Iterable[int]) -> Sequence[Any]:
    """The cases of the municipality that the contract serves, a row for each assignment, by case number."""
    rows = (
        sa.select(
            Case.id,
            Case.case_no,
            Case.state,
            Person.first_name,
            Person.last_name,
            PlanLine.service_code,
            PlanLine.quantity,
            Assignment.starts_on,
            Assignment.ends_on,
            Assignment.referral_no,
        )
        .select_from(Assignment)
        .join(ContractLine, ContractLine.id == Assignment.contract_line_id)
        .join(PlanLine, PlanLine.id == Assignment.plan_line_id)
        .join(Case, Case.id == Assignment.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(ContractLine.contract_id == contract.id, Case.municipality_id.in_(list(municipality_ids)))
        .order_by(Case.case_no, Assignment.id)
    )
    return session.execute(rows).all()


# What the steps choose from ------------------------------------------------------------------------------------------


def entries_to_choose(
    session: Session, municipality_ids: Iterable[int], in_house: bool = False
) -> Sequence[RegisterEntry]:
    """Register entries by the provider's name; in-house only those of the municipality's own institutions (G48)."""
    rows = sa.select(RegisterEntry).join(Provider).options(joinedload(RegisterEntry.provider))
    if in_house:
        own = Provider.municipality_id.in_(list(municipality_ids))
        rows = rows.where(Provider.kind.in_(IN_HOUSE_KINDS), own)
    return session.scalars(rows.order_by(Provider.folded, RegisterEntry.valid_from)).all()


def contracts_to_choose(
    session: Session, municipality_ids: Iterable[int], services: Iterable[str], today: dt.date
) -> Sequence[Contract]:
    """The municipality's contracts that have not ended and hold a price for one of the services."""
    priced = sa.select(ContractLine.contract_id).where(ContractLine.service_code.in_(list(services)))
    rows = (
        sa.select(Contract)
        .join(Provider)
        .where(
            Contract.municipality_id.in_(list(municipality_ids)),
            sa.func.coalesce(Contract.ended_on, Contract.ends_on) >= today,
            Contract.id.in_(priced),
        )
        .options(joinedload(Contract.provider), selectinload(Contract.lines))
        .order_by(Provider.folded, Contract.starts_on)
    )
    return session.scalars(rows).unique().all()
