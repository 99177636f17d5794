"""What went wrong becomes a page in the person's language, never a trace (TRUST 8 and 9)."""

from __future__ import annotations

import sqlalchemy as sa
import sqlalchemy.orm.exc
from flask import Flask, g, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from views.access import typed_fields
from views.context import language
from views.database import DatabaseMissingError, is_not_now, is_not_set_up
from views.guessing import TooManyAttemptsError
from views.logs import log, log_failure
from views.pages import is_htmx, show, sorry, sorry_plainly

KEPT_HEADERS = ("Allow", "Retry-After")


def init_app(app: Flask) -> None:
    """One handler for each way to fail."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(TooManyAttemptsError, _too_many_attempts)
    app.register_error_handler(sa.exc.SQLAlchemyError, _database_error)
    app.register_error_handler(sqlalchemy.orm.exc.StaleDataError, _overtaken)
    app.register_error_handler(DatabaseMissingError, _not_set_up)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status >= 500:
        return _broken(status)
    if isinstance(error, SecurityError):
        # The host is not ours: no address can be built, so no page of ours can be shown.
        return sorry_plainly(400, "lv")
    response = sorry(status)
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            response.headers[name] = value
    return response


def _form_expired(error: CSRFError) -> Response:
    """The token is missing or old. What was typed is shown for copying, but not offered for sending again:
    a foreign site could have made the form."""
    kept = [(name, text) for name, text in typed_fields() if name != "csrf_token" and text]
    if is_htmx():
        return sorry(400, explanation=_("The form has expired. Send it again."))
    return show("sign_in/expired_form.html", status=400, kept=kept)


def _too_many_attempts(error: TooManyAttemptsError) -> Response:
    minutes = -(-error.seconds // 60)
    log.warning("too many attempts")
    waits = ngettext("You can try again in %(num)d minute.", "You can try again in %(num)d minutes.", minutes)
    response = sorry(429, explanation=waits)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _overtaken(error: Exception) -> Response:
    return sorry(409)


def _not_set_up(error: Exception) -> Response:
    log.error("database is not set up", remedy="flask db upgrade")
    return _broken(503)


def _database_error(error: sa.exc.SQLAlchemyError) -> Response:
    if is_not_set_up(error):
        return _not_set_up(error)
    if is_not_now(error):
        log_failure(error, None, request_id=g.get("request_id"))
        return _broken(503)
    raise error


def _broken(status: int) -> Response:
    """Nothing but the words: the session or the database may be what is broken."""
    if is_htmx():
        number = g.get("request_id", "")
        words = _("Something went wrong; nothing was saved. Number: %(number)s", number=number)
        response = Response(f'<p role="alert">{words}</p>', status, mimetype="text/html")
        if status == 503:
            response.headers["Retry-After"] = "10"
        return response
    return sorry_plainly(status, _language())


def _language() -> str:
    return language() if request else "lv"
