"""One's own account: password, second factor, preferences."""

from __future__ import annotations

import re

import pyotp
import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import Flask
from flask.testing import FlaskClient

from tests.views.signing_in import PASSWORD, add_user, post, signed_in, try_password
from workflow.models import User

NEW = "zaļa lampa krīt 42"
KEY = re.compile(r'id="second-factor-key">([A-Z2-7 ]+)<')


@pytest.fixture
def anna(app: Flask) -> FlaskClient:
    """The browser of Anna, signed in."""
    add_user(app)
    return signed_in(app)


def change(client: FlaskClient, present: str = PASSWORD, new: str = NEW, again: str = "") -> int:
    """Send the form for a new password."""
    fields = {"password": present, "new_password": new, "new_password_again": again or new}
    return post(client, "/account/password", **fields).status_code


def switch_on(client: FlaskClient, code: str = "") -> tuple[int, str]:
    """Set up the second factor as a telephone would; the status and the secret."""
    key = KEY.search(client.get("/account/second-factor").get_data(as_text=True))
    assert key
    secret = key[1].replace(" ", "")
    code = code or pyotp.TOTP(secret).now()
    answer = post(client, "/account/second-factor", code_typed=code, password=PASSWORD)
    return answer.status_code, secret


def test_new_password_works_and_the_old_does_not(app: Flask, anna: FlaskClient) -> None:
    assert change(anna) == 303
    assert try_password(app.test_client(), password=PASSWORD).status_code == 422
    assert try_password(app.test_client(), password=NEW).status_code == 303


def test_new_password_ends_the_other_sign_ins_only(app: Flask, anna: FlaskClient) -> None:
    other = signed_in(app)
    change(anna)
    assert anna.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("present", "new", "again"),
    [
        ("wrong wrong wrong", NEW, NEW),
        (PASSWORD, "short", "short"),
        (PASSWORD, "x" * 129, "x" * 129),
        (PASSWORD, NEW, NEW + "x"),
        (PASSWORD, PASSWORD, PASSWORD),
        (PASSWORD, "annaannaanna1", "annaannaanna1"),
        (PASSWORD, "111111111111", "111111111111"),
        (PASSWORD, "", ""),
    ],
)
def test_password_is_refused(anna: FlaskClient, session: so.Session, present: str, new: str, again: str) -> None:
    before = session.scalar(sa.select(User.password_hash))
    assert change(anna, present, new, again) == 422
    assert session.scalar(sa.select(User.password_hash)) == before


def test_second_factor_is_set_up_with_a_code(app: Flask, anna: FlaskClient, session: so.Session) -> None:
    status, secret = switch_on(anna)
    assert status == 303
    assert session.scalar(sa.select(User.second_factor_secret)) == secret
    assert try_password(app.test_client()).location == "/sign-in/code?next=/"


def test_code_of_the_set_up_cannot_be_used_to_sign_in(app: Flask, anna: FlaskClient) -> None:
    _status, secret = switch_on(anna)
    client = app.test_client()
    try_password(client)
    answer = post(client, "/sign-in/code", "/sign-in/code", code_typed=pyotp.TOTP(secret).now())
    assert answer.status_code == 422


def test_wrong_code_sets_nothing_up(anna: FlaskClient, session: so.Session) -> None:
    assert switch_on(anna, code="000 00x")[0] == 422
    assert session.scalar(sa.select(User.second_factor_secret)) is None


def test_wrong_password_sets_nothing_up(anna: FlaskClient, session: so.Session) -> None:
    answer = post(anna, "/account/second-factor", code_typed="123456", password="wrong")
    assert answer.status_code == 422
    assert session.scalar(sa.select(User.second_factor_secret)) is None


def test_picture_is_ours_and_not_kept(anna: FlaskClient) -> None:
    answer = anna.get("/account/second-factor.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "no-store"


def test_picture_is_gone_once_it_is_set_up(anna: FlaskClient) -> None:
    switch_on(anna)
    assert anna.get("/account/second-factor.svg").status_code == 404
    assert post(anna, "/account/second-factor", code_typed="1", password=PASSWORD).status_code == 409


def test_secret_is_another_one_in_another_sign_in(app: Flask, anna: FlaskClient) -> None:
    first, second = (client.get("/account/second-factor.svg").data for client in (anna, signed_in(app)))
    assert first != second


def test_second_factor_is_switched_off_with_the_password_only(anna: FlaskClient, session: so.Session) -> None:
    switch_on(anna)
    assert post(anna, "/account/second-factor/off", password="wrong").status_code == 422
    assert session.scalar(sa.select(User.second_factor_secret))
    session.commit()
    assert post(anna, "/account/second-factor/off", password=PASSWORD).status_code == 303
    assert session.scalar(sa.select(User.second_factor_secret)) is None


def test_preferences_are_kept_with_the_user(app: Flask, anna: FlaskClient) -> None:
    chosen = {"theme": "dark", "contrast": "more", "text_size": "150", "language": "ru", "next": "/account"}
    answer = post(anna, "/preferences", **chosen)
    assert (answer.status_code, answer.location) == (303, "/account")
    page = signed_in(app).get("/account").get_data(as_text=True)
    for mark in ('lang="ru"', 'data-theme="dark"', 'data-contrast="more"', 'data-text="150"'):
        assert mark in page


def test_language_may_be_chosen_before_signing_in(client: FlaskClient) -> None:
    assert '<html lang="lv"' in client.get("/sign-in").get_data(as_text=True)
    assert post(client, "/preferences", "/sign-in", language="ru", next="/sign-in").location == "/sign-in"
    assert '<html lang="ru"' in client.get("/sign-in").get_data(as_text=True)


def test_language_stays_after_signing_out(app: Flask, client: FlaskClient) -> None:
    post(client, "/preferences", "/sign-in", language="en")
    post(client, "/sign-out", "/sign-in")
    assert '<html lang="en"' in client.get("/sign-in").get_data(as_text=True)


@pytest.mark.parametrize("chosen", [{"language": "de"}, {"theme": "<b>"}, {"text_size": "99999"}])
def test_unknown_preference_is_refused(anna: FlaskClient, chosen: dict[str, str]) -> None:
    assert post(anna, "/preferences", **chosen).status_code == 400


def test_preferences_lead_nowhere_else(anna: FlaskClient) -> None:
    assert post(anna, "/preferences", theme="dark", next="//evil.example").location == "/"
