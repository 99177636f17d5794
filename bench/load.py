"""Fills a database with an office and any number of cases in bulk, consistent enough to work on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.cases import CaseWriter
from bench.floor import TOKEN
from bench.kinds import Sort, sort_of
from bench.office import DAY, open_office
from bench.sink import MADE_AT, Sink
from workflow import position
from workflow.models import Case, SignIn

POSITION = (
    "next_step",
    "waits_for",
    "blocker",
    "blockers",
    "missing",
    "offered",
    "due_on",
    "due_kind",
)


def load(engine: sa.Engine, cases: int, key: bytes, password_hash: str) -> None:
    """An office and its cases in a migrated database with the facts; `key` is the key of the history."""
    with engine.connect().execution_options(write_lock=True) as connection:
        positions = _positions(connection, cases, key, password_hash)
        with connection.begin():
            sink = Sink(connection)
            office = open_office(sink, password_hash)
            sink.add(
                SignIn,
                user_id=office.worker_ids[0],
                token_hash=TOKEN,
                last_seen_at=MADE_AT,
                expires_at=MADE_AT,
            )
            writer = CaseWriter(sink, office, key)
            for number in range(cases):
                writer.write(number, positions[sort_of(number)])
                sink.flush_if_full()
            sink.flush()
            sink.hand_over()


def _positions(connection: sa.Connection, cases: int, key: bytes, password_hash: str) -> dict[Sort, dict[str, Any]]:
    """Where a case of each sort stands: asked of the workflow for one such case, which is then taken back."""
    first: dict[Sort, int] = {}
    for number in range(cases):
        first.setdefault(sort_of(number), number)
    with connection.begin() as attempt:
        sink = Sink(connection)
        writer = CaseWriter(sink, open_office(sink, password_hash), key)
        written = {sort: writer.write(number) for sort, number in first.items()}
        sink.flush()
        with Session(connection, autoflush=False) as session:
            found = {sort: _position(session, case_id) for sort, case_id in written.items()}
        attempt.rollback()
    return found


def _position(session: Session, case_id: int) -> dict[str, Any]:
    case = session.get_one(Case, case_id)
    position.refresh(session, case, DAY, moved=False)
    return {name: getattr(case, name) for name in POSITION}
