"""Ages, weeks, windows and legal periods: every row of the tables of DOMAIN 5.2 and 5.3."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import (
    WorkingDays,
    add_months,
    age_on,
    birthday,
    dispute_until,
    iso_week,
    last_day_of_age,
    legal_months,
    month_end,
    month_of,
    notified_on,
    units_of_stay,
    window_last_day,
)

DAYS = WorkingDays()
births = st.dates(date(1920, 1, 1), date(2023, 12, 31))
days = st.dates(date(2015, 1, 1), date(2024, 12, 31))


# --- 5.1: ages ---


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2003, 10, 16), date(2021, 10, 15), 17),
        (date(2003, 10, 16), date(2021, 10, 16), 18),
        (date(2012, 2, 29), date(2017, 2, 28), 4),
        (date(2012, 2, 29), date(2017, 3, 1), 5),
        (date(2012, 2, 29), date(2016, 2, 28), 3),
        (date(2012, 2, 29), date(2016, 2, 29), 4),
        (date(2020, 5, 1), date(2020, 5, 1), 0),
        (date(2020, 5, 1), date(2020, 4, 30), -1),
    ],
)
def test_age_is_completed_years(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


def test_leap_day_birthday_is_first_of_march_in_other_years() -> None:
    assert birthday(date(2012, 2, 29), 5) == date(2017, 3, 1)
    assert birthday(date(2012, 2, 29), 4) == date(2016, 2, 29)
    assert birthday(date(2012, 2, 28), 5) == date(2017, 2, 28)


@given(births, st.integers(0, 100))
def test_age_changes_on_the_birthday_and_not_before(birth: date, age: int) -> None:
    day = birthday(birth, age)
    assert age_on(birth, day) == age
    assert age_on(birth, day - timedelta(days=1)) == age - 1
    assert age_on(birth, last_day_of_age(birth, age)) == age


# --- 5.2: bounds of age ---


@pytest.mark.parametrize(
    ("birth", "upper", "last"),
    [
        (date(2003, 10, 16), 17, date(2021, 10, 15)),
        (date(2003, 10, 16), 18, date(2022, 10, 15)),
        (date(2016, 3, 17), 4, date(2021, 3, 16)),
    ],
)
def test_upper_bound_ends_the_day_before_the_next_birthday(birth: date, upper: int, last: date) -> None:
    assert last_day_of_age(birth, upper) == last


@pytest.mark.parametrize(
    ("birth", "lower", "first"),
    [(date(2014, 9, 10), 5, date(2019, 9, 10)), (date(2016, 3, 17), 5, date(2021, 3, 17))],
)
def test_lower_bound_begins_on_the_birthday(birth: date, lower: int, first: date) -> None:
    assert birthday(birth, lower) == first


# --- 5.1: months, weeks, stays, windows ---


def test_month_is_its_first_day_and_knows_its_last() -> None:
    assert month_of(date(2020, 2, 17)) == date(2020, 2, 1)
    assert month_end(date(2020, 2, 1)) == date(2020, 2, 29)
    assert month_end(date(2021, 12, 5)) == date(2021, 12, 31)


def test_iso_week_runs_over_the_year_end() -> None:
    assert iso_week(date(2021, 3, 17)) == (2021, 11)
    assert iso_week(date(2022, 12, 31)) == iso_week(date(2023, 1, 1)) == (2022, 52)
    assert iso_week(date(2021, 1, 3)) == (2020, 53)


@pytest.mark.parametrize(
    ("check_out", "units"),
    [
        (datetime(2021, 12, 28, 10, 1), [28]),
        (datetime(2021, 12, 30, 10, 0), [28, 29]),
        (datetime(2021, 12, 30, 10, 1), [28, 29, 30]),
    ],
)
def test_every_started_24_hours_is_a_unit(check_out: datetime, units: list[int]) -> None:
    stay = units_of_stay(datetime(2021, 12, 28, 10, 0), check_out)
    assert stay == tuple(date(2021, 12, n) for n in units)


def test_clock_change_adds_no_unit() -> None:
    # On 31 October 2021 Riga set the clock back: 25 hours passed between two noons, yet it is one unit.
    summer, winter = timezone(timedelta(hours=3)), timezone(timedelta(hours=2))
    stay = units_of_stay(
        datetime(2021, 10, 30, 12, tzinfo=summer),
        datetime(2021, 10, 31, 12, tzinfo=winter),
    )
    assert stay == (date(2021, 10, 30),)


@pytest.mark.parametrize("check_out", [datetime(2021, 12, 28, 10), datetime(2021, 12, 28, 9)])
def test_stay_must_end_after_it_begins(check_out: datetime) -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        units_of_stay(datetime(2021, 12, 28, 10), check_out)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2019, 5, 20), 24, date(2021, 5, 19)),
        (date(2020, 2, 29), 24, date(2022, 2, 28)),
        (date(2020, 2, 29), 48, date(2024, 2, 28)),
        (date(2020, 3, 1), 24, date(2022, 2, 28)),
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
    ],
)
def test_window_ends_the_day_before_the_anniversary(first: date, months: int, last: date) -> None:
    assert window_last_day(first, months) == last


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2020, 12, 31), 2, date(2021, 2, 28)),
        (date(2021, 12, 15), 1, date(2022, 1, 15)),
        (date(2021, 3, 31), -1, date(2021, 2, 28)),
        (date(2021, 1, 15), -1, date(2020, 12, 15)),
        (date(2021, 5, 20), 0, date(2021, 5, 20)),
    ],
)
def test_months_keep_the_day_number_where_it_exists(day: date, n: int, expected: date) -> None:
    assert add_months(day, n) == expected


# --- 5.3: working days ---


@pytest.mark.parametrize(
    "day",
    [
        date(2021, 1, 1),  # New Year
        date(2022, 4, 15),  # Good Friday
        date(2022, 4, 18),  # Easter Monday
        date(2019, 5, 6),  # 4 May 2019 was a Saturday
        date(2021, 6, 23),
        date(2021, 6, 24),
        date(2021, 6, 25),  # moved by the government
        date(2018, 11, 19),  # 18 November 2018 was a Sunday
        date(2021, 12, 31),
        date(2018, 7, 9),  # closing day of the Song and Dance Festival
        date(2018, 9, 24),  # set by law
        date(2021, 6, 26),
        date(2021, 6, 27),
    ],
)
def test_free_days(day: date) -> None:
    assert not DAYS.is_working(day)


@pytest.mark.parametrize("day", [date(2021, 6, 19), date(2021, 6, 22), date(2022, 6, 6), date(2021, 1, 4)])
def test_worked_days(day: date) -> None:
    assert DAYS.is_working(day)


def test_days_of_the_administrator_win() -> None:
    own = WorkingDays(
        {
            date(2021, 6, 19): "moved_free",
            date(2021, 6, 25): "moved_working",
            date(2021, 7, 5): "holiday",
        }
    )
    worked = [day for day in (date(2021, 6, 19), date(2021, 6, 25), date(2021, 7, 5)) if own.is_working(day)]
    assert worked == [date(2021, 6, 25)]


def test_unknown_kind_of_day_is_refused() -> None:
    with pytest.raises(ValueError, match="feast"):
        WorkingDays({date(2021, 6, 19): "feast"})


@pytest.mark.parametrize(
    ("day", "end"), [(date(2022, 3, 1), date(2022, 3, 15)), (date(2022, 4, 13), date(2022, 4, 29))]
)
def test_ten_working_days(day: date, end: date) -> None:
    assert DAYS.add(day, 10) == end
    assert DAYS.between(day, end) == 10
    assert DAYS.between(end, day) == -10


def test_no_working_days_are_the_day_itself_and_none_are_counted_back() -> None:
    assert DAYS.add(date(2021, 6, 26), 0) == date(2021, 6, 26)
    with pytest.raises(ValueError, match="forward"):
        DAYS.add(date(2021, 6, 26), -1)


def test_next_working_day_is_the_day_itself_if_worked() -> None:
    assert DAYS.next_working(date(2021, 6, 22)) == date(2021, 6, 22)
    assert DAYS.next_working(date(2021, 6, 23)) == date(2021, 6, 28)


@given(days, st.integers(1, 60))
def test_added_working_days_are_counted_back(day: date, n: int) -> None:
    end = DAYS.add(day, n)
    assert DAYS.is_working(end)
    assert DAYS.between(day, end) == n
    assert DAYS.between(day, end - timedelta(days=1)) == n - 1


# --- 5.3: legal periods ---


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (date(2021, 5, 18), date(2021, 6, 18)),
        (date(2021, 1, 31), date(2021, 3, 1)),
        (date(2021, 5, 23), date(2021, 6, 28)),
        (date(2020, 12, 31), date(2021, 2, 1)),
        (date(2022, 3, 18), date(2022, 4, 19)),
    ],
)
def test_one_month(starts: date, ends: date) -> None:
    assert legal_months(starts, 1, DAYS) == ends


def test_four_months_and_a_year_follow_the_same_rule() -> None:
    assert legal_months(date(2021, 2, 23), 4, DAYS) == date(2021, 6, 28)
    assert legal_months(date(2020, 2, 29), 12, DAYS) == date(2021, 3, 1)


def test_period_ending_on_a_worked_saturday_still_moves() -> None:
    assert legal_months(date(2021, 5, 19), 1, DAYS) == date(2021, 6, 21)


@given(days, st.integers(1, 12))
def test_legal_period_ends_on_a_working_day_and_never_early(day: date, n: int) -> None:
    end = legal_months(day, n, DAYS)
    assert DAYS.is_working(end)
    assert timedelta() <= end - add_months(day, n) <= timedelta(days=7)


@pytest.mark.parametrize(
    ("channel", "notified"),
    [
        ("in_person", date(2021, 3, 1)),
        ("post_registered", date(2021, 3, 8)),
        ("post_ordinary", date(2021, 3, 9)),
        ("post", date(2021, 3, 9)),
        ("e_mail_signed", date(2021, 3, 3)),
        ("e_address", date(2021, 3, 3)),
    ],
)
def test_letter_counts_as_notified(channel: str, notified: date) -> None:
    assert notified_on(date(2021, 3, 1), channel, DAYS) == notified


def test_electronic_letter_waits_for_working_days_and_post_does_not() -> None:
    assert notified_on(date(2022, 4, 14), "e_address", DAYS) == date(2022, 4, 20)
    assert notified_on(date(2021, 3, 6), "post_registered", DAYS) == date(2021, 3, 13)


def test_unknown_channel_is_refused() -> None:
    with pytest.raises(ValueError, match="pigeon"):
        notified_on(date(2021, 3, 1), "pigeon", DAYS)


def test_registered_letter_of_first_march_may_be_disputed_until_eighth_april() -> None:
    notified = notified_on(date(2021, 3, 1), "post_registered", DAYS)
    assert dispute_until(notified, DAYS) == date(2021, 4, 8)
