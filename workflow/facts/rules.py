"""The dated rules: rule sets with their caps, units, thresholds, rounding, settings (DOMAIN 4, 5, 9, 10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from workflow.facts.names import Named, Text


@dataclass(frozen=True)
class Band:
    """A cap for ages `min_age`–`max_age`, both inclusive; quantity in the unit of the cap."""

    min_age: int
    max_age: int
    quantity: Decimal


@dataclass(frozen=True)
class Cap:
    """How much is compensated (DOMAIN 4, R5); `ceiling` is EUR per unit, `months` the window's length."""

    programme: str
    kind: str
    scope: str
    unit: str | None
    quantity: Decimal | None
    months: int | None
    bands: tuple[Band, ...]
    ceiling: Decimal | None
    origin: str
    scope_origin: str

    def quantity_at(self, age: int) -> Decimal | None:
        """The quantity for a person of the age; None when no band holds the age or nothing is counted."""
        if not self.bands:
            return self.quantity
        return next((band.quantity for band in self.bands if band.min_age <= age <= band.max_age), None)


@dataclass(frozen=True)
class RuleSet:
    """All caps of a period; both days are inclusive, no `valid_to` means open (DOMAIN 4)."""

    id: str
    name: str
    valid_from: dt.date
    valid_from_origin: str
    valid_to: dt.date | None
    valid_to_origin: str
    caps: tuple[Cap, ...]

    def holds_on(self, day: dt.date) -> bool:
        """True when the rule set is valid on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def cap_of(self, programme: str) -> Cap | None:
        """The cap of the programme; None when the rule set has none (R5)."""
        return next((cap for cap in self.caps if cap.programme == programme), None)


@dataclass(frozen=True)
class Unit(Named):
    """A unit of services; `step` is the smallest quantity that can be recorded (G57)."""

    code: str
    step: Decimal


@dataclass(frozen=True)
class Threshold:
    """From this estimated value in EUR without VAT the procedure fits (DOMAIN 10)."""

    procedure: str
    valid_from: dt.date
    lower_bound: Decimal
    basis: str


@dataclass(frozen=True)
class Rounding:
    """How an amount is rounded: once per claim line (DOMAIN 9.1)."""

    mode: str
    places: int
    applied: str
    basis: str


@dataclass(frozen=True)
class Setting:
    """A setting; `kind` is number, yes_no or documents. With `same_as` it is the length of that deadline."""

    key: str
    kind: str
    value: int | bool | str
    origin: str
    question: str
    text: Text
    same_as: str = ""


@dataclass(frozen=True)
class Stated:
    """What the office says of a fact: its value as text, on what ground, and who confirmed it when."""

    value: str
    origin: str
    source: str = ""
    confirmed_on: dt.date | None = None
    confirmed_by: str = ""


@dataclass(frozen=True)
class RequiredDocument:
    """One requirement of G10: any of the codes; `only_if` is "", "represented" or "at_risk" (DOMAIN 8.3)."""

    any_of: tuple[str, ...]
    only_if: str


def parse_required_documents(value: str) -> tuple[RequiredDocument, ...]:
    """Read the value of a setting of the kind documents: `D01|D02 D05?represented`."""
    parts = (item.partition("?") for item in value.split())
    return tuple(RequiredDocument(tuple(codes.split("|")), condition) for codes, _, condition in parts)
