"""Makes the demonstration: the office first, then case after case, in the order in which they were received."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow import position
from workflow.calendar import add_months
from workflow.demo import DAY
from workflow.demo.families import Family, make_child, make_family
from workflow.demo.manners import MANNERS
from workflow.demo.office import Place, logins, open_places
from workflow.demo.providers import open_providers
from workflow.demo.scale import cast
from workflow.demo.service import ServedWalk
from workflow.demo.story import Story
from workflow.facts import facts
from workflow.guards import working_days
from workflow.models import Case, User
from workflow.models.people import Family as FamilyRow

MERGED_ON = dt.date(2021, 7, 1)
SIBLING_EVERY, MERGED_EVERY = 21, 9
OLDEST_BORN = dt.date(2005, 1, 1)


class OfficeInUse(Exception):
    """The database has users who are not of the demonstration: real people may work there."""


@dataclass(frozen=True)
class Part:
    """One person's part in the demonstration, decided before anybody walks."""

    number: int
    story: Story
    municipality: str
    received_on: dt.date
    rng: random.Random


def is_made(session: Session) -> bool:
    """True when the demonstration is in the database already; OfficeInUse when somebody else is."""
    known = set(session.scalars(select(User.login)))
    if known - logins():
        raise OfficeInUse
    return bool(known)


def parts(size: str, seed: int) -> list[Part]:
    """Everybody's part, in the order of the applications; the same for the same size and seed."""
    found = []
    for number, (story, municipality) in enumerate(cast(size)):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 - a fixed sequence is wanted, not a secret
        span = (story.last - story.first).days
        found.append(Part(number, story, municipality, story.first + dt.timedelta(days=rng.randint(0, span)), rng))
    return sorted(found, key=lambda part: (part.received_on, part.number))


def make(session: Session, size: str, seed: int, password_hash: str) -> Iterator[str]:
    """Make the whole demonstration; yields the number of each case that has come to its end. Never commits."""
    places = open_places(session, password_hash)
    open_providers(session, places)
    last: dict[str, Family] = {}
    for turn, part in enumerate(parts(size, seed)):
        place = places[part.municipality]
        walk = _walk(session, part, place, turn, last)
        part.story.walk(walk)
        yield walk.case.case_no
    refresh(session)


def refresh(session: Session) -> None:
    """Judge every open case as of the demonstration's day: since its last step deadlines and papers ran out."""
    for case in session.scalars(select(Case).order_by(Case.id)):
        touched_on = case.touched_on
        position.refresh(session, case, DAY, moved=False)
        case.touched_on = touched_on


def _walk(session: Session, part: Part, place: Place, turn: int, last: dict[str, Family]) -> ServedWalk:
    municipality, story = _municipality(part, place, turn), part.story
    known = last.get(part.municipality)
    alike = story.case_type == "REHAB" and story.kind is None and not story.for_guardian
    if turn % SIBLING_EVERY == 0 and alike and known and known.kind == "parent":
        family = _with_siblings(session, known)
    else:
        family = last[part.municipality] = make_family(part.rng, part.number, place.municipality.name_lv, story.kind)
    day = working_days(session).next_working(part.received_on)
    return MANNERS[story.case_type](
        session=session,
        place=place,
        family=family,
        child=make_child(part.rng, part.number, family, _born(part)),
        rng=part.rng,
        received_on=day,
        municipality_id=municipality,
        case_type=story.case_type,
        for_guardian=story.for_guardian,
        post=part.rng.choice(("darbinieks", "darbinieks", "darbinieks2")),
    )


def _with_siblings(session: Session, family: Family) -> Family:
    """The family becomes a row, so that its children share what is the family's (R4)."""
    if family.family_id is None:
        row = FamilyRow(name=family.surname[0])
        session.add(row)
        session.flush()
        family.family_id = row.id
    return family


def _municipality(part: Part, place: Place, turn: int) -> int:
    """Now and then one that was merged in 2021 under another name: it keeps its cases (DOMAIN 7.2)."""
    merged = [one for one in place.former if facts().municipalities[one.code].short != place.short]
    if merged and turn % MERGED_EVERY == 0 and part.received_on < MERGED_ON:
        return merged[turn % len(merged)].id
    return place.municipality.id


def _born(part: Part) -> dt.date:
    """Young enough to be a child to the end of the demonstration, unless the story says otherwise."""
    first, last = part.story.born or (
        max(OLDEST_BORN, add_months(part.received_on, -13 * 12)),
        add_months(part.received_on, -24),
    )
    return first + dt.timedelta(days=part.rng.randint(0, (last - first).days))
