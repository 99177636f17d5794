"""The history of a case: appended with every step, chained by keyed hashes (invariant 7, TRUST 11).

The key lies outside the database. A chain per case finds a changed, removed, reordered or forged row; the head that
an office keeps elsewhere also finds a tail that was cut off together with the case's own record of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.models import Base, Case, TransitionLog, now

KEY = "history_key"  # where the session keeps the key: session.info[KEY]


def plain(value: Any) -> Any:
    """The value as JSON can keep it: dates and decimals as text, rows as their id, files as name and hash."""
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return value.value
        case str():
            return value
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
        case Base():
            identity = sa.inspect(value).identity
            return identity[0] if identity else None
        case _ if hasattr(value, "summary"):
            return plain(value.summary())
    raise TypeError(f"{type(value).__name__} has no place in the history")


def take_number(case: Case) -> None:
    """Move on to the number of the next row. Before the flush, for the database lets a state move only with it."""
    case.history_seq = (case.history_seq or 0) + 1


def append(
    session: Session,
    case: Case,
    event: str,
    from_state: str | None,
    user_id: int,
    data: Mapping[str, Any],
    confirmed: list[dict[str, str]],
    kind: str = "step",
    at: dt.datetime | None = None,
) -> TransitionLog:
    """Append the row whose number was taken to the chain of the case; the caller commits (DOMAIN 8.2, item 16)."""
    row = TransitionLog(
        case_id=case.id,
        seq=case.history_seq,
        kind=kind,
        event=event,
        from_state=from_state,
        to_state=case.state,
        at=at or now(),
        user_id=user_id,
        data=plain(data),
        guards_confirmed=confirmed,
    )
    row.mac = _mac(session.info[KEY], case.history_mac, row)
    case.history_mac = row.mac
    session.add(row)
    return row


def _mac(key: bytes, before: str, row: TransitionLog) -> str:
    """The keyed hash of a row and of the one before it."""
    body = {
        "before": before,
        "case": row.case_id,
        "seq": row.seq,
        "kind": row.kind,
        "event": row.event,
        "from": row.from_state,
        "to": row.to_state,
        "at": row.at.isoformat(),
        "user": row.user_id,
        "data": row.data,
        "confirmed": row.guards_confirmed,
    }
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Tampering:
    """What does not fit in the history of a case."""

    case_id: int
    seq: int
    what: str


def head(session: Session) -> dict[int, tuple[int, str]]:
    """The last sequence number and hash of every case: what an office keeps elsewhere."""
    rows = session.execute(sa.select(Case.id, Case.history_seq, Case.history_mac).order_by(Case.id))
    return {case_id: (seq, mac) for case_id, seq, mac in rows}


def verify(session: Session, kept: Mapping[int, tuple[int, str]] | None = None) -> Iterator[Tampering]:
    """Every row that was changed, removed, cut off, swapped, forged or renumbered; nothing when all is well."""
    cases = {row.id: row for row in session.execute(sa.select(Case.id, Case.state, Case.history_seq, Case.history_mac))}
    seen: dict[int, TransitionLog] = {}
    waiting = dict(kept or {})
    rows = session.scalars(
        sa.select(TransitionLog)
        .order_by(TransitionLog.case_id, TransitionLog.seq)
        .execution_options(yield_per=500, populate_existing=True)
    )
    for row in rows:
        before = seen.get(row.case_id)
        yield from _check_row(session.info[KEY], before, row)
        if waiting.get(row.case_id, (0, ""))[0] == row.seq and waiting.pop(row.case_id)[1] != row.mac:
            yield Tampering(row.case_id, row.seq, "differs from the kept head")
        seen[row.case_id] = row
    yield from _check_heads(cases, seen)
    for case_id, (seq, _mac_kept) in waiting.items():
        yield Tampering(case_id, seq, "the kept head is gone")


def _check_row(key: bytes, before: TransitionLog | None, row: TransitionLog) -> Iterator[Tampering]:
    expected_seq, before_mac = (before.seq + 1, before.mac) if before else (1, "")
    if row.seq != expected_seq:
        yield Tampering(row.case_id, row.seq, f"number {expected_seq} is missing")
    elif not hmac.compare_digest(row.mac, _mac(key, before_mac, row)):
        yield Tampering(row.case_id, row.seq, "the row was changed")
    if before and row.from_state != before.to_state:
        yield Tampering(row.case_id, row.seq, "does not continue the state before")


def _check_heads(cases: Mapping[int, Any], seen: Mapping[int, TransitionLog]) -> Iterator[Tampering]:
    for case_id, case in cases.items():
        last = seen.get(case_id)
        if last is None or (case.history_seq, case.history_mac) != (last.seq, last.mac):
            yield Tampering(case_id, case.history_seq, "the end was cut off")
        elif case.state != last.to_state:
            yield Tampering(case_id, last.seq, "the state was written past the history")
    for case_id in seen.keys() - cases.keys():
        yield Tampering(case_id, seen[case_id].seq, "the case is gone")
