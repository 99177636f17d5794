"""What of a case will end, and what its caps leave: where its warnings come from (DOMAIN 8.4, DL-09 to DL-14).

Read once with every step and kept with the case, so that a list tells warnings without asking row by row (SPEED).
Which of it is near enough to be told is decided on the day somebody looks (`workflow.warnings`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from workflow.facts import facts
from workflow.models import ENDED, Assignment, Case
from workflow.quantities import CapKind
from workflow.stages.assessment import needs_disability
from workflow.stages.assigning import assignments_of, ends_of, granted_plan, holds_until
from workflow.stages.caps import account_on, unit_of
from workflow.stages.common import main_programme
from workflow.stages.forecast import grants_of
from workflow.stages.used import Shared, shared_units
from workflow.warnings import (
    AGE_ENDS,
    CONTRACT_ENDS,
    ENTRY_ENDS,
    GRANT_ENDS,
    WINDOW_ENDS,
    Told,
    age_ends,
    warnings_on,
)

End = tuple[str, dt.date]


@dataclass(frozen=True, slots=True)
class Left:
    """What a cap leaves, in its unit; planned units are not taken off. It holds to the end of the cap's period."""

    unit: str
    units: Decimal
    until: dt.date


@dataclass(frozen=True, slots=True)
class Outlook:
    """The last good days of a case, each with the code of its warning, and what is left of its caps."""

    ends: tuple[End, ...] = ()
    left: tuple[Left, ...] = ()

    def told(self, today: dt.date) -> list[Told]:
        """What of it is to be told on the day, the nearest first (DOMAIN 8.4)."""
        return warnings_on(today, self.ends, [(one.unit, one.units) for one in self.left if today <= one.until])


def outlook(session: Session, case: Case, today: dt.date) -> Outlook:
    """Everything ahead of the case on the day; nothing once it has ended. Two or three statements."""
    if case.state in ENDED:
        return Outlook()
    shared = shared_units(session, case)
    ends = {
        *_of_providers(case, today),
        *((GRANT_ENDS, day) for day in _of_grants(session, case)),
        *((AGE_ENDS, day) for day in _of_ages(case, today)),
        *((WINDOW_ENDS, day) for day in _of_windows(shared, today)),
    }
    ahead = sorted((code, day) for code, day in ends if day >= today)
    return Outlook(tuple(ahead), tuple(_left(shared, today)))


def _of_providers(case: Case, today: dt.date) -> Iterator[End]:
    """The register entry and the contract of whoever serves each granted line longest (DOMAIN 10)."""
    plan = granted_plan(case)
    for line in plan.lines if plan else ():
        serving = [row for row in assignments_of(case, line) if holds_until(row, today)]
        if not serving:
            continue
        last = max(serving, key=lambda row: ends_of(row) or dt.date.max)
        if last.register_entry.valid_to is not None:
            yield ENTRY_ENDS, last.register_entry.valid_to
        if last.kind == "procured":
            yield from _of_contract(last)


def _of_contract(assignment: Assignment) -> Iterator[End]:
    ends_on = ends_of(assignment)
    if ends_on is not None:
        yield CONTRACT_ENDS, ends_on


def _of_grants(session: Session, case: Case) -> Iterator[dt.date]:
    """The end of the disability and of the VDEĀK opinion entered last, where the programme asks for them (G11, G13)."""
    programme, assessment = main_programme(case.case_type), case.assessment
    needed = {
        "disability": needs_disability(programme, assessment.target_ground if assessment else None),
        "opinion": programme.requires_special_care_opinion,
    }
    if any(needed.values()):
        yield from (until for kind, until in grants_of(session, case) if needed[kind] and until is not None)


def _of_ages(case: Case, today: dt.date) -> list[dt.date]:
    """The ages at which the programme, a planned service or a band of the cap ends or begins, and the contested one."""
    birth_date = case.person.birth_date
    return age_ends(birth_date, _age_bounds(case, today)) if birth_date is not None else []


def _age_bounds(case: Case, today: dt.date) -> Iterator[tuple[int | None, int | None]]:
    plan = granted_plan(case) or case.plan
    services = [facts().services[line.service_code] for line in plan.lines] if plan else []
    main = main_programme(case.case_type).code
    for code in dict.fromkeys([main, *(service.programme for service in services)]):
        programme = facts().programmes[code]
        yield programme.min_age, programme.max_age
        yield programme.contested_age, None
        cap = facts().cap_on(code, today)
        yield from ((band.min_age, band.max_age) for band in (cap.bands if cap else ()))
    yield from ((service.min_age, service.max_age) for service in services)


def _of_windows(shared: Shared, today: dt.date) -> Iterator[dt.date]:
    """The last day of the two years of compensation, once they have begun (5.1, 9.4)."""
    for code in facts().case_types[shared.case.case_type].programmes:
        account = account_on(shared, code, today)
        if account is not None and account.kind == CapKind.WINDOW and account.period_to is not None:
            yield account.period_to


def _left(shared: Shared, today: dt.date) -> Iterator[Left]:
    """What each counted cap leaves on the day, or on the programme's last day."""
    for code in facts().case_types[shared.case.case_type].programmes:
        programme = facts().programmes[code]
        day = min(max(today, programme.first_day), programme.last_day)
        account = account_on(shared, code, day)
        if account is None or account.cap is None or account.used is None:
            continue
        units = max(account.cap - account.used, Decimal(0))
        yield Left(unit_of(code, day), units, account.period_to or programme.last_day)


def keep(found: Outlook) -> list[dict[str, str]]:
    """The outlook as JSON, to be stored with the position of the case; `kept` reads it back."""
    ends = [{"code": code, "on": day.isoformat()} for code, day in found.ends]
    left = [{"unit": one.unit, "left": str(one.units), "until": one.until.isoformat()} for one in found.left]
    return [*ends, *left]


def kept(stored: Iterable[Mapping[str, Any]]) -> Outlook:
    """The stored outlook, with its values typed again."""
    rows = list(stored)
    return Outlook(
        tuple((row["code"], dt.date.fromisoformat(row["on"])) for row in rows if "code" in row),
        tuple(
            Left(row["unit"], Decimal(row["left"]), dt.date.fromisoformat(row["until"]))
            for row in rows
            if "unit" in row
        ),
    )
