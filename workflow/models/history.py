"""What happened to a case: append-only, chained, in the database too (invariant 7, TRUST 11)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.models.base import Base, Entity, one_of

_WAITING = sa.text("status = 'waiting'")


class TransitionLog(Base):
    """One row per step or entry of data, never changed or deleted; `mac` chains it to the row before."""

    __tablename__ = "transition_log"
    __table_args__ = (sa.UniqueConstraint("case_id", "seq"), one_of("kind", ("step", "entry")))

    id: so.Mapped[int] = so.mapped_column(primary_key=True)
    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"), index=True)
    seq: so.Mapped[int]
    kind: so.Mapped[str] = so.mapped_column(sa.String(10), default="step")
    event: so.Mapped[str] = so.mapped_column(sa.String(40))
    from_state: so.Mapped[str | None] = so.mapped_column(sa.String(30))
    to_state: so.Mapped[str] = so.mapped_column(sa.String(30))
    at: so.Mapped[dt.datetime]
    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id"))
    data: so.Mapped[dict[str, Any]]
    guards_confirmed: so.Mapped[list[Any]] = so.mapped_column(sa.JSON)
    mac: so.Mapped[str] = so.mapped_column(sa.String(64))


class ConfirmedGuard(Entity):
    """A soft guard that somebody confirmed with a reason, listed for the supervisor (DOMAIN 8.3)."""

    __tablename__ = "confirmed_guard"
    __table_args__ = (sa.Index("ix_confirmed_guard_case", "case_id"),)

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"))
    log_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("transition_log.id"))
    step: so.Mapped[str] = so.mapped_column(sa.String(40))
    guard: so.Mapped[str] = so.mapped_column(sa.String(4))
    reason: so.Mapped[str] = so.mapped_column(sa.Text)
    confirmed_by: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id"))
    confirmed_at: so.Mapped[dt.datetime]


class ConfirmationRequest(Entity):
    """A worker met a soft guard that only a supervisor confirms (G15) and asks for it in advance (DOMAIN 8.3).

    `params` are the guard's values when it was met, `typed` is the form as it was sent, so that nothing typed is lost
    while somebody else decides. The database, too, holds that nobody decides on their own request (four eyes).
    """

    __tablename__ = "confirmation_request"
    __table_args__ = (
        one_of("status", ("waiting", "confirmed", "declined")),
        sa.CheckConstraint("(status = 'waiting') = (decided_by IS NULL)", name="decided"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="four_eyes"),
        sa.Index(
            "uq_confirmation_request_waiting",
            "case_id",
            "step",
            "guard",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        sa.Index("ix_confirmation_request_case", "case_id", "step", "guard"),
        sa.Index("ix_confirmation_request_status", "status", "id"),
    )

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"))
    step: so.Mapped[str] = so.mapped_column(sa.String(40))
    guard: so.Mapped[str] = so.mapped_column(sa.String(4))
    params: so.Mapped[dict[str, Any]] = so.mapped_column(default=dict)
    typed: so.Mapped[list[Any]] = so.mapped_column(sa.JSON, default=list)  # [[name, value], …] of the form
    reason: so.Mapped[str] = so.mapped_column(sa.Text)
    requested_by: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id"))
    requested_at: so.Mapped[dt.datetime]
    status: so.Mapped[str] = so.mapped_column(sa.String(10), default="waiting")
    decided_by: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("user.id"))
    decided_at: so.Mapped[dt.datetime | None]
    answer: so.Mapped[str] = so.mapped_column(sa.Text, default="")
