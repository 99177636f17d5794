"""Which delivered units are compensable (DOMAIN 9.2 and 9.3): the tests in their order, caps and splits.

The walk goes through the units in the order of date, then key, and needs no money: what is refused is known
before any unit cost is entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflow.calendar import birthday, last_day_of_age, units_of_stay, window_last_day
from workflow.entitlement import Allowance, Counters, Held, Period, allowance_on, period_of
from workflow.quantities import (
    PERIODS,
    ZERO,
    Arrangement,
    CapKind,
    Delivered,
    Key,
    PlanLine,
    Rule,
    Terms,
    is_valid,
    nearest_rule,
    rule_on,
)


class Reason(StrEnum):
    """Why units are not compensable, in the order of the tests (9.2)."""

    NOT_IN_PLAN = "NOT_IN_PLAN"
    BEFORE_PLAN = "BEFORE_PLAN"
    OUTSIDE_PROJECT = "OUTSIDE_PROJECT"
    AGE = "AGE"
    WINDOW = "WINDOW"
    NO_ASSIGNMENT = "NO_ASSIGNMENT"
    PROVIDER_NOT_REGISTERED = "PROVIDER_NOT_REGISTERED"
    PLAN_QUANTITY = "PLAN_QUANTITY"
    CAP = "CAP"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a delivery that lies on one day; a stay falls into pieces of one unit."""

    delivered: Delivered
    on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Refused:
    """Units the municipality bears itself, and why; `delivery` is the key."""

    delivery: int
    on: date
    quantity: Decimal
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """The compensable and the refused units of a case, and its counters after the last of them.

    `used` and `remaining` speak of the period of the last delivery (the whole project under a lifetime cap),
    all units of other cases included; both are None where units are not counted. `used_by_service` holds the
    opening balance and this case.
    """

    pieces: tuple[Piece, ...]
    compensable: tuple[Piece, ...]
    refused: tuple[Refused, ...]
    used: Decimal | None
    remaining: Decimal | None
    used_year: Mapping[int, Decimal]
    used_by_service: Mapping[str, Decimal]
    window_last_day: date | None


def decide_units(terms: Terms, deliveries: Iterable[Delivered]) -> Decision:
    """Sort the delivered units into compensable and refused ones (9.2, R1-R10).

    Units of other cases are counted in the order of their dates, before those of this case on the same day; those
    on later days are not taken away either, for they are accepted there, perhaps claimed (R10).
    Raises NoRuleSet for a day inside the programme without a rule set, ValueError for two deliveries with one
    key, a negative quantity, or a stay that does not fit its quantity.
    """
    pieces = tuple(sorted(_pieces(deliveries), key=lambda piece: (piece.on, piece.delivered.key)))
    walk = _Walk(terms)
    for piece in pieces:
        walk.take(piece)
    walk.count_elsewhere(date.max)
    return walk.decision(pieces)


def _pieces(deliveries: Iterable[Delivered]) -> Iterator[Piece]:
    seen: set[int] = set()
    for delivered in deliveries:
        if delivered.key in seen:
            raise ValueError(f"delivery {delivered.key} is given twice")
        seen.add(delivered.key)
        yield from _pieces_of(delivered)


def _pieces_of(delivered: Delivered) -> Iterator[Piece]:
    quantity = delivered.quantity
    if quantity is not None and quantity < 0:
        raise ValueError(f"delivery {delivered.key} has a negative quantity")
    if quantity == 0:
        return
    if delivered.check_in is not None and delivered.check_out is not None:
        days = units_of_stay(delivered.check_in, delivered.check_out)
        count = len(days) if quantity is None else int(quantity)
        if count > len(days) or (quantity is not None and quantity != count):
            raise ValueError(f"delivery {delivered.key}: {quantity} units do not fit a stay of {len(days)}")
        yield from (Piece(delivered, day, Decimal(1)) for day in days[:count])
    elif delivered.on is not None and quantity is not None:
        yield Piece(delivered, delivered.on, quantity)
    else:
        raise ValueError(f"delivery {delivered.key} has neither a day with a quantity nor a stay")


