"""A change of the rules on its way: rehearsed on the open cases, then saved or dropped, and carried to them (R3)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from views.access import ANYONE, allowed_to, current_actor, get_or_404
from views.clock import today
from views.database import begin_write
from views.extensions import db
from views.pages import refused, see_other, show
from views.rules import WORDS
from workflow import rehearsal
from workflow.models import RuleChange
from workflow.roles import Role
from workflow.rulebook.changes import InUse, StaleRehearsal, save

bp = Blueprint("rule_changes", __name__, url_prefix="/rules/changes")


@bp.get("/<int:rule_change_id>", endpoint="show")
@allowed_to(*ANYONE)
def show_change(rule_change_id: int) -> Response:
    """What shall hold, what the rehearsal found, and who saved it."""
    return _change_page(get_or_404(RuleChange, rule_change_id))


@bp.post("/<int:rule_change_id>/rehearse")
@allowed_to("admin")
def rehearse(rule_change_id: int) -> Response:
    """The next batch of open cases."""
    change = _on_its_way(rule_change_id, "proposed")
    if not rehearsal.is_rehearsed(change):
        rehearsal.rehearse(db.session(), change, today())
        db.session.commit()
    return _change_page(get_or_404(RuleChange, rule_change_id))


@bp.post("/<int:rule_change_id>/save")
@allowed_to("admin")
def keep(rule_change_id: int) -> Response:
    """Let it hold; only what was rehearsed to the end, and against the rules that still hold."""
    change = _on_its_way(rule_change_id, "proposed")
    if not rehearsal.is_rehearsed(change):
        return _change_page(change, 422, _("Try it out on all open cases first."))
    try:
        save(db.session(), change, current_actor().user_id, today())
        change.waiting = change.effect["cases"]
        db.session.commit()
    except (StaleRehearsal, IntegrityError):
        db.session.rollback()
        return _begin_again(rule_change_id)
    except InUse:
        db.session.rollback()
        trouble = _("What it would replace is used by now: drop the change and choose another day.")
        return _change_page(get_or_404(RuleChange, rule_change_id), 422, trouble)
    flash(_("The change holds from now on."), "good")
    return see_other(url_for(".show", rule_change_id=rule_change_id))


def _begin_again(rule_change_id: int) -> Response:
    """Other rules were saved meanwhile: what was found is no longer true."""
    begin_write()
    change = get_or_404(RuleChange, rule_change_id)
    rehearsal.begin_anew(db.session(), change)
    db.session.commit()
    return _change_page(
        get_or_404(RuleChange, rule_change_id), 409, _("Other rules were saved meanwhile: try it out again.")
    )


@bp.post("/<int:rule_change_id>/drop")
@allowed_to("admin")
def drop(rule_change_id: int) -> Response:
    """Nothing comes of it."""
    change = _on_its_way(rule_change_id, "proposed")
    change.status = "dropped"
    db.session.commit()
    flash(_("The change is dropped; nothing was changed."), "good")
    return see_other(url_for("rules.page"))


@bp.post("/<int:rule_change_id>/carry")
@allowed_to("admin")
def carry(rule_change_id: int) -> Response:
    """Bring the next cases up to the saved change."""
    change = _on_its_way(rule_change_id, "saved")
    if change.waiting:
        rehearsal.carry(db.session(), change, current_actor().user_id, today())
        db.session.commit()
    return _change_page(get_or_404(RuleChange, rule_change_id))


def _on_its_way(rule_change_id: int, status: str) -> RuleChange:
    """The change, locked: of two batches at once the second goes on where the first ended."""
    rows = sa.select(RuleChange).where(RuleChange.id == rule_change_id).with_for_update()
    change = db.session.execute(rows.execution_options(populate_existing=True)).scalar_one_or_none()
    if change is None:
        abort(404)
    if change.status != status:
        abort(409)
    return change


def _change_page(change: RuleChange, status: int = 200, trouble: str = "") -> Response:
    answer = refused if status == 422 else show
    context: dict[str, Any] = {} if status == 422 else {"status": status}
    return answer(
        "rules/change.html",
        "rules/_change.html",
        change=change,
        done=rehearsal.is_rehearsed(change),
        of=change.effect.get("of") or rehearsal.open_cases(db.session()),
        trouble=trouble,
        may_change=current_actor().may_act_as(Role.ADMIN),
        **context,
        **WORDS,
    )
