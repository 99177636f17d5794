"""Caps: used, reserved, left and the forecast for a person or family (DOMAIN section 4, R1-R10).

Quantities are in the unit of the programme; «used» is always compensable units (R1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from workflow.calendar import birthday, last_day_of_age, month_end, month_of, window_last_day
from workflow.quantities import COUNTED_KINDS, ZERO, Band, CapKind, Counted, Opening, Rule

PACE_DAYS = 90  # the forecast looks at the compensable units of the last three months

# A counter is told by the kind of cap, the first day of the period and the lower age of the band.
Period = tuple[CapKind, date | None, int | None]


def period_of(kind: CapKind, on: date, band: Band | None) -> Period:
    """The counter of a day: bands are told apart by their lower age, so a rule set may move the upper one."""
    age = band.min_age if band else None
    match kind:
        case CapKind.CALENDAR_YEAR:
            return kind, date(on.year, 1, 1), None
        case CapKind.CALENDAR_MONTH:
            return kind, month_of(on), age
        case CapKind.ISO_WEEK:
            return kind, on - timedelta(days=on.weekday()), age
        case _:
            return kind, None, None


class Counters:
    """Compensable units by total, year, month and week; the months and weeks also by band of age (9.3)."""

    def __init__(self, opening: Opening) -> None:
        self._own: dict[Period, Decimal] = {(CapKind.LIFETIME, None, None): opening.total}
        self._siblings: dict[Period, Decimal] = {}
        for year, quantity in opening.used_year.items():
            self._own[CapKind.CALENDAR_YEAR, date(year, 1, 1), None] = quantity

    def add(self, on: date, quantity: Decimal, band: Band | None, sibling: bool = False) -> None:
        """Count units of a day; `band` is the band of that day's age."""
        counts = self._siblings if sibling else self._own
        for kind in COUNTED_KINDS:
            key = period_of(kind, on, band)
            counts[key] = counts.get(key, ZERO) + quantity

    def used(self, rule: Rule, on: date, band: Band | None) -> Decimal:
        """Units that stand against the cap on a day, those of the siblings too if it is the family's."""
        key = period_of(rule.cap_kind, on, band)
        own = self._own.get(key, ZERO)
        return own + self._siblings.get(key, ZERO) if rule.per_family else own

    def by_year(self) -> dict[int, Decimal]:
        """Units of the person per calendar year, in order."""
        years = {
            start.year: used for (kind, start, _), used in self._own.items() if start and kind == CapKind.CALENDAR_YEAR
        }
        return dict(sorted(years.items()))


@dataclass(frozen=True, slots=True)
class Account:
    """A cap on a day: how much it is, how much is used, kept for planned units, and left.

    `cap`, `used` and `left` are None when units are not counted (a window, or no cap at all). The period is
    that in which the units are counted; a window's is absent before the first compensable unit.
    `reached_about` is the day the cap is used up at the present pace, see `account`.
    """

    kind: CapKind
    cap: Decimal | None
    used: Decimal | None
    reserved: Decimal
    left: Decimal | None
    period_from: date | None
    period_to: date | None
    reached_about: date | None


def account(
    rule: Rule,
    birth_date: date,
    opening: Opening,
    counted: Sequence[Counted],
    reserved: Decimal,
    on: date,
    first_day: date,
    last_day: date,
    pace_days: int = PACE_DAYS,
) -> Account:
    """The account of a person's (R10) or family's (R4) cap on a day, under the rule valid on that day.

    `counted` holds the compensable units of all cases that share the cap, this case included; all units of
    the period count, also later ones. `reserved` are planned units not yet delivered. `first_day` and
    `last_day` are those of the programme. `left` never falls below 0. `reached_about` goes on at the pace of
    the last `pace_days` days; it is `on` when the cap is used up already, and None when there is no pace or
    when the period or the programme ends first.
    """
    start, end = _period(rule, birth_date, opening, counted, on, first_day, last_day)
    cap = rule.cap_on(birth_date, on)
    if cap is None:
        return Account(rule.cap_kind, None, None, reserved, None, start, end, None)
    used = used_on(rule, birth_date, opening, counted, on)
    recent = _recent(rule, counted, on, pace_days)
    reached = _reached(cap - used, recent, pace_days, on, min(last_day, end or last_day))
    left = max(cap - used - reserved, ZERO)
    return Account(rule.cap_kind, cap, used, reserved, left, start, end, reached)


