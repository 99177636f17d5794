"""A sign-in lives in the database: what ends it, and what keeps it alive (TRUST 13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MORNING
from tests.views.signing_in import PASSWORD, add_user, copy_of, is_in, post, signed_in, token_on, try_password
from views.sign_ins import hash_of
from workflow.models import SignIn, User


@pytest.fixture
def anna(app: Flask) -> int:
    """The user Anna."""
    return add_user(app)


def test_copied_cookie_is_dead_after_sign_out(app: Flask, anna: int) -> None:
    client = signed_in(app)
    copy = copy_of(client, app)
    assert is_in(copy)
    answer = post(client, "/sign-out")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache"')
    assert not is_in(copy)


def test_signing_out_twice_does_no_harm(app: Flask, client: FlaskClient) -> None:
    assert post(client, "/sign-out", page="/sign-in").status_code == 303


def test_sign_in_gives_a_new_token_and_ends_the_old(app: Flask, anna: int) -> None:
    client = signed_in(app)
    copy = copy_of(client, app)
    page = client.get("/account").get_data(as_text=True)
    fields = {
        "login": "anna",
        "password": PASSWORD,
        "csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0],
    }
    assert client.post("/sign-in", data=fields).status_code == 303
    assert is_in(client)
    assert not is_in(copy)


def test_database_holds_no_token(app: Flask, anna: int, session: so.Session) -> None:
    client = signed_in(app)
    with client.session_transaction() as kept:
        token = kept["token"]
    assert session.scalars(sa.select(SignIn.token_hash)).all() == [hash_of(token)]


def test_disabled_user_is_out_at_the_next_request(app: Flask, anna: int) -> None:
    client = signed_in(app)
    app.test_cli_runner().invoke(args=["user", "disable", "anna"])
    assert not is_in(client)


def test_inactive_flag_alone_is_enough(app: Flask, anna: int, session: so.Session) -> None:
    client = signed_in(app)
    session.execute(sa.update(User).values(active=False))
    assert not is_in(client)


def test_changed_role_is_out_at_the_next_request(app: Flask, anna: int) -> None:
    client = signed_in(app)
    app.test_cli_runner().invoke(args=["user", "set-role", "anna", "reader"])
    assert not is_in(client)


def test_reset_password_is_out_at_the_next_request(app: Flask, anna: int) -> None:
    client = signed_in(app)
    app.test_cli_runner().invoke(args=["user", "reset", "anna"])
    assert not is_in(client)


@pytest.mark.parametrize(("minutes", "inside"), [(29, True), (30, False)])
def test_thirty_idle_minutes_end_it(app: Flask, anna: int, minutes: int, inside: bool) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = signed_in(app)
        clock.shift(dt.timedelta(minutes=minutes))
        assert is_in(client) is inside


def test_work_keeps_it_alive_for_ten_hours(app: Flask, anna: int) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = signed_in(app)
        for _twenty_minutes in range(29):
            clock.shift(dt.timedelta(minutes=20))
            assert client.get("/account").status_code == 200
        clock.shift(dt.timedelta(minutes=20))
        assert client.get("/account").status_code == 303


@pytest.mark.parametrize("how", [{"query_string": {"poll": "1"}}, {"headers": {"X-Poll": "1"}}])
def test_polling_does_not_keep_it_alive(app: Flask, anna: int, how: dict[str, dict[str, str]]) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = signed_in(app)
        clock.shift(dt.timedelta(minutes=20))
        assert client.get("/account", **how).status_code == 200
        clock.shift(dt.timedelta(minutes=11))
        assert client.get("/account").status_code == 303


def test_last_seen_is_written_at_most_once_a_minute(app: Flask, anna: int, session: so.Session) -> None:
    seen = sa.select(SignIn.last_seen_at)
    with time_machine.travel(MORNING, tick=False) as clock:
        client = signed_in(app)
        clock.shift(dt.timedelta(seconds=59))
        client.get("/account")
        assert session.scalar(seen) == MORNING
        session.commit()
        clock.shift(dt.timedelta(seconds=1))
        client.get("/account")
        assert session.scalar(seen) == MORNING + dt.timedelta(minutes=1)


def test_read_only_database_does_not_spoil_the_page(
    app: Flask, engine: sa.Engine, anna: int, session: so.Session
) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = signed_in(app)
        clock.shift(dt.timedelta(minutes=2))
        sa.event.listen(engine, "before_cursor_execute", refuse_updates)
        try:
            assert client.get("/account").status_code == 200
        finally:
            sa.event.remove(engine, "before_cursor_execute", refuse_updates)
        assert session.scalar(sa.select(SignIn.last_seen_at)) == MORNING


def refuse_updates(*arguments: object) -> None:
    """What a database that may only be read says."""
    if str(arguments[2]).startswith("UPDATE"):
        raise sa.exc.OperationalError("UPDATE", {}, Exception("attempt to write a readonly database"))


def test_time_left_is_said_on_the_page(app: Flask, anna: int) -> None:
    with time_machine.travel(MORNING, tick=False):
        assert b'data-session-seconds="1800"' in signed_in(app).get("/account").data


def test_open_form_survives_the_same_person_signing_in_again(app: Flask, anna: int) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = signed_in(app)
        form = {"csrf_token": token_on(client, "/account"), "text_size": "150", "next": "/account"}
        clock.shift(dt.timedelta(hours=1))
        assert client.post("/account/password", data=form).status_code == 401
        try_password(client)
        assert client.post("/preferences", data=form).status_code == 303


def test_open_form_of_somebody_else_does_not(app: Flask, anna: int) -> None:
    add_user(app, "inga")
    client = signed_in(app)
    form = {"csrf_token": token_on(client, "/account"), "text_size": "150"}
    client.post("/sign-out", data=form)
    try_password(client, "inga")
    assert client.post("/preferences", data=form).status_code == 400


def test_what_was_typed_comes_back_after_a_time_out(app: Flask, anna: int) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = signed_in(app)
        form = {"csrf_token": token_on(client, "/account"), "note": "ilgs teksts", "password": "slepens"}
        clock.shift(dt.timedelta(hours=1))
        answer = client.post("/account/password", data=form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert 'action="/account/password"' in text
    assert 'value="ilgs teksts"' in text
    assert "slepens" not in text


def test_replaced_key_signs_nobody_out(app: Flask, make_app: Callable[..., Flask], anna: int) -> None:
    client = signed_in(app)
    renewed = make_app(SECRET_KEY="the new secret of tests", SECRET_KEY_FALLBACKS=[app.config["SECRET_KEY"]])
    assert is_in(copy_of(client, renewed))
    assert not is_in(copy_of(client, make_app(SECRET_KEY="a stranger's secret of tests")))
