"""The case, its applications, assessment, decisions and documents (DOMAIN 7.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.facts import State
from workflow.models.base import Entity, one_of
from workflow.models.people import Person
from workflow.models.users import Municipality, User

if TYPE_CHECKING:
    from workflow.models.deliveries import Delivery
    from workflow.models.plans import Plan
    from workflow.models.providers import Assignment

ENDED = (State.REJECTED, State.WITHDRAWN, State.CLOSED)
_OPEN = sa.text("state NOT IN ('rejected', 'withdrawn', 'closed')")


class Case(Entity):
    """One person's way through one case type. `state` is moved by the machine alone (invariant 2)."""

    __tablename__ = "case"
    __table_args__ = (
        one_of("state", [state.value for state in State]),
        # G06: one open case per person and programme, whoever comes first.
        sa.Index(
            "uq_case_open",
            "person_id",
            "case_type",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        # The lists: my work by due date, all cases by number, the stuck by state, the blockage by guard.
        sa.Index("ix_case_due", "municipality_id", "due_on", "id"),
        sa.Index("ix_case_state", "municipality_id", "state", "due_on", "id"),
        sa.Index("ix_case_worker", "worker_id", "due_on", "id"),
        sa.Index("ix_case_waits", "municipality_id", "waits_for", "due_on", "id"),
        sa.Index("ix_case_touched", "municipality_id", "touched_on", "id"),
        sa.Index("ix_case_since", "municipality_id", "state_since_on", "id"),
        sa.Index("ix_case_no", "municipality_id", "case_no"),
    )

    case_no: so.Mapped[str] = so.mapped_column(sa.String(60), unique=True)
    case_type: so.Mapped[str] = so.mapped_column(sa.String(40))
    person_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("person.id"), index=True)
    applicant_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("person.id"))
    applicant_kind: so.Mapped[str]
    municipality_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("municipality.id"))
    state: so.Mapped[str] = so.mapped_column(sa.String(30))
    came_from: so.Mapped[str | None] = so.mapped_column(sa.String(30))
    closed_from: so.Mapped[str | None] = so.mapped_column(sa.String(30))
    worker_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id"))
    received_on: so.Mapped[dt.date]
    channel: so.Mapped[str]
    wanted: so.Mapped[str]
    desired_provider: so.Mapped[str | None]
    opening_used: so.Mapped[dict[str, Any]] = so.mapped_column(default=dict)
    opening_window_start: so.Mapped[dt.date | None]
    note: so.Mapped[str] = so.mapped_column(sa.Text, default="")

    # What the steps left behind and the deadlines start from (DOMAIN 8.4).
    documents_complete_on: so.Mapped[dt.date | None]
    extended_due_on: so.Mapped[dt.date | None]
    extended_on: so.Mapped[dt.date | None]
    reopened_on: so.Mapped[dt.date | None]  # after a refusal or a withdrawal the deadline begins anew
    route: so.Mapped[str | None]
    procurement_started_on: so.Mapped[dt.date | None]
    suspended_on: so.Mapped[dt.date | None]
    expected_resume_on: so.Mapped[dt.date | None]
    pauses: so.Mapped[list[Any]] = so.mapped_column(sa.JSON, default=list)  # [[from, to], …] as ISO dates
    stopped_on: so.Mapped[dt.date | None]
    closed_on: so.Mapped[dt.date | None]

    # Where the case stands; written by workflow.position with every step, so that lists are one query.
    state_since_on: so.Mapped[dt.date]
    touched_on: so.Mapped[dt.date]
    due_on: so.Mapped[dt.date | None]
    due_kind: so.Mapped[str | None] = so.mapped_column(sa.String(10))
    next_step: so.Mapped[str | None] = so.mapped_column(sa.String(30))
    waits_for: so.Mapped[str | None] = so.mapped_column(sa.String(30))
    blocker: so.Mapped[str | None] = so.mapped_column(sa.String(10))
    blockers: so.Mapped[list[str]] = so.mapped_column(default=list)
    missing: so.Mapped[list[Any]] = so.mapped_column(sa.JSON, default=list)  # the blockers with their values
    offered: so.Mapped[list[str]] = so.mapped_column(default=list)  # the steps that make sense now
    # Every open deadline, as workflow.deadlines keeps it; the earliest that binds is `due_on`.
    deadlines: so.Mapped[list[Any]] = so.mapped_column(sa.JSON, default=list, server_default=sa.text("'[]'"))
    # What will soon hit a bound (DL-09 to DL-14): each with the days from and until which it shows, as ISO dates.
    warnings: so.Mapped[list[Any]] = so.mapped_column(sa.JSON, default=list, server_default=sa.text("'[]'"))

    # The head of the case's own chain of history (TRUST 11).
    history_seq: so.Mapped[int] = so.mapped_column(default=0)
    history_mac: so.Mapped[str] = so.mapped_column(sa.String(64), default="")
    version: so.Mapped[int] = so.mapped_column()

    __mapper_args__ = {"version_id_col": version}

    person: so.Mapped[Person] = so.relationship(foreign_keys=[person_id])
    applicant: so.Mapped[Person] = so.relationship(foreign_keys=[applicant_id])
    municipality: so.Mapped[Municipality] = so.relationship()
    worker: so.Mapped[User] = so.relationship(foreign_keys=[worker_id])
    applications: so.Mapped[list[Application]] = so.relationship(order_by="Application.id")
    assessments: so.Mapped[list[Assessment]] = so.relationship(order_by="Assessment.id")
    decisions: so.Mapped[list[Decision]] = so.relationship(order_by="Decision.id")
    documents: so.Mapped[list[Document]] = so.relationship(order_by="Document.id")
    plans: so.Mapped[list[Plan]] = so.relationship(order_by="Plan.version")
    assignments: so.Mapped[list[Assignment]] = so.relationship(order_by="Assignment.id")
    deliveries: so.Mapped[list[Delivery]] = so.relationship(order_by="Delivery.delivered_on, Delivery.id")

    # The same as `assessment`, to be read along with the case.
    last_assessment: so.Mapped[Assessment | None] = so.relationship(
        primaryjoin=lambda: _is_newest_assessment(), viewonly=True, uselist=False
    )

    @property
    def assessment(self) -> Assessment | None:
        """The assessment in force: the last one recorded."""
        return self.assessments[-1] if self.assessments else None

    @property
    def plan(self) -> Plan | None:
        """The newest plan version, approved or not."""
        return self.plans[-1] if self.plans else None


