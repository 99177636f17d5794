"""Parts of an account, the band that follows, and how an account moves with new deliveries (R1-R10, 9.3)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.terms import ADULT, D, rule
from workflow.accounts import Movement, NextBand, Parts, movements, next_band, parts_on, still_in_period
from workflow.entitlement import used_on
from workflow.quantities import Band, CapKind, Counted, Opening, Rule

BIRTH = date(2016, 3, 17)
TODAY = date(2021, 3, 15)  # the Monday before the 5th birthday
SPAN = date(2015, 7, 1), date(2022, 12, 31)
CARE = Rule(date(2015, 7, 1), cap_kind=CapKind.ISO_WEEK, bands=(Band(0, 4, D(50)), Band(5, 18, D(10))))
OLD = rule(40, valid_to=date(2020, 6, 8))
NEW = rule(100, valid_from=date(2020, 6, 9))


def units(on: date, quantity: int = 1, sibling: bool = False) -> Counted:
    return Counted(on, D(quantity), sibling)


@pytest.mark.parametrize(("per_family", "siblings"), [(True, 5), (False, 0)])
def test_parts_of_a_cap(per_family: bool, siblings: int) -> None:
    given = rule(40, per_family=per_family)
    elsewhere = [units(TODAY, 3), units(TODAY, 5, sibling=True)]
    found = parts_on(given, BIRTH, Opening(used=D(10)), [units(TODAY, 2)], elsewhere, TODAY)
    assert found == Parts(D(10), D(2), D(3), D(siblings))


counted = st.lists(
    st.builds(
        Counted,
        st.integers(-400, 10).map(lambda days: TODAY + timedelta(days)),
        st.integers(1, 40).map(lambda n: Decimal(n) / 4),
        st.booleans(),
    ),
    max_size=8,
)
RULES = [rule(40), rule(40, per_family=True), rule(30, cap_kind=CapKind.CALENDAR_YEAR), CARE]


@given(st.sampled_from(RULES), counted, counted, st.integers(0, 20))
def test_parts_add_up_to_what_is_used(given: Rule, here: list[Counted], elsewhere: list[Counted], before: int) -> None:
    own = [Counted(one.on, one.quantity) for one in here]
    opening = Opening(used=D(before), used_year={2021: D(before)})
    parts = parts_on(given, BIRTH, opening, own, elsewhere, TODAY)
    whole = used_on(given, BIRTH, opening, [*own, *elsewhere], TODAY)
    assert parts.opening + parts.here + parts.elsewhere + parts.siblings == whole


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2021, 3, 16), NextBand(date(2021, 3, 17), D(10))),
        (date(2021, 3, 17), NextBand(date(2035, 3, 17), D(0))),
        (date(2035, 3, 17), None),
    ],
)
def test_the_birthday_that_changes_the_band(on: date, expected: NextBand | None) -> None:
    assert next_band(CARE, BIRTH, on) == expected


def test_no_bands_change_nothing() -> None:
    assert next_band(rule(40), BIRTH, TODAY) is None


def test_a_plan_keeps_its_quantity_of_each_period_anew() -> None:
    last_week, this_week = units(TODAY - timedelta(3), 8), units(TODAY, 3)
    assert still_in_period(CARE, BIRTH, D(10), [last_week, this_week], TODAY) == 7
    assert still_in_period(CARE, BIRTH, D(2), [this_week], TODAY) == 0


def moved(
    rules: list[Rule], before: list[Counted], new: list[Counted], opening: Opening | None = None
) -> list[Movement]:
    days = [one.on for one in new]
    return movements(rules, BIRTH, opening or Opening(), before, [*before, *new], days, SPAN)


def test_a_lifetime_account_moves_once() -> None:
    (one,) = moved([NEW], [units(TODAY, 97)], [units(TODAY), units(TODAY + timedelta(1))])
    assert (one.before, one.after, one.left, one.period_from) == (97, 99, 1, SPAN[0])


def test_a_week_with_the_birthday_moves_two_accounts() -> None:
    first, second = moved([CARE], [], [units(TODAY, 9), units(BIRTH.replace(year=2021), 6)])
    assert (first.cap, first.after, first.period_to) == (50, 9, date(2021, 3, 16))
    assert (second.cap, second.after, second.period_from) == (10, 6, date(2021, 3, 17))


def test_a_year_end_moves_two_accounts() -> None:
    found = moved([rule(30, cap_kind=CapKind.CALENDAR_YEAR)], [], [units(date(2021, 12, 31)), units(date(2022, 1, 1))])
    assert [one.after for one in found] == [1, 1]


def test_a_cap_that_rises_within_the_rows_is_told_twice() -> None:
    found = moved([OLD, NEW], [units(date(2020, 6, 1), 39)], [units(date(2020, 6, 8)), units(date(2020, 6, 9))])
    assert [(one.cap, one.after) for one in found] == [(40, 41), (100, 41)]


def test_the_first_unit_opens_the_window() -> None:
    (one,) = moved([ADULT], [], [units(date(2019, 5, 20))])
    assert (one.kind, one.before, one.left) == (CapKind.NONE, None, None)
    assert (one.period_from, one.period_to) == (date(2019, 5, 20), date(2021, 5, 19))


def test_nothing_moves_where_nothing_is_counted() -> None:
    assert moved([rule(None)], [], [units(TODAY)]) == []
