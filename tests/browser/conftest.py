"""Journeys in a real Chromium, against a real server, on the same database as every other test."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Response
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.browser.chromium import find_chromium, launch_options
from tests.factory import TODAY, Office
from tests.skips import in_ci
from tests.views.signing_in import PASSWORD
from views.clock import today as today_in_riga
from views.passwords import hash_password


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def today() -> dt.date:
    """The real day: Chromium's clock cannot be set, and cookies and caches live by it."""
    return today_in_riga()


@pytest.fixture(scope="session")
def browser_type_launch_args(playwright: Playwright) -> dict[str, Any]:
    found = find_chromium(playwright)
    if found is None:
        say = pytest.fail if in_ci() else pytest.skip
        say("no Chromium: `make test` says how to get one")
    return launch_options(found)


@pytest.fixture(scope="session")
def browser_context_args(server: str) -> dict[str, Any]:
    return {
        "base_url": server,
        "locale": "lv-LV",
        "timezone_id": "Europe/Riga",
        "viewport": {"width": 1366, "height": 768},
    }


@pytest.fixture(scope="session")
def server(gaita: Flask) -> Iterator[str]:
    """The address of the app of this test process, served by threads on a free port."""
    made = make_server("127.0.0.1", 0, gaita, threaded=True)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()


@pytest.fixture
def open_page(app: Flask, browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """Opens pages of different people: each has its own cookies. A script that fails, fails the test."""
    contexts, faults = [], []

    def note(message: ConsoleMessage) -> None:
        # A refused form is a page with status 422, and the browser calls that an error.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(f"{message.text} ({message.location})")

    def note_missing(answer: Response) -> None:
        # Pages may refuse; the style, scripts and pictures of a page may not.
        if answer.status >= 400 and answer.request.resource_type not in ("document", "fetch", "xhr"):
            faults.append(f"{answer.status} {answer.url}")

    def open_one(*, javascript: bool = True, **options: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, "java_script_enabled": javascript, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("response", note_missing)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, "scripts failed:\n" + "\n".join(faults)


@pytest.fixture
def office(app: Flask, session: Session) -> Office:
    """An office on its fixed day, in Latvian; the people of every role sign in by the name of their role."""
    app.config["OFFICE_DAY"] = TODAY
    made = Office(session)
    with app.app_context():
        password_hash = hash_password(PASSWORD)
    for role, user in made.users.items():
        user.login, user.password_hash, user.language = role, password_hash, "lv"
    session.commit()
    return made


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page with JavaScript, in Latvian."""
    return open_page()


@pytest.fixture
def page_without_js(open_page: Callable[..., Page]) -> Page:
    """A page with JavaScript off, in Latvian."""
    return open_page(javascript=False)
