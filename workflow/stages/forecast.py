"""What ends or begins ahead: ages, disability, opinion, programme (DOMAIN 5.2; 13.1 story 10, 13.3 story 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from workflow.calendar import birthday, last_day_of_age
from workflow.facts import facts
from workflow.models import Case, Disability, SpecialCareOpinion
from workflow.stages.common import main_programme


@dataclass(frozen=True, slots=True)
class Bound:
    """A day that matters.

    `kind`: age_ends, service_begins, service_ends, programme_ends, disability_ends, opinion_ends; and, in the past
    because nothing newer is entered, disability_ended and opinion_ended.
    """

    on: dt.date
    kind: str
    age: int | None = None
    service: str | None = None


Grant = tuple[str, dt.date | None]
"""`disability` or `opinion`, and the last day of the one entered last."""


def bounds_ahead(session: Session, case: Case, services: Iterable[str], day: dt.date) -> list[Bound]:
    """The bounds of the programme and of these services from the day on, the nearest first. One statement."""
    return bounds_of(case, services, grants_of(session, case), day)


def bounds_of(case: Case, services: Iterable[str], grants: Iterable[Grant], day: dt.date) -> list[Bound]:
    """The same, where it is known what was granted to the person; what has ended comes before what is ahead."""
    ahead = [*_of_programme(case), *_of_services(case, services)]
    found = [bound for bound in ahead if bound.on >= day] + list(_of_grants(case, grants, day))
    return sorted(found, key=lambda bound: (bound.on, bound.service or ""))


def grants_of(session: Session, case: Case) -> list[Grant]:
    """The disability and the opinion entered last; renewed ones are entered with the next assessment."""
    rows = union_all(
        select(
            literal("disability").label("kind"), Disability.valid_to.label("until"), Disability.id.label("id")
        ).where(Disability.person_id == case.person_id),
        select(literal("opinion"), SpecialCareOpinion.valid_to, SpecialCareOpinion.id).where(
            SpecialCareOpinion.person_id == case.person_id
        ),
    )
    return list({row.kind: row.until for row in session.execute(rows.order_by("id"))}.items())


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


def _of_grants(case: Case, grants: Iterable[Grant], day: dt.date) -> Iterator[Bound]:
    """The opinion matters only where the programme asks for one (G13)."""
    asks = main_programme(case.case_type).requires_special_care_opinion
    for kind, until in grants:
        if until is not None and (kind == "disability" or asks):
            yield Bound(until, f"{kind}_ends" if until >= day else f"{kind}_ended")
