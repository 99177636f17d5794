"""What to tell before it happens: ends of periods that come near, and caps that are nearly used (DOMAIN 8.4).

A warning changes no state. The lengths are the office's settings: `facts().warnings`, DL-09 to DL-14.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflow.calendar import last_day_of_age
from workflow.facts import facts

ENTRY_ENDS, GRANT_ENDS, AGE_ENDS, WINDOW_ENDS = "DL-09", "DL-10", "DL-11", "DL-12"
CAP_NEARLY_USED, CONTRACT_ENDS = "DL-13", "DL-14"


@dataclass(frozen=True, slots=True)
class Told:
    """One warning: the code, with the last day of what ends, or with the units that are left of a cap."""

    code: str
    on: date | None = None
    left: Decimal | None = None
    unit: str | None = None


def warnings_on(
    today: date,
    ends: Iterable[tuple[str, date | None]] = (),
    left: Iterable[tuple[str, Decimal | None]] = (),
) -> list[Told]:
    """The warnings of a day: first what ends, the nearest first, then the caps that are nearly used.

    `ends`: code of the warning and the last good day; told from so many days before it up to that day itself, an
    open or a past one is not told. `left`: unit and what the cap leaves; None is not counted. For `left` give the
    cap less what is used, planned units not taken off: a plan may rightly use the whole cap. Never raises for a
    unit without a bound: hours are not warned of.
    """
    found = [Told(code, on=on) for code, on in ends if on is not None and _is_near(code, on, today)]
    found.sort(key=lambda told: (told.on or today, told.code))
    return found + [Told(CAP_NEARLY_USED, left=units, unit=unit) for unit, units in left if _is_little(unit, units)]


def _is_near(code: str, on: date, today: date) -> bool:
    return 0 <= (on - today).days <= facts().warnings[code].days_before


def _is_little(unit: str, left: Decimal | None) -> bool:
    bound = facts().warnings[CAP_NEARLY_USED].remaining.get(unit)
    return left is not None and bound is not None and left <= bound


def age_ends(birth: date, bounds: Iterable[tuple[int | None, int | None]]) -> list[date]:
    """The last days before the ages of these bounds (lower, upper, both inclusive) change something, in order.

    The eve of the lower bound's birthday is such a day too: from the next day on a service opens, or a band of
    ages begins (DL-11: 5, 18, or the programme's bound). Bounds from birth on change nothing.
    """
    known = list(bounds)
    days = {last_day_of_age(birth, high) for _, high in known if high is not None}
    return sorted(days | {last_day_of_age(birth, low - 1) for low, _ in known if low})
