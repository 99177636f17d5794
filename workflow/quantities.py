"""The plain values that calculation and entitlement share (DOMAIN sections 4 and 9): no database, no files.

Quantities are Decimals in the service's unit, money is Decimal EUR, a month is its first day. Every period is
inclusive on both sides; an absent end means «open», an absent bound of age means «not tested».
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from workflow.calendar import age_on

Key = int | str
ZERO = Decimal(0)
CENT = Decimal("0.01")
MOST = Decimal(1_000_000)
"""More units than this nobody delivers at once: the point was left out (G57)."""


class CapKind(StrEnum):
    """How a cap is counted (R5)."""

    LIFETIME = "lifetime"
    CALENDAR_YEAR = "calendar_year"
    CALENDAR_MONTH = "calendar_month"
    ISO_WEEK = "iso_week"
    WINDOW = "window"
    NONE = "none"


PERIODS = (CapKind.CALENDAR_YEAR, CapKind.CALENDAR_MONTH, CapKind.ISO_WEEK)
COUNTED_KINDS = (CapKind.LIFETIME, *PERIODS)


class Method(StrEnum):
    """How the rate of a unit is found (9.1); `none` compensates nothing (plan-only programmes)."""

    ACTUAL_COST = "actual_cost"
    UNIT_COST = "unit_cost_or_capped_actual"
    NONE = "none"


class ArrangementKind(StrEnum):
    """Bought from a provider, or given by the municipality itself."""

    PROCURED = "procured"
    IN_HOUSE = "in_house"


class CalculationError(Exception):
    """The calculation lacks a fact it cannot do without; the names below say which, as the guards do."""


class NoRuleSet(CalculationError):
    """No rule set covers a day inside the programme (section 4: there must be no gap)."""

    def __init__(self, on: date) -> None:
        super().__init__(f"no rule set is valid on {on}")
        self.on = on


class MissingUnitCost(CalculationError):
    """No unit cost is entered for a service on a day (G64)."""

    def __init__(self, service: str, on: date) -> None:
        super().__init__(f"no unit cost is entered for {service} on {on}")
        self.service, self.on = service, on


class MissingPrice(CalculationError):
    """A compensable unit has neither a price of its own nor one in its arrangement."""

    def __init__(self, service: str, arrangement: Key | None, on: date) -> None:
        super().__init__(f"no price is known for {service} on {on} in arrangement {arrangement}")
        self.service, self.arrangement, self.on = service, arrangement, on


@dataclass(frozen=True, slots=True)
class Band:
    """A cap for some ages, both bounds inclusive; `max_age` None is open."""

    min_age: int
    max_age: int | None
    quantity: Decimal

    def holds(self, age: int) -> bool:
        """True inside the bounds."""
        return self.min_age <= age and (self.max_age is None or age <= self.max_age)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one rule set says about one programme (section 4).

    `ceiling` is EUR per unit and binds under `actual_cost` only. `per_family`: the units of brothers and
    sisters count too (R4). Raises ValueError for a counted cap without a quantity.
    """

    valid_from: date
    valid_to: date | None = None
    cap_kind: CapKind = CapKind.NONE
    cap_quantity: Decimal | None = None
    bands: tuple[Band, ...] = ()
    method: Method = Method.ACTUAL_COST
    ceiling: Decimal | None = None
    window_months: int | None = None
    min_age: int | None = None
    max_age: int | None = None
    per_family: bool = False

    def __post_init__(self) -> None:
        if self.counted and self.cap_quantity is None and not self.bands:
            raise ValueError(f"a cap of kind {self.cap_kind} needs a quantity or bands of age")

    @property
    def counted(self) -> bool:
        """True when the cap is a number of units."""
        return self.cap_kind in COUNTED_KINDS

    def band_on(self, birth: date, on: date) -> Band | None:
        """The band of the person's age on a day; None without bands or outside all of them."""
        if not self.bands:
            return None
        age = age_on(birth, on)
        return next((band for band in self.bands if band.holds(age)), None)

    def cap_on(self, birth: date, on: date) -> Decimal | None:
        """The cap on a day in units; None when units are not counted, 0 for an age outside all bands."""
        if not self.counted:
            return None
        if not self.bands:
            return self.cap_quantity
        band = self.band_on(birth, on)
        return band.quantity if band else ZERO


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the approved plan, given once however often revised; without quantity not limited (R6).

    `quantity` is that of the newest version, `before` that of former ones with the day on which each was replaced:
    a larger quantity reaches back, a smaller one takes no units away that were used before (8.2, `revise_plan`).

    Under a cap by year, month or week the plan says how much of each such period it grants: `per` (8.2, 2; G26).
    """

    key: Key
    service: str
    approved_on: date
    quantity: Decimal | None = None
    per: CapKind = CapKind.LIFETIME
    before: tuple[tuple[date, Decimal | None], ...] = ()

    @property
    def is_limited(self) -> bool:
        """False when no version ever gave a quantity."""
        return self.quantity is not None or bool(self.before)

    def limit_on(self, day: date) -> Decimal | None:
        """The most units of the line up to a day; None is unlimited."""
        if not self.before:
            return self.quantity
        found = [self.quantity, *(quantity for replaced_on, quantity in self.before if day < replaced_on)]
        limits = [quantity for quantity in found if quantity is not None]
        return max(limits) if len(limits) == len(found) else None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The assignment of a provider: prices (or the own tariff) per service, validity, register entry."""

    key: Key
    kind: ArrangementKind
    valid_from: date
    valid_to: date | None = None
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    registered_from: date | None = None
    registered_until: date | None = None


