"""The demonstration's nine municipalities and the people who work there (DOMAIN 2.1, 11)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.facts import facts
from workflow.models import Contract, Municipality, Provider, User
from workflow.roles import Actor, Role

MAIN = "rezeknes-novads"
"""The municipality whose logins have no suffix."""

SHARES = {
    MAIN: 90,
    "daugavpils-valstspilseta": 78,
    "rezekne-valstspilseta": 62,
    "augsdaugavas-novads": 60,
    "ludzas-novads": 50,
    "balvu-novads": 45,
    "kraslavas-novads": 45,
    "preilu-novads": 45,
    "livanu-novads": 30,
}
"""Children in families of each municipality: 505 in all, the number of the sources (DOMAIN 3.1)."""

# Login, role, and a name that says it is one for everybody. Two workers and two supervisors: cases change hands,
# and whoever drafts a plan does not approve it.
POSTS = (
    ("darbinieks", Role.SOCIAL_WORKER, "Anna Parauga"),
    ("darbinieks2", Role.SOCIAL_WORKER, "Jeļena Primerova"),
    ("iepirkumi", Role.PROCUREMENT_OFFICER, "Pēteris Piemērs"),
    ("vaditajs", Role.SUPERVISOR, "Laima Izdomātā"),
    ("vaditajs2", Role.SUPERVISOR, "Andrejs Šablonovs"),
    ("admin", Role.ADMIN, "Ivars Nosacītais"),
    ("lasitajs", Role.READER, "Ilze Iedomātā"),
)
SURNAMES = ("Parauga", "Piemēra", "Fiktīvā", "Iedomātā", "Nosacītā", "Primerova", "Šablonova", "Vimislova")
FIRST_NAMES = ("Baiba", "Inga", "Natālija", "Zane", "Olga", "Dace", "Irina")


@dataclass
class Place:
    """A municipality of the demonstration with its people and what it has arranged so far."""

    municipality: Municipality
    former: list[Municipality]
    users: dict[str, User]
    providers: dict[str, Provider] = field(default_factory=dict)
    contracts: list[Contract] = field(default_factory=list)

    @property
    def short(self) -> str:
        """What its numbers begin with."""
        return facts().municipalities[self.municipality.code].short

    def actor(self, post: str) -> Actor:
        """The person of the post, with the municipalities whose cases this one took over."""
        user = self.users[post]
        places = frozenset({self.municipality.id, *(one.id for one in self.former)})
        return Actor(user.id, user.name, user.role_set(), places)


def login_of(post: str, municipality: str) -> str:
    """`darbinieks` in the main municipality, `darbinieks.balv` elsewhere."""
    return post if municipality == MAIN else f"{post}.{facts().municipalities[municipality].short.lower()}"


def logins() -> frozenset[str]:
    """Every login of the demonstration: how its users are told from real ones."""
    return frozenset(login_of(post, code) for code in SHARES for post, _, _ in POSTS)


def open_places(session: Session, password_hash: str) -> dict[str, Place]:
    """Make the users of all municipalities, all with one password, and return the places by code."""
    known = {row.code: row for row in session.scalars(select(Municipality))}
    places = {}
    for number, code in enumerate(SHARES):
        former = [known[old] for old in facts().predecessors_of(code)]
        places[code] = Place(known[code], former, _users(session, known[code], number, password_hash))
    session.flush()
    return places


def _users(session: Session, place: Municipality, number: int, password_hash: str) -> dict[str, User]:
    users = {}
    for index, (post, role, name) in enumerate(POSTS):
        users[post] = User(
            name=name if place.code == MAIN else _name(number, index),
            login=login_of(post, place.code),
            password_hash=password_hash,
            roles=[role.value],
            municipality_id=place.id,
        )
    session.add_all(users.values())
    return users


def _name(number: int, index: int) -> str:
    return f"{FIRST_NAMES[(number + index) % len(FIRST_NAMES)]} {SURNAMES[(number + 3 * index) % len(SURNAMES)]}"
