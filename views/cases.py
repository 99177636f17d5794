"""The case: registering it, its page, its papers (UX, «Case»)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from views.access import ANYONE, allowed_to, current_account, current_actor, get_case_for
from views.case_page import deadline_rows, rail, remedy_address, timeline
from views.clock import office_now, today
from views.extensions import db
from views.forms.family import AddRepresentative
from views.forms.intake import ReceiveDocuments, RegisterApplication
from views.help import state_picture
from views.pages import refused, see_other, show
from workflow.calendar import age_on
from workflow.facts import facts
from workflow.folding import fold
from workflow.guards import Ask, StepRefused, kept
from workflow.machine import refusals, stops
from workflow.models import ENDED, Case, Person
from workflow.queries.case_file import case_file, with_people
from workflow.queries.entitlements import entitlement
from workflow.stages.intake import add_representative, faults_of_code
from workflow.stages.papers import missing_documents, receive_documents
from workflow.stages.plan_guards import representatives_on
from workflow.steps import enter, steps_open_to, take_step

bp = Blueprint("cases", __name__, url_prefix="/cases")

NEW_PAGE, NEW_FRAGMENT = "cases/new.html", "cases/_new.html"
MOST_FOUND = 10
SEES_HEALTH = ("social_worker", "supervisor", "reader")  # the officer sees services and hours (DOMAIN 2.1)


@bp.get("/<int:case_id>", endpoint="show")
@allowed_to(*ANYONE)
def show_case(case_id: int) -> Response:
    """The case file: who, where it stands, what is missing, the one next action, and everything so far."""
    actor = current_actor()
    case = get_case_for(actor, case_id, options=with_people())
    file = case_file(db.session(), case.id)
    open_steps = steps_open_to(case, actor)
    sees_health = actor.may_act_as(*SEES_HEALTH)
    return show(
        "cases/page.html",
        case=case,
        file=file,
        picture=state_picture(case.state),
        rail=rail(case, file, str(get_locale())),
        missing=[kept(problem) for problem in case.missing],
        remedy_address=lambda problem: remedy_address(case, problem, open_steps),
        main_step=case.next_step if case.next_step in open_steps else None,
        other_steps=[step for step in open_steps if step != case.next_step],
        timeline=timeline(file, str(get_locale())),
        age=age_on(case.person.birth_date, today()),
        deadlines=deadline_rows(case, str(get_locale())),
        entitlement=entitlement(db.session(), case, file, today(), health=sees_health),
        sees_health=sees_health,
        may_receive=actor.may_act_as("social_worker") and case.state not in ENDED,
    )


@bp.get("/new")
@allowed_to("social_worker")
def new() -> Response:
    """The form of a new application; `q` looks for a person already known, `person` chooses one."""
    known = _known_person(request.args.get("person", ""))
    place = current_account().municipality_id
    form = RegisterApplication(
        formdata=None,
        data={
            "received_on": today(),
            "channel": "in_person",
            "wanted": "both",
            "case_type": _chosen_case_type(),
            "applicant_kind": "parent",
            "person": {"declared_municipality": place, "language": "lv"},
        },
    )
    return _show_new(form, known)


@bp.post("/new")
@allowed_to("social_worker")
def register() -> Response:
    """Register the application: the case comes into being in its first state."""
    actor, known = current_actor(), _known_person(request.form.get("person_id", ""))
    form = RegisterApplication()
    form.offer(db.session, actor, str(get_locale()), known)
    if form.wants_more:
        if request.form["more"] != "case_type":
            form.add_rows()
        return _show_new(form, known)
    values = form.values(db.session, current_account().municipality_id, known)
    if not _valid(form, known):
        ask = Ask(db.session(), None, "register_application", today(), actor, values, form.confirmed())
        form.attach(refusals(ask), actor)
        return _show_new(form, known, 422)
    try:
        case = take_step(
            db.session(), None, "register_application", actor, values, today(), form.confirmed(), at=office_now()
        )
        case_id, case_no = case.id, case.case_no  # after the commit nothing is read that could fail
        db.session.commit()
    except StepRefused as refusal:
        db.session.rollback()
        form.attach(refusal.problems, actor)
        return _show_new(form, _known_person(request.form.get("person_id", "")), 422)
    except IntegrityError:
        # The same person registered at the same moment by somebody else: the guards now say so.
        db.session.rollback()
        ask = Ask(db.session(), None, "register_application", today(), actor, values, form.confirmed())
        form.attach(refusals(ask), actor)
        return _show_new(form, known, 409)
    flash(_("The application is registered as case %(no)s.", no=case_no), "good")
    return see_other(url_for("cases.show", case_id=case_id))


@bp.post("/<int:case_id>/documents")
@allowed_to("social_worker")
def receive(case_id: int) -> Response:
    """Tick documents as received; no step, but in the history."""
    actor = current_actor()
    case = get_case_for(actor, case_id, for_update=True)
    form = ReceiveDocuments()
    form.codes.choices = _papers_in()
    if not form.validate():
        return refused("cases/documents.html", case=case, form=form)
    if form.received_on.data > today():
        form.add_problem("received_on", _("The date cannot be in the future."))
        return refused("cases/documents.html", case=case, form=form)
    ask = Ask(db.session(), case, "request_documents", today(), actor)
    receive_documents(ask, form.codes.data, form.received_on.data)
    enter(db.session(), case, "receive_documents", actor, form.given(), today(), at=office_now())
    db.session.commit()
    flash(_("The documents are recorded."), "good")
    return see_other(url_for("cases.show", case_id=case_id) + "#documents")


@bp.get("/<int:case_id>/documents")
@allowed_to("social_worker")
def documents(case_id: int) -> Response:
    """The form to tick documents as received."""
    case = get_case_for(current_actor(), case_id)
    ask = Ask(db.session(), case, "request_documents", today())
    form = ReceiveDocuments(formdata=None, data={"codes": missing_documents(ask), "received_on": today()})
    form.codes.choices = _papers_in()
    return show("cases/documents.html", case=case, form=form)


@bp.get("/<int:case_id>/representatives")
@allowed_to("social_worker")
def representatives(case_id: int) -> Response:
    """Who acts for the person, and the form to add somebody."""
    case = get_case_for(current_actor(), case_id)
    kind = case.applicant_kind if case.applicant_kind != "self" else None
    form = AddRepresentative(formdata=None, data={"applicant_kind": kind, "received_on": case.received_on})
    return _show_representatives(case, form)


@bp.post("/<int:case_id>/representatives")
@allowed_to("social_worker")
def represent(case_id: int) -> Response:
    """Add a representative; no step, but in the history."""
    actor = current_actor()
    case = get_case_for(actor, case_id, for_update=True)
    form = AddRepresentative()
    form.offer(case, str(get_locale()))
    given = form.given() | {"municipality_id": case.municipality_id}
    ask = Ask(db.session(), case, "register_application", today(), actor, given, form.confirmed())
    if not form.validate():
        return _show_representatives(case, form, 422)
    problems = [problem for problem in faults_of_code(ask) if stops(problem, ask)]
    if problems:
        form.attach(problems, actor)
        return _show_representatives(case, form, 422)
    add_representative(ask)
    enter(db.session(), case, "add_representative", actor, ask.record or given, today(), at=office_now())
    db.session.commit()
    flash(_("The representative is recorded."), "good")
    return see_other(url_for("cases.show", case_id=case_id))


def _show_representatives(case: Case, form: AddRepresentative, status: int = 200) -> Response:
    form.offer(case, str(get_locale()))
    known = representatives_on(db.session(), case, today())
    return show("cases/representatives.html", status=status, case=case, form=form, known=known)


def _papers_in() -> list[tuple[str, str]]:
    language = str(get_locale())
    rows = facts().documents.rows
    return [(kind.code, f"{kind.code} · {kind.name(language)}") for kind in rows if kind.direction == "in"]


def _valid(form: RegisterApplication, known: Person | None) -> bool:
    """The form's own fields; a known person needs no second description."""
    if known is None:
        form.person.required = True
    return form.validate()


