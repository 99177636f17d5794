"""Support plans: versions, frozen when approved, and their lines (DOMAIN 7.2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.models.base import Amount, Entity, one_of
from workflow.models.facts import Service
from workflow.models.people import Person
from workflow.models.users import User


class Plan(Entity):
    """One version of a support plan. An approved version never changes; a revision is the next version."""

    __tablename__ = "plan"
    __table_args__ = (sa.UniqueConstraint("case_id", "version"),)

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"), index=True)
    version: so.Mapped[int] = so.mapped_column()
    drafted_on: so.Mapped[dt.date]
    entered_on: so.Mapped[dt.date | None]  # a plan made earlier in the project waits only from here on (8.2, 1)
    drafted_by: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id"))
    goals: so.Mapped[str] = so.mapped_column(sa.Text)
    reason: so.Mapped[str] = so.mapped_column(sa.Text, default="")  # why the plan was revised (G28)
    returned_on: so.Mapped[dt.date | None]
    remarks: so.Mapped[str] = so.mapped_column(sa.Text, default="")
    approved_on: so.Mapped[dt.date | None]
    approved_by: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("user.id"))
    representative_signed_on: so.Mapped[dt.date | None]
    decision_no: so.Mapped[str | None]
    decision_on: so.Mapped[dt.date | None]
    replaced_on: so.Mapped[dt.date | None]

    drafter: so.Mapped[User] = so.relationship(foreign_keys=[drafted_by])
    lines: so.Mapped[list[PlanLine]] = so.relationship(
        order_by="PlanLine.id", cascade="all, delete-orphan", back_populates="plan"
    )


class PlanLine(Entity):
    """A service for one recipient; its quantity limits what is compensable (R6)."""

    __tablename__ = "plan_line"
    __table_args__ = (
        one_of("recipient_kind", ("child", "guardian", "adult")),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="period"),
    )

    plan_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("plan.id"), index=True)
    service_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("service.code"))
    recipient_kind: so.Mapped[str]
    recipient_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("person.id"))
    quantity: so.Mapped[Decimal | None] = so.mapped_column(Amount)
    starts_on: so.Mapped[dt.date | None]
    ends_on: so.Mapped[dt.date | None]
    frequency: so.Mapped[str | None]
    description: so.Mapped[str | None] = so.mapped_column(sa.Text)
    received_before_project: so.Mapped[bool] = so.mapped_column(default=False)
    requested: so.Mapped[bool] = so.mapped_column(default=False)  # asked for at start_procurement
    approved_on: so.Mapped[dt.date | None]  # of the version that first granted this line
    carried_from_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("plan_line.id"))

    service: so.Mapped[Service] = so.relationship()
    recipient: so.Mapped[Person] = so.relationship()
    plan: so.Mapped[Plan] = so.relationship(back_populates="lines")


class PlanFrozen(Exception):
    """Somebody tried to change an approved plan: a change is the next version (DOMAIN 7.2)."""


# What may still happen to an approved version: it is replaced, and its lines are asked for at start_procurement.
_OPEN_COLUMNS = frozenset({"replaced_on", "requested"})


@sa.event.listens_for(Plan, "before_update")
def _keep_plan(_mapper: object, _connection: object, plan: Plan) -> None:
    if _was_approved(plan):
        _refuse_changes(plan)


@sa.event.listens_for(PlanLine, "before_update")
def _keep_line(_mapper: object, _connection: object, line: PlanLine) -> None:
    if _was_approved(line.plan):
        _refuse_changes(line)


@sa.event.listens_for(PlanLine, "before_insert")
@sa.event.listens_for(PlanLine, "before_delete")
@sa.event.listens_for(Plan, "before_delete")
def _keep_whole(_mapper: object, _connection: object, row: Plan | PlanLine) -> None:
    plan = row if isinstance(row, Plan) else row.plan
    if plan is not None and _was_approved(plan):
        raise PlanFrozen(f"version {plan.version} is approved: nothing is added or taken away")


def _was_approved(plan: Plan) -> bool:
    """True when the version stood approved before this flush; the approval itself still writes."""
    history = sa.inspect(plan).attrs.approved_on.history
    return any(day is not None for day in history.deleted or history.unchanged or ())


def _refuse_changes(row: Entity) -> None:
    attributes = sa.inspect(row).attrs
    for column in type(row).__mapper__.column_attrs:
        if column.key not in _OPEN_COLUMNS and attributes[column.key].history.has_changes():
            raise PlanFrozen(f"{column.key} of an approved plan: a change is the next version")
