"""The forms of the counter: a new application, missing documents, a longer deadline (DOMAIN 8.2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from views.clock import today
from views.forms.applying import fit_to
from views.forms.base import GaitaForm
from views.forms.days import not_before, not_future
from views.forms.fields import (
    ChoiceField,
    DayField,
    GroupField,
    LinesField,
    LongTextField,
    PersonalCodeField,
    QuantityField,
    RowForm,
    TextField,
    TicksField,
    YesNoField,
)
from views.forms.plan_lines import WHOLE_STEPS
from views.forms.steps import Desk, StepForm
from workflow.facts import facts
from workflow.models import Municipality, Person, Relation
from workflow.roles import Actor
from workflow.stages.common import main_programme
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


class OpeningRow(RowForm):
    """Units of a programme other than the main one, or of a service, that were compensated earlier (R2)."""

    of = ChoiceField(_l("Programme or service"))
    quantity = QuantityField(_l("Units"))


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
    applicant_kind = ChoiceField(_l("Who applies"), required=False)
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
    opening_parts = LinesField(
        OpeningRow,
        _l("Of these by programme or service"),
        required=False,
        blank=1,
        most=20,
        hint=_l("Only if known: units of the representatives of the child, or of a single service."),
    )
    opening_window_start = DayField(
        _l("First compensated day"),
        required=False,
        hint=_l("For adults: the two years of compensation run from this day. Leave empty if nothing was compensated."),
    )
    note = LongTextField(_l("Note"), required=False, rows=2, hint=_l("Do not enter diagnoses unless they are needed."))

    def offer(self, session: Any, actor: Actor, language: str, known: Person | None) -> None:
        """Fill what can be chosen; for a known person their representatives."""
        book = facts()
        self.case_type.choices = list(book.labels("case_type", language).items())
        self.channel.choices = list(book.labels("channel", language).items())
        self.person.form.declared_municipality.choices = _municipalities(session, language)
        self.person.form.language.choices = [(code, name) for code, name in book.labels("language", language).items()]
        self.known_applicant.choices = _relatives(session, known) if known else []
        # Without a programme there is nothing to fit to: then the first one's questions are shown.
        fit_to(self, book.case_types[self.case_type.data or next(iter(book.case_types))], language)

    def values(self, session: Any, municipality_id: int, known: Person | None) -> dict[str, Any]:
        """What the step takes: chosen people as rows, new ones as their data."""
        given = self.given()
        if known is not None:
            given["person"] = known
        if self.known_applicant.data:
            given["applicant"] = session.get(Person, self.known_applicant.data)
        return given | {"municipality_id": municipality_id}

    def validate_opening_window_start(self, field: Any) -> None:
        """A day on which something was compensated: in the past and in the programme."""
        not_future(field, today())
        if self.case_type.data:
            not_before(field, main_programme(self.case_type.data).first_day)

    def _was_born(self) -> bool:
        """Nobody applies for a child that is not born yet: every age would be wrong (DOMAIN 5.1)."""
        born, received_on = self.person.form.birth_date.data, self.received_on.data
        if born is None or born <= min(day for day in (received_on, today()) if day is not None):
            return True
        self.add_problem("person-birth_date", _("The date of birth lies after the application."))
        return False

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators) and self._was_born()
        return self._is_of_this_programme() and self._openings_fit() and good

    def _is_of_this_programme(self) -> bool:
        """Without a script the boxes stay those of the programme that was chosen when the page came."""
        shown = request.form.get("shown_for", "")
        if shown not in facts().case_types or self.case_type.data in (None, shown):
            return True
        self.add_problem("case_type", _("The boxes below are now those of this programme: check them, then send."))
        return False

    def _openings_fit(self) -> bool:
        """Each programme and service of the case type once, in whole units."""
        if not self.case_type.data:
            return True
        case_type = facts().case_types[self.case_type.data]
        own = {*case_type.programmes, *facts().service_codes_of(case_type.code)}
        used = self._fields.get("opening_used")
        seen = {case_type.main_programme} if used is not None and used.data else set()
        good = used is None or self._is_whole(used, case_type.main_programme)
        for row in self.opening_parts.filled_rows() if "opening_parts" in self else ():
            if row.of.data is None or row.quantity.data is None:
                continue
            if row.of.data in seen or row.of.data not in own:
                text = _("It is given already.") if row.of.data in seen else _("It does not belong to this programme.")
                self.add_problem(row.of.name, text)
                good = False
            elif not self._is_whole(row.quantity, row.of.data):
                good = False
            seen.add(row.of.data)
        return good

    def _is_whole(self, field: Any, code: str) -> bool:
        """Whole steps of the unit of the programme or service (DOMAIN 6)."""
        book = facts()
        services = [code] if code in book.services else book.programmes[code].service_codes[:1]
        step = book.units[book.services[services[0]].unit].step if services else 1
        if field.data is None or field.data % step == 0:
            return True
        self.add_problem(field.name, WHOLE_STEPS % {"step": step})
        return False


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
