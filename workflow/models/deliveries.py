"""What was delivered, and the act that accepted it (DOMAIN 7.1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.models.base import Amount, Entity, Money, one_of
from workflow.models.cases import Document
from workflow.models.providers import Assignment

REASONS = (
    "NOT_IN_PLAN",
    "BEFORE_PLAN",
    "OUTSIDE_PROJECT",
    "AGE",
    "WINDOW",
    "NO_ASSIGNMENT",
    "PROVIDER_NOT_REGISTERED",
    "PLAN_QUANTITY",
    "CAP",
)
_LIVE = sa.text("NOT cancelled")


class AcceptanceAct(Entity):
    """The act D15 of a month and assignment, with the signed attendance sheet (G53)."""

    __tablename__ = "acceptance_act"
    __table_args__ = (sa.UniqueConstraint("case_id", "act_no"),)

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"), index=True)
    assignment_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("assignment.id"), index=True)
    month: so.Mapped[dt.date]
    act_no: so.Mapped[str]
    act_on: so.Mapped[dt.date]
    attendance_document_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("document.id"))
    signed_by: so.Mapped[str] = so.mapped_column(default="")

    assignment: so.Mapped[Assignment] = so.relationship()
    attendance_document: so.Mapped[Document] = so.relationship()


class Delivery(Entity):
    """One accepted delivery. It belongs to the local date on which it starts (DOMAIN 5.1)."""

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("entered_from", ("form", "excel")),
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        sa.CheckConstraint("check_out IS NULL OR check_out > check_in", name="stay"),
        # G55: the same recipient, service and time only once, whoever enters it.
        sa.Index(
            "uq_delivery_once",
            "recipient_id",
            "service_code",
            "delivered_on",
            "slot",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        sa.Index("ix_delivery_case", "case_id", "delivered_on", "id"),
    )

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"))
    assignment_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("assignment.id"), index=True)
    service_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("service.code"))
    recipient_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("person.id"))
    delivered_on: so.Mapped[dt.date]
    started_at: so.Mapped[dt.time | None]
    check_in: so.Mapped[dt.datetime | None] = so.mapped_column(sa.DateTime)  # local clock times (DOMAIN 5.1)
    check_out: so.Mapped[dt.datetime | None] = so.mapped_column(sa.DateTime)
    slot: so.Mapped[str] = so.mapped_column(sa.String(20), default="")  # the start as text, never null: G55
    quantity: so.Mapped[Decimal] = so.mapped_column(Amount)
    unit_price: so.Mapped[Decimal | None] = so.mapped_column(Money)  # only where a correction changed it
    act_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("acceptance_act.id"), index=True)
    entered_from: so.Mapped[str] = so.mapped_column(default="form")
    cancelled: so.Mapped[bool] = so.mapped_column(default=False)

    assignment: so.Mapped[Assignment] = so.relationship()
    act: so.Mapped[AcceptanceAct] = so.relationship()
    refusals: so.Mapped[list[RefusalOfUnits]] = so.relationship(
        order_by="RefusalOfUnits.on_day", cascade="all, delete-orphan", lazy="selectin"
    )


class RefusalOfUnits(Entity):
    """Units of a delivery that will not be compensated, and why (DOMAIN 9.2)."""

    __tablename__ = "refusal_of_units"
    __table_args__ = (
        one_of("reason", REASONS),
        sa.UniqueConstraint("delivery_id", "on_day", "reason"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    delivery_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("delivery.id"), index=True)
    on_day: so.Mapped[dt.date]
    quantity: so.Mapped[Decimal] = so.mapped_column(Amount)
    reason: so.Mapped[str] = so.mapped_column(sa.String(30))
    confirmed_by: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("user.id"))
