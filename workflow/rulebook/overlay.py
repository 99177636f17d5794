"""The office's values laid over the shipped facts; pure: a rule book in, a rule book out (DOMAIN 4, R3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Any, TypeVar

from workflow.facts import Deadline, Facts, Programme, RuleSet, Setting, Stated, Table, Threshold
from workflow.facts import Warning as WarningFact

Row = TypeVar("Row")
ONE_DAY = dt.timedelta(days=1)

READ: Mapping[str, Callable[[str], Any]] = {
    "number": int,
    "yes_no": lambda text: text == "True",
    "documents": str,
    "day": dt.date.fromisoformat,
    "money": Decimal,
    "quantity": Decimal,
    "fixed": str,
}
"""How the kept text of an entry becomes its value, by kind; raises ValueError (Decimal: ArithmeticError)."""


def with_stated(book: Facts, stated: Mapping[str, Stated]) -> Facts:
    """The rule book with what the office states, by the keys of `entries`; unknown keys change nothing.

    The marks of the sources stay as shipped: they also say of what nature a rule is (a period of the law ends on a
    working day). `entries` shows the office's own.
    """
    deadlines = _each(book.deadlines, lambda row: _deadline(row, stated.get(f"deadline.{row.code}")))
    return replace(
        book,
        deadlines=deadlines,
        settings=_each(book.settings, lambda row: _setting(row, stated.get(row.key), deadlines)),
        warnings=_each(book.warnings, lambda row: _warning(row, stated)),
        thresholds=_thresholds(book.thresholds, stated),
        programmes=_each(book.programmes, lambda row: _programme(row, stated)),
        stated=MappingProxyType(dict(stated)),
    )


def with_rule_sets(book: Facts, own: Iterable[RuleSet]) -> Facts:
    """The rule book with the office's rule sets: each begins on its day and ends the one before (DOMAIN 4)."""
    ordered = sorted((*book.rule_sets.rows, *own), key=lambda row: row.valid_from)
    ended = [
        replace(row, valid_to=min(row.valid_to or dt.date.max, following.valid_from - ONE_DAY))
        for row, following in pairwise(ordered)
    ]
    return replace(book, rule_sets=Table([*ended, *ordered[-1:]], book.rule_sets.key))


def _each(table: Table[Row], change: Callable[[Row], Row]) -> Table[Row]:
    return Table(map(change, table.rows), table.key)


def _deadline(row: Deadline, said: Stated | None) -> Deadline:
    return replace(row, length=int(said.value)) if said else row


def _setting(row: Setting, said: Stated | None, deadlines: Mapping[str, Deadline]) -> Setting:
    if row.same_as:
        return replace(row, value=deadlines[row.same_as].length)
    return replace(row, value=READ[row.kind](said.value)) if said else row


def _warning(row: WarningFact, stated: Mapping[str, Stated]) -> WarningFact:
    said = stated.get(f"warning.{row.code}")
    left = {unit: stated.get(f"warning.{row.code}.{unit}") for unit in row.remaining}
    remaining = {unit: Decimal(one.value) if one else row.remaining[unit] for unit, one in left.items()}
    days_before = int(said.value) if said else row.days_before
    return replace(row, days_before=days_before, remaining=MappingProxyType(remaining))


def _thresholds(rows: Iterable[Threshold], stated: Mapping[str, Stated]) -> tuple[Threshold, ...]:
    """Dated rows: another day is another row, so that a decision keeps the threshold of its own day (DOMAIN 10)."""
    found = {f"threshold.{row.procedure}.{row.valid_from}": row for row in rows}
    for key, said in stated.items():
        prefix, _, rest = key.partition(".")
        if prefix == "threshold":
            procedure, _, day = rest.rpartition(".")
            found[key] = Threshold(procedure, dt.date.fromisoformat(day), Decimal(said.value), said.origin)
    return tuple(found.values())


def _programme(row: Programme, stated: Mapping[str, Stated]) -> Programme:
    for name, read in (("last_day", dt.date.fromisoformat), ("max_age", int)):
        said = stated.get(f"programme.{row.code}.{name}")
        if said is not None:
            changed: dict[str, Any] = {name: read(said.value)}
            row = replace(row, **changed)
    return row
