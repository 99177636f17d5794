"""Every public holiday and every moved day of 2015-2023, against a list of our own (DOMAIN 5.3).

The working days are taken from a library; here stands what the law and the orders of the government say, so that a
new version of the library cannot silently move a deadline.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from workflow.calendar import WorkingDays, legal_months

DAYS = WorkingDays()
YEARS = range(2015, 2024)
EVERY_YEAR = ((1, 1), (5, 1), (5, 4), (6, 23), (6, 24), (11, 18), (12, 24), (12, 25), (12, 26), (12, 31))
EASTER = {
    2015: date(2015, 4, 5),
    2016: date(2016, 3, 27),
    2017: date(2017, 4, 16),
    2018: date(2018, 4, 1),
    2019: date(2019, 4, 21),
    2020: date(2020, 4, 12),
    2021: date(2021, 4, 4),
    2022: date(2022, 4, 17),
    2023: date(2023, 4, 9),
}
MONDAY_INSTEAD = [
    date(2019, 5, 6),  # 4 May was a Saturday
    date(2017, 11, 20),  # 18 November was a Saturday
    date(2018, 11, 19),  # 18 November was a Sunday
    date(2023, 11, 20),  # 18 November was a Saturday
]
ONCE = {
    date(2018, 7, 9): "the Song and Dance Festival closed on Sunday, 8 July",
    date(2018, 9, 24): "the visit of the Pope, set by law",
    date(2023, 5, 29): "the bronze medal in ice hockey, set by law",
    date(2023, 7, 10): "the Song and Dance Festival closed on Sunday, 9 July",
}
# The day that was free, and the Saturday that was worked for it.
MOVED = [
    (date(2015, 1, 2), date(2015, 1, 10)),
    (date(2015, 6, 22), date(2015, 6, 27)),
    (date(2017, 5, 5), date(2017, 5, 13)),
    (date(2018, 4, 30), date(2018, 4, 21)),
    (date(2020, 6, 22), date(2020, 6, 13)),
    (date(2021, 5, 3), date(2021, 5, 8)),
    (date(2021, 6, 25), date(2021, 6, 19)),
    (date(2021, 11, 19), date(2021, 11, 13)),
    (date(2023, 5, 5), date(2023, 5, 20)),
]


def holidays_of(year: int) -> set[date]:
    """The public holidays of the year by the law, Saturdays and Sundays among them."""
    fixed = {date(year, month, day) for month, day in EVERY_YEAR}
    easter = {EASTER[year] + timedelta(days=n) for n in (-2, 0, 1, 49)}  # Good Friday to Whit Sunday
    mothers_day = date(year, 5, 8) + timedelta(days=6 - date(year, 5, 8).weekday())  # the second Sunday of May
    single = {day for day in (*MONDAY_INSTEAD, *ONCE) if day.year == year}
    return fixed | easter | {mothers_day} | single


@pytest.mark.parametrize("year", YEARS)
def test_every_public_holiday_of_the_year_is_free(year: int) -> None:
    assert [day for day in sorted(holidays_of(year)) if DAYS.is_working(day)] == []


@pytest.mark.parametrize("year", YEARS)
def test_every_other_weekday_of_the_year_is_worked(year: int) -> None:
    free = holidays_of(year) | {day for day, _ in MOVED}
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0)))
    assert [day for day in days if day.weekday() < 5 and DAYS.is_working(day) == (day in free)] == []


@pytest.mark.parametrize("year", YEARS)
def test_only_the_named_saturdays_of_the_year_are_worked(year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0)))
    worked = [day for day in days if day.weekday() >= 5 and DAYS.is_working(day)]
    assert worked == sorted(day for _, day in MOVED if day.year == year)


@pytest.mark.parametrize(("free", "worked"), MOVED)
def test_moved_day_is_free_and_its_saturday_is_worked(free: date, worked: date) -> None:
    assert (free.weekday() < 5, worked.weekday()) == (True, 5)
    assert (DAYS.is_working(free), DAYS.is_working(worked)) == (False, True)


@pytest.mark.parametrize("day", [date(2022, 5, 2), date(2016, 12, 27), date(2018, 6, 25), date(2020, 5, 5)])
def test_only_may_and_november_give_their_monday_away(day: date) -> None:
    """1 May 2022, 25 December 2016 and 24 June 2018 were Sundays; 4 May 2020 was a Monday."""
    assert DAYS.is_working(day)


@pytest.mark.parametrize(
    ("starts", "ends"), [(date(2021, 10, 19), date(2021, 11, 22)), (date(2021, 4, 3), date(2021, 5, 5))]
)
def test_period_that_ends_on_a_moved_day_ends_on_the_next_working_day(starts: date, ends: date) -> None:
    assert legal_months(starts, 1, DAYS) == ends


@pytest.mark.parametrize("day", sorted(ONCE), ids=lambda day: ONCE[day])
def test_days_set_once_are_free(day: date) -> None:
    assert day.weekday() == 0
    assert not DAYS.is_working(day)
