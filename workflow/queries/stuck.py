"""What is stuck and why: counts by state, worker, case type and cause (DOMAIN 13.3, story 1). People are not ranked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.models import Case, User
from workflow.queries.cases import UNBLOCKED
from workflow.queries.colours import STUCK, Lines, colour_sql
from workflow.roles import Actor


@dataclass
class Blockage:
    """Numbers of cases. `by_state` has every case, the others only the stuck ones; keys end in the colour."""

    by_state: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_worker: Counter[tuple[int, str]] = field(default_factory=Counter)
    by_case_type: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_cause: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_holder: Counter[tuple[str, str]] = field(default_factory=Counter)
    workers: dict[int, str] = field(default_factory=dict)

    def of_colour(self, colour: str) -> int:
        """How many cases have the colour."""
        return sum(number for (_state, seen), number in self.by_state.items() if seen == colour)

    @property
    def stuck(self) -> int:
        """How many cases are overdue or idle."""
        return sum(self.of_colour(colour) for colour in STUCK)


def blockage(session: Session, actor: Actor, lines: Lines) -> Blockage:
    """All the counts of the page from the stored positions, in one grouped statement."""
    urgency = colour_sql(Case, *lines).label("colour")
    columns = (Case.state, urgency, Case.worker_id, Case.case_type, Case.blocker, Case.waits_for)
    counted = (
        sa.select(*columns, sa.func.count().label("number"))
        .where(Case.municipality_id.in_(sorted(actor.municipality_ids)))
        .group_by(*columns)
        .subquery()
    )
    statement = sa.select(counted, User.name).join(User, User.id == counted.c.worker_id).order_by(User.name, User.id)
    found = Blockage()
    for row in session.execute(statement):
        found.by_state[row.state, row.colour] += row.number
        if row.colour in STUCK:
            _count_stuck(found, row)
    return found


def _count_stuck(found: Blockage, row: Any) -> None:
    """One group of stuck cases into each of the tables; without a blocker nothing but the step itself is missing."""
    found.workers[row.worker_id] = row.name
    found.by_worker[row.worker_id, row.colour] += row.number
    found.by_case_type[row.case_type, row.colour] += row.number
    found.by_cause[row.blocker or UNBLOCKED, row.colour] += row.number
    if row.waits_for:
        found.by_holder[row.waits_for, row.colour] += row.number
