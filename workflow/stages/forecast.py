"""What ends or begins while a plan runs: ages, the disability, the programme (DOMAIN 5.2, 13.3 story 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.calendar import birthday, last_day_of_age
from workflow.facts import facts
from workflow.models import Case, Disability
from workflow.stages.common import main_programme


@dataclass(frozen=True, slots=True)
class Bound:
    """A day that matters. `kind`: age_ends, service_begins, service_ends, disability_ends or programme_ends."""

    on: dt.date
    kind: str
    age: int | None = None
    service: str | None = None


def bounds_ahead(session: Session, case: Case, services: Iterable[str], day: dt.date) -> list[Bound]:
    """The bounds of the programme and of these services from the day on, the nearest first."""
    found = [*_of_programme(case), *_of_services(case, services), *_of_disability(session, case)]
    return sorted((bound for bound in found if bound.on >= day), key=lambda bound: (bound.on, bound.service or ""))


def _of_programme(case: Case) -> Iterator[Bound]:
    programme = main_programme(case.case_type)
    if programme.max_age is not None and case.person.birth_date is not None:
        yield Bound(last_day_of_age(case.person.birth_date, programme.max_age), "age_ends", programme.max_age)
    yield Bound(programme.last_day, "programme_ends")


def _of_services(case: Case, services: Iterable[str]) -> Iterator[Bound]:
    """Only bounds of their own: those of the programme are told once."""
    programme, birth_date = main_programme(case.case_type), case.person.birth_date
    if birth_date is None:
        return
    for code in dict.fromkeys(services):
        service = facts().services[code]
        if service.min_age is not None and service.min_age > (programme.min_age or 0):
            yield Bound(birthday(birth_date, service.min_age), "service_begins", service.min_age, code)
        if service.max_age is not None and service.max_age != programme.max_age:
            yield Bound(last_day_of_age(birth_date, service.max_age), "service_ends", service.max_age, code)


def _of_disability(session: Session, case: Case) -> Iterator[Bound]:
    """The end of the disability entered last; a renewed one is entered with the next assessment."""
    rows = select(Disability.valid_to).where(Disability.person_id == case.person_id).order_by(Disability.id.desc())
    valid_to = session.scalars(rows.limit(1)).first()
    if valid_to is not None:
        yield Bound(valid_to, "disability_ends")
