"""The rule book of a worked example: the shipped one with the example's own rule sets and project (DOMAIN 9.6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from workflow.facts import Band, Cap, Facts, RuleSet, Table, shipped

Given = Mapping[str, Any]


def programme_of(example: Given) -> str:
    """The programme whose services the example is about."""
    return shipped().services[example["plan_line"][0]["service"]].programme


def book_of(example: Given) -> Facts:
    """The shipped facts, but the caps, bounds, method and days of the example's programme are its own."""
    book, code = shipped(), programme_of(example)
    unit = book.services[example["plan_line"][0]["service"]].unit
    rule = example["rule_set"][0]  # bounds and method are the programme's: no example changes them on the way
    programme = replace(
        book.programmes[code],
        min_age=rule.get("min_age"),
        max_age=rule.get("max_age"),
        compensation_method=rule["method"],
        **example["project"],
    )
    rule_sets = [_rule_set(given, code, unit) for given in example["rule_set"]]
    programmes = [programme if row.code == code else row for row in book.programmes.rows]
    return replace(
        book,
        rule_sets=Table(rule_sets, lambda row: row.id),
        programmes=Table(programmes, lambda row: row.code),
    )


def lasting_until(book: Facts, code: str, last_day: dt.date) -> Facts:
    """The same book while a programme was still expected to last until another day (Q6)."""
    rows = [replace(row, last_day=last_day) if row.code == code else row for row in book.programmes.rows]
    return replace(book, programmes=Table(rows, lambda row: row.code))


def _rule_set(given: Given, code: str, unit: str) -> RuleSet:
    cap = Cap(
        programme=code,
        # The examples say «none» of a quantity and give the months beside it; a rule set of the office says «window».
        kind="window" if "window_months" in given else given["cap_kind"],
        scope="per_child",
        unit=unit,
        quantity=_decimal(given.get("cap_quantity")),
        months=given.get("window_months"),
        bands=tuple(Band(row["min_age"], row["max_age"], Decimal(row["quantity"])) for row in given.get("band", ())),
        ceiling=_decimal(given.get("ceiling")),
        origin="assumption",
        scope_origin="assumption",
    )
    return RuleSet(
        id=given["id"],
        name=given["id"],
        valid_from=given["valid_from"],
        valid_from_origin="assumption",
        valid_to=given.get("valid_to"),
        valid_to_origin="assumption",
        caps=(cap,),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
