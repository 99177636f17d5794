"""The caps of a case as a person reads them, and what to warn of before it ends (DOMAIN 4, 8.4; 13.1 story 10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflow.facts import facts
from workflow.models import ENDED, Case
from workflow.queries.case_file import CaseFile
from workflow.stages.accounts import CapAccount, accounts_of
from workflow.stages.forecast import Bound, bounds_of
from workflow.stages.terms import rules_of
from workflow.stages.used import shared_units
from workflow.warnings import AGE_ENDS, CONTRACT_ENDS, ENTRY_ENDS, GRANT_ENDS, Told, age_ends, warnings_on


@dataclass(frozen=True)
class Entitlement:
    """What is left for the person of a case: accounts, the days that matter, and warnings of what ends soon."""

    accounts: list[CapAccount]
    bounds: list[Bound]
    told: list[Told]


def entitlement(session: Session, case: Case, file: CaseFile, today: dt.date, *, health: bool) -> Entitlement:
    """Read from the file and one statement more, whatever the number of caps.

    `health`: also disability and opinion, which are not for every role (DOMAIN 2.1). Cases that ended are not warned
    of.
    """
    grants = file.grants if health else []
    services = [service for service, _, _ in file.planned]
    ends = [*_grants(case, file, health=health), *_ages(case, services), *_assignments(file, today)]
    return Entitlement(
        accounts=accounts_of(shared_units(session, case), file.planned, today),
        bounds=bounds_of(case, services, grants, today),
        told=[] if case.state in ENDED else warnings_on(today, dict.fromkeys(ends)),
    )


def _grants(case: Case, file: CaseFile, *, health: bool) -> Iterator[tuple[str, dt.date | None]]:
    """The opinion only where a programme of the case asks for one (G13)."""
    programmes = facts().case_types[case.case_type].programmes
    asks = any(facts().programmes[code].requires_special_care_opinion for code in programmes)
    for kind, until in file.grants if health else ():
        if kind == "disability" or asks:
            yield GRANT_ENDS, until


def _ages(case: Case, services: Iterable[str]) -> Iterator[tuple[str, dt.date | None]]:
    """The bounds of the programmes, of the services planned, and of the bands of the caps."""
    birth = case.person.birth_date
    if birth is None:
        return
    bounds: list[tuple[int | None, int | None]] = []
    for code in facts().case_types[case.case_type].programmes:
        programme = facts().programmes[code]
        # From the contested age on a supervisor confirms (G15): a day to tell beforehand as well.
        bounds += [(programme.min_age, programme.max_age), (programme.contested_age, None)]
        bounds += [(band.min_age, band.max_age) for rule in rules_of(code) for band in rule.bands]
    bounds += [(facts().services[code].min_age, facts().services[code].max_age) for code in services]
    yield from ((AGE_ENDS, day) for day in age_ends(birth, bounds))


def _assignments(file: CaseFile, today: dt.date) -> Iterator[tuple[str, dt.date | None]]:
    """Contracts and register entries that still serve the case."""
    for row in file.assignments:
        if row.ends_on is None or row.ends_on >= today:
            yield CONTRACT_ENDS, row.contract_until
            yield ENTRY_ENDS, row.entry_until
