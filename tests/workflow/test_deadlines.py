"""Every rule of DOMAIN 8.4: its length and unit, and how rests and an extension move it. Dates in, dates out."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.calendar import WorkingDays
from workflow.deadlines import Deadline, deadline, earliest, extended, keep, kept, last_day, paused, pauses_of
from workflow.facts import Table, facts, holding

DAYS = WorkingDays()
WORKING = ("DL-01a", "DL-02", "DL-03")
CALENDAR = ("DL-04", "DL-04a", "DL-05", "DL-06", "DL-08")
MONTHS = ("DL-01", "DL-01b", "DL-06a", "DL-07")
DATES = st.dates(date(2019, 1, 1), date(2023, 12, 31))
SPANS = st.lists(st.tuples(DATES, st.integers(0, 90)), max_size=5)


@pytest.mark.parametrize(
    ("code", "starts_on", "due_on"),
    [
        ("DL-01", date(2021, 5, 18), date(2021, 6, 18)),  # one calendar month
        ("DL-01", date(2021, 5, 23), date(2021, 6, 28)),  # moved off Midsummer, a free Friday and a weekend
        ("DL-01", date(2021, 1, 31), date(2021, 3, 1)),  # 28 February is a Sunday
        ("DL-01a", date(2022, 3, 1), date(2022, 3, 15)),  # 10 working days
        ("DL-01a", date(2022, 4, 13), date(2022, 4, 29)),  # over Easter
        ("DL-01b", date(2021, 9, 1), date(2022, 1, 3)),  # 4 months; 1 January is a holiday and a Saturday
        ("DL-02", date(2021, 9, 10), date(2021, 10, 8)),  # 20 working days
        ("DL-03", date(2021, 9, 15), date(2021, 9, 29)),  # 10 working days
        ("DL-04", date(2021, 9, 22), date(2021, 11, 21)),  # 60 days, a Sunday
        ("DL-04a", date(2021, 10, 1), date(2021, 11, 15)),  # 45 days
        ("DL-05", date(2021, 10, 31), date(2021, 11, 15)),  # 15 days
        ("DL-06", date(2021, 11, 10), date(2021, 12, 10)),  # 30 days
        ("DL-06a", date(2021, 11, 30), date(2022, 2, 28)),  # 3 months, 28 days in February
        ("DL-06a", date(2021, 11, 20), date(2022, 2, 20)),  # no law: a Sunday does not move it
        ("DL-07", date(2021, 3, 8), date(2021, 4, 8)),  # one month from notification
        ("DL-08", date(2022, 12, 31), date(2023, 1, 30)),  # 30 days
    ],
)
def test_length_and_unit_of_every_rule(code: str, starts_on: date, due_on: date) -> None:
    assert last_day(code, starts_on, DAYS) == due_on


def test_every_rule_of_the_book_is_tested_here() -> None:
    assert {*WORKING, *CALENDAR, *MONTHS} == {rule.code for rule in facts().deadlines.rows}
    units = {"working_day": WORKING, "calendar_day": CALENDAR, "calendar_month": MONTHS}
    assert all(facts().deadlines[code].unit == unit for unit, codes in units.items() for code in codes)


def test_length_of_the_office_counts() -> None:
    book = facts()
    longer = [dataclasses.replace(row, length=5) if row.code == "DL-06" else row for row in book.deadlines.rows]
    with holding(dataclasses.replace(book, deadlines=Table(longer, lambda row: row.code))):
        assert last_day("DL-06", date(2021, 11, 10), DAYS) == date(2021, 11, 15)


def test_moved_days_of_the_office_count() -> None:
    local = WorkingDays({date(2021, 9, 27): "moved_free", date(2021, 10, 9): "moved_working"})
    assert last_day("DL-02", date(2021, 9, 10), local) == date(2021, 10, 9)


# Rests ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [*WORKING, *CALENDAR, "DL-01", "DL-01b"])
def test_a_rest_moves_every_deadline_that_runs(code: str) -> None:
    starts_on = date(2021, 9, 6)
    rest = [(date(2021, 9, 13), date(2021, 9, 27))]  # two whole weeks without a holiday
    before, after = deadline(code, starts_on, [], DAYS), deadline(code, starts_on, rest, DAYS)
    assert after.due_on == DAYS.next_working(before.due_on + timedelta(days=14)) or code in CALENDAR
    assert (after.due_on - before.due_on).days == after.paused_days
    if code in CALENDAR:
        assert after.paused_days == 14


@pytest.mark.parametrize("code", ["DL-06a", "DL-07"])
def test_limit_of_the_rest_and_the_right_to_dispute_run_on(code: str) -> None:
    rest = [(date(2021, 9, 13), date(2021, 9, 27))]
    assert deadline(code, date(2021, 9, 6), rest, DAYS).paused_days == 0


def test_several_rests_add_up() -> None:
    rests = [(date(2021, 11, 12), date(2021, 11, 15)), (date(2021, 11, 20), date(2021, 11, 30))]
    one = deadline("DL-06", date(2021, 11, 10), rests, DAYS)
    assert (one.due_on, one.paused_days) == (date(2021, 12, 23), 13)


def test_second_rest_counts_from_the_day_moved_by_the_first() -> None:
    rests = [(date(2021, 12, 1), date(2021, 12, 11)), (date(2021, 12, 15), date(2021, 12, 16))]
    assert deadline("DL-06", date(2021, 11, 10), rests, DAYS).due_on == date(2021, 12, 21)


def test_rest_that_began_before_the_start_counts_from_the_start() -> None:
    assert deadline("DL-06", date(2021, 11, 10), [(date(2021, 11, 1), date(2021, 11, 13))], DAYS).paused_days == 3


@pytest.mark.parametrize(
    "rest",
    [(date(2021, 10, 1), date(2021, 11, 10)), (date(2021, 12, 11), date(2021, 12, 20))],
    ids=["over before the start", "begun after the due day"],
)
def test_rest_outside_the_running_time_moves_nothing(rest: tuple[date, date]) -> None:
    assert deadline("DL-06", date(2021, 11, 10), [rest], DAYS).due_on == date(2021, 12, 10)


def test_rest_on_the_last_day_leaves_the_day_of_resumption() -> None:
    assert deadline("DL-06", date(2021, 11, 10), [(date(2021, 12, 10), date(2021, 12, 20))], DAYS).due_on == date(
        2021, 12, 20
    )


def test_working_days_left_are_the_same_over_holidays() -> None:
    # On 12 November 5 of the 10 working days are left, for the 18th is free; from 23 December on they reach January.
    due_on = last_day("DL-03", date(2021, 11, 5), DAYS)
    assert (due_on, DAYS.between(date(2021, 11, 12), due_on)) == (date(2021, 11, 22), 5)
    moved = paused("DL-03", due_on, date(2021, 11, 5), [(date(2021, 11, 12), date(2021, 12, 23))], DAYS)
    assert (moved, DAYS.between(date(2021, 12, 23), moved)) == (date(2022, 1, 3), 5)


def test_period_of_the_law_ends_on_no_free_day_after_a_rest() -> None:
    one = deadline("DL-01", date(2021, 5, 18), [(date(2021, 5, 20), date(2021, 5, 21))], DAYS)
    assert (one.due_on, one.paused_days) == (date(2021, 6, 21), 3)  # 19 June 2021 was worked, but is a Saturday


@given(code=st.sampled_from([*CALENDAR]), starts_on=DATES, wait=st.integers(0, 120), length=st.integers(1, 200))
def test_as_many_days_are_left_after_the_rest_as_before(code: str, starts_on: date, wait: int, length: int) -> None:
    due_on = last_day(code, starts_on, DAYS)
    began = starts_on + timedelta(days=wait)
    ended = began + timedelta(days=length)
    moved = paused(code, due_on, starts_on, [(began, ended)], DAYS)
    assert moved - ended == due_on - began if began <= due_on else moved == due_on


@settings(deadline=None)
@given(code=st.sampled_from([*WORKING]), starts_on=DATES, wait=st.integers(0, 40), length=st.integers(1, 120))
def test_as_many_working_days_are_left_after_the_rest(code: str, starts_on: date, wait: int, length: int) -> None:
    due_on = last_day(code, starts_on, DAYS)
    began = starts_on + timedelta(days=wait)
    ended = began + timedelta(days=length)
    moved = paused(code, due_on, starts_on, [(began, ended)], DAYS)
    assert DAYS.is_working(moved)
    left = DAYS.between(began, due_on)
    if began > due_on:
        assert moved == due_on
    elif left:
        assert DAYS.between(ended, moved) == left
    else:
        assert moved == DAYS.next_working(ended)  # nothing was left: the day of resumption itself, if it is worked


@settings(deadline=None)
@given(starts_on=DATES, wait=st.integers(0, 40), length=st.integers(1, 120))
def test_period_of_the_law_loses_no_day_and_ends_on_a_working_one(starts_on: date, wait: int, length: int) -> None:
    due_on = last_day("DL-01", starts_on, DAYS)
    began = starts_on + timedelta(days=wait)
    moved = paused("DL-01", due_on, starts_on, [(began, began + timedelta(days=length))], DAYS)
    if began > due_on:
        assert moved == due_on
        return
    exact = due_on + timedelta(days=length)
    assert moved == (exact if DAYS.is_working(exact) and exact.weekday() < 5 else DAYS.next_working(moved))
    assert exact <= moved <= exact + timedelta(days=7)


@given(spans=SPANS, code=st.sampled_from([*CALENDAR]), starts_on=DATES)
def test_no_day_of_rest_counts_twice(spans: list[tuple[date, int]], code: str, starts_on: date) -> None:
    stored = [[began.isoformat(), (began + timedelta(days=days)).isoformat()] for began, days in spans]
    rests = pauses_of(stored)
    assert all(began < ended for began, ended in rests)
    assert all(first[1] <= second[0] for first, second in pairwise(rests))
    rested = {began + timedelta(days=n) for began, days in spans for n in range(days)}
    assert sum((ended - began).days for began, ended in rests) == len(rested)
    assert deadline(code, starts_on, rests, DAYS).paused_days <= len(rested)


def test_present_rest_counts_up_to_the_day_asked_for() -> None:
    stored = [["2021-10-01", "2021-10-10"]]
    now = pauses_of(stored, date(2021, 11, 1), date(2021, 11, 22))
    assert [*now] == [(date(2021, 10, 1), date(2021, 10, 10)), (date(2021, 11, 1), date(2021, 11, 22))]
    assert [*pauses_of(stored)] == [(date(2021, 10, 1), date(2021, 10, 10))]


# Extension, the earliest, keeping ---------------------------------------------------------------------------------


def test_extension_keeps_the_old_day_and_rests_move_the_new_one() -> None:
    rests = [(date(2021, 11, 1), date(2021, 11, 11))]
    before = deadline("DL-01", date(2021, 9, 1), rests, DAYS)
    one = extended(before, date(2021, 12, 1), date(2021, 9, 20), rests, DAYS)
    assert (one.due_on, one.extended_from, one.starts_on, one.paused_days) == (
        date(2021, 12, 13),  # 11 December is a Saturday
        date(2021, 10, 1),
        date(2021, 9, 1),
        12,
    )


def test_rest_before_the_extension_is_in_the_new_day_already() -> None:
    rests = [(date(2021, 9, 5), date(2021, 9, 15))]
    before = deadline("DL-01", date(2021, 9, 1), rests, DAYS)
    assert extended(before, date(2021, 12, 1), date(2021, 9, 20), rests, DAYS).due_on == date(2021, 12, 1)


def test_the_earliest_wins_and_what_is_only_shown_never_does() -> None:
    shown = Deadline(date(2021, 10, 1), "DL-01b", date(2021, 9, 1))
    late, early = (Deadline(date(2021, 10, day), "DL-05", date(2021, 9, 1)) for day in (20, 5))
    assert earliest([late, shown, early]) == early
    assert earliest([shown, Deadline(date(2021, 10, 2), "DL-07", date(2021, 9, 1))]) is None
    assert earliest([]) is None


@pytest.mark.parametrize("extended_from", [None, date(2021, 10, 1)])
def test_kept_and_read_back(extended_from: date | None) -> None:
    one = Deadline(date(2021, 12, 13), "DL-01", date(2021, 9, 1), 12, extended_from)
    assert kept(keep(one)) == one
