"""A page for every transition: load and gate, take the step, or show why not (ARCHITECTURE, «One step»)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, flash, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from views.access import ANYONE, accepts_uploads, allowed_to, current_actor, get_case_for, only_reads
from views.clock import office_now, today
from views.database import begin_read
from views.extensions import db
from views.forms.asking import filled_again, guard_asked_for, reason_of_asking, typed_fields
from views.forms.base import ProblemLine
from views.forms.lines import leaves
from views.forms.registry import FORMS
from views.forms.steps import Desk, StepForm
from views.pages import overtaken, refused, see_other, show
from workflow.facts import facts
from workflow.guards import Ask, Problem, StepRefused
from workflow.machine import EVENTS, ROLES, UnknownState
from workflow.models import Case
from workflow.queries.exceptions import Asked, request_for
from workflow.roles import Actor
from workflow.stages.requests import NothingToAsk
from workflow.steps import problems_with, request_confirmation, steps_open_to, take_step
from workflow.wording import name_of_state, name_of_step

bp = Blueprint("steps", __name__)

PAGE, FRAGMENT, AHEAD = "steps/page.html", "steps/_step.html", "steps/_ahead.html"
UPLOAD_LIMIT = 11 * 1024 * 1024  # a 10 MB attendance sheet and its form


@bp.get("/cases/<int:case_id>/steps/<step>")
@allowed_to(*ANYONE)
def step(case_id: int, step: str) -> Response:
    """The form of a step, prefilled; or the closed door that says why and who has the key."""
    case, form_class = get_case_for(current_actor(), case_id), _form_of(step)
    desk = _desk(case)
    closed = _closed(case, form_class.step)
    if closed:
        return _show_closed(desk, form_class, closed)
    asked = request_for(db.session(), case.id, form_class.step)
    refilled = asked is not None and bool(asked.typed) and asked.requested_by_id == desk.actor.user_id
    if asked is not None and refilled:
        form = filled_again(form_class, asked.typed, case.version)
    else:
        form = form_class(formdata=None, data=form_class.prefill(desk) | {"version": case.version})
    form.offer(desk)
    return show(PAGE, FRAGMENT, form=form, **_context(desk, form_class, form) | {"refilled": refilled})


@bp.post("/cases/<int:case_id>/steps/<step>")
@allowed_to(*ANYONE)
@accepts_uploads(UPLOAD_LIMIT)
def take(case_id: int, step: str) -> Response:
    """Take the step: one commit, or the form again with every problem and everything typed."""
    case, form_class = get_case_for(current_actor(), case_id, for_update=True), _form_of(step)
    desk = _desk(case)
    if not desk.actor.may_act_as(*ROLES[form_class.step]):
        return _show_closed(_look_again(case_id), form_class, _closed(case, form_class.step))
    form = form_class()
    form.offer(desk)
    if form.wants_more:
        form.add_rows()
        return show(PAGE, FRAGMENT, form=form, **_context(_look_again(case_id), form_class, form))
    if form.only_looks:
        return show(PAGE, FRAGMENT, form=form, **_context(_look_again(case_id), form_class, form))
    if form.version.data != case.version:
        return _overtaken(case_id, form_class, form)
    if not form.validate():
        _attach_all(form, desk, form_class.step)
        return refused(PAGE, FRAGMENT, form=form, **_context(_look_again(case_id), form_class, form))
    if guard_asked_for():
        return _ask_another(case_id, form_class, form, desk)
    try:
        take_step(
            db.session(),
            case,
            form_class.step,
            desk.actor,
            form.values(desk),
            desk.today,
            form.confirmed(),
            at=office_now(),
        )
        # Put into words before the commit: after it nothing may fail that could make a saved step look lost.
        happened = list(_what_happened(case, form_class.step))
        db.session.commit()
    except StepRefused as refusal:
        return _refused(case_id, form_class, form, refusal)
    except UnknownState:
        return _refused(case_id, form_class, form, StepRefused([_impossible(case, form_class.step)]))
    except (StaleDataError, IntegrityError):
        return _overtaken(case_id, form_class, form)
    for text, tone in happened:
        flash(text, tone)
    return see_other(url_for("cases.show", case_id=case_id))


@bp.get("/cases/<int:case_id>/steps/<step>/preview")
@allowed_to(*ANYONE)
def look_again(case_id: int, step: str) -> Response:
    """The address of a preview typed or reloaded: the form itself."""
    case, form_class = get_case_for(current_actor(), case_id), _form_of(step)
    if not current_actor().may_act_as(*ROLES[form_class.step]):
        return _show_closed(_desk(case), form_class, _closed(case, form_class.step))
    return see_other(url_for("steps.step", case_id=case_id, step=step))


@bp.post("/cases/<int:case_id>/steps/<step>/preview")
@allowed_to(*ANYONE)
@only_reads
@accepts_uploads(UPLOAD_LIMIT)
def preview(case_id: int, step: str) -> Response:
    """What would come of the form as it is typed; asked while typing. Saves nothing, and takes no lock."""
    case, form_class = get_case_for(current_actor(), case_id), _form_of(step)
    desk, closed = _desk(case), _closed(case, form_class.step)
    if closed:
        return _show_closed(desk, form_class, closed)
    if form_class.look_ahead is None:
        abort(404)
    form = form_class()
    form.offer(desk)
    return show(PAGE, AHEAD, form=form, **_context(desk, form_class, form))


def _form_of(step: str) -> type[StepForm]:
    """The form of a step as it stands in an address; 404 for what is no step."""
    return FORMS.get(step.replace("-", "_")) or abort(404)


def _desk(case: Case) -> Desk:
    return Desk(db.session(), case, current_actor(), today(), str(get_locale()))


def _look_again(case_id: int) -> Desk:
    """The case as it stands in the database. Lets the write lock go: a page is drawn without keeping others waiting."""
    db.session.rollback()
    begin_read()
    return _desk(get_case_for(current_actor(), case_id))


def _show_closed(desk: Desk, form_class: type[StepForm], closed: list[Problem]) -> Response:
    """403 for the wrong role; a state that does not allow the step is no fault of the person."""
    status = 403 if closed[0].code == "G95" else 200
    return show(PAGE, FRAGMENT, status=status, form=None, **_context(desk, form_class) | {"closed": closed})


def _closed(case: Case, step: str) -> list[Problem]:
    """The closed door: the role (G95) or the state (G98). Guards are shown with the form, not instead of it."""
    if not current_actor().may_act_as(*ROLES[step]):
        return [Problem("G95", step=step)]
    if step not in EVENTS.get(case.state, ()):
        return [_impossible(case, step)]
    return []


def _impossible(case: Case, step: str) -> Problem:
    """G98, also for a state that nobody knows: somebody wrote it past the machine."""
    return Problem("G98", params={"state": case.state}, step=step)


def _context(desk: Desk, form_class: type[StepForm], form: StepForm | None = None) -> dict[str, Any]:
    extra = form.context(desk) if form is not None else {}
    asked = request_for(desk.session, desk.case.id, form_class.step)
    return {
        "asked": asked,
        "refilled": False,
        "may_decide": asked is not None and _may_decide(asked, desk.actor),
        "case": desk.case,
        "step": form_class.step,
        "step_name": name_of_step(form_class.step, desk.language),
        "desk": desk,
        "roles": ROLES[form_class.step],
        "closed": [],
        "others": [other for other in steps_open_to(desk.case, desk.actor) if other != form_class.step],
        **extra,
    }


def _attach_all(form: StepForm, desk: Desk, step: str) -> None:
    """With the malformed fields also the guards that can be judged, so that nobody corrects in two rounds."""
    broken = {field.name for field in leaves(form) if field.errors}
    problems = problems_with(db.session(), desk.case, step, desk.actor, form.values(desk), form.confirmed(), desk.today)
    form.attach([problem for problem in problems if problem.field not in broken], desk.actor)


def _ask_another(case_id: int, form_class: type[StepForm], form: StepForm, desk: Desk) -> Response:
    """The button «ask the supervisor»: the request is kept with everything typed, and the form is shown again."""
    code, step = guard_asked_for() or "", form_class.step
    ask = Ask(db.session(), desk.case, step, desk.today, desk.actor, form.values(desk), form.confirmed())
    try:
        request_confirmation(ask, code, reason_of_asking(code), typed_fields(), office_now())
        db.session.commit()
    except StepRefused as refusal:
        return _refused(case_id, form_class, form, refusal)
    except (NothingToAsk, ValueError) as fault:
        _attach_all(form, desk, step)
        if isinstance(fault, ValueError):
            form.form_problems.append(ProblemLine(f"ask-{code}", "", _("Give the reason why it should be confirmed.")))
        return refused(PAGE, FRAGMENT, form=form, **_context(_look_again(case_id), form_class, form))
    except (StaleDataError, IntegrityError):
        return _overtaken(case_id, form_class, form)
    flash(_("The supervisor is asked. What you typed is kept here until it is decided."), "good")
    return see_other(url_for("steps.step", case_id=case_id, step=step.replace("_", "-")))


def _may_decide(asked: Asked, actor: Actor) -> bool:
    """True when the request waits for this person: the right role, and another person than who asked."""
    role = facts().guards[asked.guard].confirm_role
    return asked.status == "waiting" and asked.requested_by_id != actor.user_id and actor.may_act_as(role)


def _refused(case_id: int, form_class: type[StepForm], form: StepForm, refusal: StepRefused) -> Response:
    desk = _look_again(case_id)
    form.offer(desk)
    form.attach(refusal.problems, desk.actor)
    return refused(PAGE, FRAGMENT, form=form, **_context(desk, form_class, form))


def _overtaken(case_id: int, form_class: type[StepForm], form: StepForm) -> Response:
    """Somebody was faster: how the case stands now, and the form with what was typed, ready to be sent again."""
    desk = _look_again(case_id)
    form.offer(desk)
    form.version.data = desk.case.version
    form.version.raw_data = [str(desk.case.version)]
    context = _context(desk, form_class, form) | {"closed": _closed(desk.case, form_class.step)}
    return overtaken(PAGE, FRAGMENT, form=form, overtaken=True, **context)


def _what_happened(case: Case, step: str) -> Iterator[tuple[str, str]]:
    """What the next page says, each with its tone."""
    language = str(get_locale())
    yield _("Done: %(step)s.", step=name_of_step(step, language)), "good"
    if case.next_step:
        text = _(
            "The case is now in “%(state)s”. Next: %(next)s.",
            state=name_of_state(case.state, language),
            next=name_of_step(case.next_step, language),
        )
        yield text, "plain"