def used_on(rule: Rule, birth_date: date, opening: Opening, counted: Iterable[Counted], on: date) -> Decimal:
    """Units that stand against the cap in the period of a day, the opening balance included (R1, R2)."""
    counters = Counters(opening)
    for units in counted:
        counters.add(units.on, units.quantity, rule.band_on(birth_date, units.on), units.sibling)
    return counters.used(rule, on, rule.band_on(birth_date, on))


def overplanned(account: Account, planned: Iterable[Decimal]) -> Decimal:
    """By how many units a plan goes over the cap; 0 when it fits, or when units are not counted.

    Lifetime (G23): the planned units and those already used together. Year, month and week (G26): the planned
    units of one period alone, because every period begins anew. `planned` are units still to be delivered.
    """
    if account.cap is None or account.used is None:
        return ZERO
    units = sum(planned, ZERO)
    if account.kind == CapKind.LIFETIME:
        units += account.used
    return max(units - account.cap, ZERO)


def fits(account: Account, planned: Iterable[Decimal]) -> bool:
    """True when the planned units keep to the cap (G23, G26)."""
    return overplanned(account, planned) == 0


def _period(
    rule: Rule,
    birth: date,
    opening: Opening,
    counted: Iterable[Counted],
    on: date,
    first_day: date,
    last_day: date,
) -> tuple[date | None, date | None]:
    if rule.window_months is not None and not rule.counted:
        return _window(rule.window_months, opening, counted)
    match rule.cap_kind:
        case CapKind.CALENDAR_YEAR:
            return date(on.year, 1, 1), date(on.year, 12, 31)
        case CapKind.CALENDAR_MONTH:
            return _within_band(rule, birth, on, month_of(on), month_end(on))
        case CapKind.ISO_WEEK:
            monday = on - timedelta(days=on.weekday())
            return _within_band(rule, birth, on, monday, monday + timedelta(days=6))
        case _:
            return first_day, last_day


def _window(months: int, opening: Opening, counted: Iterable[Counted]) -> tuple[date, date] | tuple[None, None]:
    """From the first compensable unit of the person to the last day of the window (5.1, 9.4)."""
    days = [units.on for units in counted if not units.sibling]
    if opening.window_start is not None:
        days.append(opening.window_start)
    return (min(days), window_last_day(min(days), months)) if days else (None, None)


def _within_band(rule: Rule, birth: date, on: date, start: date, end: date) -> tuple[date, date]:
    """The part of a week or month with the same band: a birthday cuts it in two accounts (9.3)."""
    band = rule.band_on(birth, on)
    if band is None:
        return start, end
    if band.max_age is not None:
        end = min(end, last_day_of_age(birth, band.max_age))
    return max(start, birthday(birth, band.min_age)), end


def _recent(rule: Rule, counted: Iterable[Counted], on: date, days: int) -> Decimal:
    """Compensable units of the last days, today included."""
    since = on - timedelta(days=days)
    units = (u.quantity for u in counted if since < u.on <= on and (rule.per_family or not u.sibling))
    return sum(units, ZERO)


def _reached(open_units: Decimal, recent: Decimal, pace_days: int, on: date, last_day: date) -> date | None:
    if open_units <= 0:
        return on
    if recent <= 0:
        return None
    # Multiplied before divided: a pace of 20/90 has no end, and its rounding would cost a day.
    days = (open_units * pace_days / recent).to_integral_value(ROUND_CEILING)
    return on + timedelta(days=int(days)) if days <= (last_day - on).days else None
