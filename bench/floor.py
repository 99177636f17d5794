"""What Gaita is measured against: a constant page, and the same after five indexed reads in raw SQL."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask, redirect

# Nothing of Gaita is imported here: a bare page is to stay bare, in memory too.
DATABASES, JOURNAL = "BENCH_DATABASES", "BENCH_JOURNAL"
TOKEN = "floor"
"""The hash of the session that is looked up; no cookie has it."""
LINE = "<tr><td>REZN-2021-00001</td><td>Anna P.</td><td>Rehabilitācija</td><td>izvērtēts</td></tr>\n"
PAGE = "<!doctype html><title>bare</title><table>\n" + LINE * (10_000 // len(LINE.encode())) + "</table>"
WHO = 'SELECT u.*, s.expires_at FROM sign_in s JOIN "user" u ON u.id = s.user_id WHERE s.token_hash = ?'
READS = (
    'SELECT c.*, p.first_name, p.last_name FROM "case" c JOIN person p ON p.id = c.person_id WHERE c.id = ?',
    "SELECT * FROM document WHERE case_id = ?",
    "SELECT p.*, l.* FROM plan p JOIN plan_line l ON l.plan_id = p.id WHERE p.case_id = ?",
    "SELECT * FROM transition_log WHERE case_id = ?",
)
TOUCH = 'UPDATE "case" SET version = version + 1, history_seq = history_seq + 1 WHERE id = ?'
APPEND = (
    "INSERT INTO transition_log"
    " (case_id, seq, kind, event, from_state, to_state, at, user_id, data, guards_confirmed, mac)"
    " SELECT id, history_seq, 'step', 'reassign', state, state, '2021-11-22 09:00:00', worker_id, '{}', '[]', ''"
    ' FROM "case" WHERE id = ?'
)
Run = Callable[..., Any]


def create_floor() -> Flask:
    """The bare app on the databases that the environment names, as `{name: address}` in JSON."""
    app = Flask(__name__)
    urls: dict[str, str] = json.loads(os.environ[DATABASES])
    doors = {name: _Door(url) for name, url in urls.items()}

    @app.get("/bare")
    def bare() -> str:
        return PAGE

    @app.get("/<name>/page/<int:case_id>")
    def page(name: str, case_id: int) -> str:
        _read(doors[name].run, case_id)
        return PAGE

    @app.post("/<name>/page/<int:case_id>")
    def step(name: str, case_id: int) -> Any:
        door = doors[name]
        door.run(door.begin)
        _read(door.run, case_id)
        door.run(TOUCH, case_id)
        door.run(APPEND, case_id)
        door.run("COMMIT")
        return redirect(f"/{name}/page/{case_id}", 303)

    return app


def _read(run: Run, case_id: int) -> None:
    run(WHO, TOKEN).fetchall()
    for statement in READS:
        run(statement, case_id).fetchall()


class _Door:
    """One connection for each thread, with the locks and the durability that Gaita asks of it."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._own = threading.local()
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self.begin = "BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN"

    def run(self, statement: str, *values: Any) -> Any:
        """Run one statement on this thread's connection."""
        if not hasattr(self._own, "connection"):
            self._own.connection = self._open()
        asked = statement if self._is_sqlite else statement.replace("?", "%s")
        return self._own.connection.execute(asked, values or ())

    def _open(self) -> Any:
        if not self._is_sqlite:
            import psycopg

            plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
            return psycopg.connect(plain, autocommit=True)
        connection = sqlite3.connect(str(self._url.database), isolation_level=None)
        for pragma in ("busy_timeout = 5000", f"journal_mode = {os.environ[JOURNAL]}", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
