"""What every page knows: who looks, in which language, where they can go, how long the session lasts."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, has_request_context, request, session, url_for
from flask_babel import lazy_gettext as _l

from views.access import current_account, may_use, own_path
from views.clock import now, today
from views.formats import role_name
from views.forms.account import PREFERENCES
from workflow.models import LANGUAGES

DEFAULTS: dict[str, Any] = {"language": "lv", "theme": "auto", "contrast": "auto", "text_size": 100}
# The rooms of the office. A room whose route is not there, or not for this person, is left out.
NAV = (
    ("/", _l("My work")),
    ("/cases", _l("Cases")),
    ("/providers", _l("Providers")),
    ("/contracts", _l("Contracts")),
    ("/claims", _l("Claims")),
    ("/stuck", _l("Stuck cases")),
    ("/exceptions", _l("Exceptions")),
    ("/rules", _l("Rules")),
)


def language() -> str:
    """The language of the page: the user's, else the browser's cookie, else Latvian."""
    if not has_request_context():
        return "lv"
    chosen = str(preferences()["language"])
    return chosen if chosen in LANGUAGES else "lv"


def preferences() -> dict[str, Any]:
    """How Gaita looks for whoever is looking."""
    account = current_account()
    if account:
        return {key: getattr(account, key) for key in DEFAULTS}
    kept = {key: session[key] for key, offered in PREFERENCES.items() if session.get(key) in dict(offered)}
    return {**DEFAULTS, **kept}


def init_app(app: Flask) -> None:
    """Give every template the same facts, computed only when a template is rendered."""
    app.context_processor(_facts)


def _facts() -> dict[str, Any]:
    account = current_account()
    return {
        "current_user": account,
        "role_names": [role_name(role) for role in sorted(account.roles)] if account else [],
        "language": language(),
        "preferences": preferences(),
        "nav": navigation(),
        "may_enter": lambda endpoint: may_use(current_app.view_functions[endpoint], account),
        "here": _here(),
        "today": today(),
        "session_seconds": seconds_left(),
        "request_id": g.get("request_id", ""),
    }


def seconds_left() -> int:
    """Until the session ends by itself."""
    account = current_account()
    return max(0, int((account.ends_at - now()).total_seconds())) if account else 0


def navigation() -> list[tuple[str, str, bool]]:
    """`(address, label, whether we are in it)` of each room that this person may enter."""
    account = current_account()
    if account is None:
        return []
    rooms = _rooms()
    return [
        (url_for(rooms[path]), str(label), _is_in(path))
        for path, label in NAV
        if path in rooms and may_use(current_app.view_functions[rooms[path]], account)
    ]


def _rooms() -> dict[str, str]:
    """The endpoint of each path that can be opened; looked up once, when all blueprints are there."""
    rooms: dict[str, str] | None = current_app.extensions.get("gaita_rooms")
    if rooms is None:
        rules = current_app.url_map.iter_rules()
        rooms = {rule.rule: rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
        current_app.extensions["gaita_rooms"] = rooms
    return rooms


def _is_in(path: str) -> bool:
    return request.path == path if path == "/" else f"{request.path}/".startswith(f"{path}/")


def _here() -> str:
    """Where a choice of language leads back to: this page, or the one the form stood on."""
    return own_path(request.full_path.rstrip("?")) if request.method in ("GET", "HEAD") else "/"
