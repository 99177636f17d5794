"""The calculation of a case, opened: every line, refused unit and own cost, against what is claimed (9.1, 9.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session, joinedload, selectinload

from workflow.calculation import Line, MissingPrice, MissingUnitCost, total
from workflow.calendar import month_of
from workflow.compensable import decide_units
from workflow.explain import Explanation, LineShown, OwnCost, RefusedShown, explain, in_month, refused_units
from workflow.models import Assignment, Case, ContractLine, Plan
from workflow.quantities import Delivered, Terms
from workflow.stages.claimed import claimed_of
from workflow.stages.opened import rule_set_names
from workflow.stages.terms import delivered_of, delivered_programmes, terms_of

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class MonthOpened:
    """One month of a programme; `claimed` is what the standing claims hold of it, corrections included, EUR."""

    month: dt.date
    lines: Sequence[LineShown]
    refused: Sequence[RefusedShown]
    own: Sequence[OwnCost]
    claimed: Decimal

    @property
    def compensated(self) -> Decimal:
        """The sum of the month's lines, EUR."""
        return sum((line.amount for line in self.lines), NOTHING)

    @property
    def own_cost(self) -> Decimal:
        """What the municipality bears itself of the month, EUR."""
        return sum((row.own for row in self.own), NOTHING)

    @property
    def to_claim(self) -> Decimal:
        """Computed less claimed, EUR: not claimed yet, or to be corrected; below 0 it is to be paid back."""
        return self.compensated - self.claimed


@dataclass(frozen=True)
class ProgrammeOpened:
    """One programme of a case. Without `opened` the money cannot be computed: `missing` says what lacks (G64)."""

    programme: str
    terms: Terms
    opened: Explanation | None
    missing: tuple[str, dt.date] | None
    refused: Sequence[RefusedShown]
    claimed: Sequence[Line]

    @property
    def months(self) -> list[MonthOpened]:
        """Every month in which something was delivered or claimed, in order."""
        lines, own = (self.opened.lines, self.opened.own) if self.opened else ((), ())
        days = {line.month for line in lines} | {row.month for row in own} | {line.month for line in self.claimed}
        days |= {month_of(row.on) for row in self.refused}
        return [
            MonthOpened(
                month,
                [line for line in lines if line.month == month],
                in_month(self.refused, month),
                [row for row in own if row.month == month],
                total(line for line in self.claimed if line.month == month),
            )
            for month in sorted(days)
        ]

    @property
    def claimed_total(self) -> Decimal:
        """What the standing claims come to, EUR."""
        return total(self.claimed)

    @property
    def compensated(self) -> Decimal | None:
        """What the calculation comes to, EUR; None while it lacks a cost or a price."""
        return self.opened.calculation.compensated if self.opened else None

    @property
    def own_cost(self) -> Decimal | None:
        """The own cost, EUR; None while it cannot be computed."""
        return self.opened.calculation.own_cost if self.opened else None

    @property
    def to_claim(self) -> Decimal | None:
        """Computed less claimed, EUR."""
        return None if self.compensated is None else self.compensated - self.claimed_total

    @property
    def window_last_day(self) -> dt.date | None:
        """The last day of the two years (9.4); None without a window, or before it began."""
        return self.opened.calculation.window_last_day if self.opened else None


def whole(programmes: Sequence[ProgrammeOpened]) -> tuple[Decimal | None, Decimal, Decimal | None]:
    """Compensated, claimed and own cost of all programmes together, EUR; None while one cannot be computed."""
    claimed = sum((one.claimed_total for one in programmes), NOTHING)
    if any(one.opened is None for one in programmes):
        return None, claimed, None
    computed = [one.opened.calculation for one in programmes if one.opened]
    return (
        sum((each.compensated for each in computed), NOTHING),
        claimed,
        sum((each.own_cost for each in computed), NOTHING),
    )


def opened_case(session: Session, case: Case) -> list[ProgrammeOpened]:
    """Each programme of the case with accepted deliveries; a few statements for each, however much was delivered."""
    return [_opened(session, case, code) for code in delivered_programmes(case)]


def _opened(session: Session, case: Case, programme: str) -> ProgrammeOpened:
    terms, delivered = terms_of(session, case, programme), delivered_of(case, programme)
    claimed = claimed_of(session, case, programme).lines
    try:
        opened = explain(terms, delivered, rule_set_names(programme))
    except (MissingUnitCost, MissingPrice) as error:
        refused = _refused(terms, delivered)
        return ProgrammeOpened(programme, terms, None, (error.service, error.on), refused, claimed)
    return ProgrammeOpened(programme, terms, opened, None, opened.refused, claimed)


def _refused(terms: Terms, delivered: Sequence[Delivered]) -> Sequence[RefusedShown]:
    """What is refused is known before any unit cost is entered (9.2)."""
    return refused_units(decide_units(terms, delivered).refused, delivered)


def assignments_of(case: Case) -> Mapping[int, Assignment]:
    """Who served the lines, by the key of the arrangement."""
    return {row.id: row for row in case.assignments}


def with_deliveries() -> tuple[Any, ...]:
    """Options that bring what the calculation reads of a case with it, a statement for each part."""
    contract = joinedload(Assignment.contract_line).joinedload(ContractLine.contract)
    assignments = selectinload(Case.assignments)
    return (
        selectinload(Case.plans).selectinload(Plan.lines),
        assignments.options(contract, joinedload(Assignment.provider), joinedload(Assignment.plan_line)),
        selectinload(Case.deliveries),
    )
