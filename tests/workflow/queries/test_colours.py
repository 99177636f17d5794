"""The colours of DOMAIN 8.4, in Python and in the database alike."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.workflow.queries.shelf import TODAY, Shelf, day, statements
from workflow.facts import State, Stated, facts, holding
from workflow.models import Holiday
from workflow.queries.colours import COLOURS, OPEN, colour, colour_sql, surroundings
from workflow.rulebook import with_stated

SOON_UNTIL = dt.date(2021, 11, 29)  # five working days after Monday the 22nd
IDLE_BEFORE = dt.date(2021, 10, 24)  # the 23rd is thirty days ago


def seen(state: str = "applied", due: int | None = 20, touched: int = 0) -> str:
    row = SimpleNamespace(state=state, due_on=None if due is None else day(due), touched_on=day(touched))
    return colour(row, TODAY, SOON_UNTIL, IDLE_BEFORE)


@pytest.mark.parametrize(("due", "expected"), [(-1, "overdue"), (0, "soon"), (7, "soon"), (8, "on_time")])
def test_overdue_begins_after_the_due_date_and_soon_ends_five_working_days_ahead(due: int, expected: str) -> None:
    assert seen(due=due) == expected


@pytest.mark.parametrize(("touched", "expected"), [(-29, "on_time"), (-30, "idle")])
def test_idle_begins_when_thirty_days_saw_no_step(touched: int, expected: str) -> None:
    assert seen(touched=touched) == expected
    assert seen(due=None, touched=touched) == expected


def test_overdue_comes_before_soon_and_soon_before_idle() -> None:
    assert seen(due=-1, touched=-90) == "overdue"
    assert seen(due=2, touched=-90) == "soon"


@pytest.mark.parametrize(("due", "expected"), [(None, "hold"), (2, "hold"), (0, "hold"), (-1, "overdue")])
def test_a_suspended_case_is_stuck_only_after_its_deadline(due: int | None, expected: str) -> None:
    assert seen("suspended", due, touched=-90) == expected


@pytest.mark.parametrize("state", ["compensated", "rejected", "withdrawn", "closed"])
def test_a_resting_case_is_never_stuck(state: str) -> None:
    assert seen(state, due=-10, touched=-400) == "on_time"
    assert state not in OPEN


DAYS = st.dates(TODAY - dt.timedelta(days=60), TODAY + dt.timedelta(days=40))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.sampled_from([*State]), st.none() | DAYS, DAYS), min_size=1, max_size=8),
    lines=st.tuples(DAYS, DAYS, DAYS),
)
def test_the_database_sees_the_same_colour(
    session: Session, rows: list[tuple[str, dt.date | None, dt.date]], lines: tuple[dt.date, dt.date, dt.date]
) -> None:
    asked = [
        colour_sql(
            SimpleNamespace(
                state=sa.literal(str(state)),
                due_on=sa.literal(due_on, sa.Date),
                touched_on=sa.literal(touched_on, sa.Date),
            ),
            *lines,
        )
        for state, due_on, touched_on in rows
    ]
    told = [
        colour(SimpleNamespace(state=state, due_on=due_on, touched_on=touched_on), *lines)
        for state, due_on, touched_on in rows
    ]
    assert list(session.execute(sa.select(*[ask.label(f"c{n}") for n, ask in enumerate(asked)])).one()) == told
    assert set(told) <= set(COLOURS)


def test_the_dividing_days_come_from_the_settings_and_the_local_days(session: Session) -> None:
    assert surroundings(session, TODAY).lines == (TODAY, SOON_UNTIL, IDLE_BEFORE)
    said = {"due_soon_working_days": Stated("2", "law"), "idle_calendar_days": Stated("10", "law")}
    session.add(Holiday(day=day(1), kind="holiday", name="Vietējā diena"))
    session.flush()
    with holding(with_stated(facts(), said)):
        changed = surroundings(session, TODAY)
    assert changed.soon_days == 2
    assert changed.lines == (TODAY, day(3), day(-9))


def test_the_surroundings_with_colleagues_are_one_statement(session: Session, shelf: Shelf) -> None:
    elsewhere = Shelf(session, "ludzas-novads")
    with statements(session) as sent:
        found = surroundings(session, TODAY, shelf.actor())
    assert len(sent) == 1
    assert (shelf.worker.id, "Ilze Darbiniece") in found.users
    assert elsewhere.worker.id not in dict(found.users)
