"""Filling in the form of a page as a browser without JavaScript does."""

from __future__ import annotations

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.views.at_work import text_of


def filled(client: FlaskClient, path: str) -> dict[str, str]:
    """What the form of a page holds when it is opened, as a browser would send it."""
    page = client.get(path).get_data(as_text=True)
    root = html5lib.parse(page, namespaceHTMLElements=False)
    form = root.find(".//form[@id='form']")
    assert form is not None, text_of(page)
    values = {
        box.get("name"): box.get("value", "") for box in form.iter("input") if box.get("type") in ("text", "hidden")
    }
    values |= {box.get("name"): (box.text or "").lstrip("\n") for box in form.iter("textarea")}
    for box in form.iter("select"):
        values[box.get("name")] = next((o.get("value") for o in box.iter("option") if "selected" in o.attrib), "")
    return {name: value for name, value in values.items() if name}


def send(client: FlaskClient, path: str, **typed: str) -> TestResponse:
    """Open the form, type, and send it."""
    values = filled(client, path) | {name.replace("__", "-"): text for name, text in typed.items()}
    return client.post(path, data=values)
