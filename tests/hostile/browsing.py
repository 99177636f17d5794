"""A signed-in browser for hostile hands: it sends what no form offers, and tells what came back."""

from __future__ import annotations

import functools
import io
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.views.signing_in import TOKEN

# What changes from answer to answer without meaning anything.
PASSING = (
    (re.compile(r'name="csrf_token" value="[^"]*"'), 'name="csrf_token"'),
    (re.compile(r"<code>[0-9a-f]{16}</code>"), "<code></code>"),
    (re.compile(r'data-session-seconds="[0-9]+"'), "data-session-seconds"),
)
TRACES = ("Traceback (most recent", "sqlalchemy", "sqlite3", "psycopg", "werkzeug", "jinja2", "File &#34;/")


class Browser:
    """A client with the cookie of somebody who signed in, and the token of their forms."""

    def __init__(self, app: Flask, cookie: str | None = None, plain: bool = False) -> None:
        self.client: FlaskClient = FlaskClient(app, app.response_class) if plain else app.test_client()
        if cookie:
            self.client.set_cookie("session", cookie)
        self.app, self._cookie = app, cookie

    @functools.cached_property
    def token(self) -> str:
        """The token that the forms of this browser carry."""
        page = self.client.get("/account" if self._cookie else "/sign-in").get_data(as_text=True)
        found = TOKEN.search(page)
        assert found, "no form to take a token from"
        return found[1]

    def get(self, path: str, **options: Any) -> TestResponse:
        """Look at a page."""
        return self.client.get(path, **options)

    def post(self, path: str, fields: Any = (), token: bool = True, **options: Any) -> TestResponse:
        """Send fields, with the token unless told otherwise; files go as a form with files."""
        data = MultiDict(fields)
        if token:
            data["csrf_token"] = self.token
        values = MultiDict((key, file_of(value)) for key, listed in data.lists() for value in listed)
        return self.client.post(path, data=values, **options)


def file_of(value: Any) -> Any:
    """A file as the test client sends one; anything else as it is."""
    if hasattr(value, "content") and hasattr(value, "name"):
        return io.BytesIO(value.content), value.name
    return value


def settled(answer: TestResponse) -> str:
    """The text of an answer without what differs between two equal ones."""
    text = answer.get_data(as_text=True)
    for pattern, constant in PASSING:
        text = pattern.sub(constant, text)
    return text.replace(answer.request.path, "")


def shows_trace(answer: TestResponse) -> bool:
    """True when the inside of the program looks out of the answer."""
    text = answer.get_data(as_text=True)
    return any(trace in text for trace in TRACES)


@dataclass
class Box:
    """One named control of a form: what kind, what stands in it, what it offers."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)


@dataclass
class SentForm:
    """A form as a page shows it."""

    action: str
    method: str
    boxes: dict[str, Box]

    def filled(self) -> list[tuple[str, str]]:
        """What a browser would send if nothing were touched."""
        return [(box.name, value) for box in self.boxes.values() for value in box.values]


def forms_on(answer: TestResponse) -> list[SentForm]:
    """The forms of a page."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = parser.parse(answer.get_data(as_text=True))
    return [_form(form, answer.request.path) for form in root.iter("form")]


def form_to(answer: TestResponse, path: str) -> SentForm:
    """The form of the page that posts to the path."""
    found = [one for one in forms_on(answer) if one.method == "post" and urlsplit(one.action).path == path]
    assert found, f"no form to {path} on {answer.request.path}"
    return found[0]


def _form(form: Element, here: str) -> SentForm:
    boxes: dict[str, Box] = {}
    for element in form.iter():
        name = element.get("name")
        if name and element.tag in ("input", "select", "textarea"):
            _read(boxes.setdefault(name, Box(name, element.get("type") or element.tag)), element)
    return SentForm(form.get("action") or here, (form.get("method") or "get").lower(), boxes)


def _read(box: Box, element: Element) -> None:
    if element.tag == "select":
        for option in element.iter("option"):
            _offer(box, option.get("value") or "", option.get("selected") is not None)
    elif element.tag == "textarea":
        box.values.append("".join(element.itertext()).removeprefix("\n"))
    elif element.get("type") in ("checkbox", "radio"):
        _offer(box, element.get("value") or "on", element.get("checked") is not None)
    elif element.get("type") != "file":
        box.values.append(element.get("value") or "")


def _offer(box: Box, value: str, chosen: bool) -> None:
    box.offered.append(value)
    if chosen:
        box.values.append(value)


def overlaid(form: SentForm, changes: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The form as a browser would send it, with some boxes filled otherwise."""
    changed = MultiDict(changes)
    kept = [(name, value) for name, value in form.filled() if name not in changed and name != "csrf_token"]
    return kept + [(name, value) for name, listed in changed.lists() for value in listed]
