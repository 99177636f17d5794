"""Every address of the app, made from its URL map: no list that somebody could forget to extend."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.hostile.town import HERE, Town
from workflow.facts import State

# A number that no row has.
UNKNOWN = 98_765_432
TABLE = Path(__file__).parent.parent / "data" / "transitions.csv"


def transitions() -> dict[str, dict[str, str]]:
    """The rows of the rule book's table by event."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["event"]: row for row in csv.DictReader(file)}


RULE_BOOK = transitions()
STEPS = tuple(event for event in RULE_BOOK if event != "register_application")


def roles_of(event: str) -> frozenset[str]:
    """Who may take the step, by the rule book."""
    return frozenset(RULE_BOOK[event]["roles"].split(";"))


def starts_of(event: str) -> frozenset[str]:
    """The states in which the step may be taken, by the rule book."""
    listed = RULE_BOOK[event]["from"]
    return frozenset(State) if listed == "(any)" else frozenset(listed.split(";"))


def rules(app: Flask) -> list[Rule]:
    """Every rule but that of the static files, which anybody may read."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def table_of(argument: str) -> str:
    """The table whose rows an argument of an address names."""
    return argument.removesuffix("_id")


def values_of(rule: Rule, town: Town, numbers: dict[str, int] | None = None) -> Iterator[dict[str, Any]]:
    """What the arguments of the rule may be: every step, and for each row the first of ours or the number given."""
    choices = []
    for name in sorted(rule.arguments):
        if name == "step":
            choices.append([step.replace("_", "-") for step in STEPS])
        elif name == "key":  # one value of the rule book, by its name; the entries themselves are tested elsewhere
            choices.append(["deadline.DL-02", "question.Q1"])
        else:
            choices.append([(numbers or {}).get(name) or _first(town, table_of(name))])
    for values in itertools.product(*choices):
        yield dict(zip(sorted(rule.arguments), values, strict=True))


def _first(town: Town, table: str) -> int:
    ours = town.ids[HERE].get(table)
    assert ours, f"an address names rows of “{table}”, of which the town has none"
    return ours[0]


def path_of(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    """The address of the rule with these values."""
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=_method(rule))


def _method(rule: Rule) -> str:
    return "GET" if "GET" in (rule.methods or ()) else "POST"