@dataclass(frozen=True, slots=True)
class UnitCost:
    """The cost of one unit of a service by the methodology, EUR with up to four places."""

    service: str
    amount: Decimal
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What was compensated before the case stood in this system (R2).

    `used` is the whole, `used_by_service` its known parts; if only parts are known, their sum is the whole.
    The part of a service also stands against the quantity of its plan line (R7).
    """

    used: Decimal = ZERO
    used_by_service: Mapping[str, Decimal] = field(default_factory=dict)
    used_year: Mapping[int, Decimal] = field(default_factory=dict)
    window_start: date | None = None

    @property
    def total(self) -> Decimal:
        """Units used before, of all services together."""
        return max(self.used, sum(self.used_by_service.values(), ZERO))


@dataclass(frozen=True, slots=True)
class Counted:
    """Compensable units counted in another case that shares the cap (R4, R10).

    `sibling`: they belong to a brother or sister and count only while the cap is of the family. A sibling's
    opening balance is given the same way, dated before everything else.
    """

    on: date
    quantity: Decimal
    sibling: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """One accepted delivery: a day with a quantity, or a stay with check-in and check-out in local time.

    `key` is unique and breaks ties of the day. A quantity of 0 means cancelled. A stay may carry a quantity
    smaller than its started 24 hours (a corrected act): its first units then count. `unit_price` goes before
    the price of the arrangement (a corrected price).
    """

    key: int
    on: date | None
    service: str
    quantity: Decimal | None
    arrangement: Key | None
    check_in: datetime | None = None
    check_out: datetime | None = None
    plan_line: Key | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """All that decides about the deliveries of one programme of one case.

    `birth_date` is the child's also for the services of the guardians. `service_ages` holds the service's own
    bounds, which apply besides those of the rule (5.2).
    """

    birth_date: date
    first_day: date
    last_day: date
    rules: Sequence[Rule]
    plan: Sequence[PlanLine]
    arrangements: Sequence[Arrangement]
    service_ages: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    unit_costs: Sequence[UnitCost] = ()
    opening: Opening = field(default_factory=Opening)
    counted_elsewhere: Sequence[Counted] = ()


def is_valid(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """True inside a period whose absent sides are open."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)


def rule_on(rules: Iterable[Rule], on: date) -> Rule:
    """The rule valid on a day. Raises NoRuleSet when none is (section 4)."""
    for rule in rules:
        if is_valid(rule.valid_from, rule.valid_to, on):
            return rule
    raise NoRuleSet(on)


def nearest_rule(rules: Sequence[Rule], on: date) -> Rule | None:
    """The rule of a day, or the last one before it, or the first one: for days outside the programme."""
    begun = [rule for rule in rules if rule.valid_from <= on]
    if begun:
        return max(begun, key=lambda rule: rule.valid_from)
    return min(rules, key=lambda rule: rule.valid_from, default=None)


def to_cents(amount: Decimal) -> Decimal:
    """EUR rounded half up to cents (9.1, item 4); to be called once per line."""
    return amount.quantize(CENT, ROUND_HALF_UP)
