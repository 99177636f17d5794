"""Proposing a change of the rules, or confirming what holds: the forms of an administrator (R3; DOMAIN 15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from views.access import allowed_to, current_actor
from views.clock import today
from views.extensions import db
from views.forms import rule_sets
from views.forms.core import language
from views.forms.rules import ConfirmForm, LocalDayForm, RuleSetForm, UnitCostsForm, value_form
from views.pages import see_other, show
from views.rules import sources, value_text
from workflow.facts import LANGUAGES, facts
from workflow.rulebook import Entry, entry
from workflow.rulebook.changes import claimed_services, contradictions, origin_kept, propose, save

bp = Blueprint("rule_proposals", __name__, url_prefix="/rules")

PAGE, FORM = "rules/new_change.html", "rules/_new_change.html"


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
    data = {
        "key": stated,
        "entry": one.key,
        "value": str(given["value"]),
        "origin": given["origin"],
        "names": _names(one),
    }
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
        "entry": one.key,
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


@bp.route("/unit-costs/new", methods=["GET", "POST"])
@allowed_to("admin")
def unit_costs() -> Response:
    """Costs from a day on, entered by hand from the methodology."""
    form = _form(UnitCostsForm, origin="source")
    note = _("The costs before end the day before; submitted claims stay as they are.")
    return _ask(_("Unit costs"), form, note, "unit_costs", lambda: form.judge() and _costs_are_free(form))


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
    form = _form(LocalDayForm, day=_day_asked())
    note = _("Deadlines and notifications are counted by working days.")
    return _ask(_("Local day"), form, note, "day", form.judge)


def _day_asked() -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


@bp.route("/rule-sets/new", methods=["GET", "POST"])
@allowed_to("admin")
def rule_set() -> Response:
    """All caps from a day on, beginning with those that hold now."""
    form = _form(RuleSetForm, **RuleSetForm.prefill())
    note = _("Deliveries from that day on are judged by the new rule set, also those that are entered already.")
    return _ask(_("New rule set"), form, note, "rule_set", lambda: rule_sets.judge(form, db.session()))


def _form(form_class: Any, **data: Any) -> Any:
    """The form as it was sent, or as it is opened."""
    return form_class() if request.method == "POST" else form_class(formdata=None, data=data)


def _ask(title: str, form: Any, note: str, kind: str, judge: Callable[[], bool]) -> Response:
    """The form; sent, it comes back with more rows or its problems, or becomes a proposal."""
    form.offer(language())
    if request.method == "POST" and not form.wants_more:
        if not (form.validate() and judge()):
            return _form_page(title, form, note, 422)
        return _proposed(kind, form.as_data(), form, lambda: _form_page(title, form, note, 422))
    if form.wants_more:
        form.add_rows()
        form.offer(language())
    return _form_page(title, form, note)


def _form_page(title: str, form: Any, note: str, status: int = 200, submit: str | None = None) -> Response:
    words = {"title": title, "note": note, "submit": submit or _("Try out on the open cases")}
    return show(PAGE, FORM, status=status, form=form, **words)


def _proposed(kind: str, data: dict[str, Any], form: Any, again: Callable[[], Response]) -> Response:
    """Keep the proposal and go on to its rehearsal, unless the rules would contradict each other."""
    for problem in contradictions(db.session(), kind, data):
        form.add_problem(None, _("The rules would contradict each other: %(what)s", what=problem))
    if form.problem_lines():
        return again()
    change = propose(db.session(), kind, data, form.source.data, current_actor().user_id)
    address = url_for("rule_changes.show", rule_change_id=change.id)
    db.session.commit()
    return see_other(address)
