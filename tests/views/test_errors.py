"""Whatever goes wrong: a page in the person's language, the right status, nothing lost, never a trace (TRUST 8, 9)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.orm.exc import StaleDataError

from tests.views.rooms import with_rooms
from tests.views.signing_in import add_user, signed_in
from views.access import public

TRACES = ("Traceback", "RuntimeError", "sqlalchemy", "sqlite3", "psycopg", "Bērziņa")


def raising(make_app: Callable[..., Flask], error: Any) -> FlaskClient:
    """A browser of an app in which /raise fails so."""
    app = make_app(PROPAGATE_EXCEPTIONS=False)

    @public
    def fail() -> str:
        if isinstance(error, int):
            abort(error)
        raise error

    app.add_url_rule("/raise", view_func=fail, methods=["GET", "POST"])
    return app.test_client()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("language", ["lv", "en", "ru"])
def test_every_status_has_a_page_in_every_language(make_app: Callable[..., Flask], status: int, language: str) -> None:
    client = raising(make_app, status)
    with client.session_transaction() as kept:
        kept["language"] = language
    answer = client.get("/raise")
    assert answer.status_code == status
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_failure_shows_no_trace(make_app: Callable[..., Flask]) -> None:
    answer = with_rooms(make_app, PROPAGATE_EXCEPTIONS=False).test_client().get("/fails")
    assert answer.status_code == 500
    assert not any(trace in answer.text for trace in TRACES)


@pytest.mark.parametrize("status", [500, 503])
def test_failure_under_htmx_is_a_short_fragment_with_the_number(make_app: Callable[..., Flask], status: int) -> None:
    answer = raising(make_app, status).get("/raise", headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert "<html" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_unknown_page_under_htmx_is_a_fragment(client: FlaskClient) -> None:
    answer = client.get("/nothing", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert (answer.status_code, "<html" in answer.text) == (404, False)


def test_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.get("/preferences")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "error",
    [
        sa.exc.OperationalError("SELECT", {}, Exception("database is locked")),
        sa.exc.OperationalError("SELECT", {}, Exception("database or disk is full")),
        sa.exc.OperationalError("SELECT", {}, Exception("server closed the connection unexpectedly")),
        sa.exc.OperationalError("SELECT", {}, Exception("no such table: user")),
        sa.exc.ProgrammingError("SELECT", {}, Exception('relation "user" does not exist')),
        sa.exc.DatabaseError("SELECT", {}, Exception("file is not a database")),
        sa.exc.TimeoutError("QueuePool limit reached"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_database_that_cannot_now_is_a_plain_503(
    make_app: Callable[..., Flask], error: Exception, headers: dict[str, str]
) -> None:
    answer = raising(make_app, error).get("/raise", headers=headers)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert not any(trace in answer.text for trace in TRACES)


def test_mistake_of_ours_is_no_503(make_app: Callable[..., Flask]) -> None:
    mistake = sa.exc.IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))
    assert raising(make_app, mistake).get("/raise").status_code == 500


def test_overtaken_writer_is_told(make_app: Callable[..., Flask]) -> None:
    assert raising(make_app, StaleDataError("x")).get("/raise").status_code == 409


def test_missing_database_file_is_a_503_and_stays_missing(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    missing = tmp_path / "nothing.sqlite"
    answer = make_app(DATABASE_URL=f"sqlite:///{missing}").test_client().get("/health")
    assert (answer.status_code, missing.exists()) == (503, False)


def test_empty_database_is_a_503(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite").touch()
    client = make_app(DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite'}").test_client()
    page = client.get("/sign-in").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/sign-in", data={"csrf_token": token, "login": "a", "password": "b"}).status_code == 503


def test_locked_database_is_a_503_and_recovers_by_itself(make_app: Callable[..., Flask], engine: sa.Engine) -> None:
    app = make_app(BUSY_MS=50)
    add_user(app)
    client = signed_in(app)
    lock = "BEGIN EXCLUSIVE" if engine.dialect.name == "sqlite" else 'LOCK TABLE "user" IN ACCESS EXCLUSIVE MODE'
    with contextlib.closing(engine.raw_connection()) as other:
        other.cursor().execute(lock)
        answers = [client.get("/account"), client.post("/sign-out")]
        other.rollback()
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all(answer.headers["Retry-After"] for answer in answers)
    assert client.get("/account").status_code == 200


def test_expired_form_shows_what_was_typed_but_no_password(app: Flask) -> None:
    add_user(app)
    fields = {"csrf_token": "old", "note": "ilgs <b>teksts</b>", "new_password": "slepens"}
    answer = signed_in(app).post("/account/password", data=fields)
    assert answer.status_code == 400
    assert "ilgs &lt;b&gt;teksts&lt;/b&gt;" in answer.text
    assert "slepens" not in answer.text


def test_expired_form_is_not_offered_for_sending_again(app: Flask) -> None:
    add_user(app)
    answer = signed_in(app).post("/account/password", data={"note": "foreign"})
    assert 'action="/account/password"' not in answer.text


def test_expired_form_under_htmx_is_a_fragment(app: Flask) -> None:
    add_user(app)
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = signed_in(app).post("/account/password", data={"note": "x"}, headers=headers)
    assert (answer.status_code, "<html" in answer.text) == (400, False)
