"""Invoices, claims, their lines and payments (DOMAIN 7.1, 9)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.models.base import Amount, Entity, Money, Rate, one_of
from workflow.models.deliveries import AcceptanceAct
from workflow.models.providers import Assignment, Provider

CLAIM_STATUSES = ("draft", "submitted", "returned", "paid", "paid_in_part")
_LIVE = sa.text("live")

invoice_act = sa.Table(
    "invoice_act",
    Entity.metadata,
    sa.Column("invoice_id", sa.ForeignKey("invoice.id"), primary_key=True),
    sa.Column("act_id", sa.ForeignKey("acceptance_act.id"), primary_key=True, index=True),
)


class Invoice(Entity):
    """A provider's invoice or credit note, or the cost note of an in-house service (G61)."""

    __tablename__ = "invoice"
    __table_args__ = (
        one_of("kind", ("invoice", "credit_note", "cost_note")),
        sa.UniqueConstraint("municipality_id", "provider_id", "number"),
    )

    municipality_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("municipality.id"))
    provider_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("provider.id"), index=True)
    number: so.Mapped[str] = so.mapped_column(sa.String(60))
    dated_on: so.Mapped[dt.date]
    amount: so.Mapped[Decimal] = so.mapped_column(Money)
    kind: so.Mapped[str]
    paid_on: so.Mapped[dt.date | None]
    payment_reference: so.Mapped[str | None]

    provider: so.Mapped[Provider] = so.relationship()
    acts: so.Mapped[list[AcceptanceAct]] = so.relationship(secondary=invoice_act)


class Claim(Entity):
    """A compensation claim of a municipality for a programme and a month (DOMAIN 7.2)."""

    __tablename__ = "claim"
    __table_args__ = (
        one_of("kind", ("normal", "correction")),
        one_of("status", CLAIM_STATUSES),
        sa.UniqueConstraint("municipality_id", "number"),
        sa.Index("ix_claim_list", "municipality_id", "period", "id"),
    )

    municipality_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("municipality.id"))
    programme_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("programme.code"))
    period: so.Mapped[dt.date]
    number: so.Mapped[str] = so.mapped_column(sa.String(60))
    kind: so.Mapped[str] = so.mapped_column(default="normal")
    status: so.Mapped[str] = so.mapped_column(default="draft")
    submitted_on: so.Mapped[dt.date | None]
    returned_on: so.Mapped[dt.date | None]
    return_reason: so.Mapped[str] = so.mapped_column(sa.Text, default="")
    compensating_body: so.Mapped[str]
    version: so.Mapped[int] = so.mapped_column()

    __mapper_args__ = {"version_id_col": version}

    lines: so.Mapped[list[ClaimLine]] = so.relationship(order_by="ClaimLine.id", back_populates="claim")
    payments: so.Mapped[list[Payment]] = so.relationship(order_by="Payment.id")


class ClaimLine(Entity):
    """Case + month + service + assignment + rate; the amount is rounded once, half up (DOMAIN 9.1)."""

    __tablename__ = "claim_line"
    __table_args__ = (sa.Index("ix_claim_line_case", "case_id", "claim_id"),)

    claim_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("claim.id"), index=True)
    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"))
    service_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("service.code"))
    month: so.Mapped[dt.date]
    assignment_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("assignment.id"))
    quantity: so.Mapped[Decimal] = so.mapped_column(Amount)  # negative in a correction (DOMAIN 9.5)
    rate: so.Mapped[Decimal] = so.mapped_column(Rate)
    amount: so.Mapped[Decimal] = so.mapped_column(Money)
    paid_amount: so.Mapped[Decimal | None] = so.mapped_column(Money)
    shortfall_reason: so.Mapped[str | None] = so.mapped_column(sa.Text)

    claim: so.Mapped[Claim] = so.relationship(back_populates="lines")
    assignment: so.Mapped[Assignment] = so.relationship()
    units: so.Mapped[list[ClaimUnit]] = so.relationship(order_by="ClaimUnit.id")


class ClaimUnit(Entity):
    """Units of a delivery in a claim line. The unique key over the living makes «claimed once» true (TRUST 4)."""

    __tablename__ = "claim_unit"
    __table_args__ = (
        sa.Index(
            "uq_claim_unit_once",
            "delivery_id",
            "on_day",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    claim_line_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("claim_line.id"), index=True)
    delivery_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("delivery.id"), index=True)
    on_day: so.Mapped[dt.date]
    quantity: so.Mapped[Decimal] = so.mapped_column(Amount)
    live: so.Mapped[bool] = so.mapped_column(default=True)


class Payment(Entity):
    """Money received for a claim; negative when a correction is paid back (DOMAIN 9.5)."""

    __tablename__ = "payment"

    claim_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("claim.id"), index=True)
    paid_on: so.Mapped[dt.date]
    amount: so.Mapped[Decimal] = so.mapped_column(Money)
    reference: so.Mapped[str]
