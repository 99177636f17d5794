"""The calculation of a case, opened to the last unit; for whoever may see the case (issue: point 6)."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from views.access import ANYONE, allowed_to, current_actor, get_case_for
from views.extensions import db
from views.pages import show
from workflow.queries.calculations import assignments_of, opened_case, whole, with_deliveries
from workflow.queries.case_file import with_people

bp = Blueprint("calculations", __name__, url_prefix="/cases")


@bp.get("/<int:case_id>/calculation", endpoint="show")
@allowed_to(*ANYONE)
def show_calculation(case_id: int) -> Response:
    """Every line with its units and rates, the refused units, the own cost, and what is claimed; prints open."""
    case = get_case_for(current_actor(), case_id, options=(*with_people(), *with_deliveries()))
    programmes = opened_case(db.session(), case)
    return show(
        "calculations/page.html",
        case=case,
        programmes=programmes,
        whole=whole(programmes),
        assignments=assignments_of(case),
        opened=request.args.get("open") == "1",
    )
