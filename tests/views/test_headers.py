"""Headers of every answer, and the log without anything personal (TRUST 15)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.views.rooms import with_rooms
from tests.views.signing_in import add_user, post, signed_in, try_password
from views.headers import ALWAYS, POLICY


@pytest.fixture
def house(make_app: Callable[..., Flask]) -> Flask:
    """An app with rooms, which shows its error pages."""
    return with_rooms(make_app, PROPAGATE_EXCEPTIONS=False)


def answers(house: Flask) -> list[TestResponse]:
    """An answer of every kind."""
    add_user(house)
    stranger, anna = house.test_client(), signed_in(house)
    return [
        stranger.get("/sign-in"),
        stranger.get("/account"),
        stranger.get("/account", headers={"HX-Request": "true"}),
        stranger.get("/health"),
        stranger.get("/static/icon.svg"),
        stranger.get("/static/nothing.css"),
        stranger.get("/nothing"),
        stranger.post("/sign-in"),
        stranger.get("/open", headers={"Host": "evil.example"}),
        stranger.get("/fails"),
        stranger.open("/open", method="OPTIONS"),
        stranger.delete("/open"),
        anna.get("/account"),
        anna.get("/chief"),
        anna.get("/fails", headers={"HX-Request": "true"}),
        post(anna, "/account/password", password="x"),
        try_password(stranger, password="wrong"),
    ]


def test_every_answer_has_every_header(house: Flask) -> None:
    seen = answers(house)
    assert {answer.status_code for answer in seen} >= {200, 303, 400, 401, 403, 404, 405, 422, 500}
    for answer in seen:
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
        assert len(answer.headers["X-Request-ID"]) == 16


def test_policy_allows_nothing_unsafe_and_nothing_foreign() -> None:
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert "http" not in POLICY


def test_nothing_but_static_files_is_kept(house: Flask) -> None:
    kept = {answer.request.path for answer in answers(house) if answer.headers["Cache-Control"] != "no-store"}
    assert kept == {"/static/icon.svg"}


def test_static_file_with_its_hash_is_kept_for_a_year(client: FlaskClient) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    address = page.split('<link rel="icon" href="')[1].split('"')[0]
    assert client.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/icon.svg").headers["Cache-Control"] == "no-cache"


def test_public_page_that_says_so_may_be_kept_by_strangers_only(make_app: Callable[..., Flask]) -> None:
    from flask import Response

    from views.access import public

    house = make_app()
    keeps = public(lambda: Response("x", headers={"Cache-Control": "public, max-age=60"}))
    house.add_url_rule("/catalogue", "catalogue", keeps)
    add_user(house)
    assert house.test_client().get("/catalogue").headers["Cache-Control"] == "public, max-age=60"
    assert signed_in(house).get("/catalogue").headers["Cache-Control"] == "no-store"


def test_numbers_of_requests_differ(client: FlaskClient) -> None:
    assert client.get("/health").headers["X-Request-ID"] != client.get("/health").headers["X-Request-ID"]


def test_https_makes_the_cookie_and_the_browser_strict(make_app: Callable[..., Flask]) -> None:
    answer = make_app(HTTPS=True).test_client().get("/sign-in", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_plain_http_is_for_development(client: FlaskClient) -> None:
    answer = client.get("/sign-in")
    assert answer.headers["Set-Cookie"].startswith("session=")
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", ""])
def test_foreign_host_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert b"evil" not in answer.data


def test_named_host_is_answered(make_app: Callable[..., Flask]) -> None:
    house = make_app(TRUSTED_HOSTS=["gaita.example.lv"])
    assert house.test_client().get("/health", headers={"Host": "gaita.example.lv"}).status_code == 200


def test_log_has_a_line_per_request_and_nothing_personal(house: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    add_user(house)
    client = signed_in(house)
    client.get("/numbers/161175?q=Bērziņa+161175-19997")
    client.get("/fails")
    logged = capfd.readouterr().err
    lines = [json.loads(line) for line in logged.splitlines() if line.startswith("{")]
    assert [line["rule"] for line in lines if line["event"] == "request"][-2:] == ["/numbers/<int:number>", "/fails"]
    failure = next(line for line in lines if line["event"] == "failure")
    assert failure["error"] == "RuntimeError"
    assert failure["places"][-1].startswith("tests/views/rooms.py:")
    for personal in ("Bērziņa", "161175", "tulpe", "anna"):
        assert personal not in logged


def test_denied_keys_and_personal_codes_are_blanked() -> None:
    from views.logs import HIDDEN, hide_personal

    event = {"event": "code 161175-19997 seen", "name": "Anna", "status": 200}
    assert hide_personal(None, "info", event) == {"event": f"code {HIDDEN} seen", "name": HIDDEN, "status": 200}


def test_secrets_are_made_once_and_for_the_owner_only(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    first, second = (make_app(SECRET_KEY=None, HISTORY_KEY=None, INSTANCE_PATH=str(tmp_path)) for _app in range(2))
    for key in ("SECRET_KEY", "HISTORY_KEY"):
        assert len(first.config[key]) == 64
        assert first.config[key] == second.config[key]
        assert (tmp_path / key.lower()).stat().st_mode & 0o777 == 0o600
    assert first.config["SECRET_KEY"] != first.config["HISTORY_KEY"]


def test_address_behind_a_proxy_is_the_browsers(make_app: Callable[..., Flask]) -> None:
    from flask import request

    from views.access import public

    house = make_app(PROXIES=1)
    house.add_url_rule("/where", "where", public(lambda: str(request.remote_addr)))
    answer = house.test_client().get("/where", headers={"X-Forwarded-For": "192.0.2.9, 198.51.100.1"})
    assert answer.text == "198.51.100.1"
