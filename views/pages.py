"""Pages and fragments: the one place that knows htmx (4.0.1).

htmx sends ``HX-Request: true`` and, unless it swaps the whole body, ``HX-Request-Type: partial``. A page
restored from the history comes with ``full``, or with neither, and gets the whole page. htmx follows a 303 by
itself and would swap the page behind it into the panel, so a redirect for htmx is the header ``HX-Redirect``.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, g, get_flashed_messages, make_response, render_template, request

VARY = "HX-Request, HX-Request-Type"
STATUS_REGION = "_status.html"


def is_htmx() -> bool:
    """True when htmx asks, for a part or for a whole page."""
    return request.headers.get("HX-Request") == "true"


def wants_fragment() -> bool:
    """True when htmx asks for the part of a page that it will swap."""
    return is_htmx() and request.headers.get("HX-Request-Type") == "partial"


def show(page: str, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Answer with the page, or with its fragment when htmx swaps only a part.

    A fragment takes the flashed messages along: they go to the live region outside the swap.
    """
    context.setdefault("refused", status == 422)
    if fragment and wants_fragment():
        body = render_template(fragment, **context)
        if get_flashed_messages():
            body += render_template(STATUS_REGION)
    else:
        body = render_template(page, **context)
    return _varied(make_response(body, status))


def refused(page: str, fragment: str | None = None, **context: Any) -> Response:
    """The same page or fragment again with its problems: 422 (htmx swaps it, everything typed is kept)."""
    return show(page, fragment, status=422, **context)


def overtaken(page: str, fragment: str | None = None, **context: Any) -> Response:
    """Somebody was faster: 409, a normal page that says what changed and keeps what was typed."""
    return show(page, fragment, status=409, **context)


def is_local(url: str) -> bool:
    """True for an address on this site (``/cases?state=applied``); nothing else may be redirected to."""
    if not url.startswith("/") or url.startswith("//") or "\\" in url:
        return False
    if any(ord(character) < 33 or ord(character) == 127 for character in url):
        return False
    return urlsplit(url)[:2] == ("", "")


def see_other(url: str) -> Response:
    """Go to another page after a successful post: 303, or ``HX-Redirect`` when htmx posted."""
    if not is_local(url):
        raise ValueError(f"Not an address on this site: {url!r}")
    if not is_htmx():
        return _varied(make_response("", 303, {"Location": url}))
    # To the address the browser is at, with a mark (#...), a redirect would only scroll: load it anew.
    header = {"HX-Refresh": "true"} if _only_scrolls(url) else {"HX-Redirect": url}
    return _varied(make_response("", 200, header))


def _only_scrolls(url: str) -> bool:
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    there = urlsplit(url)
    return bool(there.fragment) and (here.path, here.query) == (there.path, there.query)


def to_sign_in(url: str) -> Response:
    """No session, or an expired one: a plain browser is led to the sign-in page.

    htmx gets 401 and ``HX-Redirect``; after a redirect it would swap the sign-in page into the panel.
    """
    if not is_local(url):
        raise ValueError(f"Not an address on this site: {url!r}")
    if not is_htmx():
        return _varied(make_response("", 303, {"Location": url}))
    return _varied(make_response("", 401, {"HX-Redirect": url}))


def sorry(status: int, **context: Any) -> Response:
    """The error page of that status (400, 401, 403, 404, 405, 409, 413, 429), as a page or as a fragment."""
    return show("errors/page.html", "errors/_error.html", status=status, error_status=status, **context)


def sorry_plainly(status: int, language: str = "lv") -> Response:
    """The error page for when anything else may be broken (500, 503): no session, no database, no context.

    It reads nothing but the request's number, so that a failing context cannot fail it too.
    """
    template = current_app.jinja_env.get_template("errors/plain.html")
    body = template.render(error_status=status, language=language, request_id=g.get("request_id", ""))
    response = make_response(body, status)
    if status == 503:
        response.headers["Retry-After"] = "10"
    return _varied(response)


def _varied(response: Response) -> Response:
    response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), VARY]))
    return response
