"""Compensation of one programme of one case (DOMAIN section 9): rates, claim lines, own cost, corrections.

`workflow.compensable` decides which units count; here they get their rate, and every line is rounded once.
All values a caller needs can be imported from this module.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflow.calendar import month_of
from workflow.compensable import Decision, Piece, Reason, Refused, decide_units
from workflow.quantities import (
    ZERO,
    Arrangement,
    ArrangementKind,
    Band,
    CalculationError,
    CapKind,
    Counted,
    Delivered,
    Key,
    Method,
    MissingPrice,
    MissingUnitCost,
    NoRuleSet,
    Opening,
    PlanLine,
    Rule,
    Terms,
    UnitCost,
    to_cents,
)
from workflow.rates import Rates

__all__ = [
    "Arrangement",
    "ArrangementKind",
    "Band",
    "Calculation",
    "CalculationError",
    "CapKind",
    "Correction",
    "Counted",
    "CountedUnit",
    "Decision",
    "Delivered",
    "Line",
    "Method",
    "MissingPrice",
    "MissingUnitCost",
    "NoRuleSet",
    "Opening",
    "Paid",
    "Piece",
    "PlanLine",
    "Reason",
    "Refused",
    "Rule",
    "Terms",
    "UnitCost",
    "calculate",
    "decide_units",
    "difference",
    "lines_of",
    "missing_unit_costs",
    "paid_for",
    "total",
]

# Month, service, arrangement and rate tell the lines of a case apart (9.1, item 3).
LineKey = tuple[date, str, Key, Decimal]
NOTHING = (ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class CountedUnit:
    """Compensable units of one delivery and day with the claim line they go into (9.1, item 3)."""

    delivery: int
    on: date
    quantity: Decimal
    month: date
    service: str
    arrangement: Key
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a claim: month, service, arrangement and rate; the amount is rounded once (9.1, item 4)."""

    month: date
    service: str
    arrangement: Key
    rate: Decimal
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Paid:
    """Accepted units of a month at one price, compensable or not; the amount is rounded once (9.1, item 6)."""

    month: date
    service: str
    arrangement: Key
    price: Decimal
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Calculation:
    """Lines, own cost and counters of one programme of one case, EUR.

    `unpriced` holds the keys of refused deliveries whose price nobody knows: their cost is not in `own_cost`.
    """

    lines: tuple[Line, ...]
    refused: tuple[Refused, ...]
    units: tuple[CountedUnit, ...]
    compensated: Decimal
    own_cost: Decimal
    used: Decimal | None
    remaining: Decimal | None
    used_year: Mapping[int, Decimal]
    used_by_service: Mapping[str, Decimal]
    window_last_day: date | None
    unpriced: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """The lines of a correction claim, old ones with minus, and their total (9.5)."""

    lines: tuple[Line, ...]
    total: Decimal


def calculate(terms: Terms, deliveries: Iterable[Delivered]) -> Calculation:
    """Compensation and own cost of one programme of one case, from its first day (9.1).

    Raises what `decide_units` raises, MissingUnitCost (G64) and MissingPrice.
    """
    decision = decide_units(terms, deliveries)
    rates = Rates(terms)
    units = tuple(_unit(rates, piece) for piece in decision.compensable)
    lines = lines_of(units)
    # In-house units under the unit cost method have no own cost to compare with (9.1, item 6).
    compared = lines_of(unit for unit in units if rates.has_own_cost(unit.arrangement, unit.on))
    paid, unpriced = paid_for(rates, decision.pieces)
    return Calculation(
        lines=lines,
        refused=decision.refused,
        units=units,
        compensated=total(lines),
        own_cost=total(paid) - total(compared),
        used=decision.used,
        remaining=decision.remaining,
        used_year=decision.used_year,
        used_by_service=decision.used_by_service,
        window_last_day=decision.window_last_day,
        unpriced=unpriced,
    )


