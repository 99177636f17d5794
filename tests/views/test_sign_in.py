"""Signing in, staying in and being out again (TRUST 13)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pyotp
import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MORNING
from tests.views.signing_in import PASSWORD, add_user, is_in, post, signed_in, try_password
from workflow.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def anna(app: Flask) -> int:
    """The user Anna."""
    return add_user(app)


def test_right_password_signs_in(app: Flask, client: FlaskClient, anna: int) -> None:
    answer = try_password(client)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)


def test_login_may_be_typed_in_capitals(client: FlaskClient, anna: int) -> None:
    try_password(client, " ANNA ")
    assert is_in(client)


def test_wrong_password_does_not(client: FlaskClient, anna: int) -> None:
    assert try_password(client, password="wrong wrong wrong").status_code == 422
    assert not is_in(client)


def test_answer_does_not_reveal_names(app: Flask, client: FlaskClient, anna: int) -> None:
    add_user(app, "gone", active=False)
    answers = [try_password(client, login, "wrong password") for login in ("anna", "nobody", "gone")]
    answers.append(try_password(client, "gone", PASSWORD))
    texts = {constant_part(answer.get_data(as_text=True)) for answer in answers}
    assert {answer.status_code for answer in answers} == {422}
    assert len(texts) == 1


def constant_part(text: str) -> str:
    """The page without what is new in each answer and without what was typed."""
    return re.sub(r'name="csrf_token" value="[^"]+"|required value="[^"]*"|<code>[0-9a-f]{16}</code>', "", text)


def test_unknown_name_costs_a_hash_too(client: FlaskClient, anna: int, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []
    monkeypatch.setattr("views.passwords.matches", lambda known, typed: checked.append(known))
    try_password(client, "nobody")
    assert checked == [None]


def test_password_is_not_shown_again(client: FlaskClient, anna: int) -> None:
    assert b"not-the-password" not in try_password(client, password="not-the-password").data


def test_empty_form_is_told_at_its_fields(client: FlaskClient) -> None:
    answer = try_password(client, "", "")
    assert answer.status_code == 422
    assert b'id="login-error"' in answer.data
    assert b'id="password-error"' in answer.data


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
        "evil",
    ],
)
def test_next_leads_nowhere_else(client: FlaskClient, anna: int, address: str) -> None:
    answer = try_password(client, path="/sign-in", query_string={"next": address})
    assert (answer.status_code, answer.location) == (303, "/")


def test_next_leads_back(client: FlaskClient, anna: int) -> None:
    refusal = client.get("/account?part=display")
    assert refusal.location == "/sign-in?next=/account?part%3Ddisplay"
    answer = try_password(client, path="/sign-in", query_string={"next": "/account?part=display"})
    assert answer.location == "/account?part=display"


def test_signed_in_person_is_not_asked_again(app: Flask, anna: int) -> None:
    assert signed_in(app).get("/sign-in").location == "/"


def test_second_factor_is_asked_for(app: Flask, client: FlaskClient) -> None:
    add_user(app, second_factor_secret=SECRET)
    assert try_password(client).location == "/sign-in/code?next=/"
    assert not is_in(client)
    code = pyotp.TOTP(SECRET).now()
    assert post(client, "/sign-in/code", "/sign-in/code", code_typed=f"{code[:3]} {code[3:]}").location == "/"
    assert is_in(client)


def test_code_works_once(app: Flask) -> None:
    add_user(app, second_factor_secret=SECRET)
    with time_machine.travel(MORNING, tick=False):
        code, answers = pyotp.TOTP(SECRET).now(), []
        for client in (app.test_client(), app.test_client()):
            try_password(client)
            answers.append(post(client, "/sign-in/code", "/sign-in/code", code_typed=code).status_code)
    assert answers == [303, 422]


def test_wrong_codes_are_slowed(app: Flask, client: FlaskClient) -> None:
    add_user(app, second_factor_secret=SECRET)
    try_password(client)
    wrong = [post(client, "/sign-in/code", "/sign-in/code", code_typed="12345x").status_code for _try in range(7)]
    assert wrong == [422] * 5 + [429] * 2


def test_code_page_needs_the_password_first(client: FlaskClient) -> None:
    assert client.get("/sign-in/code").location == "/sign-in?next=/"
    assert post(client, "/sign-in/code", "/sign-in", code_typed="123456").location == "/sign-in?next=/"


def test_five_minutes_are_enough_for_a_code(app: Flask, client: FlaskClient) -> None:
    add_user(app, second_factor_secret=SECRET)
    with time_machine.travel(MORNING, tick=False) as clock:
        try_password(client)
        clock.shift(dt.timedelta(minutes=5))
        assert client.get("/sign-in/code").status_code == 303


def test_missing_required_second_factor_is_asked_for(app: Flask, anna: int) -> None:
    app.config["REQUIRE_SECOND_FACTOR"] = True

    client = signed_in(app)
    assert client.get("/account").status_code == 200
    assert post(client, "/account/second-factor/off", password="x").location == "/account/second-factor"


def test_outdated_hash_is_renewed(make_app: Callable[..., Flask], app: Flask, anna: int, session: so.Session) -> None:
    stored = sa.select(User.password_hash)
    before = session.scalar(stored)
    stronger = make_app(ARGON2={"time_cost": 2, "memory_cost": 16, "parallelism": 1})
    session.commit()
    signed_in(stronger)
    assert session.scalar(stored) != before
