"""Reads the files of facts beside this module; every value gets its type here and nowhere else."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import files
from typing import Any

from workflow.facts.names import LANGUAGES, Text

Row = Mapping[str, Any]


def read_csv(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of facts."""
    lines = files("workflow.facts").joinpath(name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, strict=True))


def read_toml(name: str) -> dict[str, Any]:
    """The content of a TOML file of facts."""
    return tomllib.loads(files("workflow.facts").joinpath(name).read_text(encoding="utf-8"))


def text(row: Row, prefix: str = "") -> Text:
    """The columns `{prefix}_lv`, `_ru`, `_en` (or `lv`, `ru`, `en`) as one text; absent ones are empty."""
    start = f"{prefix}_" if prefix else ""
    return Text(*(str(row.get(start + language, "")) for language in LANGUAGES))


def parts(value: str, separator: str = ";") -> tuple[str, ...]:
    """The parts of a list written in one cell."""
    return tuple(part.strip() for part in value.split(separator) if part.strip())


def day(value: str) -> dt.date | None:
    """An ISO date of a cell; None when the cell is empty."""
    return dt.date.fromisoformat(value) if value else None


def number(value: str) -> int | None:
    """A whole number of a cell; None when the cell is empty."""
    return int(value) if value else None


def decimal(value: str | None) -> Decimal | None:
    """A decimal written as text; None when absent."""
    return None if value is None else Decimal(value)


def exact(value: str) -> Decimal:
    """A decimal that has to be there, written as text: TOML floats would not be exact."""
    if not isinstance(value, str):
        raise TypeError(f"write {value!r} as text")
    return Decimal(value)


def expand(codes: str) -> tuple[str, ...]:
    """`REH-01..REH-03` as its three codes; a single code as itself; nothing for an empty text."""
    span = re.fullmatch(r"([A-Z]+)-(\d+)\.\.\1-(\d+)", codes)
    if not span:
        return (codes,) if codes else ()
    return tuple(f"{span[1]}-{n:02d}" for n in range(int(span[2]), int(span[3]) + 1))
