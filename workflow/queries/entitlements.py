"""The caps of a case as a person reads them: used, reserved, left, and when they are reached (DOMAIN 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from workflow.facts import facts
from workflow.models import Case
from workflow.quantities import ZERO
from workflow.stages.caps import account_on, still_planned
from workflow.stages.used import shared_units
from workflow.wording import name_of_programme, plural


@dataclass(frozen=True)
class Meter:
    """One cap; the numbers are in the unit of the programme."""

    label: str
    used: Decimal
    reserved: Decimal
    left: Decimal
    cap: Decimal
    unit: str
    reached_on: dt.date | None


def meters(
    session: Session, case: Case, lines: Iterable[tuple[str, int, Decimal | None]], today: dt.date, language: str
) -> Iterator[Meter]:
    """A meter for each counted cap of the case's programmes, on the day (or on the programme's last day)."""
    shared = shared_units(session, case)
    planned = still_planned(shared, lines)
    for code in facts().case_types[case.case_type].programmes:
        programme = facts().programmes[code]
        on = min(max(today, programme.first_day), programme.last_day)
        found = account_on(shared, code, on, planned.get(code, ZERO))
        if found is None or found.cap is None or found.used is None or found.left is None:
            continue
        cap = facts().cap_on(code, on)
        unit = plural(cap.unit, found.cap, language) if cap and cap.unit else ""
        yield Meter(
            name_of_programme(code, language),
            found.used,
            found.reserved,
            found.left,
            found.cap,
            unit,
            found.reached_about,
        )
