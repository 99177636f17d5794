"""The forms of delivery: a month of sessions with act and sheet, and the end of the service (DOMAIN 8.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from views.forms import messages
from views.forms.fields import (
    ChoiceField,
    ClockField,
    DayField,
    LinesField,
    LongTextField,
    MaybeChoice,
    MomentField,
    MonthField,
    QuantityField,
    RowForm,
    SheetField,
    TextField,
)
from views.forms.numbered import numbered
from views.forms.steps import Desk, StepForm
from workflow.calendar import month_of
from workflow.facts import facts
from workflow.filing import MOST_BYTES, Upload, fault_of
from workflow.guards import Ask
from workflow.models import Assignment, Person
from workflow.stages.accounts import accounts_of
from workflow.stages.assigning import ends_of, granted_plan
from workflow.stages.delivery_preview import month_seen
from workflow.stages.plan_guards import representatives_on
from workflow.stages.used import shared_units
from workflow.wording import format_date, name_of_service, name_of_unit

KINDS = (".pdf", ".png", ".jpg", ".jpeg")
ROWS = 10
DAY24 = "DAY24"
OF_DAYS, OF_STAYS = ("date", "started_at", "quantity"), ("check_in", "check_out")
FAULTS = {
    "empty": _l("The file is empty."),
    "too_large": _l("The file is larger than 10 MB."),
    "kind": _l("The content is neither PDF nor a PNG or JPEG picture."),
}


STAYS_ONLY = _l("One row for each stay. Every 24 hours begun since the check-in count as one day.")
STAYS_TOO = _l(
    "One row for each. A service counted in 24 hours has check-in and check-out, any other the date and the quantity."
)


class DeliveryRow(RowForm):
    """One session, some hours, or one stay."""

    date = DayField(_l("Date"), required=False)
    recipient = MaybeChoice(_l("Recipient"), required=False)
    started_at = ClockField(_l("Start"), required=False)
    # A number below zero is read, so that the guard says what a quantity is (G57).
    quantity = QuantityField(_l("Quantity"), required=False, default=Decimal(1), below_zero=True)
    check_in = MomentField(_l("Check-in"), required=False)
    check_out = MomentField(_l("Check-out"), required=False)


class ConfirmDelivery(StepForm):
    """What was delivered in a month under one assignment, as the signed sheet shows it."""

    step = "confirm_delivery"
    look_ahead = _l("Check")

    month = MonthField(_l("Month"))
    assignment = ChoiceField(_l("Service and provider"))
    deliveries = LinesField(
        DeliveryRow,
        _l("Deliveries"),
        blank=ROWS,
        most=60,
        hint=_l("One row for each. Two on one day need their start times."),
    )
    act_no = TextField(_l("Number of the acceptance act"), required=False, longest=60)
    act_on = DayField(_l("Date of the act"), required=False)
    signed_by = TextField(_l("Signed by"), required=False)
    attendance_sheet = SheetField(
        _l("Signed attendance sheet"),
        required=False,
        kinds=KINDS,
        hint=_l("PDF, PNG or JPEG, at most 10 MB. After a refusal attach it again: browsers do not keep files."),
    )

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        assignments = desk.case.assignments
        first = min((row.starts_on for row in assignments), default=desk.today)
        last_month = month_of(month_of(desk.today) - dt.timedelta(days=1))
        return {
            "month": max(last_month, month_of(first)),
            "assignment": assignments[0].id if len(assignments) == 1 else None,
            "act_on": desk.today,
        }

    def offer(self, desk: Desk) -> None:
        self.assignments = {row.id: row for row in desk.case.assignments}
        self.assignment.choices = [(row.id, assignment_label(row, desk.language)) for row in self.assignments.values()]
        self.desk = desk
        self.recipients = {person.id: person for person in _recipients(desk)}
        self._draw_columns()

    def add_rows(self) -> None:
        super().add_rows()
        self._draw_columns()

    def _draw_columns(self) -> None:
        self._hide_columns()
        self._say_units()
        for row in self.deliveries.entries:
            row.form.recipient.choices = [(person.id, person.name) for person in self.recipients.values()]
            row.form.recipient.look = "select" if self.recipients else "hidden"

    def _say_units(self) -> None:
        """Sessions are mostly one a row; hours are typed, and a stay counts itself."""
        units = {_unit(row) for row in self.assignments.values()}
        if DAY24 in units:
            self.deliveries.description = STAYS_ONLY if len(units) == 1 else STAYS_TOO
        if units == {"HOUR"}:
            for row in self.deliveries.entries:
                _type_anew(row.form.quantity)
        if len(units) == 1:
            label = _("Quantity (%(unit)s)", unit=name_of_unit(next(iter(units)), self.desk.language))
            for row in self.deliveries.entries:
                row.form.quantity.label.text = label

    def _hide_columns(self) -> None:
        """Stays are asked only where a service is counted in 24 hours, days only where one is not."""
        stays = [_unit(row) == DAY24 for row in self.assignments.values()]
        hidden = (() if any(stays) else OF_STAYS) + (() if not all(stays) or not stays else OF_DAYS)
        for row in self.deliveries.entries:
            for name in hidden:
                row.form[name].look = "hidden"

    @property
    def sheet(self) -> Upload | None:
        """The file with its content, read once and never further than the bound."""
        posted = self.attendance_sheet.data
        if posted is None:
            return None
        if not hasattr(self, "_sheet"):
            self._sheet = Upload(posted.filename or "", posted.stream.read(MOST_BYTES + 1))
        return self._sheet

    def values(self, desk: Desk) -> dict[str, Any]:
        return self.given() | self._chosen() | {"attendance_sheet": self.sheet}

    def _with_recipient(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with the person; left empty it is the one of the plan line."""
        return {**row, "recipient": self.recipients.get(row["recipient"] or 0)}

    def context(self, desk: Desk) -> dict[str, Any]:
        """What would be compensated of the rows as typed, and how the accounts stand now."""
        given = {"month": self.month.data, **self._chosen()}
        seen = month_seen(Ask(desk.session, desk.case, self.step, desk.today, desk.actor, given))
        plan = granted_plan(desk.case)
        lines = [(line.service_code, line.recipient_id, line.quantity) for line in plan.lines] if plan else []
        return {"seen": seen, "accounts": accounts_of(shared_units(desk.session, desk.case), lines, desk.today)}

    def _chosen(self) -> dict[str, Any]:
        return {
            "assignment": self.assignments.get(self.assignment.data or 0),
            "deliveries": [self._with_recipient(row) for row in numbered(self.deliveries)],
        }

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        return self._file_is_good() and self._days_are_of_month() and self._recipients_fit() and good

    def _recipients_fit(self) -> bool:
        """Only what is for the representatives may be given to another of them (G24)."""
        chosen = self.assignments.get(self.assignment.data or 0)
        good = True
        for row in self.deliveries.filled_rows():
            if row.recipient.data is not None and chosen is not None and not _is_shared(chosen):
                self.add_problem(row.recipient.name, _("This service is for %(name)s alone.", name=_whose(chosen)))
                good = False
        return good

    def _file_is_good(self) -> bool:
        fault = fault_of(self.sheet) if self.sheet is not None else None
        if fault is not None:
            self.add_problem("attendance_sheet", FAULTS.get(fault, messages.ATTACH))
        return fault is None

    def _days_are_of_month(self) -> bool:
        """Said here in its own words; the guard G50 would say that nothing covers the day."""
        good = True
        for row in self.deliveries.filled_rows():
            box = row.date if row.check_in.data is None else row.check_in
            day = row.date.data if row.check_in.data is None else row.check_in.data.date()
            if day is not None and self.month.data is not None and month_of(day) != self.month.data:
                self.add_problem(box.name, _("This day is not in the month chosen above."))
                good = False
        return good


