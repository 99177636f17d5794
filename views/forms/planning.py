"""The forms of the support plan: draft, approve, return, revise (DOMAIN 8.2, 13.1 story 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from views.forms.days import not_before, not_future
from views.forms.fields import DayField, LinesField, LongTextField, TextField
from views.forms.plan_lines import PlanLineForm, kind_of, measures_of, recipients_of, services_of
from views.forms.steps import Desk, StepForm
from workflow.facts import facts
from workflow.models import Person, Plan
from workflow.stages.accounts import accounts_of
from workflow.stages.common import main_programme
from workflow.stages.forecast import bounds_ahead
from workflow.stages.planning import decision_no_is_taken, next_decision_no
from workflow.stages.used import shared_units

EXTRA_ROWS = 2
MOST_ROWS = 60
NUMBER_TAKEN = _l("A decision with this number is already in the case.")
Line = tuple[str, int, Decimal | None]


def counters(desk: Desk, lines: Iterable[Line], day: dt.date) -> dict[str, Any]:
    """«Used, reserved, left» of each programme under the rules of the day, and the bounds that lie ahead."""
    known = list(lines)
    return {
        "accounts": accounts_of(shared_units(desk.session, desk.case), known, day),
        "bounds": bounds_ahead(desk.session, desk.case, (service for service, _, _ in known), day),
    }


class PlanForm(StepForm):
    """What drafting and revising share: the table of lines."""

    look_ahead = _l("Recount")

    lines: Any
    drafted_on: Any

    def offer(self, desk: Desk) -> None:
        self.desk = desk
        self.services = services_of(desk)
        self.has_services = any(options for _programme, options in self.services)
        self.recipients = recipients_of(desk)
        self.measures = measures_of(desk)
        # The adults' services are «papildus jau sniegtajiem» (DOMAIN 3).
        self.asks_about_before = main_programme(desk.case.case_type).recipient == "adult"
        self._offer_rows()

    def _offer_rows(self) -> None:
        for row in self.lines.entries:
            row.form.service.groups = self.services
            row.form.recipient.choices = [(person.id, label) for person, label in self.recipients]
            if len(self.recipients) == 1:
                row.form.recipient.look = "hidden"
            if not self.asks_about_before and "received_before_project" in row.form:
                del row.form.received_before_project

    def add_rows(self) -> None:
        """New rows offer the same choices."""
        super().add_rows()
        self._offer_rows()

    def values(self, desk: Desk) -> dict[str, Any]:
        return {**self.given(), "lines": list(self._rows(desk))}

    def _rows(self, desk: Desk) -> Iterator[dict[str, Any]]:
        """The filled rows with their number in the form, so that a guard's finding stands at its row."""
        people = {person.id: person for person, _ in self.recipients}
        for entry in self.lines.entries:
            if not entry.form.is_blank():
                given = entry.form.given()
                recipient = self._recipient(desk, given["service"], people.get(given["recipient"]))
                kind = kind_of(desk.case, recipient or desk.case.person, desk.today)
                number = int(entry.name.rsplit("-", 1)[1])
                yield {**given, "recipient": recipient, "recipient_kind": kind, "row": number}

    def _recipient(self, desk: Desk, service: str | None, chosen: Person | None) -> Person | None:
        """Left empty: the child, or for the representatives' services the only representative."""
        if chosen is not None:
            return chosen
        if not _is_for_representatives(service):
            return desk.case.person
        adults = [person for person, _ in self.recipients if person.id != desk.case.person_id]
        return adults[0] if len(adults) == 1 else None

    def context(self, desk: Desk) -> dict[str, Any]:
        lines = [
            (row["service"], row["recipient"].id if row["recipient"] else 0, row["quantity"])
            for row in self._rows(desk)
            if row["service"]
        ]
        return counters(desk, lines, self.drafted_on.data or desk.today)

    def validate_drafted_on(self, field: Any) -> None:
        """The rules of the day hold for the plan, so a plan is not dated ahead."""
        not_future(field, self.desk.today)


def _is_for_representatives(service: str | None) -> bool:
    fact = facts().services.get(service or "")
    return fact is not None and facts().programmes[fact.programme].recipient == "guardian"


def _only_service(desk: Desk) -> tuple[str, ...]:
    """The service of a case type that has no other: there is nothing to choose."""
    services = facts().service_codes_of(desk.case.case_type)
    return services if len(services) == 1 else ()


