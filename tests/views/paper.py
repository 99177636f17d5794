"""A page as a person without JavaScript sees it: what its form holds and offers, and its tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Values = dict[str, Any]


@dataclass
class Table:
    """The words of the cells, row by row; the first row is the head."""

    rows: list[list[str]] = field(default_factory=list)

    @property
    def records(self) -> list[dict[str, str]]:
        """The rows that fill every column, by the words of the head."""
        head, *body = self.rows
        return [dict(zip(head, row, strict=True)) for row in body if len(row) == len(head)]


class Paper(HTMLParser):
    """Reads a page once: `values` as a browser would send the form, `options` of each choice, `tables` by id."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: Values = {}
        self.options: dict[str, dict[str, str]] = {}
        self.tables: dict[str, Table] = {}
        self.asked: list[str] = []
        self._in_form = False
        self._select: str | None = None
        self._option: str | None = None
        self._area: str | None = None
        self._table: Table | None = None
        self._cell: list[str] | None = None
        self.feed(page)

    def choose(self, name: str, *words: str) -> str:
        """The value of the only option of the box whose label holds all the words."""
        found = [value for value, label in self.options[name].items() if value and all(word in label for word in words)]
        assert len(found) == 1, (name, words, self.options[name])
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self._in_form = given.get("id") == "form"
            case "table" if "id" in given:
                self._table = self.tables[given["id"]] = Table()
            case "tr" if self._table is not None:
                self._table.rows.append([])
            case "td" | "th" if self._table is not None:
                self._cell = []
        if self._in_form and ("name" in given or tag == "option"):
            self._box(tag, given)

    def _box(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        match tag, given.get("type"):
            case "input", "text" | "hidden":
                self.values[name] = given.get("value", "")
            case "input", "checkbox" | "radio" as kind:
                self._offer(name, kind, given)
            case "select", _:
                self._select, self._option, self.values[name], self.options[name] = name, None, "", {}
            case "option", _ if self._select is not None:
                self._option = given.get("value", "")
                self.options[self._select][self._option] = ""
                if "selected" in given:
                    self.values[self._select] = self._option
            case "textarea", _:
                self._area, self.values[name] = name, ""
                self.asked += [name.removeprefix("confirm-")] if name.startswith("confirm-") else []

    def _offer(self, name: str, kind: str, given: dict[str, str]) -> None:
        """The label follows the box: it is collected as that of an option."""
        self.options.setdefault(name, {})[given["value"]] = ""
        self._select, self._option = name, given["value"]
        if kind == "checkbox":
            self.values.setdefault(name, [])
        if "checked" in given:
            self.values[name] = [*self.values[name], given["value"]] if kind == "checkbox" else given["value"]

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self._in_form = False
            case "select" | "option" | "label":
                self._option = None
                self._select = None if tag != "option" else self._select
            case "textarea":
                self._area = None
            case "td" | "th" if self._table is not None and self._cell is not None:
                self._table.rows[-1].append(" ".join("".join(self._cell).split()))
                self._cell = None
            case "table":
                self._table = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area] += data.removeprefix("\n")
        if self._select is not None and self._option is not None:
            self.options[self._select][self._option] += data
        if self._cell is not None:
            self._cell.append(data)
