"""Compensation claims: the municipality's list, and a claim whose every amount opens into its arithmetic."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, request
from werkzeug.wrappers import Response

from views.access import allowed_to, current_actor, get_or_404
from views.extensions import db
from views.forms import typed
from views.keyset import mark_in, neighbours
from views.pages import show
from workflow.facts import facts
from workflow.machine import ROLES
from workflow.models import Claim
from workflow.queries.claim_file import claim_file
from workflow.queries.money import STATUSES, ClaimFilters, list_claims

bp = Blueprint("claims", __name__, url_prefix="/claims")

READERS = ("procurement_officer", "supervisor", "social_worker", "reader")


@bp.get("")
@allowed_to(*READERS)
def index() -> Response:
    """The claims, the newest month first, by programme, month and status; all of it stands in the address."""
    filters = _filters()
    page = list_claims(
        db.session(), current_actor().municipality_ids, filters, mark_in(request.args, dt.date.fromisoformat)
    )
    previous, following = neighbours(page)
    return show(
        "claims/list.html",
        "claims/_list.html",
        claims=page.rows,
        filters=filters,
        period_typed=request.args.get("period", "")[:20],
        programmes=[row.code for row in facts().programmes.rows if not row.plan_only],
        statuses=STATUSES,
        previous=previous,
        following=following,
    )


def _filters() -> ClaimFilters:
    """What the address asks for; a value that nobody offers asks for nothing."""
    programme, status = request.args.get("programme", ""), request.args.get("status", "")
    try:
        period = typed.month(request.args.get("period", ""))
    except ValueError:
        period = None
    return ClaimFilters(
        programme=programme if programme in facts().programmes else "",
        period=period,
        status=status if status in STATUSES else "",
    )


@bp.get("/<int:claim_id>", endpoint="show")
@allowed_to(*READERS)
def show_claim(claim_id: int) -> Response:
    """The claim with its lines, the refused units, the invoices and the payments; prints as it stands."""
    claim = get_or_404(Claim, claim_id)
    return show(
        "claims/page.html",
        claim=claim,
        file=claim_file(db.session(), claim),
        opened=request.args.get("open") == "1",
        may_answer=claim.status == "submitted" and current_actor().may_act_as(*ROLES["record_payment"]),
    )
