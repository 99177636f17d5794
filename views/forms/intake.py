"""The forms of the counter: a new application, missing documents, a longer deadline (DOMAIN 8.2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from views.forms.base import GaitaForm
from views.forms.fields import (
    ChoiceField,
    DayField,
    GroupField,
    LongTextField,
    PersonalCodeField,
    QuantityField,
    RowForm,
    TextField,
    TicksField,
    YesNoField,
)
from views.forms.steps import Desk, StepForm
from workflow.facts import facts
from workflow.models import Municipality, Person, Relation
from workflow.roles import Actor
from workflow.stages.papers import required_documents
from workflow.wording import format_date


class PersonForm(RowForm):
    """The child or adult the case is about."""

    first_name = TextField(_l("First name"))
    last_name = TextField(_l("Last name"))
    birth_date = DayField(_l("Date of birth"))
    personal_code = PersonalCodeField(_l("Personal code"), required=False, hint=_l("11 digits; may be missing"))
    declared_municipality = ChoiceField(_l("Declared place of residence"))
    address = TextField(_l("Address"), required=False)
    phone = TextField(_l("Phone"), required=False, longest=40)
    language = ChoiceField(_l("Language of letters"))


class ApplicantForm(RowForm):
    """The parent, guardian or foster parent who applies."""

    first_name = TextField(_l("First name"), required=False)
    last_name = TextField(_l("Last name"), required=False)
    personal_code = PersonalCodeField(_l("Personal code"), required=False)
    address = TextField(
        _l("Address"),
        required=False,
        hint=_l("The same address as the child's means that no proof of representation is asked from a parent."),
    )
    phone = TextField(_l("Phone"), required=False, longest=40)


class RegisterApplication(GaitaForm):
    """A new case. Not a StepForm: there is no case yet."""

    step = "register_application"
    kept = ("person_id", "known_applicant", "new_person")

    case_type = ChoiceField(_l("Programme"))
    person = GroupField(PersonForm, _l("Person"), required=False)
    known_applicant = ChoiceField(
        _l("Applicant already known"), required=False, hint=_l("Choose, or enter a new applicant below.")
    )
    applicant = GroupField(ApplicantForm, _l("Applicant"), required=False)
    applicant_kind = ChoiceField(_l("Relation of the applicant to the person"), required=False)
    wanted = ChoiceField(_l("Asked for"), look="radio")
    received_on = DayField(_l("Received on"), required=False)
    channel = ChoiceField(_l("How it came in"))
    desired_provider = TextField(_l("Wanted provider"), required=False, hint=_l("The family may name a provider."))
    documents = TicksField(_l("Documents received with the application"), required=False)
    opening_used = QuantityField(
        _l("Units used earlier in the project"),
        required=False,
        hint=_l("Sessions already compensated elsewhere, for example in another municipality."),
    )
    note = LongTextField(_l("Note"), required=False, rows=2, hint=_l("Do not enter diagnoses unless they are needed."))

    def offer(self, session: Any, actor: Actor, language: str, known: Person | None) -> None:
        """Fill what can be chosen; for a known person their representatives."""
        book = facts()
        self.case_type.choices = list(book.labels("case_type", language).items())
        self.applicant_kind.choices = list(book.labels("applicant_kind", language).items())
        self.wanted.choices = list(book.labels("wanted", language).items())
        self.channel.choices = list(book.labels("channel", language).items())
        self.documents.choices = [
            (kind.code, f"{kind.code} · {kind.name(language)}")
            for kind in book.documents.rows
            if kind.direction == "in" and kind.code in ("D03", "D04", "D05", "D06", "D07", "D08")
        ]
        self.person.form.declared_municipality.choices = _municipalities(session, language)
        self.person.form.language.choices = [(code, name) for code, name in book.labels("language", language).items()]
        self.known_applicant.choices = _relatives(session, known) if known else []

    def values(self, session: Any, municipality_id: int, known: Person | None) -> dict[str, Any]:
        """What the step takes: chosen people as rows, new ones as their data."""
        given = self.given()
        if known is not None:
            given["person"] = known
        if self.known_applicant.data:
            given["applicant"] = session.get(Person, self.known_applicant.data)
        return given | {"municipality_id": municipality_id}


def _municipalities(session: Any, language: str) -> list[tuple[int, str]]:
    """Those of today first; a merged one says until when it was, since a successor may bear the same name."""
    order = (Municipality.valid_to.is_not(None), Municipality.name_lv)
    rows = session.execute(sa.select(Municipality.id, Municipality.name_lv, Municipality.valid_to).order_by(*order))
    return [
        (row.id, f"{row.name_lv} (– {format_date(row.valid_to, language)})" if row.valid_to else row.name_lv)
        for row in rows
    ]


def _relatives(session: Any, person: Person) -> list[tuple[int, str]]:
    rows = session.scalars(sa.select(Relation).where(Relation.child_id == person.id))
    return list({row.adult_id: (row.adult_id, row.adult.name) for row in rows}.values())


class RequestDocuments(StepForm):
    """What is missing, and by when an answer is awaited."""

    step = "request_documents"
    missing = TicksField(_l("Missing documents"))
    reply_by = DayField(_l("Reply by"))

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        have = {document.code for document in desk.case.documents if document.direction == "in"}
        missing = [codes[0] for codes in required_documents(desk.case) if not have.intersection(codes)]
        return {"missing": missing, "reply_by": desk.today + dt.timedelta(days=14)}

    def offer(self, desk: Desk) -> None:
        self.missing.choices = [
            (kind.code, f"{kind.code} · {kind.name(desk.language)}")
            for kind in facts().documents.rows
            if kind.direction == "in" and kind.code <= "D09"
        ]


class ExtendDeadline(StepForm):
    """A later day for the decision, with the reason (DOMAIN 5.3)."""

    step = "extend_deadline"
    new_due_on = DayField(_l("New due date"), required=False)
    reason = LongTextField(_l("Reason"), required=False)
    long_fact_finding = YesNoField(_l("The facts must be established for long (up to one year)"), required=False)


class ReceiveDocuments(GaitaForm):
    """Documents that came in; not a step, but in the history all the same."""

    codes = TicksField(_l("Documents received"))
    received_on = DayField(_l("Received on"))
