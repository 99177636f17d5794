"""The account of a cap: used, reserved, left, the period, the forecast, and whether a plan fits (G23, G26)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.workflow.terms import ADULT, D, rule, terms, visits
from workflow.calculation import calculate
from workflow.entitlement import Account, account, fits, overplanned, used_on
from workflow.quantities import Band, CapKind, Counted, Opening, Rule

TODAY = date(2021, 3, 17)  # a Wednesday
BIRTH = date(2010, 5, 14)
FIRST, LAST = date(2015, 7, 1), date(2022, 12, 31)
CARE = Rule(date(2015, 7, 1), cap_kind=CapKind.ISO_WEEK, bands=(Band(0, 4, D(50)), Band(5, 18, D(10))))


def opened(given: Rule, *counted: Counted, **changes: Any) -> Account:
    details: dict[str, Any] = {
        "birth_date": BIRTH,
        "opening": Opening(),
        "reserved": D(0),
        "on": TODAY,
        "first_day": FIRST,
        "last_day": LAST,
    }
    return account(given, counted=counted, **(details | changes))


def ago(days: int, quantity: int = 1, sibling: bool = False) -> Counted:
    return Counted(TODAY - timedelta(days=days), D(quantity), sibling)


def numbers(given: Account) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return given.cap, given.used, given.left


# --- used, reserved, left ---


def test_lifetime_account_counts_the_opening_balance_and_all_cases() -> None:
    given = opened(rule(40), ago(400, 3), ago(1, 2), opening=Opening(used=D(10)), reserved=D(5))
    assert numbers(given) == (40, 15, 20)
    assert (given.reserved, given.period_from, given.period_to) == (5, FIRST, LAST)


@pytest.mark.parametrize(("reserved", "left"), [(29, 1), (30, 0), (31, 0)])
def test_left_does_not_fall_below_nothing(reserved: int, left: int) -> None:
    assert opened(rule(40), ago(1, 10), reserved=D(reserved)).left == left


def test_yearly_account_counts_its_calendar_year_only() -> None:
    opening = Opening(used=D(99), used_year={2020: D(30), 2021: D(4)})
    given = opened(rule(30, cap_kind=CapKind.CALENDAR_YEAR), ago(100, 7), ago(3, 2), ago(-20, 1), opening=opening)
    assert numbers(given) == (30, 7, 23)
    assert (given.period_from, given.period_to) == (date(2021, 1, 1), date(2021, 12, 31))


def test_monthly_account_is_the_month() -> None:
    given = opened(rule(80, cap_kind=CapKind.CALENDAR_MONTH), ago(17, 9), ago(16, 5), ago(0, 3))
    assert numbers(given) == (80, 8, 72)
    assert (given.period_from, given.period_to) == (date(2021, 3, 1), date(2021, 3, 31))


def test_weekly_account_runs_from_monday_to_sunday() -> None:
    given = opened(CARE, ago(3, 6), ago(2, 4), ago(0, 3))
    assert numbers(given) == (10, 7, 3)
    assert (given.period_from, given.period_to) == (date(2021, 3, 15), date(2021, 3, 21))


@pytest.mark.parametrize(
    ("on", "cap", "used", "first", "last"),
    [
        (date(2021, 3, 16), 50, 18, date(2021, 3, 15), date(2021, 3, 16)),
        (date(2021, 3, 17), 10, 6, date(2021, 3, 17), date(2021, 3, 21)),
    ],
)
def test_fifth_birthday_cuts_the_week_in_two_accounts(on: date, cap: int, used: int, first: date, last: date) -> None:
    given = opened(CARE, ago(2, 9), ago(1, 9), ago(0, 6), birth_date=date(2016, 3, 17), on=on)
    assert (given.cap, given.used, given.period_from, given.period_to) == (cap, used, first, last)


def test_band_without_upper_age_does_not_cut_the_month() -> None:
    bands = (Band(0, 4, D(200)), Band(5, None, D(80)))
    given = opened(Rule(FIRST, cap_kind=CapKind.CALENDAR_MONTH, bands=bands))
    assert (given.cap, given.period_to) == (80, date(2021, 3, 31))


def test_age_outside_all_bands_has_nothing_left() -> None:
    given = opened(CARE, birth_date=date(1999, 1, 1))
    assert numbers(given) == (0, 0, 0)
    assert (given.period_from, given.period_to) == (date(2021, 3, 15), date(2021, 3, 21))


def test_family_account_counts_brothers_and_sisters_and_a_childs_does_not() -> None:
    counted = (ago(300, 4), ago(200, 3, sibling=True))
    assert opened(rule(20, per_family=True), *counted).used == 7
    assert opened(rule(20), *counted).used == 4


def test_account_agrees_with_the_calculation() -> None:
    case = terms(opening=Opening(used=D(36)))
    result = calculate(case, visits(date(2019, 3, 4), 6))
    counted = [Counted(unit.on, unit.quantity) for unit in result.units]
    assert used_on(case.rules[0], case.birth_date, case.opening, counted, date(2019, 4, 1)) == result.used


# --- windows and programmes without a cap ---


def test_window_account_is_the_window_of_the_person() -> None:
    given = opened(ADULT, ago(100), ago(500), ago(600, sibling=True), birth_date=date(1985, 7, 3))
    assert numbers(given) == (None, None, None)
    began = TODAY - timedelta(days=500)
    assert (given.period_from, given.period_to) == (began, date(2021, 11, 2))
    assert given.reached_about is None


def test_window_of_an_earlier_period_goes_on() -> None:
    opening = Opening(window_start=date(2019, 5, 20))
    assert opened(ADULT, ago(100), opening=opening).period_to == date(2021, 5, 19)


def test_window_has_not_begun_before_the_first_unit() -> None:
    given = opened(ADULT)
    assert (given.period_from, given.period_to) == (None, None)


def test_programme_without_a_cap_lasts_as_long_as_it_lasts() -> None:
    given = opened(rule(None), ago(1, 500))
    assert numbers(given) == (None, None, None)
    assert (given.period_from, given.period_to, given.reached_about) == (FIRST, LAST, None)


# --- the forecast ---


@pytest.mark.parametrize(("used", "days"), [(9, 310), (10, 270), (18, 110), (39, 3)])
def test_forecast_goes_on_at_the_pace_of_ninety_days(used: int, days: int) -> None:
    # 31, 30, 22 and 1 units are left of 40; so many days are needed at used/90 a day, a started day counts.
    given = opened(rule(40), ago(89, used))
    assert given.reached_about == TODAY + timedelta(days=days)


def test_units_older_than_ninety_days_make_no_pace() -> None:
    assert opened(rule(40), ago(90, 20)).reached_about is None
    assert opened(rule(40), ago(89, 20)).reached_about == TODAY + timedelta(days=90)


def test_units_of_today_make_pace() -> None:
    assert opened(rule(40), ago(0, 20)).reached_about == TODAY + timedelta(days=90)


def test_later_units_make_no_pace() -> None:
    assert opened(rule(40), ago(-1, 20)).reached_about is None


def test_siblings_make_pace_for_the_family_only() -> None:
    assert opened(rule(40), ago(10, 20, sibling=True)).reached_about is None
    family = opened(rule(40, per_family=True), ago(10, 20, sibling=True))
    assert family.reached_about == TODAY + timedelta(days=90)


@pytest.mark.parametrize(("last_day", "reached"), [(90, True), (89, False)])
def test_cap_not_reached_before_the_programme_ends_has_no_date(last_day: int, reached: bool) -> None:
    given = opened(rule(40), ago(10, 20), last_day=TODAY + timedelta(days=last_day))
    assert (given.reached_about is not None) == reached


def test_yearly_cap_not_reached_in_its_year_has_no_date() -> None:
    yearly = rule(30, cap_kind=CapKind.CALENDAR_YEAR)
    assert opened(yearly, ago(10, 6)).reached_about is None  # 24 left at 6 in 90 days: next year
    assert opened(yearly, ago(10, 10)).reached_about == TODAY + timedelta(days=180)


def test_used_up_cap_is_reached_today() -> None:
    assert opened(rule(40), opening=Opening(used=D(40))).reached_about == TODAY


# --- plans (G23, G26) ---


@pytest.mark.parametrize(("planned", "over"), [(24, 0), (25, 0), (26, 1)])
def test_lifetime_plan_is_added_to_what_is_used(planned: int, over: int) -> None:
    given = opened(rule(40), ago(5, 15))
    lines = [D(20), D(planned - 20)]
    assert overplanned(given, lines) == over
    assert fits(given, lines) == (over == 0)


@pytest.mark.parametrize(("planned", "fitting"), [("9.75", True), ("10", True), ("10.25", False)])
def test_weekly_plan_is_compared_with_one_week(planned: str, fitting: bool) -> None:
    assert fits(opened(CARE, ago(0, 10)), [D(planned)]) == fitting


def test_yearly_plan_is_compared_with_one_year() -> None:
    yearly = rule(30, cap_kind=CapKind.CALENDAR_YEAR)
    assert fits(opened(yearly, ago(0, 29)), [D(30)])
    assert overplanned(opened(yearly), [D(16), D(16)]) == 2


def test_plan_without_a_cap_always_fits() -> None:
    assert fits(opened(ADULT), [D(10_000)])
    assert overplanned(opened(rule(None)), [D(10_000)]) == 0


def test_empty_plan_fits_a_full_cap_but_not_an_overdrawn_one() -> None:
    assert fits(opened(rule(40), ago(1, 40)), [])
    assert overplanned(opened(rule(40), ago(1, 41)), []) == 1
