"""The states, the languages, and text that exists in all three of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Row = TypeVar("Row")

LANGUAGES = ("lv", "ru", "en")


class State(StrEnum):
    """The ten states of a case (DOMAIN 8.1). They stand here so that models and machine share them."""

    APPLIED = "applied"
    ASSESSED = "assessed"
    PLAN_DRAFTED = "plan_drafted"
    PROCUREMENT = "procurement"
    SERVICE_DELIVERED = "service_delivered"
    COMPENSATED = "compensated"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


SPINE = (
    State.APPLIED,
    State.ASSESSED,
    State.PLAN_DRAFTED,
    State.PROCUREMENT,
    State.SERVICE_DELIVERED,
    State.COMPENSATED,
)
EXITS = (State.REJECTED, State.WITHDRAWN, State.CLOSED)


@dataclass(frozen=True)
class Text:
    """One text in Latvian, Russian and English: `text["lv"]`."""

    lv: str
    ru: str
    en: str

    def __getitem__(self, language: str) -> str:
        """The text in the language; KeyError for a language that is not one of the three."""
        if language not in LANGUAGES:
            raise KeyError(language)
        return str(getattr(self, language))

    def missing(self) -> list[str]:
        """The languages in which the text is empty."""
        return [language for language in LANGUAGES if not self[language].strip()]


@dataclass(frozen=True)
class Named:
    """Something with a name in three languages."""

    names: Text

    def name(self, language: str) -> str:
        """The name in the language, as the interface shows it."""
        return self.names[language]


class Table(Mapping[str, Row]):
    """Rows found by their code, in the order of the file; keeps duplicates visible for `verify`."""

    def __init__(self, rows: Iterable[Row], key: Callable[[Row], str]) -> None:
        self.rows = tuple(rows)
        self.key = key
        self._codes = [str(key(row)) for row in self.rows]
        self._by_code = dict(zip(self._codes, self.rows, strict=True))

    def __getitem__(self, code: str) -> Row:
        return self._by_code[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self._by_code)

    def duplicates(self) -> list[str]:
        """The codes that occur more than once."""
        return sorted({code for code in self._codes if self._codes.count(code) > 1})