class DraftPlan(PlanForm):
    """The first version of the plan."""

    step = "draft_plan"

    drafted_on = DayField(_l("Drafted on"), required=False)
    goals = LongTextField(_l("Goals"), rows=4, hint=_l("Enter diagnoses only if they are needed for the plan."))
    lines = LinesField(PlanLineForm, _l("Services"), required=False, most=MOST_ROWS, blank=4)

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        return {"drafted_on": desk.today, "lines": [{"service": code} for code in _only_service(desk)]}

    def offer(self, desk: Desk) -> None:
        super().offer(desk)
        if not self.is_submitted() and _only_service(desk) and len(self.recipients) == 1:
            while len(self.lines.entries) > 1:  # one service for one person is one line
                self.lines.pop_entry()


class RevisePlan(PlanForm):
    """The next version, with the lines of the newest one to be changed."""

    step = "revise_plan"

    reason = LongTextField(_l("Reason for the revision"), required=False, rows=2)
    drafted_on = DayField(_l("Drafted on"))
    goals = LongTextField(_l("Goals"), rows=4, hint=_l("Enter diagnoses only if they are needed for the plan."))
    lines = LinesField(
        PlanLineForm,
        _l("Services"),
        required=False,
        most=MOST_ROWS,
        blank=1,
        hint=_l("Clear a row to take the service out. Rows of the same service and recipient keep their contracts."),
    )

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        plan = desk.case.plan
        rows = [_row(line) for line in plan.lines] if plan else []
        return {
            "drafted_on": desk.today,
            "goals": plan.goals if plan else None,
            "lines": [*rows, *({} for _ in range(EXTRA_ROWS))],
        }

    def context(self, desk: Desk) -> dict[str, Any]:
        plan = desk.case.plan
        return {**super().context(desk), "remarks": plan.remarks if plan else ""}

    def validate_drafted_on(self, field: Any) -> None:
        """A version is not older than the one it revises."""
        super().validate_drafted_on(field)
        not_before(field, self.desk.case.plan.drafted_on if self.desk.case.plan else None)


def _row(line: Any) -> dict[str, Any]:
    return {
        "service": line.service_code,
        "recipient": line.recipient_id,
        "quantity": line.quantity,
        "starts_on": line.starts_on,
        "ends_on": line.ends_on,
        "frequency": line.frequency,
        "description": line.description,
        "received_before_project": line.received_before_project,
    }


class ApprovePlan(StepForm):
    """The supervisor's approval with the decision to grant."""

    step = "approve_plan"

    approved_on = DayField(_l("Approved on"))
    representative_signed_on = DayField(
        _l("Signed by the representative on"),
        required=False,
        hint=_l("This version, by the person or the representative."),
    )
    decision_no = TextField(_l("Decision number"), longest=60)
    decision_on = DayField(_l("Date of the decision"))

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        return {"approved_on": desk.today, "decision_no": next_decision_no(desk.case), "decision_on": desk.today}

    def offer(self, desk: Desk) -> None:
        self.desk = desk

    def context(self, desk: Desk) -> dict[str, Any]:
        plan: Plan | None = desk.case.plan
        lines = list(plan.lines) if plan else []
        day = plan.drafted_on if plan else desk.today
        shown = [(line.service_code, line.recipient_id, line.quantity) for line in lines]
        return {"plan": plan, "assessment": desk.case.assessment, **counters(desk, shown, day)}

    def _first_day(self) -> dt.date | None:
        return self.desk.case.plan.drafted_on if self.desk.case.plan else None

    def validate_approved_on(self, field: Any) -> None:
        """Units count from this day (DOMAIN 9.2, test 2): not ahead of time, and not before the plan."""
        not_future(field, self.desk.today)
        not_before(field, self._first_day())

    def validate_decision_on(self, field: Any) -> None:
        """The decision is made on a plan that exists."""
        not_future(field, self.desk.today)
        not_before(field, self._first_day())

    def validate_decision_no(self, field: Any) -> None:
        """A number names one decision of the case."""
        if field.data and decision_no_is_taken(self.desk.case, "grant", field.data):
            raise ValidationError(NUMBER_TAKEN)


class ReturnPlan(StepForm):
    """Back to the drafter with the supervisor's remarks."""

    step = "return_plan"

    remarks = LongTextField(_l("Remarks for the social worker"))
