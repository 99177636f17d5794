"""Marks of keyset pages in an address: `after=2021-11-22~412`, `before=…` (UX, all state in the address)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from views.formats import url_with
from workflow.queries.paging import Mark, Page, Value

LONGEST = 100
LARGEST_ID = 2**31 - 1  # what a row's id can hold on PostgreSQL


def mark_in(args: Mapping[str, str], value_of: Callable[[str], Value]) -> Mark | None:
    """The place named in the address; nonsense counts as the beginning of the list."""
    for name, backwards in (("after", False), ("before", True)):
        value, _, number = args.get(name, "")[:LONGEST].rpartition("~")
        if not (number.isascii() and number.isdigit()) or int(number) > LARGEST_ID:
            continue
        try:
            return Mark(value_of(value), int(number), backwards)
        except ValueError:
            continue
    return None


def neighbours(page: Page[Any]) -> tuple[str | None, str | None]:
    """The addresses of the previous and the next page, None where there is none."""
    previous = url_with(before=_text(page.before), after=None) if page.before else None
    following = url_with(after=_text(page.after), before=None) if page.after else None
    return previous, following


def _text(mark: Mark) -> str:
    return f"{'' if mark.value is None else mark.value}~{mark.row_id}"
