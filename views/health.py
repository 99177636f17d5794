"""For the watchman: is Gaita up, and does its database answer."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint
from werkzeug.wrappers import Response

from views.access import public
from views.extensions import db

bp = Blueprint("health", __name__)


@bp.get("/health")
@public
def health() -> Response:
    """`ok`, or the 503 of a database that does not answer. Says nothing else to strangers."""
    db.session.execute(sa.text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")
