"""The form of a correction: the document, and the deliveries with what is true of them now (DOMAIN 9.5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from views.forms.fields import (
    DayField,
    HiddenField,
    LinesField,
    LongTextField,
    MoneyField,
    QuantityField,
    RowForm,
    TextField,
)
from views.forms.numbered import numbered
from views.forms.steps import Desk, StepForm
from workflow.guards import Ask
from workflow.models import Delivery
from workflow.stages.opened import corrections_seen
from workflow.stages.plan_guards import representatives_on

MOST = 500


class ChangeRow(RowForm):
    """One delivery; an empty box leaves it as it is."""

    delivery = HiddenField()
    new_quantity = QuantityField(_l("New quantity"), required=False)
    new_unit_price = MoneyField(_l("New price"), required=False)


class RecordCorrection(StepForm):
    """A credit note or a corrected act, and what changes by it."""

    step = "record_correction"
    look_ahead = _l("Check")

    document_no = TextField(_l("Number of the credit note or corrected act"), required=False, longest=60)
    document_on = DayField(_l("Date of the document"), required=False)
    reason = LongTextField(_l("Reason"), required=False, rows=2)
    changes = LinesField(
        ChangeRow,
        _l("What changes"),
        required=False,
        blank=0,
        most=MOST,
        hint=_l("Fill in only what is different now. The quantity 0 cancels the delivery."),
    )

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        return {"document_on": desk.today, "changes": [{"delivery": row.id} for row in _correctable(desk)]}

    def offer(self, desk: Desk) -> None:
        self.deliveries = {row.id: row for row in _correctable(desk)}
        self.names = {person.id: person.name for person in representatives_on(desk.session, desk.case, desk.today)}

    def whose(self, delivery: Delivery) -> str:
        """Which representative received it; empty for the person of the case."""
        return self.names.get(delivery.recipient_id, "")

    def delivery_of(self, entry: Any) -> Delivery | None:
        """The delivery of a row of the table; None for a row that names none of this case."""
        number = entry.form.delivery.data
        return self.deliveries.get(int(number)) if number is not None else None

    def price_of(self, delivery: Delivery) -> Decimal | None:
        """What is paid for a unit today: the corrected price, the contract's, or the own tariff."""
        if delivery.unit_price is not None:
            return delivery.unit_price
        line = delivery.assignment.contract_line
        return line.unit_price if line is not None else delivery.assignment.own_tariff

    def values(self, desk: Desk) -> dict[str, Any]:
        rows = numbered(self.changes)
        known = {row: self.delivery_of(row) for row in self.changes.entries}
        by_row = {int(entry.name.rsplit("-", 1)[1]): delivery for entry, delivery in known.items()}
        return self.given() | {"changes": [{**row, "delivery": by_row[row["row"]]} for row in rows]}

    def context(self, desk: Desk) -> dict[str, Any]:
        """The correction claims that the changes as typed would become."""
        given = {"changes": self.values(desk)["changes"]}
        asked = Ask(desk.session, desk.case, self.step, desk.today, desk.actor, given, looking=True)
        return {"corrections": corrections_seen(asked)}


def _correctable(desk: Desk) -> list[Delivery]:
    """The deliveries that are not cancelled, the newest first."""
    return [row for row in reversed(desk.case.deliveries) if not row.cancelled][:MOST]