def _is_shared(assignment: Assignment) -> bool:
    return assignment.plan_line.recipient_kind == "guardian"


def _whose(assignment: Assignment) -> str:
    return assignment.plan_line.recipient.name


def _recipients(desk: Desk) -> Sequence[Person]:
    """The representatives, where the child has several and a service is for them; else there is nothing to choose."""
    if not any(_is_shared(row) for row in desk.case.assignments):
        return ()
    found = representatives_on(desk.session, desk.case, desk.today)
    return found if len(found) > 1 else ()


def _type_anew(box: Any) -> None:
    """No quantity is suggested."""
    box.default = None
    if box.raw_data is None and box.object_data == Decimal(1):
        box.data = None


def _unit(assignment: Assignment) -> str:
    return facts().services[assignment.plan_line.service_code].unit


def assignment_label(assignment: Assignment, language: str) -> str:
    """Service, recipient, provider and period of an assignment."""
    line, ends_on = assignment.plan_line, ends_of(assignment)
    period = f"{format_date(assignment.starts_on, language)} – {format_date(ends_on, language) if ends_on else '…'}"
    name = f"{line.service_code} {name_of_service(line.service_code, language)}"
    return " · ".join([name, line.recipient.name, assignment.provider.name, period])


class StopService(StepForm):
    """The service ends; what was delivered is still claimed (DOMAIN 8.2, explanation 9)."""

    step = "stop_service"

    last_day = DayField(_l("Last day"), hint=_l("Nothing can be accepted after this day."))
    reason = ChoiceField(_l("Reason"))
    note = LongTextField(_l("Note"), required=False, rows=2)

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        return {"last_day": desk.today}

    def offer(self, desk: Desk) -> None:
        self.reason.choices = list(facts().labels("stop_reason", desk.language).items())