def _known_person(text: str) -> Person | None:
    """The person chosen, if this office may see them."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return None
    rows = _visible_people().where(Person.id == int(text))
    return db.session.scalars(rows).first()


def _visible_people() -> sa.Select[Person]:
    """People registered by this office, or with a case in it."""
    here = current_actor().municipality_ids
    with_case = sa.select(Case.person_id).where(Case.municipality_id.in_(here))
    return sa.select(Person).where(sa.or_(Person.registered_municipality_id.in_(here), Person.id.in_(with_case)))


def _found(query: str) -> list[Person]:
    """People by personal code or by folded name, the best first."""
    digits = "".join(mark for mark in query if mark in "0123456789")
    rows = _visible_people().order_by(Person.folded).limit(MOST_FOUND)
    if len(digits) == 11:
        return list(db.session.scalars(rows.where(Person.personal_code == digits)))
    words = fold(query)[:100].split()
    if not words:
        return []
    return list(db.session.scalars(rows.where(*(Person.folded.contains(word, autoescape=True) for word in words))))


def _chosen_case_type() -> str:
    """The programme named in the address, else the first one."""
    asked, known = request.args.get("case_type", ""), facts().case_types
    return asked if asked in known else next(iter(known))


def _show_new(form: RegisterApplication, known: Person | None, status: int = 200) -> Response:
    form.offer(db.session, current_actor(), str(get_locale()), known)
    query = request.args.get("q", "")[:100]
    context: dict[str, Any] = {"form": form, "known": known, "query": query, "found": _found(query) if query else None}
    return show(NEW_PAGE, NEW_FRAGMENT, status=status, **context)