class _Walk:
    """One pass over the units of a case: what is used up so far, and when the window began."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        kinds = {rule.cap_kind for rule in terms.rules}
        self.counters = Counters(terms.opening, terms.birth_date, kinds)
        self.elsewhere = sorted(terms.counted_elsewhere, key=lambda counted: counted.on)
        self.held = Held(terms.rules, terms.birth_date, terms.opening, self.elsewhere, kinds)
        self.elsewhere.reverse()
        self.window_start = terms.opening.window_start
        self.compensable: list[Piece] = []
        self.refused: list[Refused] = []
        self.by_service: dict[str, Decimal] = dict(terms.opening.used_by_service)
        self.arrangements: dict[Key | None, Arrangement] = {a.key: a for a in terms.arrangements}
        self.lines = sorted(terms.plan, key=lambda line: line.approved_on)
        self.planned = _used_of_plan(self.lines, terms.opening.used_by_service)
        self._spans: dict[tuple[str, date], tuple[date, date]] = {}
        self._rules: dict[date, tuple[Rule, Allowance | None]] = {}
        self._lines: dict[tuple[str, Key | None], PlanLine | None] = {}

    def take(self, piece: Piece) -> None:
        """Count the part of the piece below the limits and refuse the rest (9.2)."""
        self.count_elsewhere(piece.on)
        line = self._line_of(piece.delivered)
        reason = self._first_failed(piece, line)
        if line is None or reason is not None:
            self._refuse(piece, piece.quantity, reason or Reason.NOT_IN_PLAN)
            return
        limit, left = self._limit(piece, line)
        counted = piece.quantity if left is None else min(piece.quantity, left)
        if counted > 0:
            self._count(piece, counted, line)
        if counted < piece.quantity:
            self._refuse(piece, piece.quantity - counted, limit)

    def count_elsewhere(self, until: date) -> None:
        """Count the units of other cases up to a day, that day included (R4, R10)."""
        while self.elsewhere and self.elsewhere[-1].on <= until:
            counted = self.elsewhere.pop()
            self.counters.add(counted.on, counted.quantity, counted.sibling)
            if not counted.sibling:
                self._begin_window(counted.on)

    def decision(self, pieces: Sequence[Piece]) -> Decision:
        """The result with the counters of the day of the last unit."""
        on = pieces[-1].on if pieces else self.terms.last_day
        rule = nearest_rule(self.terms.rules, on)
        allowance = allowance_on(rule, self.terms.birth_date, on) if rule else None
        used = self.counters.used(allowance) if allowance else None
        return Decision(
            pieces=tuple(pieces),
            compensable=tuple(self.compensable),
            refused=tuple(self.refused),
            used=used,
            remaining=None if allowance is None or used is None else max(allowance.cap - used, ZERO),
            used_year=self.counters.by_year(),
            used_by_service=self.by_service,
            window_last_day=self._window_last_day(rule),
        )

    def _first_failed(self, piece: Piece, line: PlanLine | None) -> Reason | None:
        """The first of the tests 1 to 7 that does not hold (9.2)."""
        if line is None:
            return Reason.NOT_IN_PLAN
        if piece.on < line.approved_on:
            return Reason.BEFORE_PLAN
        if not self.terms.first_day <= piece.on <= self.terms.last_day:
            return Reason.OUTSIDE_PROJECT
        rule, _ = self._rule_on(piece.on)
        first, last = self._span_of_ages(rule, piece.delivered.service)
        if not first <= piece.on <= last:
            return Reason.AGE
        window_ends = self._window_last_day(rule)
        if window_ends is not None and piece.on > window_ends:
            return Reason.WINDOW
        return self._provider_failed(piece)

    def _provider_failed(self, piece: Piece) -> Reason | None:
        arrangement = self.arrangements.get(piece.delivered.arrangement)
        if arrangement is None or not is_valid(arrangement.valid_from, arrangement.valid_to, piece.on):
            return Reason.NO_ASSIGNMENT
        if not is_valid(arrangement.registered_from, arrangement.registered_until, piece.on):
            return Reason.PROVIDER_NOT_REGISTERED
        return None

    def _limit(self, piece: Piece, line: PlanLine) -> tuple[Reason, Decimal | None]:
        """The limit that decides and what it leaves; of two equal ones the plan line is the reason (9.2)."""
        in_plan = self._left_in_plan(piece.on, line)
        under_cap = self._left_under_cap(piece.on)
        if in_plan is not None and (under_cap is None or in_plan <= under_cap):
            return Reason.PLAN_QUANTITY, in_plan
        return Reason.CAP, under_cap

    def _left_under_cap(self, on: date) -> Decimal | None:
        _, allowance = self._rule_on(on)
        left = allowance.cap - self.counters.used(allowance) if allowance else None
        limits = [limit for limit in (left, self.held.left(on)) if limit is not None]
        return max(min(limits), ZERO) if limits else None

    def _left_in_plan(self, on: date, line: PlanLine) -> Decimal | None:
        limit = line.limit_on(on)
        return None if limit is None else max(limit - self.planned.get(_period_in_plan(line, on), ZERO), ZERO)

    def _count(self, piece: Piece, quantity: Decimal, line: PlanLine) -> None:
        service = piece.delivered.service
        self.counters.add(piece.on, quantity)
        self.held.add(piece.on, quantity)
        self.by_service[service] = self.by_service.get(service, ZERO) + quantity
        if line.is_limited:
            period = _period_in_plan(line, piece.on)
            self.planned[period] = self.planned.get(period, ZERO) + quantity
        self._begin_window(piece.on)
        whole = quantity == piece.quantity
        self.compensable.append(piece if whole else Piece(piece.delivered, piece.on, quantity))

    def _refuse(self, piece: Piece, quantity: Decimal, reason: Reason) -> None:
        self.refused.append(Refused(piece.delivered.key, piece.on, quantity, reason))

    def _line_of(self, delivered: Delivered) -> PlanLine | None:
        """The line named by the delivery, otherwise the line of the service that was approved first."""
        wanted = delivered.service, delivered.plan_line
        if wanted not in self._lines:
            lines = (line for line in self.lines if line.service == wanted[0] and wanted[1] in (None, line.key))
            self._lines[wanted] = next(lines, None)
        return self._lines[wanted]

    def _rule_on(self, on: date) -> tuple[Rule, Allowance | None]:
        """The rule of a day with what it allows; asked several times for each piece."""
        known = self._rules.get(on)
        if known is None:
            rule = rule_on(self.terms.rules, on)
            known = self._rules[on] = rule, allowance_on(rule, self.terms.birth_date, on)
        return known

    def _span_of_ages(self, rule: Rule, service: str) -> tuple[date, date]:
        """First and last day inside the bounds of programme and service: the narrower wins (5.2)."""
        key = service, rule.valid_from
        if key not in self._spans:
            bounds = ((rule.min_age, rule.max_age), self.terms.service_ages.get(service, (None, None)))
            birth = self.terms.birth_date
            firsts = [birthday(birth, low) for low, _ in bounds if low is not None]
            lasts = [last_day_of_age(birth, high) for _, high in bounds if high is not None]
            self._spans[key] = max(firsts, default=date.min), min(lasts, default=date.max)
        return self._spans[key]

    def _begin_window(self, on: date) -> None:
        self.window_start = min(self.window_start or on, on)

    def _window_last_day(self, rule: Rule | None) -> date | None:
        if rule is None or rule.window_months is None or self.window_start is None:
            return None
        return window_last_day(self.window_start, rule.window_months)


PlanPeriod = tuple[Key, Period]
WHOLE: Period = (CapKind.LIFETIME, None, None)


def _period_in_plan(line: PlanLine, on: date) -> PlanPeriod:
    """The counter of the line: the whole of it, or its year, month or week of the day."""
    return line.key, period_of(line.per, on, None) if line.per in PERIODS else WHOLE


def _used_of_plan(lines: Sequence[PlanLine], opening: Mapping[str, Decimal]) -> dict[PlanPeriod, Decimal]:
    """What the opening balance of their service took of the limited lines (R6, R7); periods begin anew without it."""
    before, used = dict(opening), {}
    for line in lines:
        if line.quantity is not None and line.per not in PERIODS:
            taken = min(line.quantity, before.get(line.service, ZERO))
            before[line.service] = before.get(line.service, ZERO) - taken
            used[_period_in_plan(line, line.approved_on)] = taken
    return used
