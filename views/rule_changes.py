"""Changing the rules: proposed by an administrator, rehearsed on the open cases, then saved or dropped (R3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from views.access import ANYONE, allowed_to, current_actor, get_or_404
from views.clock import today
from views.database import begin_write
from views.extensions import db
from views.forms import rule_sets
from views.forms.core import language
from views.forms.rules import ConfirmForm, LocalDayForm, RuleSetForm, UnitCostsForm, value_form
from views.pages import refused, see_other, show
from views.rules import WORDS, sources, value_text
from workflow import rehearsal
from workflow.facts import LANGUAGES, facts
from workflow.models import RuleChange
from workflow.roles import Role
from workflow.rulebook import Entry, entry
from workflow.rulebook.changes import (
    StaleRehearsal,
    claimed_services,
    contradictions,
    origin_kept,
    propose,
    save,
)

bp = Blueprint("rule_changes", __name__, url_prefix="/rules")

PAGE, FORM = "rules/new_change.html", "rules/_new_change.html"


# One value ------------------------------------------------------------------------------------------------------------


@bp.get("/values/<key>")
@allowed_to("admin")
def value(key: str) -> Response:
    """The form for another value."""
    one = _entry_or_404(key)
    form = value_form(one)(formdata=None, data={"value": one.value, "origin": "law"})
    form.offer(language())
    return _value_page(one, form)


@bp.post("/values/<key>")
@allowed_to("admin")
def propose_value(key: str) -> Response:
    """Propose the value."""
    one = _entry_or_404(key)
    form = value_form(one)()
    form.offer(language())
    if not (form.validate() and form.judge(one)):
        return _value_page(one, form, 422)
    given = form.given()
    stated = one.key
    if given.get("valid_from"):
        stated = f"threshold.{one.code}.{given['valid_from'].isoformat()}"
    data = {"key": stated, "value": str(given["value"]), "origin": given["origin"], "names": _names(one)}
    return _proposed("setting", data | {"before": one.value_text}, form, lambda: _value_page(one, form, 422))


def _value_page(one: Entry, form: Any, status: int = 200) -> Response:
    name = one.text[language()]
    now = _("Holds now: %(value)s (%(source)s)", value=value_text(one), source=sources(one.origin))
    return _form_page(_("Change: %(what)s", what=name), form, now, status)


def _entry_or_404(key: str, *, changeable: bool = True) -> Entry:
    one = entry(facts(), key)
    if one is None or one.same_as or (changeable and not one.changeable):
        abort(404)
    return one


def _names(one: Entry) -> dict[str, str]:
    """What the change is called for ever, in every language: the entry itself may be renamed or go."""
    names = {tongue: one.text[tongue] for tongue in LANGUAGES}
    return {tongue: f"{one.code}: {name}" for tongue, name in names.items()} if one.group in CODED else names


CODED = ("deadline", "warning", "question")


@bp.get("/confirm/<key>")
@allowed_to("admin")
def confirm(key: str) -> Response:
    """The form that confirms an assumption as it stands."""
    one = _entry_or_404(key, changeable=False)
    return _confirm_page(one, ConfirmForm(formdata=None, data={"confirmed_on": today()}))


@bp.post("/confirm/<key>")
@allowed_to("admin")
def save_confirmation(key: str) -> Response:
    """Confirmed: nothing changes for any case, so there is nothing to rehearse."""
    one = _entry_or_404(key, changeable=False)
    form = ConfirmForm()
    if not (form.validate() and form.judge(today())):
        return _confirm_page(one, form, 422)
    data = {
        "key": one.key,
        "value": one.value_text,
        "origin": origin_kept(one.origin),
        "names": _names(one),
        "confirms": True,
        "confirmed_on": form.confirmed_on.data.isoformat(),
    }
    actor = current_actor()
    change = propose(db.session(), "setting", data, form.source.data, actor.user_id)
    save(db.session(), change, actor.user_id, today())
    db.session.commit()
    flash(_("The value is confirmed."), "good")
    return see_other(url_for("rules.page"))


def _confirm_page(one: Entry, form: ConfirmForm, status: int = 200) -> Response:
    shown = one.text[language()] if one.group == "question" else value_text(one)
    now = _("The municipality confirms what holds now: %(value)s", value=shown)
    return _form_page(_("Confirm: %(what)s", what=one.text[language()]), form, now, status, _("Confirm"))


# Unit costs, local days, rule sets ------------------------------------------------------------------------------------


@bp.route("/unit-costs/new", methods=["GET", "POST"])
@allowed_to("admin")
def unit_costs() -> Response:
    """Costs from a day on, entered by hand from the methodology."""
    form = (
        UnitCostsForm(data={"origin": "source"}) if request.method == "POST" else _fresh(UnitCostsForm, origin="source")
    )
    page = _page_of(form, _("Unit costs"), _("The costs before end the day before; submitted claims stay as they are."))
    if request.method == "GET":
        return page(200)
    if form.wants_more:
        form.add_rows()
        form.offer(language())
        return page(200)
    if not (form.validate() and form.judge() and _costs_are_free(form)):
        return page(422)
    lines = [{"service": row["service"], "amount": str(row["amount"])} for row in form.given()["lines"]]
    period = {name: _iso(form[name].data) for name in ("valid_from", "valid_to")}
    return _proposed("unit_costs", {"lines": lines, **period}, form, lambda: page(422))


def _costs_are_free(form: UnitCostsForm) -> bool:
    """A cost that stands in a claim is not replaced: the new one begins on another day (R3)."""
    wanted = [row["service"] for row in form.given()["lines"]]
    for code in claimed_services(db.session(), wanted, form.valid_from.data):
        form.add_problem(
            "valid_from",
            _("The cost of %(service)s from this day stands in a claim: choose another day.", service=code),
        )
    return not form.problem_lines()


@bp.route("/days/new", methods=["GET", "POST"])
@allowed_to("admin")
def day() -> Response:
    """A local day, or one taken away."""
    form = LocalDayForm() if request.method == "POST" else _fresh(LocalDayForm, day=_day_asked())
    page = _page_of(form, _("Local day"), _("Deadlines and notifications are counted by working days."))
    if request.method == "GET":
        return page(200)
    if not (form.validate() and form.judge()):
        return page(422)
    given = form.given()
    data = {"day": given["day"].isoformat(), "kind": given["kind"] or "", "name": given["name"] or ""}
    return _proposed("day", data, form, lambda: page(422))


def _day_asked() -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


@bp.route("/rule-sets/new", methods=["GET", "POST"])
@allowed_to("admin")
def rule_set() -> Response:
    """All caps from a day on, beginning with those that hold now."""
    form = RuleSetForm() if request.method == "POST" else _fresh(RuleSetForm, **RuleSetForm.prefill())
    note = _("Deliveries from that day on are judged by the new rule set, also those that are entered already.")
    page = _page_of(form, _("New rule set"), note)
    if request.method == "GET":
        return page(200)
    if form.wants_more:
        form.add_rows()
        form.offer(language())
        return page(200)
    if not (form.validate() and rule_sets.judge(form, db.session())):
        return page(422)
    return _proposed("rule_set", form.as_data(), form, lambda: page(422))


def _fresh(form_class: Any, **data: Any) -> Any:
    return form_class(formdata=None, data=data)


def _page_of(form: Any, title: str, note: str) -> Any:
    form.offer(language())
    return lambda status: _form_page(title, form, note, status)


def _form_page(title: str, form: Any, note: str, status: int = 200, submit: str | None = None) -> Response:
    words = {"title": title, "note": note, "submit": submit or _("Try out on the open cases")}
    return show(PAGE, FORM, status=status, form=form, **words)


def _iso(one: dt.date | None) -> str | None:
    return one.isoformat() if one else None


def _proposed(kind: str, data: dict[str, Any], form: Any, again: Any) -> Response:
    """Keep the proposal and go on to its rehearsal, unless the rules would contradict each other."""
    for problem in contradictions(db.session(), kind, data):
        form.add_problem(None, _("The rules would contradict each other: %(what)s", what=problem))
    if form.problem_lines():
        response: Response = again()
        return response
    change = propose(db.session(), kind, data, form.source.data, current_actor().user_id)
    address = url_for(".show", rule_change_id=change.id)
    db.session.commit()
    return see_other(address)


# A change on its way --------------------------------------------------------------------------------------------------


@bp.get("/changes/<int:rule_change_id>", endpoint="show")
@allowed_to(*ANYONE)
def show_change(rule_change_id: int) -> Response:
    """What shall hold, what the rehearsal found, and who saved it."""
    return _change_page(get_or_404(RuleChange, rule_change_id))


@bp.post("/changes/<int:rule_change_id>/rehearse")
@allowed_to("admin")
def rehearse(rule_change_id: int) -> Response:
    """The next batch of open cases."""
    change = _on_its_way(rule_change_id, "proposed")
    if not rehearsal.is_rehearsed(change):
        rehearsal.rehearse(db.session(), change, today())
        db.session.commit()
    return _change_page(get_or_404(RuleChange, rule_change_id))


@bp.post("/changes/<int:rule_change_id>/save")
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


@bp.post("/changes/<int:rule_change_id>/drop")
@allowed_to("admin")
def drop(rule_change_id: int) -> Response:
    """Nothing comes of it."""
    change = _on_its_way(rule_change_id, "proposed")
    change.status = "dropped"
    db.session.commit()
    flash(_("The change is dropped; nothing was changed."), "good")
    return see_other(url_for("rules.page"))


@bp.post("/changes/<int:rule_change_id>/carry")
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
