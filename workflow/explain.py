"""Every amount opened into its arithmetic (DOMAIN 9.1): units, what decided their rate, the one rounding, own cost.

Plain values in, plain values out, made of the calculation's own parts: what is explained is what is computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflow.calculation import Calculation, CountedUnit, Line, Paid, calculate, lines_of, paid_for, total
from workflow.calendar import month_of
from workflow.compensable import Piece, Reason, Refused, decide_units
from workflow.quantities import Delivered, Key, Terms, to_cents
from workflow.rates import Basis, Rates

NameOfRuleSet = Callable[[date], str]
LineKey = tuple[date, str, Key, Decimal]


@dataclass(frozen=True, slots=True)
class UnitShown:
    """Units on a day, and what decided their rate.

    `because` is `price`, `unit_cost` or `ceiling`: which of the three the rate is; `earlier` when the price was
    corrected after this line was claimed. Amounts are EUR per unit, None where the rule does not ask for them.
    `window_left`: days that were left of the two years after this one; None without a window. `live` is False for
    units that a later correction took over.
    """

    on: date
    quantity: Decimal
    rule_set: str
    price: Decimal | None
    unit_cost: Decimal | None
    ceiling: Decimal | None
    because: str
    window_left: int | None = None
    live: bool = True


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a claim or of the calculation with the units in it."""

    month: date
    service: str
    arrangement: Key
    quantity: Decimal
    rate: Decimal
    amount: Decimal
    units: Sequence[UnitShown]

    @property
    def exact(self) -> Decimal:
        """The product that is rounded once (9.1, item 4)."""
        return self.quantity * self.rate

    @property
    def alone(self) -> bool:
        """True when the amount is that product rounded; else it is the rest of a line begun earlier."""
        return to_cents(self.exact) == self.amount


@dataclass(frozen=True, slots=True)
class RefusedShown:
    """Units that nobody compensates, and the first test that failed (9.2)."""

    on: date
    quantity: Decimal
    reason: Reason
    service: str
    arrangement: Key | None


@dataclass(frozen=True, slots=True)
class OwnCost:
    """The own cost of one month, service and arrangement: what was paid, price by price, less what is compensated."""

    month: date
    service: str
    arrangement: Key
    paid: Sequence[Paid]
    compensated: Decimal

    @property
    def cost(self) -> Decimal:
        """EUR paid for all accepted units; each price is rounded once (9.1, item 6)."""
        return sum((row.amount for row in self.paid), Decimal("0.00"))

    @property
    def own(self) -> Decimal:
        """EUR that the municipality bears itself; below 0 where a credit note lowered a price already compensated."""
        return self.cost - self.compensated


@dataclass(frozen=True, slots=True)
class Explanation:
    """One programme of one case: the calculation, and how it came about. `own` adds up to its own cost."""

    calculation: Calculation
    lines: Sequence[LineShown]
    refused: Sequence[RefusedShown]
    own: Sequence[OwnCost]


def explain(terms: Terms, deliveries: Iterable[Delivered], rule_set: NameOfRuleSet) -> Explanation:
    """The calculation of one programme of one case, opened; `rule_set` names the rule set of a day.

    Raises what `calculate` raises.
    """
    known = list(deliveries)
    result, decision = calculate(terms, known), decide_units(terms, known)
    rates = Rates(terms)
    units = explained_units(rates, decision.compensable, result.units, rule_set, decision.window_last_day)
    return Explanation(
        calculation=result,
        lines=shown_lines(result.lines, units),
        refused=refused_units(result.refused, known),
        own=_own(rates, decision.pieces, result.units),
    )


def refused_units(refused: Iterable[Refused], deliveries: Iterable[Delivered]) -> tuple[RefusedShown, ...]:
    """What is refused, with the service of its delivery; known before any cost is (9.2)."""
    by_key = {row.key: row for row in deliveries}
    found = ((one, by_key[one.delivery]) for one in refused)
    return tuple(RefusedShown(one.on, one.quantity, one.reason, row.service, row.arrangement) for one, row in found)


def explained_units(
    rates: Rates,
    pieces: Iterable[Piece],
    units: Iterable[CountedUnit],
    rule_set: NameOfRuleSet,
    window_last_day: date | None = None,
) -> dict[LineKey, list[UnitShown]]:
    """The units of each line (month, service, arrangement, rate), each with what decided its rate."""
    found: dict[LineKey, list[UnitShown]] = defaultdict(list)
    for piece, unit in zip(pieces, units, strict=True):
        shown = shown_unit(unit.on, unit.quantity, unit.rate, rates.basis(piece), rule_set(unit.on), window_last_day)
        found[key_of(unit)].append(shown)
    return found


def shown_unit(
    on: date,
    quantity: Decimal,
    rate: Decimal,
    basis: Basis,
    rule_set: str,
    window_last_day: date | None = None,
    live: bool = True,
) -> UnitShown:
    """One unit at the rate it has, or had when it was claimed."""
    left = None if window_last_day is None else (window_last_day - on).days
    because = basis.because(rate)
    return UnitShown(on, quantity, rule_set, basis.price, basis.unit_cost, basis.ceiling, because, left, live)


def shown_lines(lines: Iterable[Line], units: Mapping[LineKey, Sequence[UnitShown]]) -> tuple[LineShown, ...]:
    """Lines with their units; a line that takes back has none."""
    return tuple(
        LineShown(
            line.month,
            line.service,
            line.arrangement,
            line.quantity,
            line.rate,
            line.amount,
            units.get(key_of(line), ()) if line.quantity > 0 else (),
        )
        for line in lines
    )


def key_of(row: Line | CountedUnit) -> LineKey:
    """What tells the lines of a case apart (9.1, item 3)."""
    return row.month, row.service, row.arrangement, row.rate


def _own(rates: Rates, pieces: Sequence[Piece], units: Sequence[CountedUnit]) -> tuple[OwnCost, ...]:
    paid: dict[tuple[date, str, Key], list[Paid]] = defaultdict(list)
    for row in paid_for(rates, pieces)[0]:
        paid[row.month, row.service, row.arrangement].append(row)
    compared = lines_of(unit for unit in units if rates.has_own_cost(unit.arrangement, unit.on))
    back: dict[tuple[date, str, Key], list[Line]] = defaultdict(list)
    for line in compared:
        back[line.month, line.service, line.arrangement].append(line)
    keys = sorted(paid.keys() | back.keys(), key=lambda key: (key[0], key[1], str(key[2]).rjust(20)))
    return tuple(OwnCost(*key, paid[key], total(back[key])) for key in keys)


def in_month(rows: Iterable[RefusedShown], month: date) -> list[RefusedShown]:
    """The refused units of one month."""
    return [row for row in rows if month_of(row.on) == month_of(month)]
