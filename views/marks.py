"""The place in a list as the id of a row: `after=12`. For lists in the order of names, which no address may hold
(TRUST 15: nothing personal in addresses; a provider may be a person)."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import request

from views.keyset import LARGEST_ID
from workflow.queries.paging import Mark, Value

ROW_ID = re.compile("[0-9]{1,10}")


def mark_for(value_of: Callable[[int], Value]) -> Mark | None:
    """The mark asked for, or None for the first page; `value_of` gives the row's value in the order of the list.

    A row that is gone, and anything that is no id, leads to the first page.
    """
    for name in ("after", "before"):
        text = request.args.get(name, "")
        if ROW_ID.fullmatch(text) and int(text) <= LARGEST_ID:
            value = value_of(int(text))
            return None if value is None else Mark(value, int(text), backwards=name == "before")
    return None
