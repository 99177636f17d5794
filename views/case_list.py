"""The list of cases: every filter stands in the address, so that a list can be kept, sent and gone back to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from views.access import ANYONE, allowed_to, current_actor
from views.clock import today
from views.extensions import db
from views.forms.core import language
from views.keyset import mark_in, neighbours
from views.pages import show
from workflow.facts import State, facts
from workflow.queries.cases import HEALTH, SORTS, UNBLOCKED, Filters, cases_page, sees_health, value_of
from workflow.queries.colours import COLOURS, surroundings
from workflow.roles import Actor, Role
from workflow.wording import name_of_state, name_of_step

bp = Blueprint("case_list", __name__)

LONGEST_SEARCH = 100
# The name in the address, and the part of the filters that it fills.
PARTS = {
    "state": "states",
    "type": "case_types",
    "colour": "colours",
    "waits_for": "waits_for",
    "blocker": "blockers",
    "worker": "workers",
    "step": "steps",
}
Options = Mapping[str, Mapping[str, str]]


@bp.get("/cases")
@allowed_to(*ANYONE)
def page() -> Response:
    """One page of the actor's cases as the address asks for it; htmx gets the list without the frame."""
    actor, args = current_actor(), request.args
    around = surroundings(db.session(), today(), actor)
    options = offered(actor, around.users)
    filters, understood = read_filters(args, options)
    mark = mark_in(args, lambda text: value_of(filters.sort, text))
    found = cases_page(db.session(), actor, filters, around.lines, mark)
    previous, following = neighbours(found)
    return show(
        "case_list/page.html",
        "case_list/_list.html",
        lines=found.rows,
        filters=filters,
        understood=understood,
        options=options,
        chosen={name: {str(value) for value in getattr(filters, part)} for name, part in PARTS.items()},
        previous=previous,
        following=following,
        my_steps=steps_of(actor),
        may_register=Role.SOCIAL_WORKER in actor.roles,
    )


def steps_of(actor: Actor) -> frozenset[str]:
    """The steps that the actor's roles may take: where the next step of a row becomes a button."""
    return frozenset(step.event for step in facts().steps.rows if actor.may_act_as(*step.roles))


def colour_names() -> dict[str, str]:
    """What the colours are called in filters and heads."""
    names = (_("overdue"), _("due soon"), _("idle"), _("on time"), _("on hold"))
    return dict(zip(COLOURS, names, strict=True))


def offered(actor: Actor, users: Iterable[tuple[int, str]]) -> Options:
    """What each filter offers, in the words of the page; nothing else is understood."""
    tongue, book = language(), facts()
    blockers = {UNBLOCKED: _("nothing is missing"), **book.labels("blocker", tongue)}
    return {
        "state": {state.value: name_of_state(state, tongue) for state in State},
        "colour": colour_names(),
        "type": book.labels("case_type_short", tongue),
        "waits_for": {role.value: book.label("role", role, tongue) for role in Role},
        "blocker": {code: text for code, text in blockers.items() if code not in HEALTH or sees_health(actor)},
        "worker": {str(number): name for number, name in users},
        "step": {step: name_of_step(step, tongue) for step in book.steps},
    }


def read_filters(args: MultiDict[str, str], options: Options) -> tuple[Filters, bool]:
    """The filters of an address, and whether all of it was understood; what was not is left out."""
    parts: dict[str, Any] = {}
    understood = True
    for name, part in PARTS.items():
        asked = [value for value in dict.fromkeys(args.getlist(name)) if value]
        known = [value for value in asked if value in options[name]]
        understood = understood and len(known) == len(asked)
        parts[part] = tuple(int(value) for value in known) if part == "workers" else tuple(known)
    q, sort = " ".join(args.get("q", "").split()), args.get("sort", "") or "due_on"
    if len(q) > LONGEST_SEARCH:
        q, understood = "", False
    if sort.removeprefix("-") not in SORTS:
        sort, understood = "due_on", False
    return Filters(q=q, sort=sort, **parts), understood
