"""Every route × every role × signed out, made from the URL map (TRUST 1): the outcome, not the decorator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.hostile.browsing import Browser
from tests.hostile.ledger import Ledger
from tests.hostile.rooms import path_of, roles_of, rules, values_of
from tests.hostile.town import Town
from views.access import undeclared_routes
from workflow.roles import Role

SAFE = ("GET", "HEAD", "OPTIONS")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
PEOPLE = [*(role.value for role in Role), None]
Room = tuple[str, Any, dict[str, Any], str]


def test_every_route_says_who_may(app: Flask) -> None:
    with app.app_context():
        assert undeclared_routes() == []


def test_every_room_has_a_view(app: Flask) -> None:
    assert {rule.endpoint for rule in rules(app)} <= set(app.view_functions)
    assert len(rules(app)) > 25  # an app that lost its rooms would pass everything below


def rooms(app: Flask, town: Town, methods: tuple[str, ...]) -> Iterator[Room]:
    """Method, view, arguments and address of everything that answers one of the methods."""
    for rule in rules(app):
        for values in values_of(rule, town):
            for method in methods:
                if method in rule.methods:
                    yield method, app.view_functions[rule.endpoint], values, path_of(app, rule, values)


def declared(view: Any, role: str | None, values: dict[str, Any], method: str = "POST") -> str:
    """What must come of it: `in`, `sign in` or `refused`."""
    if getattr(view, "public", False):
        return "in"
    if role is None:
        return "sign in"
    allowed = set(getattr(view, "allowed", ()))
    if "step" in values and method != "OPTIONS":  # which only names the methods
        allowed &= roles_of(values["step"].replace("-", "_"))
    return "in" if role in allowed else "refused"


def outcome(answer: TestResponse, view: Any) -> str:
    """What came of it; rooms open to all may well lead to the sign-in themselves."""
    led_away = answer.status_code == 303 and answer.location.startswith("/sign-in?next=")
    if answer.status_code == 401 or (led_away and not getattr(view, "public", False)):
        return "sign in"
    if answer.status_code == 403:
        return "refused"
    return "in" if answer.status_code < 500 else f"failed with {answer.status_code}"


def ask(browser: Browser, method: str, path: str) -> TestResponse:
    """An empty request; a write carries the token, so that only the door can refuse it."""
    if method in SAFE:
        return browser.client.open(path, method=method)
    return browser.client.open(path, method=method, data={"csrf_token": browser.token})


@pytest.mark.parametrize("role", PEOPLE)
def test_looking(app: Flask, town: Town, enter: Callable[..., Browser], ledger: Ledger, role: str | None) -> None:
    """GET, HEAD and OPTIONS let in whom the route declares; and to look changes nothing."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser, faults = enter(role), []
    for method, view, values, path in rooms(app, town, SAFE):
        found, wanted = outcome(ask(browser, method, path), view), declared(view, role, values, method)
        if found != wanted:
            faults.append(f"{method} {path}: {found} instead of {wanted}")
    assert not faults, "\n".join(faults)
    assert ledger.changed() == []


@pytest.mark.parametrize("role", PEOPLE)
def test_writing(
    app: Flask,
    town: Town,
    enter: Callable[..., Browser],
    ledger: Ledger,
    put_back: Callable[[], None],
    role: str | None,
) -> None:
    """A write is let in as declared; one that is refused changes no row."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    faults = []
    for method, view, values, path in rooms(app, town, WRITES):
        browser = enter(role, plain=True)
        found, wanted = outcome(ask(browser, method, path), view), declared(view, role, values)
        if found != wanted:
            faults.append(f"{method} {path}: {found} instead of {wanted}")
        changed = ledger.changed()
        if wanted != "in" and changed:
            faults.append(f"{method} {path}: refused, and wrote {changed}")
        if changed or path == "/sign-out":
            put_back()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", ["social_worker", None])
def test_methods_that_nobody_declared(
    app: Flask, town: Town, enter: Callable[..., Browser], ledger: Ledger, role: str | None
) -> None:
    """What a route does not answer, it does not do."""
    browser, faults = enter(role, plain=True), []
    for rule in rules(app):
        path = path_of(app, rule, next(values_of(rule, town)))
        known = {method for other in rules(app) if other.rule == rule.rule for method in other.methods}
        for method in {"GET", *WRITES, "TRACE", "PROPFIND", "X"} - known:
            status = browser.client.open(path, method=method).status_code
            if status != 405:
                faults.append(f"{method} {path}: {status} instead of 405")
    assert not faults, "\n".join(faults)
    assert ledger.changed() == []


@pytest.mark.parametrize("role", ["reader", "admin"])
def test_who_does_no_case_work_is_named_by_no_write(app: Flask, role: str) -> None:
    """Readers read, admins administer (DOMAIN 2.1): the routes that write cases and registers leave them out."""
    own = ("account.", "sessions.", *(["rule_proposals.", "rule_changes."] if role == "admin" else []))
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        if "POST" in rule.methods and not rule.endpoint.startswith(own) and not getattr(view, "public", False):
            assert role not in view.allowed or "step" in rule.arguments, rule.rule
