"""What is stuck, where and why; and the exceptions that were confirmed (DOMAIN 13.3, stories 1 and 6)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from views.access import allowed_to, current_actor, get_case_for, get_or_404
from views.case_list import colour_names, steps_of
from views.clock import office_now, today
from views.extensions import db
from views.formats import choice, role_name
from views.forms.asking import DecideRequest
from views.forms.core import language
from views.keyset import mark_in, neighbours
from views.pages import see_other, show
from workflow.facts import State, facts
from workflow.guards import Ask
from workflow.models import ConfirmationRequest
from workflow.queries.case_file import with_people
from workflow.queries.cases import UNBLOCKED, Filters, cases_page, value_of
from workflow.queries.colours import COLOURS, STUCK, surroundings
from workflow.queries.exceptions import confirmed_page, request_by, waiting_requests
from workflow.queries.stuck import Blockage, blockage
from workflow.roles import Role
from workflow.stages.requests import AlreadyDecided, may_decide
from workflow.steps import decide_request
from workflow.wording import name_of_state

bp = Blueprint("stuck", __name__)

LEFT_OUT = "…"
SEVERAL = re.compile(f"{LEFT_OUT}(?: {LEFT_OUT})+")


@dataclass(frozen=True)
class Bar:
    """A row of counts: its name, and for each colour the number with the list it leads to."""

    name: str
    cells: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Counts:
    """A table of counts."""

    key: str
    title: str
    head: str
    bars: tuple[Bar, ...]


@bp.get("/stuck")
@allowed_to("supervisor", "reader")
def page() -> Response:
    """The numbers by state, cause, holder, worker and case type, and the stuck cases themselves."""
    actor = current_actor()
    around = surroundings(db.session(), today())
    found = blockage(db.session(), actor, around.lines)
    filters = Filters(colours=STUCK)
    mark = mark_in(request.args, lambda text: value_of(filters.sort, text))
    listed = cases_page(db.session(), actor, filters, around.lines, mark)
    previous, following = neighbours(listed)
    return show(
        "stuck/page.html",
        "stuck/_rows.html",
        states=_by_state(found),
        tables_of_counts=[counts for counts in _tables(found) if counts.bars],
        colours=colour_names(),
        stuck_colours=STUCK,
        found=found,
        lines=listed.rows,
        previous=previous,
        following=following,
        my_steps=steps_of(actor),
    )


def _by_state(found: Blockage) -> list[Bar]:
    """Every state that has cases, in the order of the way, with all colours."""
    seen = {state for state, _colour in found.by_state}
    return [
        _bar(name_of_state(state, language()), found.by_state, state, COLOURS, {"state": state.value})
        for state in State
        if state in seen
    ]


def _tables(found: Blockage) -> Iterator[Counts]:
    """The stuck cases counted four ways. Rows stand in the order of the rule book or by name: nobody is ranked."""
    yield _counts("cause", _("By cause"), _("Cause"), found.by_cause, "blocker", _cause_name)
    yield _counts("holder", _("By whom they wait for"), _("Waits for"), found.by_holder, "waits_for", role_name)
    yield _counts("worker", _("By worker"), _("Worker"), found.by_worker, "worker", lambda key: found.workers[key])
    yield _counts("type", _("By programme"), _("Programme"), found.by_case_type, "type", _type_name)


def _counts(
    key: str, title: str, head: str, numbers: Counter[Any], parameter: str, name: Callable[[Any], str]
) -> Counts:
    keys = list(dict.fromkeys(found for found, _colour in numbers))
    if parameter != "worker":
        keys.sort()
    bars = (_bar(name(found), numbers, found, STUCK, {parameter: found}) for found in keys)
    return Counts(key, title, head, tuple(bars))


def _bar(name: str, numbers: Counter[Any], key: Any, colours: tuple[str, ...], asked: dict[str, Any]) -> Bar:
    return Bar(name, tuple((numbers[key, colour], _list_of(colour, asked)) for colour in colours))


def _list_of(colour: str, asked: dict[str, Any]) -> str:
    return url_for("case_list.page", colour=colour, **asked)


def _cause_name(code: str) -> str:
    return _("nothing is missing, the step is due") if code == UNBLOCKED else choice(code, "blocker")


def _type_name(code: str) -> str:
    return choice(code, "case_type_short")


@bp.get("/exceptions")
@allowed_to("supervisor", "reader")
def exceptions() -> Response:
    """The requests that wait for a supervisor, and every soft guard that somebody confirmed, newest first."""
    actor, asked = current_actor(), request.args.get("guard", "")
    guard = asked if asked in facts().guards else ""
    listed = confirmed_page(db.session(), actor, mark_in(request.args, lambda _text: None), guard)
    previous, following = neighbours(listed)
    soft = [fact.code for fact in facts().guards.rows if fact.kind == "soft"]
    return show(
        "stuck/exceptions.html",
        "stuck/_exceptions.html",
        waiting=waiting_requests(db.session(), actor),
        may_decide=Role.SUPERVISOR in actor.roles,
        rows=listed.rows,
        guard=guard,
        texts={code: guard_text(code, language()) for code in {*soft, *(row.guard for row in listed.rows)}},
        offered=soft,
        previous=previous,
        following=following,
    )


@bp.get("/exceptions/<int:confirmation_request_id>")
@allowed_to("supervisor")
def decide(confirmation_request_id: int) -> Response:
    """One request: who asks for what and why, and the form to confirm or decline it."""
    asked = get_or_404(ConfirmationRequest, confirmation_request_id)
    return _decision_page(asked, DecideRequest(formdata=None))


@bp.post("/exceptions/<int:confirmation_request_id>")
@allowed_to("supervisor")
def save_decision(confirmation_request_id: int) -> Response:
    """Confirm or decline; who asked gets a task and goes on with the step."""
    actor, asked = current_actor(), get_or_404(ConfirmationRequest, confirmation_request_id)
    case = get_case_for(actor, asked.case_id, for_update=True)
    db.session.refresh(asked)
    form = DecideRequest()
    if not may_decide(asked, actor):
        raise Forbidden
    if not form.validate():
        return _decision_page(asked, form, 422)
    confirm = form.decision.data == "confirm"
    ask = Ask(db.session(), case, asked.step, today(), actor)
    try:
        decide_request(ask, asked, confirm=confirm, answer=form.answer.data, at=office_now())
        db.session.commit()
    except (AlreadyDecided, StaleDataError):
        db.session.rollback()
        return _decision_page(get_or_404(ConfirmationRequest, confirmation_request_id), form, 409)
    flash(_("The exception is confirmed.") if confirm else _("The exception is declined."), "good")
    return see_other(url_for("stuck.exceptions"))


def _decision_page(asked: ConfirmationRequest, form: DecideRequest, status: int = 200) -> Response:
    actor = current_actor()
    return show(
        "stuck/decide.html",
        status=status,
        case=get_case_for(actor, asked.case_id, options=with_people()),
        asked=request_by(db.session(), asked.id),
        text=guard_text(asked.guard, language()),
        form=form,
        may_decide=asked.status == "waiting" and may_decide(asked, actor),
    )


def guard_text(code: str, tongue: str) -> str:
    """The text of a guard without its values: what was measured then is in the history, not in the list."""
    if code not in facts().guards:
        return code
    pieces = []
    for text, name, spec, _conversion in Formatter().parse(facts().guards[code].messages[tongue]):
        pieces.append(text)
        if name is not None:
            pieces.append(LEFT_OUT + (f" {spec.rpartition('|')[2]}" if spec and spec.startswith("#") else ""))
    return SEVERAL.sub(LEFT_OUT, "".join(pieces))
