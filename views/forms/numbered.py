"""Rows of a table as a step takes them: each knows where it stood, so that a guard can point at its box."""

from __future__ import annotations

from typing import Any

from views.forms.lines import LinesField


def numbered(lines: LinesField) -> list[dict[str, Any]]:
    """The filled rows, each with `row`: its number in the names of the form (`lines-3-unit_price`).

    Blank rows are left out, so a row's place in the list is not its place in the form.
    """
    filled = [entry for entry in lines.entries if not entry.form.is_blank()]
    return [{**entry.form.given(), "row": int(entry.name.rsplit("-", 1)[1])} for entry in filled]
