"""Guessing is slowed in the database; the owner is not locked out for good (TRUST 14)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MORNING
from tests.views.signing_in import PASSWORD, add_user, post, signed_in, token_on, try_password
from views.guessing import account_key
from workflow.models import SignInAttempt


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is shifted."""
    with time_machine.travel(MORNING, tick=False) as travel:
        yield travel


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were really compared."""
    from views import passwords

    compared: list[str] = []
    real = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda known, typed: compared.append(typed) or real(known, typed))
    return compared


def guess(client: FlaskClient, login: str = "anna", address: str = "192.0.2.1", password: str = "wrong") -> int:
    """One guess; the status of the answer."""
    fields = {"csrf_token": guess.token[client], "login": login, "password": password}  # type: ignore[attr-defined]
    return client.post("/sign-in", data=fields, environ_base={"REMOTE_ADDR": address}).status_code


@pytest.fixture
def guesser(app: Flask, clock: time_machine.Traveller) -> FlaskClient:
    """A browser with the sign-in form open."""
    add_user(app)
    client = app.test_client()
    guess.token = {client: token_on(client)}  # type: ignore[attr-defined]
    return client


def test_hundred_guesses_at_one_account(guesser: FlaskClient, checks: list[str]) -> None:
    answers = Counter(guess(guesser, password=f"guess {number}") for number in range(100))
    assert answers == {422: 5, 429: 95}
    assert len(checks) == 5


def test_many_guesses_at_the_same_instant(app: Flask, guesser: FlaskClient, checks: list[str]) -> None:
    clients = [app_client(app) for _worker in range(16)]
    with ThreadPoolExecutor(16) as workers:
        answers = Counter(workers.map(guess, clients))
    assert answers == {422: 5, 429: 11}
    assert len(checks) == 5


def test_hundred_guesses_from_a_hundred_addresses(guesser: FlaskClient, checks: list[str]) -> None:
    answers = Counter(guess(guesser, address=f"198.51.100.{number}") for number in range(100))
    assert answers[429] >= 90
    assert len(checks) <= 10


def test_hundred_guesses_at_a_hundred_accounts(guesser: FlaskClient, checks: list[str]) -> None:
    answers = Counter(guess(guesser, login=f"user{number}") for number in range(100))
    assert answers[429] >= 90
    assert len(checks) <= 10


def test_one_network_of_ipv6_is_one_address(guesser: FlaskClient) -> None:
    answers = Counter(guess(guesser, address=f"2001:db8::{number:x}") for number in range(1, 21))
    assert answers[429] == 15


def test_right_password_is_refused_too(guesser: FlaskClient) -> None:
    for _wrong in range(5):
        guess(guesser)
    assert guess(guesser, password=PASSWORD) == 429


def test_answer_says_when_to_try_again(guesser: FlaskClient) -> None:
    for _wrong in range(5):
        guess(guesser)
    answer = try_password(guesser)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert b"15 min" in answer.data


def test_waiting_helps(guesser: FlaskClient, clock: time_machine.Traveller) -> None:
    for _wrong in range(20):
        guess(guesser)
    clock.shift(dt.timedelta(minutes=15))
    assert guess(guesser, password=PASSWORD) == 303


def test_owner_at_a_known_address_is_not_kept_out(app: Flask, guesser: FlaskClient) -> None:
    assert guess(app_client(app), address="192.0.2.7", password=PASSWORD) == 303
    for number in range(50):
        guess(guesser, address=f"198.51.100.{number}")
    assert guess(app_client(app), address="192.0.2.7", password=PASSWORD) == 303


def app_client(app: Flask) -> FlaskClient:
    """Another browser with the sign-in form open."""
    client = app.test_client()
    guess.token[client] = token_on(client)  # type: ignore[attr-defined]
    return client


def test_owner_at_a_new_address_waits_half_a_minute(
    app: Flask, guesser: FlaskClient, clock: time_machine.Traveller
) -> None:
    for number in range(50):
        guess(guesser, address=f"198.51.100.{number}")
    assert guess(guesser, address="192.0.2.7", password=PASSWORD) == 429
    clock.shift(dt.timedelta(seconds=30))
    assert guess(guesser, address="192.0.2.7", password=PASSWORD) == 303


def test_colleague_behind_the_same_address_is_not_kept_out(app: Flask, guesser: FlaskClient) -> None:
    add_user(app, "inga")
    assert guess(app_client(app), login="inga", password=PASSWORD) == 303
    for number in range(20):
        guess(guesser, login=f"user{number}")
    assert guess(app_client(app), login="inga", password=PASSWORD) == 303


def test_success_forgets_earlier_slips(app: Flask, guesser: FlaskClient) -> None:
    for _round in range(3):
        assert [guess(guesser) for _slip in range(3)] == [422] * 3
        assert guess(app_client(app), password=PASSWORD) == 303


def test_what_was_typed_as_name_is_not_kept(guesser: FlaskClient, session: so.Session) -> None:
    guess(guesser, login="my password by mistake")
    assert session.scalars(sa.select(SignInAttempt.account)).all() == [account_key("my password by mistake")]


def test_old_failures_are_dropped_at_a_sign_in(
    app: Flask, guesser: FlaskClient, clock: time_machine.Traveller, session: so.Session
) -> None:
    guess(guesser)
    clock.shift(dt.timedelta(days=2))
    guess(guesser, password=PASSWORD)
    assert session.scalars(sa.select(SignInAttempt.succeeded)).all() == [True]


def test_guessing_the_present_password_of_an_open_browser_is_slowed(app: Flask, guesser: FlaskClient) -> None:
    client = signed_in(app)
    new = {"new_password": "pavisam jauna parole", "new_password_again": "pavisam jauna parole"}
    answers = [post(client, "/account/password", password=f"guess {number}", **new).status_code for number in range(7)]
    assert answers == [422] * 5 + [429] * 2
