"""Each test finds the database as the set-up left it, whatever the one before did."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from workflow.models import SignInAttempt, Unit

TWICE = pytest.mark.parametrize("turn", ["first", "second"])


@TWICE
def test_committed_rows_are_gone_in_the_next_test(turn: str, session: Session) -> None:
    assert session.scalars(sa.select(SignInAttempt)).all() == []
    row = SignInAttempt(account=turn, address="", at=dt.datetime.now(dt.UTC), succeeded=True)
    session.add(row)
    session.commit()
    assert row.id == 1


@TWICE
def test_changed_facts_are_put_back(turn: str, session: Session) -> None:
    units = session.scalars(sa.select(Unit)).all()
    assert units
    assert 77 not in {unit.step for unit in units}
    units[0].step = 77
    session.commit()


@TWICE
def test_new_tables_are_gone_in_the_next_test(turn: str, engine: sa.Engine) -> None:
    assert not sa.inspect(engine).has_table("left_behind")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE left_behind (id INTEGER)"))


@TWICE
def test_a_transaction_left_open_stops_nobody(turn: str, engine: sa.Engine) -> None:
    connection = engine.connect()
    changed = connection.execute(sa.text("UPDATE unit SET step = 99 WHERE step <> 99"))
    assert changed.rowcount > 0
    KEPT_OPEN.append(connection)


KEPT_OPEN: list[sa.Connection] = []


@TWICE
def test_settings_are_put_back(turn: str, app: Flask) -> None:
    assert "LEFT_BEHIND" not in app.config
    app.config["LEFT_BEHIND"] = turn


@TWICE
def test_the_day_is_told(turn: str, app: Flask, today: dt.date) -> None:
    from views import clock

    assert clock.today() == today