class StoredFile(Entity):
    """The bytes of a received file, in the same transaction as the step that brought it (invariant 3)."""

    __tablename__ = "stored_file"

    sha256: so.Mapped[str] = so.mapped_column(sa.String(64), index=True)
    name: so.Mapped[str]
    media_type: so.Mapped[str] = so.mapped_column(sa.String(100))
    size: so.Mapped[int]
    content: so.Mapped[bytes] = so.mapped_column(sa.LargeBinary, deferred=True)


class Document(Entity):
    """A document in or out, of a kind of documents.csv (DOMAIN 12)."""

    __tablename__ = "document"
    __table_args__ = (one_of("direction", ("in", "out")), sa.Index("ix_document_case", "case_id", "code"))

    case_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("case.id"))
    code: so.Mapped[str] = so.mapped_column(sa.String(5))
    number: so.Mapped[str | None]
    dated_on: so.Mapped[dt.date]
    direction: so.Mapped[str] = so.mapped_column(sa.String(3))
    language: so.Mapped[str] = so.mapped_column(sa.String(2), default="lv")
    note: so.Mapped[str] = so.mapped_column(sa.Text, default="")
    file_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("stored_file.id"))

    file: so.Mapped[StoredFile | None] = so.relationship()


class Application(Entity):
    """An application for the assessment (D01) or for the services (D02); C13."""

    __tablename__ = "application"
    __table_args__ = (one_of("kind", ("assessment", "services")),)

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"), index=True)
    kind: so.Mapped[str]
    received_on: so.Mapped[dt.date]
    document_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("document.id"))
    wanted: so.Mapped[str] = so.mapped_column(sa.Text, default="")


