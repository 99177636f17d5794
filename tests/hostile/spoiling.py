"""Random data that a form could have let through: of the right types, and otherwise anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

from wtforms.fields.core import UnboundField

from views.forms.registry import FORMS

WORDS = ("", "x", "Ļoti īss", "=1+1", "<b>", "a" * 199)
AMOUNTS = ("0", "0.01", "0.25", "1", "7", "20", "41", "101", "9999999.99", "-1", "70.50", "23.50")
DAYS = (dt.date(2014, 12, 31), dt.date(2020, 6, 8), dt.date(2021, 10, 31), dt.date(2021, 11, 22), dt.date(2023, 1, 2))


def may_be_left_empty(step: str) -> set[str]:
    """The fields that the form of the step does not ask for itself: there the guards must."""
    kinds = [vars(kind) for kind in FORMS[step].__mro__]
    fields = {name: field for kind in kinds for name, field in kind.items() if isinstance(field, UnboundField)}
    return {name for name, field in fields.items() if field.kwargs.get("required") is False}


def spoiled(given: Mapping[str, Any], step: str, chance: Random) -> dict[str, Any]:
    """The data with some values left out or changed; half of the time nothing is."""
    if chance.random() < 0.5:
        return dict(given)
    optional = may_be_left_empty(step)
    made = {name: _spoil(value, chance) if chance.random() < 0.4 else value for name, value in given.items()}
    left_out = {name for name in made if name in optional and chance.random() < 0.2}
    if left_out & {"register_entry", "provider"}:
        left_out |= {"register_entry", "provider"}  # the form takes one from the other
    return {name: value for name, value in made.items() if name not in left_out}


def _spoil(value: Any, chance: Random) -> Any:
    match value:
        case bool():
            return not value
        case dt.date():
            return chance.choice([*DAYS, value + dt.timedelta(days=chance.randint(-40, 40))])
        case Decimal():
            return Decimal(chance.choice(AMOUNTS))
        case dict():
            return {key: _spoil(item, chance) if chance.random() < 0.3 else item for key, item in value.items()}
        case [dict(), *_]:
            return [_spoil(row, chance) for row in value if chance.random() < 0.8]
        case list():
            return [item for item in value if chance.random() < 0.6]
        case str() if value.replace("_", "").isascii() and value.islower():
            return value  # a code: the form offers only codes that are known
        case str():
            return chance.choice([*WORDS[1:], value])
        case _:
            return value
