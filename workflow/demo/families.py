"""The families of the demonstration: a child, who applies for it, and where they live; as a form would give them."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from workflow.demo import names

RUSSIAN_SPEAKING = 0.4
KINDS = (("parent",) * 17, ("guardian",) * 2, ("foster_parent",))
LIVING = {
    "parent": "family",
    "guardian": "guardian_family",
    "foster_parent": "foster_family",
    "institution": "institution",
}
OF_ADULTS = ("self", "trustee", "authorised_person")


@dataclass
class Family:
    """Children of one home share the adult who applies, the surname (not with a guardian) and the address."""

    surname: tuple[str, str]
    language: str
    address: str
    adult: dict[str, Any]
    kind: str
    family_id: int | None = None

    @property
    def is_of_child(self) -> bool:
        """True when the person of the case is a child; an adult applies alone or through a trustee (DOMAIN 3)."""
        return self.kind not in OF_ADULTS

    @property
    def living(self) -> str:
        """Where the person lives, as the assessment says it."""
        return LIVING.get(self.kind, "own_home")


def make_family(rng: random.Random, number: int, municipality: str, kind: str | None = None) -> Family:
    """Family `number`; its adult has an odd code of the fictional series, so that siblings find the same person."""
    language = "ru" if rng.random() < RUSSIAN_SPEAKING else "lv"
    surname = rng.choice(names.SURNAMES[language])
    kind = kind or rng.choice([one for group in KINDS for one in group])
    home = names.address(rng, municipality)
    return Family(surname, language, home, _adult(rng, number, language, surname, kind, home), kind)


def _adult(
    rng: random.Random, number: int, language: str, surname: tuple[str, str], kind: str, home: str
) -> dict[str, Any]:
    father = rng.random() < 0.2
    name = surname if kind == "parent" else rng.choice(names.SURNAMES[language])
    return {
        "first_name": names.pick(rng, names.FATHERS if father else names.MOTHERS, language),
        "last_name": name[0 if father else 1],
        "personal_code": names.personal_code(2 * number + 1),
        "language": language,
        "address": home,
        "e_mail": f"parstavis{number}@example.org",
    }


def make_child(rng: random.Random, number: int, family: Family, born: dt.date) -> dict[str, Any]:
    """The person of the case: child `number` of the family, or its adult; with an even code of the series."""
    girl = rng.random() < 0.4
    known = (names.GIRLS, names.BOYS) if family.is_of_child else (names.MOTHERS, names.FATHERS)
    return {
        "first_name": names.pick(rng, known[0 if girl else 1], family.language),
        "last_name": family.surname[1 if girl else 0],
        "birth_date": born,
        "personal_code": names.personal_code(2 * number),
        "language": family.language,
        "address": family.address,
        "family_id": family.family_id,
    }
