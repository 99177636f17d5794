"""The rows of a month as typed, turned into values, and the calculation's verdict on them (DOMAIN 5.1, 9.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from workflow.calculation import Decision, Delivered, Piece, Reason, Refused, Terms, decide_units
from workflow.calendar import units_of_stay
from workflow.facts import facts
from workflow.guards import Ask
from workflow.models import Assignment, Person
from workflow.quantities import MOST
from workflow.stages.terms import delivered_of, plan_key_on, terms_of
from workflow.wording import RIGA

ABOVE_LIMIT = (Reason.CAP, Reason.PLAN_QUANTITY)


@dataclass(frozen=True)
class Row:
    """One delivery as typed; moments are local clock times, the quantity is in the unit of the service."""

    name: str
    service: str
    recipient_id: int
    on: dt.date | None
    started_at: dt.time | None
    check_in: dt.datetime | None
    check_out: dt.datetime | None
    quantity: Decimal | None

    @property
    def field(self) -> str:
        """The box with the day: a stay has its own."""
        return f"{self.name}-check_in" if self.check_in is not None else f"{self.name}-date"

    @property
    def slot(self) -> str:
        """The start as text, empty when only the day is known: tells two sessions of a day apart (G55)."""
        if self.check_in is not None:
            return f"{self.check_in:%H:%M}"
        return f"{self.started_at:%H:%M}" if self.started_at is not None else ""

    @property
    def step(self) -> Decimal:
        """The smallest quantity of the service's unit (G57)."""
        return facts().units[self.unit].step

    @property
    def unit(self) -> str:
        """The code of the service's unit."""
        return facts().services[self.service].unit

    @property
    def is_whole(self) -> bool:
        """True when the quantity is above 0, not absurd, and a multiple of the unit's step."""
        return self.quantity is not None and 0 < self.quantity <= MOST and self.quantity % self.step == 0


def rows_of(ask: Ask) -> list[Row]:
    """The typed rows; service and recipient are those of the assignment's plan line unless a row says otherwise."""
    assignment = ask.get("assignment")
    if assignment is None:
        return []
    return [_row(given, index, assignment) for index, given in enumerate(ask.get("deliveries") or ())]


def _row(given: Mapping[str, Any], index: int, assignment: Assignment) -> Row:
    check_in, check_out = _local(given.get("check_in")), _local(given.get("check_out"))
    recipient = given.get("recipient")
    return Row(
        name=f"deliveries-{given.get('row', index)}",
        service=given.get("service") or assignment.plan_line.service_code,
        recipient_id=recipient.id if isinstance(recipient, Person) else assignment.plan_line.recipient_id,
        on=check_in.date() if check_in is not None else given.get("date"),
        started_at=given.get("started_at"),
        check_in=check_in,
        check_out=check_out if check_in is not None else None,
        quantity=_quantity(given.get("quantity"), check_in, check_out),
    )


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    """The wall clock in Riga: a stay is counted by local clock times (5.1)."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(RIGA).replace(tzinfo=None)


def _quantity(typed: Decimal | None, check_in: dt.datetime | None, check_out: dt.datetime | None) -> Decimal | None:
    """A stay is counted, never typed: every started 24 hours; None while it has no end after its start."""
    if check_in is None:
        return typed
    if check_out is None or check_out <= check_in:
        return None
    return Decimal(len(units_of_stay(check_in, check_out)))


@dataclass(frozen=True)
class Verdict:
    """Which of the new units will not be compensated; `displaced` are units accepted before that lose their place.

    `terms` are those the programme was judged by; `before` and `after` hold the compensable units of the case
    without and with the new rows, `days` those of all new units.
    """

    refused: tuple[tuple[Row, Refused], ...]
    displaced: Decimal
    window_last_day: dt.date | None
    terms: Terms | None = None
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()
    days: frozenset[dt.date] = frozenset()

    def because_of(self, *reasons: Reason) -> Iterator[tuple[Row, dt.date, Decimal]]:
        """The new rows refused for one of the reasons: the first such day and the units, row by row."""
        found: dict[str, tuple[Row, dt.date, Decimal]] = {}
        for row, refusal in self.refused:
            if refusal.reason in reasons:
                _, day, quantity = found.get(row.name, (row, refusal.on, Decimal(0)))
                found[row.name] = row, min(day, refusal.on), quantity + refusal.quantity
        yield from found.values()


NOTHING = Verdict((), Decimal(0), None)


def verdict(ask: Ask) -> Verdict:
    """The calculation over all deliveries of the programme, these rows included; computed once for a question."""
    known: Verdict | None = vars(ask).get("_verdict")
    if known is None:
        known = vars(ask)["_verdict"] = _verdict(ask)
    return known


def _verdict(ask: Ask) -> Verdict:
    assignment = ask.get("assignment")
    rows = [row for row in rows_of(ask) if row.on is not None and row.is_whole]
    if not rows or assignment.case_id != ask.case.id:
        return NOTHING
    if not ask.looking:
        _lock_people(ask)
    programme = facts().services[assignment.plan_line.service_code].programme
    terms, before = terms_of(ask.session, ask.case, programme), delivered_of(ask.case, programme)
    first = max((delivered.key for delivered in before), default=0) + 1
    new = {first + number: row for number, row in enumerate(rows)}
    typed = [_delivered(key, row, ask, assignment) for key, row in new.items()]
    earlier, decision = decide_units(terms, before), decide_units(terms, [*before, *typed])
    refused = tuple((new[item.delivery], item) for item in decision.refused if item.delivery in new)
    displaced = _above(decision, before) - _above(earlier, before)
    return Verdict(
        refused,
        max(displaced, Decimal(0)),
        decision.window_last_day,
        terms,
        earlier.compensable,
        decision.compensable,
        frozenset(piece.on for piece in decision.pieces if piece.delivered.key in new),
    )


def _delivered(key: int, row: Row, ask: Ask, assignment: Assignment) -> Delivered:
    return Delivered(
        key=key,
        on=row.on,
        service=row.service,
        quantity=row.quantity,
        arrangement=assignment.id,
        check_in=row.check_in,
        check_out=row.check_out,
        plan_line=plan_key_on(ask.case, assignment.plan_line_id, row.on or ask.today),
    )


def _above(decision: Decision, before: list[Delivered]) -> Decimal:
    keys = {delivered.key for delivered in before}
    above = [item for item in decision.refused if item.delivery in keys and item.reason in ABOVE_LIMIT]
    return sum((item.quantity for item in above), Decimal(0))


def _lock_people(ask: Ask) -> None:
    """Caps count over all cases of the person and the family (R4, R10): lock them before counting (TRUST, «briefly»).

    Two cases of one person may be written at once on PostgreSQL; on SQLite the write lock already covers it.
    """
    person = ask.case.person
    mine = Person.id == person.id if person.family_id is None else Person.family_id == person.family_id
    ask.session.execute(select(Person.id).where(mine).order_by(Person.id).with_for_update())
