"""Pages about Gaita itself: the accessibility statement and the map of the workflow."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import get_locale
from markupsafe import Markup
from werkzeug.wrappers import Response

from views.access import ANYONE, allowed_to, public
from views.pages import show
from workflow.diagram import picture
from workflow.machine import EVENTS, ROLES

bp = Blueprint("help", __name__)


@bp.get("/accessibility")
@public
def accessibility() -> Response:
    """What Gaita promises to people who use it differently, and whom to tell when it fails."""
    return show("help/accessibility.html")


@bp.get("/workflow")
@allowed_to(*ANYONE)
def workflow() -> Response:
    """The states and steps of a case, drawn from the machine."""
    return show("help/workflow.html", picture=state_picture(None), events=EVENTS, roles=ROLES)


def state_picture(here: str | None) -> Markup:
    """The diagram; its text comes from the facts and is escaped where it is drawn."""
    return Markup(picture(str(get_locale()), here))  # noqa: S704
