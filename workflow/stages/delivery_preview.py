"""A month of deliveries before it is saved: what would be compensated, row by row, and the account after it.

The same guards say it that judge the step (G50 to G59): the rule is written once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from workflow.accounts import Movement, movements
from workflow.calendar import month_of
from workflow.compensable import Piece
from workflow.facts import facts
from workflow.guards import Ask, Problem, find_problems
from workflow.quantities import ZERO, Counted
from workflow.stages.month import Row, Verdict, rows_of, verdict

TABLE = "deliveries"
EMPTY = Verdict((), ZERO, None)


@dataclass(frozen=True)
class RowSeen:
    """One typed row: what of it would be compensated and refused, in the unit of the service, and why.

    `problems` are those of the guards at this row; a hard one stops the whole month.
    """

    row: Row
    refused: Decimal
    problems: tuple[Problem, ...]
    in_month: bool

    @property
    def number(self) -> int:
        """The number of the row on the page."""
        return int(self.row.name.rsplit("-", 1)[1]) + 1

    @property
    def stopped(self) -> bool:
        """True when it cannot be recorded like this."""
        return any(problem.kind == "hard" for problem in self.problems)

    @property
    def compensable(self) -> Decimal:
        """The units that would be compensated."""
        return ZERO if self.stopped or self.row.quantity is None else self.row.quantity - self.refused


@dataclass(frozen=True)
class MonthSeen:
    """The whole month as typed; `others` are the problems of the table as a whole (units that lose their place)."""

    ask: Ask

    @cached_property
    def rows(self) -> Sequence[RowSeen]:
        """The rows with a day, in the order of the form."""
        refused: dict[str, Decimal] = {}
        for row, refusal in self._verdict.refused:
            refused[row.name] = refused.get(row.name, ZERO) + refusal.quantity
        return [
            RowSeen(row, refused.get(row.name, ZERO), self._problems_at(row), self._in_month(row))
            for row in rows_of(self.ask)
        ]

    @cached_property
    def others(self) -> tuple[Problem, ...]:
        """What concerns the table as a whole."""
        return tuple(problem for problem in self._problems if problem.field == TABLE)

    @cached_property
    def movements(self) -> list[Movement]:
        """The accounts of the periods in which the new units lie, before and after them."""
        found = self._verdict
        if found.terms is None:
            return []
        terms, elsewhere = found.terms, list(found.terms.counted_elsewhere)
        return movements(
            terms.rules,
            terms.birth_date,
            terms.opening,
            [*_counted(found.before), *elsewhere],
            [*_counted(found.after), *elsewhere],
            found.days,
            (terms.first_day, terms.last_day),
        )

    @property
    def unit(self) -> str:
        """The unit of the service."""
        return facts().services[self.ask.given["assignment"].plan_line.service_code].unit

    @property
    def compensable(self) -> Decimal:
        """Units of all rows that would be compensated."""
        return sum((row.compensable for row in self.rows), ZERO)

    @property
    def refused(self) -> Decimal:
        """Units of all rows that the municipality would bear itself."""
        return sum((row.refused for row in self.rows if not row.stopped), ZERO)

    @cached_property
    def _verdict(self) -> Verdict:
        return verdict(self.ask) if rows_of(self.ask) else EMPTY

    @cached_property
    def _problems(self) -> list[Problem]:
        """Of the rows alone: act and sheet are asked for when the month is sent."""
        return [problem for problem in find_problems(self.ask) if (problem.field or "").startswith(TABLE)]

    def _in_month(self, row: Row) -> bool:
        month = self.ask.get("month")
        return month is None or row.on is None or month_of(row.on) == month

    def _problems_at(self, row: Row) -> tuple[Problem, ...]:
        return tuple(problem for problem in self._problems if (problem.field or "").startswith(f"{row.name}-"))


def month_seen(ask: Ask) -> MonthSeen | None:
    """The month as typed so far; None while no assignment is chosen or no row has its day. Locks and writes nothing.

    Rows without a day, and stays without an end, are still being typed: they are left out.
    """
    typed = [row for row in ask.get("deliveries") or () if _has_day(row)]
    if ask.get("assignment") is None or not typed:
        return None
    return MonthSeen(replace(ask, given={**ask.given, "deliveries": typed}, looking=True))


def _has_day(given: Mapping[str, object]) -> bool:
    if given.get("check_in") is not None:
        return given.get("check_out") is not None
    return isinstance(given.get("date"), dt.date)


def _counted(pieces: Iterable[Piece]) -> list[Counted]:
    return [Counted(piece.on, piece.quantity) for piece in pieces]
