"""Contracts of the municipality: whom they serve, at which prices, until when (DOMAIN 7.2, 10)."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from views.access import allowed_to, current_actor, get_or_404
from views.clock import today
from views.extensions import db
from views.marks import mark_for
from views.pages import show
from views.providers import READERS
from workflow.machine import EVENTS
from workflow.models import Contract
from workflow.queries.providers import CONTRACT_ENDS, ContractFilters, cases_under, list_contracts, soon

bp = Blueprint("contracts", __name__, url_prefix="/contracts")


@bp.get("")
@allowed_to(*READERS)
def index() -> Response:
    """The contracts of the user's municipality, the newest first."""
    filters = ContractFilters(q=request.args.get("q", "")[:100], ending=request.args.get("ending") == "1")
    page = list_contracts(
        db.session(), current_actor().municipality_ids, filters, today(), mark_for(lambda row_id: str(row_id))
    )
    near = soon(today(), CONTRACT_ENDS)
    return show("contracts/list.html", "contracts/_list.html", contracts=page, filters=filters, near=near)


@bp.get("/<int:contract_id>", endpoint="show")
@allowed_to(*READERS)
def show_contract(contract_id: int) -> Response:
    """The contract with its prices, the procurement that led to it, and the cases it serves."""
    contract = get_or_404(Contract, contract_id)
    actor = current_actor()
    return show(
        "contracts/page.html",
        contract=contract,
        cases=cases_under(db.session(), contract, actor.municipality_ids),
        can_end=actor.may_act_as("procurement_officer"),
        ends_in=[state for state, events in EVENTS.items() if "terminate_contract" in events],
    )
