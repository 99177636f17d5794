"""Locks, durability and short writes of each connection (TRUST 4, 7, 8)."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.views.signing_in import add_user, signed_in, token_on
from views import database
from views.extensions import db
from workflow.history import KEY
from workflow.models import User


@pytest.fixture
def on_sqlite(engine: sa.Engine) -> bool:
    """Which half of a test is meant."""
    return engine.dialect.name == "sqlite"


def statements(engine: sa.Engine) -> list[str]:
    """What is sent to the database from now on."""
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    return seen


def test_sqlite_is_safe_through_a_power_cut(engine: sa.Engine, on_sqlite: bool) -> None:
    if not on_sqlite:
        assert engine.pool._pre_ping  # type: ignore[attr-defined]
        return
    with engine.connect() as connection:
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("foreign_keys", "busy_timeout", "synchronous", "journal_mode")
        }
    assert found == {
        "foreign_keys": 1, "busy_timeout": 5000, "synchronous": 2, "journal_mode": database.journal_mode().lower(),
    }  # fmt: skip


@pytest.mark.parametrize(("version", "mode"), [((3, 40, 1), "TRUNCATE"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL")])
def test_wal_only_where_it_cannot_corrupt(monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], mode: str) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert database.journal_mode() == mode


def test_reader_takes_no_lock_and_writer_takes_it_first(app: Flask, engine: sa.Engine, on_sqlite: bool) -> None:
    with app.app_context():
        seen = statements(engine)
        db.session.scalar(sa.select(sa.func.count(User.id)))
        database.begin_write()
        db.session.scalar(sa.select(sa.func.count(User.id)))
        db.session.commit()
        db.session.scalar(sa.select(sa.func.count(User.id)))
    begun = [statement for statement in seen if statement.startswith("BEGIN")]
    assert begun == (["BEGIN", "BEGIN IMMEDIATE", "BEGIN IMMEDIATE"] if on_sqlite else [])


def test_post_is_a_writer_from_its_first_read(app: Flask, engine: sa.Engine, on_sqlite: bool) -> None:
    add_user(app)
    client = signed_in(app)
    token = token_on(client, "/account")
    seen = statements(engine)
    client.get("/account")
    client.post("/account/password", data={"csrf_token": token})
    begun = [statement for statement in seen if statement.startswith("BEGIN")]
    assert begun == (["BEGIN", "BEGIN IMMEDIATE"] if on_sqlite else [])


def test_second_writer_waits_and_is_told(app: Flask, engine: sa.Engine) -> None:
    user = add_user(app)
    change = sa.update(User).where(User.id == user).values(name="Cita")
    with app.app_context():
        database.begin_write()
        db.session.execute(change)
        assert database.write_aside(change) is False
        db.session.rollback()
        assert database.write_aside(change) is True
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == app.config["BUSY_MS"]


def test_session_carries_the_key_of_the_history(app: Flask) -> None:
    with app.app_context():
        assert db.session.info[KEY] == app.config["HISTORY_KEY"].encode()


def test_refused_row_is_not_quoted(app: Flask) -> None:
    add_user(app)
    with app.app_context(), pytest.raises(sa.exc.IntegrityError) as refusal:
        db.session.execute(
            sa.insert(User).values(name="Slepens Vārds", login="anna", password_hash="x", municipality_id=1, roles=[])
        )
    assert "Slepens" not in str(refusal.value)


def test_commands_may_make_the_file(tmp_path: object, make_app: object) -> None:
    path = tmp_path / "new.sqlite"  # type: ignore[operator]
    made = make_app(DATABASE_URL=f"sqlite:///{path}")  # type: ignore[operator]
    with made.app_context():
        db.session.execute(sa.text("SELECT 1"))
    assert path.exists()
