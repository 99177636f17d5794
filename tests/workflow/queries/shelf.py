"""A shelf of cases in any position, written past the machine: the lists only read where a case stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.models import Case, ConfirmedGuard, Municipality, Person, Task, User
from workflow.models.cases import machine_moves
from workflow.roles import Actor, Role

TODAY = dt.date(2021, 11, 22)


def day(offset: int) -> dt.date:
    """So many days after the day of the tests."""
    return TODAY + dt.timedelta(days=offset)


class Shelf:
    """Users, people and cases of one municipality."""

    def __init__(self, session: Session, code: str = "rezeknes-novads") -> None:
        self.session, self.count = session, 0
        self.municipality = session.scalars(sa.select(Municipality).where(Municipality.code == code)).one()
        self.prefix = code[:3].upper()
        self.worker = self.user("social_worker", name="Ilze Darbiniece")

    def user(self, *roles: str, name: str = "Kāds Cits") -> User:
        """Somebody of this municipality."""
        number = self.session.scalar(sa.select(sa.func.count(User.id)))
        made = User(
            name=name,
            login=f"user-{number}",
            password_hash="!",
            roles=list(roles),
            municipality_id=self.municipality.id,
        )
        self.session.add(made)
        self.session.flush()
        return made

    def put(self, state: str = "applied", person: tuple[str, str] = ("Anna", "Paraudziņa"), **values: Any) -> Case:
        """A case as it would stand after the steps that lead there."""
        self.count += 1
        child = Person(
            first_name=person[0],
            last_name=person[1],
            personal_code="32900000123",
            registered_municipality_id=self.municipality.id,
        )
        self.session.add(child)
        self.session.flush()
        position = {
            "case_type": "REHAB",
            "worker_id": self.worker.id,
            "due_on": day(20),
            "state_since_on": day(-3),
            "touched_on": day(-3),
            "next_step": "record_assessment",
            "waits_for": "social_worker",
            "blocker": None,
        }
        with machine_moves():
            case = Case(
                case_no=f"{self.prefix}-{self.count:05d}",
                person_id=child.id,
                applicant_id=child.id,
                applicant_kind="parent",
                municipality_id=self.municipality.id,
                state=state,
                received_on=day(-30),
                channel="in_person",
                wanted="both",
                **position | values,
            )
        case.blockers = [case.blocker] if case.blocker else []
        self.session.add(case)
        self.session.flush()
        return case

    def task(self, case: Case, **values: Any) -> Task:
        """An open task of the case."""
        made = Task(case_id=case.id, **{"title": "arrange_provider", "due_on": day(3)} | values)
        self.session.add(made)
        self.session.flush()
        return made

    def confirm(self, case: Case, guard: str = "G27", **values: Any) -> ConfirmedGuard:
        """A soft guard confirmed in the case."""
        known = {
            "step": "draft_plan",
            "reason": "Vērtējums joprojām atbilst.",
            "confirmed_by": self.worker.id,
            "confirmed_at": dt.datetime(2021, 11, 20, 8, 0, tzinfo=dt.UTC),
        }
        made = ConfirmedGuard(case_id=case.id, guard=guard, **known | values)
        self.session.add(made)
        self.session.flush()
        return made

    def actor(self, *roles: str, user: User | None = None) -> Actor:
        """The worker, or another user, in these roles."""
        who = user or self.worker
        return Actor(
            who.id, who.name, frozenset(map(Role, roles or ("social_worker",))), frozenset({self.municipality.id})
        )


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements that the block sends."""
    sent: list[str] = []
    engine = session.get_bind()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    session.flush()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
