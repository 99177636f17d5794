"""How a connection behaves on each database: locks, durability, and what «not now» looks like (TRUST 7, 8)."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g, has_app_context, has_request_context

from views.extensions import db
from views.logs import log

# A page is not kept waiting for a lock to write what it can do without.
ASIDE_MS = 200
# Below this version two connections that checkpoint at once can corrupt a WAL database (TRUST, «How, briefly»).
WAL_IS_SAFE_FROM = (3, 51, 3)
NOT_NOW = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError)
NOT_SET_UP = ("no such table", "does not exist", "unable to open database file")


class DatabaseMissingError(Exception):
    """There is no database file; only `flask db upgrade` may make one."""


def prepare_engine(app: Flask) -> None:
    """Teach the app's engine our locks and pragmas; must run after `db.init_app`."""
    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "checkin", _end_transaction)
    if engine.dialect.name != "sqlite":
        return
    sa.event.listen(engine, "do_connect", _refuse_missing_file)
    busy_ms = app.config["BUSY_MS"]
    sa.event.listen(engine, "connect", lambda connection, record: _set_pragmas(connection, busy_ms))
    sa.event.listen(engine, "begin", _begin)


def journal_mode() -> str:
    """The journal that this SQLite library can be trusted with."""
    return "WAL" if sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM else "TRUNCATE"


def describe() -> dict[str, str]:
    """What the start-up check and the log say about the database."""
    if db.engine.dialect.name != "sqlite":
        return {"database": db.engine.dialect.name}
    return {"database": "sqlite", "library": sqlite3.sqlite_version, "journal": journal_mode()}


def begin_write() -> None:
    """From here on each transaction of this request or command takes the write lock before it reads.

    Ends a transaction that only read so far: on SQLite a reader that turns writer loses to any other writer
    without waiting, and on both databases what it read may be old.
    """
    g.takes_write_lock = True
    if db.session().in_transaction():
        db.session.rollback()


def begin_read() -> None:
    """The transactions of this request only read, until `begin_write` is called."""
    g.takes_write_lock = False


def write_aside(statement: sa.Executable) -> bool:
    """Run one small write in its own short transaction; False when the database cannot take it now."""
    try:
        with db.engine.connect().execution_options(write_lock=True) as connection:
            _wait_on_sqlite(connection, ASIDE_MS)
            try:
                with connection.begin():
                    if connection.dialect.name == "postgresql":
                        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {ASIDE_MS}")
                    connection.execute(statement)
            finally:
                _wait_on_sqlite(connection, current_app.config["BUSY_MS"])
    except sa.exc.SQLAlchemyError:
        return False
    return True


def _wait_on_sqlite(connection: sa.Connection, milliseconds: int) -> None:
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute(f"PRAGMA busy_timeout = {milliseconds}").close()


def is_not_now(error: sa.exc.SQLAlchemyError) -> bool:
    """True when trying again later may help (locked, full, restarting, no free connection)."""
    return isinstance(error, (*NOT_NOW, sa.exc.TimeoutError)) or type(error) is sa.exc.DatabaseError


def is_not_set_up(error: sa.exc.SQLAlchemyError) -> bool:
    """True when the tables are not there yet."""
    stated = str(getattr(error, "orig", ""))
    return isinstance(error, (sa.exc.OperationalError, sa.exc.ProgrammingError)) and any(
        words in stated for words in NOT_SET_UP
    )


def _refuse_missing_file(dialect: sa.Dialect, record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
    # A page that made an empty database would turn a wrong setting into «everything is gone».
    name = str(arguments[0]) if arguments else ":memory:"
    if has_request_context() and not name.startswith((":memory:", "file:")) and name and not Path(name).exists():
        raise DatabaseMissingError


def _end_transaction(connection: Any, record: Any) -> None:
    """A commit that failed (busy, full) leaves its transaction open, and SQLAlchemy takes it for ended: a connection
    in the pool would keep everybody locked out."""
    if connection is not None:
        connection.rollback()


def _set_pragmas(connection: Any, busy_ms: int) -> None:
    connection.isolation_level = None  # the driver would begin by itself, and too late
    for pragma in (
        f"busy_timeout = {busy_ms}",
        "foreign_keys = ON",
        f"journal_mode = {journal_mode()}",
        "synchronous = FULL",  # said means saved, through a power cut too
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    wanted = connection.get_execution_options().get("write_lock")
    if wanted is None:
        wanted = has_app_context() and g.get("takes_write_lock", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wanted else "BEGIN")


def log_start(app: Flask) -> None:
    """Say once which journal is used (TRUST, «SQLite»)."""
    with app.app_context():
        log.info("database", **describe())
