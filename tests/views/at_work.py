"""Signed-in people of one municipality beside a shelf of cases: for the tests of the lists."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.views.signing_in import add_user, signed_in

TAGS = re.compile(r"<[^>]+>")
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def sign_in_as(
    app: Flask, login: str, *roles: str, at: str = "rezeknes-novads", **values: Any
) -> tuple[FlaskClient, int]:
    """A browser in which a new user with these roles signed in, and the user's id."""
    number = add_user(app, login, *roles, at=at, **values)
    return signed_in(app, login), number


def words(client: FlaskClient, path: str, **options: Any) -> str:
    """The words of a page or fragment that is shown well, with single spaces."""
    response = client.get(path, **options)
    assert response.status_code == 200, (path, response.status_code)
    return text_of(response.get_data(as_text=True))


def text_of(page: str) -> str:
    """What a person reads in a piece of HTML."""
    return " ".join(html.unescape(TAGS.sub(" ", page)).split())


def links(client: FlaskClient, path: str) -> dict[str, str]:
    """The links of a page: where each word leads."""
    page = client.get(path).get_data(as_text=True)
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {text_of(inner): html.unescape(url) for url, inner in found}


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that the app sends meanwhile, without those that begin and end transactions."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip()[:6].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            sent.append(statement)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
