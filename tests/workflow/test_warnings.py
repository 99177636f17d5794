"""Warnings before a limit: told at the bound and not a day earlier (DOMAIN 8.4, DL-09 to DL-14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from workflow.facts import facts, holding
from workflow.facts.names import Table
from workflow.warnings import Told, age_ends, warnings_on

TODAY = date(2021, 11, 22)
LENGTHS = [("DL-09", 60), ("DL-10", 60), ("DL-11", 90), ("DL-12", 90), ("DL-14", 30)]


@pytest.mark.parametrize(("code", "days"), LENGTHS)
def test_what_ends_is_told_from_its_length_on_until_the_day_itself(code: str, days: int) -> None:
    last, early = TODAY + timedelta(days), TODAY + timedelta(days + 1)
    assert warnings_on(TODAY, [(code, last)]) == [Told(code, on=last)]
    assert warnings_on(TODAY, [(code, early)]) == []
    assert warnings_on(TODAY, [(code, TODAY)]) == [Told(code, on=TODAY)]
    assert warnings_on(TODAY, [(code, TODAY - timedelta(1)), (code, None)]) == []


@pytest.mark.parametrize(
    ("unit", "left", "told"),
    [
        ("SESSION", "5", True),
        ("SESSION", "6", False),
        ("SESSION", "0", True),
        ("DAY24", "3", True),
        ("DAY24", "4", False),
        ("DAY", "3", True),
        ("HOUR", "0", False),
    ],
)
def test_a_cap_is_told_when_little_is_left(unit: str, left: str, told: bool) -> None:
    expected = [Told("DL-13", left=Decimal(left), unit=unit)] if told else []
    assert warnings_on(TODAY, left=[(unit, Decimal(left)), (unit, None)]) == expected


def test_the_nearest_end_comes_first() -> None:
    near, far = TODAY + timedelta(5), TODAY + timedelta(20)
    assert [told.on for told in warnings_on(TODAY, [("DL-14", far), ("DL-10", near)])] == [near, far]


def test_the_lengths_are_settings() -> None:
    longer = [replace(row, days_before=31) if row.code == "DL-14" else row for row in facts().warnings.rows]
    on = TODAY + timedelta(31)
    with holding(replace(facts(), warnings=Table(longer, lambda row: row.code))):
        assert warnings_on(TODAY, [("DL-14", on)]) == [Told("DL-14", on=on)]


def test_ages_change_something_on_the_eve_of_the_birthday() -> None:
    """Bands 0-4 and 5-18, and a service from 5: the eves of the 5th and the 19th birthday."""
    found = age_ends(date(2016, 3, 17), [(0, 4), (5, 18), (5, None), (None, None)])
    assert found == [date(2021, 3, 16), date(2035, 3, 16)]


def test_a_child_of_29_february_changes_on_28_february() -> None:
    assert age_ends(date(2012, 2, 29), [(5, None)]) == [date(2017, 2, 28)]
