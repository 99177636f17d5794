"""People who can sign in, and browsers that did: for tests of the door."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from views.extensions import db
from views.passwords import hash_password
from workflow.models import Municipality, User

PASSWORD = "tulpe zirgs kvarcs 7"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def municipality(code: str, successors: list[str] | None = None) -> Municipality:
    """A municipality of that code, new if need be."""
    known = db.session.scalars(sa.select(Municipality).where(Municipality.code == code)).one_or_none()
    made = known or Municipality(
        code=code, name_lv=code.title(), kind="novads", valid_from=dt.date(2009, 7, 1), successors=[]
    )
    if successors is not None:
        made.successors = successors
    db.session.add(made)
    db.session.flush()
    return made


def add_user(app: Flask, login: str = "anna", *roles: str, at: str = "test-novads", **values: Any) -> int:
    """A user with the common password; returns the id."""
    with app.app_context():
        user = User(
            login=login,
            name=f"{login.title()} Bērziņa",
            roles=list(roles or ("social_worker",)),
            municipality_id=municipality(at).id,
            password_hash=hash_password(PASSWORD),
            **{"language": "en", **values},
        )
        db.session.add(user)
        db.session.commit()
        return user.id


def token_on(client: FlaskClient, path: str = "/sign-in") -> str:
    """The token of the first form on a page, as a browser would send it."""
    found = TOKEN.search(client.get(path).get_data(as_text=True))
    assert found, f"no form on {path}"
    return found[1]


def post(client: FlaskClient, path: str, page: str = "/account", **fields: Any) -> TestResponse:
    """Send the form of `page` to `path`."""
    options = {key: fields.pop(key) for key in ("headers", "environ_base") if key in fields}
    return client.post(path, data={"csrf_token": token_on(client, page), **fields}, **options)


def try_password(
    client: FlaskClient, login: str = "anna", password: str = PASSWORD, address: str = "192.0.2.1", **options: Any
) -> TestResponse:
    """Send the sign-in form from an address."""
    path = options.pop("path", "/sign-in")
    fields = {"csrf_token": token_on(client), "login": login, "password": password}
    return client.post(path, data=fields, environ_base={"REMOTE_ADDR": address}, **options)


def signed_in(app: Flask, login: str = "anna") -> FlaskClient:
    """A browser in which that user signed in."""
    client = app.test_client()
    assert try_password(client, login).status_code == 303
    return client


def is_in(client: FlaskClient) -> bool:
    """Whether the browser is let into a private page."""
    status = client.get("/account?poll=1").status_code
    assert status in (200, 303)
    return status == 200


def copy_of(client: FlaskClient, app: Flask) -> FlaskClient:
    """Another browser with the same cookie."""
    copy = app.test_client()
    cookie = client.get_cookie("session")
    assert cookie
    copy.set_cookie("session", cookie.value)
    return copy