def missing_unit_costs(terms: Terms, deliveries: Iterable[Delivered]) -> tuple[tuple[str, date], ...]:
    """Services whose compensable units lack a unit cost, each with the first such day (G64)."""
    rates, missing = Rates(terms), dict[str, date]()
    for piece in decide_units(terms, deliveries).compensable:
        try:
            rates.rate(piece)
        except MissingUnitCost as error:
            missing.setdefault(error.service, error.on)
        except MissingPrice:
            continue
    return tuple(missing.items())


def lines_of(units: Iterable[CountedUnit]) -> tuple[Line, ...]:
    """Units summed into claim lines, ordered by month, service, arrangement and rate (9.1, items 3, 4)."""
    quantities: dict[LineKey, Decimal] = defaultdict(Decimal)
    for unit in units:
        quantities[unit.month, unit.service, unit.arrangement, unit.rate] += unit.quantity
    return tuple(Line(*key, quantities[key], to_cents(quantities[key] * key[3])) for key in _ordered(quantities))


def total(lines: Iterable[Line | Paid]) -> Decimal:
    """The sum of the lines' amounts, EUR with two places (9.1, item 5)."""
    return sum((line.amount for line in lines), Decimal("0.00"))


def difference(old_lines: Iterable[Line], new_lines: Iterable[Line]) -> Correction:
    """What a correction claim holds: earlier lines with minus, recomputed ones with plus (9.5).

    `old_lines` are the lines of all earlier claims of the case, corrections included; they are netted first.
    Lines that did not change cancel. The total brings the sum of all claims to the new total exactly.
    """
    old, new = _netted(old_lines), _netted(new_lines)
    lines: list[Line] = []
    for key in _ordered(old.keys() | new.keys()):
        before, after = old.get(key, NOTHING), new.get(key, NOTHING)
        if before != after:
            lines += [Line(*key, -before[0], -before[1])] if any(before) else []
            lines += [Line(*key, *after)] if any(after) else []
    return Correction(tuple(lines), total(lines))


def _ordered(keys: Iterable[LineKey]) -> list[LineKey]:
    # Keys of arrangements may be numbers or words; padded, 9 stands before 10.
    return sorted(keys, key=lambda key: (key[0], key[1], str(key[2]).rjust(20), key[3]))


def _netted(lines: Iterable[Line]) -> dict[LineKey, tuple[Decimal, Decimal]]:
    """Quantity and amount per line, summed over all claims."""
    sums: dict[LineKey, tuple[Decimal, Decimal]] = {}
    for line in lines:
        key = line.month, line.service, line.arrangement, line.rate
        quantity, amount = sums.get(key, NOTHING)
        sums[key] = quantity + line.quantity, amount + line.amount
    return sums


def _unit(rates: Rates, piece: Piece) -> CountedUnit:
    """The compensable piece with its claim line."""
    delivered = piece.delivered
    return CountedUnit(
        delivery=delivered.key,
        on=piece.on,
        quantity=piece.quantity,
        month=month_of(piece.on),
        service=delivered.service,
        arrangement=rates.arrangements[delivered.arrangement].key,
        rate=rates.rate(piece),
    )


def paid_for(rates: Rates, pieces: Iterable[Piece]) -> tuple[tuple[Paid, ...], tuple[int, ...]]:
    """What was paid for all accepted units, and the deliveries without a known price (9.1, item 6)."""
    paid: dict[LineKey, Decimal] = defaultdict(Decimal)
    unpriced: dict[int, None] = {}
    for piece in pieces:
        delivered, price = piece.delivered, rates.price(piece.delivered)
        if not rates.has_own_cost(delivered.arrangement, piece.on):
            continue
        if price is None:
            unpriced[delivered.key] = None
            continue
        # A delivery without arrangement is refused, but the municipality may have paid for it all the same.
        paid[month_of(piece.on), delivered.service, delivered.arrangement or "", price] += piece.quantity
    return tuple(Paid(*key, paid[key], to_cents(paid[key] * key[3])) for key in _ordered(paid)), tuple(unpriced)
