"""Caps and the two-year window inside the calculation: R1-R10 and DOMAIN 9.3, 9.4."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.workflow.terms import (
    ADULT,
    D,
    adult,
    refused,
    rule,
    terms,
    visit,
    visits,
)
from workflow.calculation import (
    Band,
    CapKind,
    Counted,
    Delivered,
    Opening,
    PlanLine,
    Reason,
    Rule,
    Terms,
    calculate,
    decide_units,
)

DAY = date(2019, 3, 4)  # a Monday
LATER = DAY + timedelta(days=3)


def reason_of(given: Terms, delivered: Delivered) -> Reason | None:
    """The reason a single delivery is refused for; None when it is compensable."""
    found = decide_units(given, [delivered]).refused
    return found[0].reason if found else None


# --- caps (R1, R2, R4, R5, R8, R10) ---


@pytest.mark.parametrize(("count", "over"), [(3, []), (4, []), (5, [(5, D(1), "CAP")])])
def test_lifetime_cap_with_opening_balance(count: int, over: list[Any]) -> None:
    result = calculate(terms(opening=Opening(used=D(36))), visits(DAY, count))
    assert refused(result) == over
    assert result.used == min(36 + count, 40)
    assert result.remaining == max(4 - count, 0)


def test_known_services_alone_make_the_opening_balance() -> None:
    opening = Opening(used_by_service={"REH-11": D(30), "REH-15": D(9)})
    assert refused(calculate(terms(opening=opening), visits(DAY, 2))) == [(2, D(1), "CAP")]


def test_opening_balance_above_a_cap_leaves_nothing_rather_than_less() -> None:
    result = calculate(terms(opening=Opening(used=D(45))), visits(DAY, 1))
    assert (result.remaining, refused(result)) == (0, [(1, D(1), "CAP")])


@pytest.mark.parametrize(("kind", "hours"), [(CapKind.ISO_WEEK, 10), (CapKind.CALENDAR_MONTH, 10)])
def test_new_week_or_month_begins_anew(kind: CapKind, hours: int) -> None:
    given = terms(rules=[rule(hours, cap_kind=kind)])
    sunday_end_of_month = date(2019, 3, 31)
    deliveries = [
        visit(1, sunday_end_of_month - timedelta(days=3), 8),
        visit(2, sunday_end_of_month, 4),
        visit(3, sunday_end_of_month + timedelta(days=1), 4),
    ]
    result = calculate(given, deliveries)
    assert refused(result) == [(2, D(2), "CAP")]
    assert (result.used, result.remaining) == (4, 6)


def test_monthly_bands_are_counted_apart_on_both_sides_of_the_birthday() -> None:
    bands = (Band(0, 4, D(20)), Band(5, None, D(8)))
    given = terms(
        birth_date=date(2014, 3, 17),
        rules=[rule(None, cap_kind=CapKind.CALENDAR_MONTH, bands=bands)],
    )
    deliveries = [visit(1, date(2019, 3, 4), 18), visit(2, date(2019, 3, 17), 9)]
    assert refused(calculate(given, deliveries)) == [(2, D(1), "CAP")]


def test_age_outside_all_bands_has_no_cap_to_use() -> None:
    bands = (Band(0, 4, D(50)),)
    given = terms(rules=[rule(None, cap_kind=CapKind.ISO_WEEK, bands=bands)])
    assert reason_of(given, visit(1, DAY)) == Reason.CAP


def test_moving_the_upper_age_of_a_band_gives_no_second_week() -> None:
    old = rule(None, cap_kind=CapKind.ISO_WEEK, bands=(Band(5, 18, D(10)),), valid_to=DAY + timedelta(days=1))
    new = replace(old, valid_from=DAY + timedelta(days=2), valid_to=None, bands=(Band(5, 17, D(10)),))
    deliveries = [visit(1, DAY, 8), visit(2, DAY + timedelta(days=2), 8)]
    assert refused(calculate(terms(rules=[old, new]), deliveries)) == [(2, D(6), "CAP")]


@pytest.mark.parametrize(("before", "left"), [(29, 2), (30, 1), (31, 0)])
def test_yearly_cap_counts_the_opening_balance_of_its_year_only(before: int, left: int) -> None:
    opening = Opening(used_year={2018: D(32), 2019: D(before)})
    given = terms(rules=[rule(31, cap_kind=CapKind.CALENDAR_YEAR)], opening=opening)
    assert sum(unit.quantity for unit in calculate(given, visits(DAY, 2)).units) == left


def test_units_of_other_cases_go_first_on_the_same_day() -> None:
    given = terms(rules=[rule(2)], counted_elsewhere=[Counted(DAY + timedelta(days=1), D(1))])
    assert refused(calculate(given, visits(DAY, 2))) == [(2, D(1), "CAP")]


@pytest.mark.parametrize(
    ("kind", "elsewhere", "left"),
    [
        (CapKind.LIFETIME, date(2015, 7, 1), 1),
        (CapKind.CALENDAR_YEAR, date(2019, 1, 1), 1),
        (CapKind.CALENDAR_YEAR, date(2018, 12, 31), 3),
        (CapKind.CALENDAR_MONTH, date(2019, 3, 1), 1),
        (CapKind.CALENDAR_MONTH, date(2019, 2, 28), 3),
        (CapKind.ISO_WEEK, date(2019, 3, 4), 1),
        (CapKind.ISO_WEEK, date(2019, 3, 3), 3),
    ],
)
def test_every_kind_of_cap_is_counted_over_all_cases_of_the_person(kind: CapKind, elsewhere: date, left: int) -> None:
    given = terms(rules=[rule(3, cap_kind=kind)], counted_elsewhere=[Counted(elsewhere, D(2))])
    assert sum(unit.quantity for unit in calculate(given, [visit(1, date(2019, 3, 6), 5)]).units) == left


def test_each_child_has_its_own_cap_and_a_family_shares_one() -> None:
    brother = [Counted(DAY, D(3), sibling=True)]
    for per_family, left in ((False, 4), (True, 1)):
        given = terms(rules=[rule(4, per_family=per_family)], counted_elsewhere=brother)
        assert sum(unit.quantity for unit in calculate(given, [visit(1, LATER, 5)]).units) == left


def test_week_cut_by_the_plan_or_the_programme_keeps_its_full_cap() -> None:
    """Approved on a Wednesday, ended on a Friday: ten hours each (5.1)."""
    given = terms(
        rules=[rule(10, cap_kind=CapKind.ISO_WEEK)],
        plan=[PlanLine("P1", "REH-11", date(2019, 3, 6))],
        last_day=date(2019, 3, 15),
    )
    week = [visit(1, date(2019, 3, 6), 6), visit(2, date(2019, 3, 10), 6)]
    assert refused(calculate(given, week)) == [(2, D(2), "CAP")]
    last_week = [visit(1, date(2019, 3, 11), 6), visit(2, date(2019, 3, 15), 6)]
    assert refused(calculate(given, last_week)) == [(2, D(2), "CAP")]


def test_refused_units_are_not_revived_when_the_cap_rises() -> None:
    rules = [rule(2, valid_to=DAY + timedelta(days=3)), rule(4, valid_from=DAY + timedelta(days=4))]
    result = calculate(terms(rules=rules), visits(DAY, 7))
    assert refused(result) == [(3, D(1), "CAP"), (4, D(1), "CAP"), (7, D(1), "CAP")]


def test_later_units_of_other_cases_do_not_push_out_earlier_ones_but_are_used() -> None:
    given = terms(rules=[rule(2)], counted_elsewhere=[Counted(DAY + timedelta(days=9), D(1))])
    result = calculate(given, visits(DAY, 1))
    assert (refused(result), result.used, result.remaining) == ([], 2, 0)


def test_siblings_count_while_the_cap_is_of_the_family_only() -> None:
    family = rule(20, per_family=True, valid_to=DAY)
    child = rule(20, valid_from=DAY + timedelta(days=1))
    elsewhere = [Counted(date(2019, 1, 7), D(19), sibling=True)]
    result = calculate(
        terms(rules=[family, child], counted_elsewhere=elsewhere),
        [
            visit(1, DAY),
            visit(2, DAY),
            visit(3, DAY + timedelta(days=1)),
        ],
    )
    assert refused(result) == [(2, D(1), "CAP")]
    assert (result.used, result.remaining) == (2, 18)


def test_units_are_not_added_up_where_nothing_caps_them() -> None:
    result = calculate(terms(rules=[rule(None)]), visits(DAY, 60))
    assert (result.used, result.remaining, refused(result)) == (None, None, [])


def test_counted_cap_needs_a_quantity() -> None:
    with pytest.raises(ValueError, match="lifetime"):
        Rule(date(2015, 7, 1), cap_kind=CapKind.LIFETIME)


# --- the window (5.1, 9.4) ---


@pytest.mark.parametrize(("on", "count"), [(date(2021, 3, 3), 2), (date(2021, 3, 4), 1)])
def test_window_begins_with_the_first_compensable_unit(on: date, count: int) -> None:
    too_early = visit(1, date(2018, 6, 1))  # refused: it has no assignment, so it begins nothing
    result = calculate(adult(), [too_early, visit(2, DAY), visit(3, on)])
    assert len(result.units) == count
    assert result.window_last_day == date(2021, 3, 3)


def test_window_begins_in_another_case_of_the_person_but_not_in_a_siblings() -> None:
    other = [Counted(date(2019, 1, 7), D(1)), Counted(date(2018, 1, 7), D(1), sibling=True)]
    assert calculate(adult(counted_elsewhere=other), [visit(1, DAY)]).window_last_day == date(2021, 1, 6)


def test_window_that_a_later_rule_set_lifts_is_not_tested() -> None:
    lifted = replace(ADULT, valid_from=date(2021, 1, 1), window_months=None)
    rules = [replace(ADULT, valid_to=date(2020, 12, 31)), lifted]
    result = calculate(adult(rules=rules), [visit(1, DAY), visit(2, date(2021, 6, 1))])
    assert (refused(result), result.window_last_day) == ([], None)


def test_window_without_any_unit_has_no_end() -> None:
    assert calculate(adult(), []).window_last_day is None


def test_unit_refused_for_the_cap_begins_no_window() -> None:
    full = rule(0, window_months=24)
    result = calculate(terms(rules=[full]), [visit(1, DAY)])
    assert (result.units, result.window_last_day) == ((), None)
