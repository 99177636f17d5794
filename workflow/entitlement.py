"""Caps: used, reserved, left and the forecast for a person or family (DOMAIN section 4, R1-R10).

Quantities are in the unit of the programme; «used» is always compensable units (R1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from workflow.calendar import age_on, birthday, last_day_of_age, month_end, month_of, window_last_day
from workflow.quantities import COUNTED_KINDS, ZERO, CapKind, Counted, Opening, Rule, nearest_rule

PACE_DAYS = 90  # the forecast looks at the compensable units of the last three months

# A counter is told by the kind of cap, the first day of the period and, where a birthday may cut it, the age.
Period = tuple[CapKind, date | None, int | None]
CUT_BY_AGE = (CapKind.CALENDAR_MONTH, CapKind.ISO_WEEK)


def periods_of(kinds: Iterable[CapKind], birth: date, on: date) -> list[Period]:
    """The counters that a unit of the day goes into, one for each kind of cap."""
    age = age_on(birth, on)
    return [period_of(kind, on, age) for kind in kinds]


def period_of(kind: CapKind, on: date, age: int | None) -> Period:
    """The counter of a day; the age tells only the units of a week or month apart."""
    return kind, _start_of(kind, on), age if kind in CUT_BY_AGE else None


def _start_of(kind: CapKind, on: date) -> date | None:
    if kind is CapKind.CALENDAR_YEAR:
        return date(on.year, 1, 1)
    if kind is CapKind.CALENDAR_MONTH:
        return month_of(on)
    if kind is CapKind.ISO_WEEK:
        return on - timedelta(days=on.weekday())
    return None


@dataclass(frozen=True, slots=True)
class Allowance:
    """The cap of a day in units, and the counters of which the sum stands against it."""

    cap: Decimal
    periods: tuple[Period, ...]
    per_family: bool


def allowance_on(rule: Rule, birth: date, on: date) -> Allowance | None:
    """What the rule allows on a day; None when units are not counted.

    Units of a week or month count together as far as their ages lie in one band (9.3), whatever bands a former
    rule set had.
    """
    cap = rule.cap_on(birth, on)
    if cap is None:
        return None
    if rule.cap_kind not in CUT_BY_AGE:
        return Allowance(cap, (period_of(rule.cap_kind, on, None),), rule.per_family)
    start, end = _span_of(rule.cap_kind, on)
    youngest, oldest = age_on(birth, start), age_on(birth, end)
    band = rule.band_on(birth, on) if youngest != oldest else None
    ages = [age for age in range(youngest, oldest + 1) if band is None or band.holds(age)]
    return Allowance(cap, tuple((rule.cap_kind, start, age) for age in ages), rule.per_family)


def _span_of(kind: CapKind, on: date) -> tuple[date, date]:
    if kind is CapKind.CALENDAR_MONTH:
        return month_of(on), month_end(on)
    monday = on - timedelta(days=on.weekday())
    return monday, monday + timedelta(days=6)


class Counters:
    """Compensable units of a person by total, year, month and week; those of brothers and sisters apart (R4)."""

    def __init__(self, opening: Opening, birth_date: date, kinds: Iterable[CapKind] = COUNTED_KINDS) -> None:
        """Only `kinds` of caps are counted, and always the calendar years."""
        self._birth, self._kinds = birth_date, tuple({*kinds, CapKind.CALENDAR_YEAR} & {*COUNTED_KINDS})
        self._own: dict[Period, Decimal] = {(CapKind.LIFETIME, None, None): opening.total}
        self._siblings: dict[Period, Decimal] = {}
        for year, quantity in opening.used_year.items():
            self._own[CapKind.CALENDAR_YEAR, date(year, 1, 1), None] = quantity

    def add(self, on: date, quantity: Decimal, sibling: bool = False) -> None:
        """Count units of a day."""
        counts = self._siblings if sibling else self._own
        for period in periods_of(self._kinds, self._birth, on):
            counts[period] = counts.get(period, ZERO) + quantity

    def used(self, allowance: Allowance) -> Decimal:
        """Units that stand against the cap, those of the siblings too if it is the family's."""
        used = ZERO
        for counts in (self._own, self._siblings) if allowance.per_family else (self._own,):
            for period in allowance.periods:
                used += counts.get(period, ZERO)
        return used

    def by_year(self) -> dict[int, Decimal]:
        """Units of the person per calendar year, in order."""
        years = {
            start.year: used for (kind, start, _), used in self._own.items() if start and kind == CapKind.CALENDAR_YEAR
        }
        return dict(sorted(years.items()))


class _Room(NamedTuple):
    """What is left under the cap of a later day, this case not counted."""

    on: date
    left: Decimal
    allowance: Allowance


class Held:
    """Units of other cases on later days: what they hold is not taken from them, so it is not left here (R4, R10).

    A case is entered month by month, also after a brother's or a former case's later months were claimed; without
    this the cap that they share would be used twice.
    """

    def __init__(
        self, rules: Sequence[Rule], birth_date: date, opening: Opening, counted: Iterable[Counted], kinds: set[CapKind]
    ) -> None:
        """`counted` are the units of all other cases, by day."""
        self._mine, self._birth, self._kinds = Counters(Opening(), birth_date, kinds), birth_date, kinds
        self._rooms: dict[Period, list[_Room]] = defaultdict(list)
        self._last_day = date.min
        counters = Counters(opening, birth_date, kinds)
        for units in counted:
            counters.add(units.on, units.quantity, units.sibling)
            rule = nearest_rule(rules, units.on)
            if rule is None or (units.sibling and not rule.per_family):
                continue
            allowance = allowance_on(rule, birth_date, units.on)
            if allowance is not None:
                self._keep(_Room(units.on, allowance.cap - counters.used(allowance), allowance))

    def add(self, on: date, quantity: Decimal) -> None:
        """Count compensable units of this case."""
        if on < self._last_day:
            self._mine.add(on, quantity)

    def left(self, on: date) -> Decimal | None:
        """The units of a day that take nothing from later ones; None when there is no such limit."""
        if on >= self._last_day:
            return None
        rooms = (room for period in periods_of(self._kinds, self._birth, on) for room in self._rooms.get(period, ()))
        return min((room.left - self._mine.used(room.allowance) for room in rooms if room.on > on), default=None)

    def _keep(self, room: _Room) -> None:
        self._last_day = room.on
        for period in room.allowance.periods:
            rooms = self._rooms[period]
            # A later and narrower room makes an earlier one of the same counters needless.
            while rooms and rooms[-1].allowance.periods == room.allowance.periods and rooms[-1].left >= room.left:
                rooms.pop()
            rooms.append(room)


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
    allowance = allowance_on(rule, birth_date, on)
    if allowance is None:
        return ZERO
    counters = Counters(opening, birth_date, (rule.cap_kind,))
    for units in counted:
        counters.add(units.on, units.quantity, units.sibling)
    return counters.used(allowance)


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
            return _within_band(rule, birth, on, *_span_of(rule.cap_kind, on))
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
