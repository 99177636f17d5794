"""The headers of every answer, errors too (TRUST 15), the request's number, and its line in the log."""

from __future__ import annotations

import secrets
import time

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from views.logs import log

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: over https the check of the token compares the referrer with the host.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TWO_YEARS = "max-age=63072000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Must be called before other `before_request` functions: the door's refusals carry a number too."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.started = time.perf_counter()


def _end(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers[name] = value
    if current_app.config["HTTPS"]:
        response.headers["Strict-Transport-Security"] = TWO_YEARS
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if not _may_be_kept(response):
        # Back after sign-out shows nothing.
        response.headers["Cache-Control"] = "no-store"
    _log(response)
    return response


def _may_be_kept(response: Response) -> bool:
    """Only what anybody may read, and only where the route itself said so."""
    view = current_app.view_functions.get(request.endpoint or "")
    open_to_all = request.endpoint == "static" or getattr(view, "public", False)
    said = "Cache-Control" in response.headers and response.status_code < 400
    return open_to_all and said and g.get("account") is None and "Set-Cookie" not in response.headers


def _log(response: Response) -> None:
    """The rule, never the address: ids and search words stay out of the log."""
    if request.endpoint == "static":
        return
    account = g.get("account")
    log.info(
        "request",
        request_id=g.get("request_id"),
        method=request.method,
        rule=str(request.url_rule) if request.url_rule else None,
        status=response.status_code,
        ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        user_id=account.user_id if account else None,
    )
