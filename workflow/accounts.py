"""Where the units of an account come from, what changes it, and how it moves with new deliveries (DOMAIN 4, R1-R10).

Plain values in, plain values out; the counting itself is `workflow.entitlement`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflow.calendar import birthday
from workflow.entitlement import account, used_on
from workflow.quantities import ZERO, CapKind, Counted, Opening, Rule, nearest_rule


@dataclass(frozen=True, slots=True)
class Parts:
    """Who used the units of a period: before the case was received, in it, in other cases, brothers and sisters.

    The four add up to what is used. `siblings` is 0 unless the cap is the family's (R4).
    """

    opening: Decimal
    here: Decimal
    elsewhere: Decimal
    siblings: Decimal


def parts_on(
    rule: Rule, birth: date, opening: Opening, here: Iterable[Counted], elsewhere: Iterable[Counted], on: date
) -> Parts:
    """The parts of what is used in the period of a day; `elsewhere` holds the other cases, siblings marked."""
    nothing, others = Opening(), list(elsewhere)
    return Parts(
        opening=used_on(rule, birth, opening, (), on),
        here=used_on(rule, birth, nothing, here, on),
        elsewhere=used_on(rule, birth, nothing, [one for one in others if not one.sibling], on),
        siblings=used_on(rule, birth, nothing, [one for one in others if one.sibling], on),
    )


def still_in_period(rule: Rule, birth: date, planned: Decimal, here: Iterable[Counted], on: date) -> Decimal:
    """What a plan still keeps of the present year, month or week: its quantity is for each period anew (G26)."""
    return max(planned - used_on(rule, birth, Opening(), here, on), ZERO)


@dataclass(frozen=True, slots=True)
class NextBand:
    """From the birthday `on` another cap holds, in units; 0 when no band follows."""

    on: date
    cap: Decimal


def next_band(rule: Rule, birth: date, on: date) -> NextBand | None:
    """The next birthday that changes the band of the cap; None without bands, or when none follows."""
    bounds = {age for band in rule.bands for age in (band.min_age, (band.max_age or -1) + 1) if age > 0}
    for day in sorted(birthday(birth, age) for age in bounds):
        cap = rule.cap_on(birth, day)
        if day > on and cap is not None and cap != rule.cap_on(birth, on):
            return NextBand(day, cap)
    return None


@dataclass(frozen=True, slots=True)
class Movement:
    """An account before and after new deliveries. Units are None under a window, of which the days tell."""

    kind: CapKind
    cap: Decimal | None
    before: Decimal | None
    after: Decimal | None
    period_from: date | None
    period_to: date | None

    @property
    def left(self) -> Decimal | None:
        """What the cap leaves afterwards; never below 0."""
        return None if self.cap is None or self.after is None else max(self.cap - self.after, ZERO)


def movements(
    rules: Sequence[Rule],
    birth: date,
    opening: Opening,
    before: Sequence[Counted],
    after: Sequence[Counted],
    days: Iterable[date],
    programme: tuple[date, date],
) -> list[Movement]:
    """The accounts of the periods in which the days lie, each once, in order.

    `before` and `after` hold all compensable units that share the cap, the other cases' too. Each day is judged
    by its own rule (R9): a month in which the cap rises has an account for either. Uncounted days are left out.
    """
    found: dict[tuple[CapKind, date | None, Decimal | None], Movement] = {}
    for day in sorted(set(days)):
        rule = nearest_rule(rules, day)
        if rule is None or (not rule.counted and rule.window_months is None):
            continue
        then = account(rule, birth, opening, before, ZERO, day, *programme)
        now = account(rule, birth, opening, after, ZERO, day, *programme)
        found[now.kind, now.period_from, now.cap] = Movement(
            now.kind, now.cap, then.used, now.used, now.period_from, now.period_to
        )
    return list(found.values())
