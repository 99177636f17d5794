"""The case file in a handful of statements, whatever its length (SPEED: a case page in at most eight)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from workflow.models import (
    Application,
    Assignment,
    Case,
    Claim,
    ClaimLine,
    Contract,
    ContractLine,
    Decision,
    Delivery,
    Disability,
    Document,
    Person,
    Plan,
    PlanLine,
    Provider,
    RefusalOfUnits,
    RegisterEntry,
    SpecialCareOpinion,
    Task,
    TransitionLog,
    User,
)

Row = Any
LONGEST_TIMELINE = 200


@dataclass(frozen=True)
class CaseFile:
    """Everything a case page shows, as plain rows."""

    papers: Sequence[Row]
    plan_rows: Sequence[Row]
    claims: Sequence[Row]
    history: Sequence[Row]

    @property
    def versions(self) -> list[tuple[Row, list[Row]]]:
        """The plan versions, newest first, each with its lines."""
        grouped: dict[int, tuple[Row, dict[int, Row]]] = {}
        for row in self.plan_rows:
            _, lines = grouped.setdefault(row.version, (row, {}))
            if row.line_id:
                lines.setdefault(row.line_id, row)
        return [(grouped[no][0], [*grouped[no][1].values()]) for no in sorted(grouped, reverse=True)]

    @property
    def assignments(self) -> list[Row]:
        """The contracts and in-house assignments of all lines, in the order in which they were made."""
        return sorted((row for row in self.plan_rows if row.assignment_id), key=lambda row: row.assignment_id)

    @property
    def planned(self) -> list[tuple[str, int, Decimal | None]]:
        """The lines of the newest plan: service, recipient, quantity."""
        newest = self.versions[0][1] if self.versions else []
        return [(row.service_code, row.recipient_id, row.quantity) for row in newest]

    @property
    def grants(self) -> list[tuple[str, dt.date | None]]:
        """`disability` and `opinion`, each with the last day of the one entered last; health data (DOMAIN 7.3)."""
        rows = sorted((row for row in self.papers if row.kind in ("disability", "opinion")), key=lambda row: row.id)
        return list({row.kind: row.until for row in rows}.items())

    def of_kind(self, kind: str) -> list[Row]:
        """The papers of a kind: `document`, `decision`, `task`, `application`."""
        return [row for row in self.papers if row.kind == kind]


def with_people() -> Any:
    """Options that bring the people of a case with it, in one statement."""
    return (
        joinedload(Case.person).joinedload(Person.declared_municipality),
        joinedload(Case.applicant),
        joinedload(Case.worker),
        joinedload(Case.municipality),
        joinedload(Case.last_assessment),
    )


def case_file(session: Session, case_id: int) -> CaseFile:
    """Read the file of one case; the caller has passed the gate. The statements are built once (SPEED)."""
    reader = session.connection()
    rows = {part: reader.execute(statement, {"case_id": case_id}).all() for part, statement in _STATEMENTS.items()}
    return CaseFile(**rows)


def _papers(case_id: Any) -> Any:
    """Documents, decisions, tasks and applications as rows of one shape."""

    def rows(kind: str, model: Any, code: Any, number: Any, day: Any, until: Any, note: Any, file_id: Any) -> Any:
        # Not cast: SQLite would make a number of a date. The first of a pair that is no NULL names the type.
        return sa.select(
            sa.literal(kind).label("kind"),
            model.id.label("id"),
            code.label("code"),
            _typed(number, sa.String).label("number"),
            day.label("day"),
            _typed(until, sa.Date).label("until"),
            _typed(note, sa.Text).label("note"),
            _typed(file_id, sa.Integer).label("file_id"),
        ).where(model.case_id == case_id)

    documents = rows(
        "document", Document, Document.code, Document.number, Document.dated_on, None, Document.note, Document.file_id
    )
    decisions = rows(
        "decision",
        Decision,
        Decision.kind,
        Decision.number,
        Decision.dated_on,
        Decision.dispute_until,
        Decision.reasons,
        None,
    )
    tasks = rows("task", Task, Task.title, Task.role, Task.due_on, Task.done_on, Task.detail, None)
    applications = rows(
        "application", Application, Application.kind, None, Application.received_on, None, Application.wanted, None
    )
    known = sa.union_all(documents, decisions, tasks, applications, *_grants(case_id))
    return known.order_by("day", "kind", "id")


def _grants(case_id: Any) -> Iterator[Any]:
    """What was granted to the person, and until when: the newest of a kind has the highest id."""
    person_id = sa.select(Case.person_id).where(Case.id == case_id).scalar_subquery()
    grants: Sequence[tuple[str, Any, Any]] = (
        ("disability", Disability, Disability.valid_from),
        ("opinion", SpecialCareOpinion, SpecialCareOpinion.issued_on),
    )
    for kind, model, day in grants:
        none = (sa.null(), sa.null(), day, model.valid_to, sa.null(), sa.null())
        yield sa.select(sa.literal(kind), model.id, *none).where(model.person_id == person_id)


def _typed(column: Any, of_type: Any) -> Any:
    return sa.type_coerce(sa.null() if column is None else column, of_type)


def _plan_rows(case_id: Any) -> Any:
    """The lines of all plan versions, each with who serves it, what was delivered and what of it was refused."""
    drafter, approver = aliased(User), aliased(User)
    delivered, refused = _delivered(case_id), _refused(case_id)
    return (
        sa.select(
            Plan.version,
            Plan.drafted_on,
            Plan.goals,
            Plan.reason,
            Plan.remarks,
            Plan.returned_on,
            Plan.approved_on,
            Plan.decision_no,
            Plan.replaced_on,
            drafter.name.label("drafter"),
            approver.name.label("approver"),
            PlanLine.id.label("line_id"),
            PlanLine.service_code,
            PlanLine.quantity,
            PlanLine.frequency,
            PlanLine.description,
            PlanLine.requested,
            PlanLine.received_before_project,
            PlanLine.recipient_kind,
            PlanLine.recipient_id,
            Person.first_name,
            Person.last_name,
            Assignment.id.label("assignment_id"),
            Assignment.kind,
            Assignment.starts_on,
            Assignment.ends_on,
            Assignment.own_tariff,
            Provider.id.label("provider_id"),
            Provider.name.label("provider"),
            RegisterEntry.number.label("entry_no"),
            RegisterEntry.valid_to.label("entry_until"),
            Contract.id.label("contract_id"),
            Contract.number.label("contract_no"),
            ContractLine.unit_price,
            delivered.c.quantity.label("delivered"),
            refused.c.quantity.label("refused"),
        )
        .join(drafter, drafter.id == Plan.drafted_by)
        .outerjoin(approver, approver.id == Plan.approved_by)
        .outerjoin(PlanLine, PlanLine.plan_id == Plan.id)
        .outerjoin(Person, Person.id == PlanLine.recipient_id)
        .outerjoin(Assignment, Assignment.plan_line_id == PlanLine.id)
        .outerjoin(Provider, Provider.id == Assignment.provider_id)
        .outerjoin(RegisterEntry, RegisterEntry.id == Assignment.register_entry_id)
        .outerjoin(ContractLine, ContractLine.id == Assignment.contract_line_id)
        .outerjoin(Contract, Contract.id == ContractLine.contract_id)
        .outerjoin(delivered, delivered.c.assignment_id == Assignment.id)
        .outerjoin(refused, refused.c.assignment_id == Assignment.id)
        .where(Plan.case_id == case_id)
        .order_by(Plan.version, PlanLine.id, Assignment.id)
    )


def _delivered(case_id: Any) -> Any:
    return (
        sa.select(Delivery.assignment_id, sa.func.sum(Delivery.quantity).label("quantity"))
        .where(Delivery.case_id == case_id, sa.not_(Delivery.cancelled))
        .group_by(Delivery.assignment_id)
        .subquery()
    )


def _refused(case_id: Any) -> Any:
    return (
        sa.select(Delivery.assignment_id, sa.func.sum(RefusalOfUnits.quantity).label("quantity"))
        .join(RefusalOfUnits, RefusalOfUnits.delivery_id == Delivery.id)
        .where(Delivery.case_id == case_id, sa.not_(Delivery.cancelled))
        .group_by(Delivery.assignment_id)
        .subquery()
    )


def _claims(case_id: Any) -> Any:
    return (
        sa.select(
            Claim.id,
            Claim.number,
            Claim.programme_code,
            Claim.period,
            Claim.kind,
            Claim.status,
            Claim.submitted_on,
            sa.func.sum(ClaimLine.amount).label("amount"),
            sa.func.sum(ClaimLine.paid_amount).label("paid"),
        )
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(ClaimLine.case_id == case_id)
        .group_by(Claim.id)
        .order_by(Claim.id)
    )


def _history(case_id: Any) -> Any:
    return (
        sa.select(
            TransitionLog.seq,
            TransitionLog.kind,
            TransitionLog.event,
            TransitionLog.from_state,
            TransitionLog.to_state,
            TransitionLog.at,
            TransitionLog.data,
            TransitionLog.guards_confirmed,
            User.name,
        )
        .join(User, User.id == TransitionLog.user_id)
        .where(TransitionLog.case_id == case_id)
        .order_by(TransitionLog.seq.desc())
        .limit(LONGEST_TIMELINE)
    )


_CASE_ID: Any = sa.bindparam("case_id")
_STATEMENTS: dict[str, Any] = {
    "papers": _papers(_CASE_ID),
    "plan_rows": _plan_rows(_CASE_ID),
    "claims": _claims(_CASE_ID),
    "history": _history(_CASE_ID),
}
"""Built when the module is read: building them costs ten times what asking them costs."""