class Assessment(Entity):
    """The individual needs assessment, or the check of documents for respite and care (C11)."""

    __tablename__ = "assessment"
    __table_args__ = (one_of("mode", ("full", "document_check", "social_worker")),)

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"), index=True)
    mode: so.Mapped[str]
    assessed_on: so.Mapped[dt.date]
    entered_on: so.Mapped[dt.date | None]  # an older document is late only from here on (8.2, 1)
    assessor_name: so.Mapped[str]
    assessor_profession: so.Mapped[str]
    target_ground: so.Mapped[str | None]
    living: so.Mapped[str]
    summary: so.Mapped[str] = so.mapped_column(sa.Text)
    # When it suits the family, and what the child wants (DOMAIN 3, further facts).
    agreed_time: so.Mapped[str] = so.mapped_column(sa.String(200), default="", server_default="")
    wishes: so.Mapped[str] = so.mapped_column(sa.Text, default="", server_default="")
    earlier_in_project: so.Mapped[bool] = so.mapped_column(default=False)
    document_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("document.id"))


class Decision(Entity):
    """An administrative act: granted, refused, extended or closed, and until when it can be disputed."""

    __tablename__ = "decision"
    __table_args__ = (
        one_of("kind", ("grant", "refuse", "extend", "close")),
        sa.UniqueConstraint("case_id", "kind", "number"),
    )

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"), index=True)
    kind: so.Mapped[str]
    number: so.Mapped[str]
    dated_on: so.Mapped[dt.date]
    ground: so.Mapped[str | None]
    reasons: so.Mapped[str] = so.mapped_column(sa.Text, default="")
    sent_on: so.Mapped[dt.date | None]
    channel: so.Mapped[str | None]
    notified_on: so.Mapped[dt.date | None]
    dispute_until: so.Mapped[dt.date | None]


class Task(Entity):
    """Something a role or a person is to do, put there by a step (DOMAIN 8.5)."""

    __tablename__ = "task"
    __table_args__ = (
        sa.CheckConstraint("role IS NOT NULL OR user_id IS NOT NULL", name="addressed"),
        sa.Index("ix_task_open", "case_id", "done_on"),
        sa.Index("ix_task_role", "role", "done_on", "due_on"),
    )

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"))
    role: so.Mapped[str | None] = so.mapped_column(sa.String(30))
    user_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("user.id"), index=True)
    title: so.Mapped[str]  # a key of choices.toml, group `task`
    detail: so.Mapped[str] = so.mapped_column(sa.Text, default="")
    due_on: so.Mapped[dt.date]
    done_on: so.Mapped[dt.date | None]


class StateWrittenPastMachine(Exception):
    """Somebody tried to write `state` without the machine (invariant 2)."""


_moving: ContextVar[bool] = ContextVar("moving", default=False)


@contextmanager
def machine_moves() -> Iterator[None]:
    """While this is open the state may be written. Only workflow.machine opens it."""
    token = _moving.set(True)
    try:
        yield
    finally:
        _moving.reset(token)


@sa.event.listens_for(Case.state, "set")
def _only_the_machine(case: Case, value: str, _before: object, _initiator: object) -> None:
    if not _moving.get():
        raise StateWrittenPastMachine(f"{value}: only a step moves a case")


@sa.event.listens_for(so.Session, "do_orm_execute")
def _no_bulk_moves(execution: so.ORMExecuteState) -> None:
    """The same for `update(Case).values(state=…)`, which no attribute event sees."""
    statement = execution.statement
    if _moving.get() or not isinstance(statement, sa.Update) or statement.table is not Case.__table__:
        return
    if "state" in statement.compile().params:
        raise StateWrittenPastMachine("only a step moves a case")


def _is_newest_assessment() -> sa.ColumnElement[bool]:
    newer = so.aliased(Assessment)
    newest = sa.select(sa.func.max(newer.id)).where(newer.case_id == Case.id).correlate(Case).scalar_subquery()
    return sa.and_(so.foreign(Assessment.case_id) == Case.id, Assessment.id == newest)
