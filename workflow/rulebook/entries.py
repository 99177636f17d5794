"""Every single value of the rule book that an office may change or confirm, each under one key (DOMAIN 8.4, 15).

`deadline.DL-02`, `warning.DL-13.SESSION`, `threshold.annex_2.2017-03-01`, `programme.RESPITE.last_day`,
`rule_set.RS-2020`, `question.Q8`, or the bare name of a setting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from workflow.facts import LANGUAGES, Facts, Programme, Stated, Text

SETTINGS, DEADLINES, WARNINGS, THRESHOLDS, PROGRAMMES, RULE_SETS, QUESTIONS = GROUPS = (
    "setting",
    "deadline",
    "warning",
    "threshold",
    "programme",
    "rule_set",
    "question",
)
FIXED = "fixed"
"""The kind of an entry that can be confirmed but not changed by itself: a rule set is a new version (R3)."""

Value = int | bool | str | dt.date | Decimal


@dataclass(frozen=True)
class Entry:
    """One value with its source. `kind`: number, yes_no, documents, day, money, quantity or fixed.

    `unit` is the noun of a number. `same_as` names the entry that this one only repeats.
    """

    key: str
    group: str
    kind: str
    text: Text
    value: Value
    origin: str
    unit: str = ""
    question: str = ""
    same_as: str = ""
    stated: Stated | None = None

    @property
    def unconfirmed(self) -> bool:
        """True while the value is an assumption: «to be confirmed» (DOMAIN, marks)."""
        confirmed = self.stated is not None and self.stated.confirmed_on is not None
        return "assumption" in self.origin.split(";") and not confirmed

    @property
    def code(self) -> str:
        """What the value is called in its table: `DL-02`, `Q8`, `RESPITE`."""
        return self.key.split(".")[1] if self.group != SETTINGS else self.key

    @property
    def changeable(self) -> bool:
        """True when an administrator may give it another value."""
        return self.kind != FIXED and not self.same_as

    @property
    def value_text(self) -> str:
        """The value as it is kept: `20`, `True`, `2022-12-31`, `42000.00`."""
        return str(self.value)


def entries(book: Facts) -> list[Entry]:
    """Every entry of the rule book, group by group, in the order of the files."""
    found = [*_settings(book), *_deadlines(book), *_warnings(book), *_thresholds(book), *_programmes(book)]
    return [*found, *_rule_sets(book), *_questions(book)]


def entry(book: Facts, key: str) -> Entry | None:
    """The entry of the key; None when there is none."""
    return next((one for one in entries(book) if one.key == key), None)


def _entry(book: Facts, key: str, group: str, kind: str, text: Text, value: Value, origin: str, **more: str) -> Entry:
    """The entry with what the office states of it; the mark of its source is then the office's."""
    stated = book.stated.get(key)
    return Entry(key, group, kind, text, value, stated.origin if stated else origin, stated=stated, **more)


def _settings(book: Facts) -> Iterator[Entry]:
    for row in book.settings.rows:
        more = {
            "unit": _unit_of_setting(row.key),
            "question": row.question,
            "same_as": f"deadline.{row.same_as}" if row.same_as else "",
        }
        yield _entry(book, row.key, SETTINGS, row.kind, row.text, row.value, row.origin, **more)


def _unit_of_setting(key: str) -> str:
    """The noun stands in the key itself: `assessment_max_age_months`."""
    nouns = {"_months": "month", "_years": "year", "_working_days": "working_day", "_calendar_days": "calendar_day"}
    return next((noun for word, noun in nouns.items() if word in key), "")


def _deadlines(book: Facts) -> Iterator[Entry]:
    for row in book.deadlines.rows:
        more = {"unit": row.unit, "question": "Q10" if row.basis == "assumption" else ""}
        yield _entry(book, f"deadline.{row.code}", DEADLINES, "number", row.task, row.length, row.basis, **more)


def _warnings(book: Facts) -> Iterator[Entry]:
    for row in book.warnings.rows:
        key = f"warning.{row.code}"
        for unit, left in row.remaining.items():
            yield _entry(book, f"{key}.{unit}", WARNINGS, "quantity", row.about, left, row.basis, unit=unit)
        if not row.remaining:
            yield _entry(book, key, WARNINGS, "number", row.about, row.days_before, row.basis, unit="calendar_day")


def _thresholds(book: Facts) -> Iterator[Entry]:
    for row in book.thresholds:
        key, text = f"threshold.{row.procedure}.{row.valid_from}", book.choices["procedure"][row.procedure]
        yield _entry(book, key, THRESHOLDS, "money", text, row.lower_bound, row.basis, question="Q12")


def _programmes(book: Facts) -> Iterator[Entry]:
    for row in book.programmes.rows:
        yield _of_programme(book, row, "last_day", "day", row.last_day, question="Q6")
        if row.max_age is not None:
            question = "Q2" if row.contested_age else ""
            yield _of_programme(book, row, "max_age", "number", row.max_age, unit="year", question=question)


def _of_programme(book: Facts, row: Programme, name: str, kind: str, value: Value, **more: str) -> Entry:
    label, key = book.choices["rule_entry"][name], f"programme.{row.code}.{name}"
    text = Text(*(f"{row.name(language)}: {label[language]}" for language in LANGUAGES))
    return _entry(book, key, PROGRAMMES, kind, text, value, row.origins.get(name, ""), **more)


def _rule_sets(book: Facts) -> Iterator[Entry]:
    for row in book.rule_sets.rows:
        origin = ";".join(dict.fromkeys(mark for mark in (row.valid_from_origin, row.valid_to_origin) if mark))
        text = Text(row.id, row.id, row.id)
        yield _entry(book, f"rule_set.{row.id}", RULE_SETS, FIXED, text, row.valid_from, origin, question="Q1")


def _questions(book: Facts) -> Iterator[Entry]:
    for row in book.questions.rows:
        key, value = f"question.{row.no}", row.default["lv"]
        yield _entry(book, key, QUESTIONS, FIXED, row.text, value, "assumption", question=row.no)


def assumed(found: Iterable[Entry]) -> int:
    """How many of the values are still assumptions; a question is counted by its values."""
    return sum(1 for one in found if one.unconfirmed and one.group != QUESTIONS and not one.same_as)
