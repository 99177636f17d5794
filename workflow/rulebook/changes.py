"""A change of the rules: what is wrong with it, writing it, saving it for good (DOMAIN 4, R3; 13.3, story 9).

A change is kept as data of its kind:
`setting`     key, value (text), origin, names (for lists), confirms, confirmed_on
`unit_costs`  valid_from, valid_to, lines of service and amount
`day`         day, kind («» takes the local day away), name
`rule_set`    name, valid_from, valid_to, origin, caps of programme, kind, unit, quantity, months, scope, ceiling, bands
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.facts import FactsError, facts, shipped, verify
from workflow.models import Band, Cap, Claim, ClaimLine, Delivery, Holiday, RuleChange, RuleSet, Setting, UnitCost
from workflow.rulebook.overlay import ONE_DAY
from workflow.rulebook.reading import read, token_in_force

MARKS = ("law", "public", "assumption")


class InUse(Exception):
    """A delivery or a claim has used what would be replaced (R3)."""


class StaleRehearsal(Exception):
    """Other rules were saved since the rehearsal: what it found is no longer true."""


def propose(session: Session, kind: str, data: dict[str, Any], source: str, user_id: int) -> RuleChange:
    """A change that holds nowhere yet; flushes, never commits."""
    change = RuleChange(
        kind=kind,
        data=data,
        source=source,
        token=secrets.token_hex(16),
        base=token_in_force(session),
        created_by=user_id,
    )
    session.add(change)
    session.flush()
    return change


def contradictions(session: Session, kind: str, data: Mapping[str, Any]) -> list[str]:
    """What the rule book would contradict with the change, in words for an administrator; nothing stays written."""
    with session.begin_nested() as trial:
        write(session, kind, data, "", None, None)
        session.flush()
        try:
            verify(read(session))
        except FactsError as error:
            return error.problems
        finally:
            trial.rollback()
    return []


def save(session: Session, change: RuleChange, user_id: int, today: dt.date) -> None:
    """Let the change hold from now on. Raises StaleRehearsal when other rules hold than those it was tried against.

    Raises InUse when what it replaces was used meanwhile. The number of a saved change is unique: of two
    administrators at once the second is refused by the database.
    """
    if change.base != token_in_force(session):
        raise StaleRehearsal
    if _replaces_used(session, change):
        raise InUse
    newest = session.scalar(sa.select(sa.func.max(RuleChange.saved_no))) or 0
    change.status, change.saved_no, change.saved_on, change.saved_by = "saved", newest + 1, today, user_id
    write(session, change.kind, change.data, change.source, user_id, today)
    session.flush()


def write(
    session: Session, kind: str, data: Mapping[str, Any], source: str, user_id: int | None, today: dt.date | None
) -> None:
    """Write the rows of the change; flushes, never commits."""
    match kind:
        case "setting":
            _write_setting(session, data, source, user_id)
        case "unit_costs":
            _write_unit_costs(session, data, source, user_id)
        case "day":
            _write_day(session, data, user_id)
        case "rule_set":
            _write_rule_set(session, data, today)
        case _:
            raise ValueError(kind)
    session.flush()


def origin_kept(marks: str) -> str:
    """The mark of a source as the tables keep it; an assumption among several marks is the one that counts."""
    found = marks.split(";")
    return next((mark for mark in ("assumption", "law", "public") if mark in found), "source")


def _write_setting(session: Session, data: Mapping[str, Any], source: str, user_id: int | None) -> None:
    key = data["key"]
    newest = session.scalar(sa.select(sa.func.max(Setting.version)).where(Setting.key == key)) or 0
    confirmed_on = _day(data.get("confirmed_on"))
    session.add(
        Setting(
            key=key,
            version=newest + 1,
            value=data["value"],
            origin=data["origin"],
            source=source,
            confirmed_on=confirmed_on,
            confirmed_by=user_id if confirmed_on else None,
            created_by=user_id,
        )
    )


def _write_unit_costs(session: Session, data: Mapping[str, Any], source: str, user_id: int | None) -> None:
    """From its day on each service has the new cost; the one before ends the day before."""
    first, last = dt.date.fromisoformat(data["valid_from"]), _day(data.get("valid_to"))
    for line in data["lines"]:
        rows = session.scalars(sa.select(UnitCost).where(UnitCost.service_code == line["service"])).all()
        same = next((row for row in rows if row.valid_from == first), None)
        for row in rows:
            if row.valid_from < first and (row.valid_to is None or row.valid_to >= first):
                row.valid_to = first - ONE_DAY
        following = min((row.valid_from for row in rows if row.valid_from > first), default=None)
        ends = min((day for day in (last, following and following - ONE_DAY) if day), default=None)
        cost = same or UnitCost(service_code=line["service"], valid_from=first, created_by=user_id)
        cost.amount, cost.valid_to, cost.source = Decimal(line["amount"]), ends, source
        session.add(cost)


def _write_day(session: Session, data: Mapping[str, Any], user_id: int | None) -> None:
    day = dt.date.fromisoformat(data["day"])
    row = session.scalar(sa.select(Holiday).where(Holiday.day == day))
    if not data["kind"]:
        if row is not None:
            session.delete(row)
        return
    row = row or Holiday(day=day, created_by=user_id)
    row.kind, row.name = data["kind"], data["name"]
    session.add(row)


def _write_rule_set(session: Session, data: Mapping[str, Any], today: dt.date | None) -> None:
    """A new version beside the others; one of the office's own with the same first day, never used, makes room."""
    first = dt.date.fromisoformat(data["valid_from"])
    for row in session.scalars(_own_from(first)):
        row.withdrawn_on = today or first
    made = RuleSet(
        code=_code(session, first),
        name=data["name"],
        valid_from=first,
        valid_to=_day(data.get("valid_to")),
        origin=data["origin"],
    )
    session.add(made)
    session.flush()
    for cap in data["caps"]:
        stored = _cap(made.code, cap, data["origin"])
        session.add(stored)
        session.flush()
        session.add_all(
            Band(cap_id=stored.id, min_age=band["min_age"], max_age=band["max_age"], quantity=Decimal(band["quantity"]))
            for band in cap.get("bands", ())
        )


def _own_from(first: dt.date) -> sa.Select[RuleSet]:
    """The office's own rule sets that begin on the day."""
    own = RuleSet.code.not_in(list(shipped().rule_sets))
    return sa.select(RuleSet).where(RuleSet.valid_from == first, RuleSet.withdrawn_on.is_(None), own)


def _code(session: Session, first: dt.date) -> str:
    """`RS-2022-03-01/1`, `/2` …: a code is never used again (R3)."""
    base = f"RS-{first.isoformat()}/"
    taken = session.scalar(sa.select(sa.func.count()).where(RuleSet.code.startswith(base, autoescape=True))) or 0
    return f"{base}{taken + 1}"


def _cap(code: str, cap: Mapping[str, Any], origin: str) -> Cap:
    def exact(name: str) -> Decimal | None:
        return None if cap.get(name) is None else Decimal(cap[name])

    return Cap(
        rule_set_code=code,
        programme_code=cap["programme"],
        kind=cap["kind"],
        unit_code=cap.get("unit"),
        quantity=exact("quantity"),
        months=cap.get("months"),
        ceiling=exact("ceiling"),
        scope=cap["scope"],
        origin=origin,
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


# What may not be changed any more -------------------------------------------------------------------------------------


def may_begin_on(session: Session, first: dt.date) -> bool:
    """True when a rule set may begin on the day: none does, or one of the office's own that nobody used (R3)."""
    same = next((row for row in facts().rule_sets.rows if row.valid_from == first), None)
    if same is None:
        return True
    rows = sa.select(Delivery.id).where(Delivery.delivered_on >= first, sa.not_(Delivery.cancelled))
    if same.valid_to is not None:
        rows = rows.where(Delivery.delivered_on <= same.valid_to)
    return same.id not in shipped().rule_sets and session.scalar(rows.limit(1)) is None


def _replaces_used(session: Session, change: RuleChange) -> bool:
    """What the forms judged may have come true between the rehearsal and the saving."""
    if change.kind not in ("rule_set", "unit_costs"):
        return False
    first = dt.date.fromisoformat(change.data["valid_from"])
    if change.kind == "rule_set":
        return not may_begin_on(session, first)
    return any(claimed_services(session, [line["service"] for line in change.data["lines"]], first))


def claimed_services(session: Session, services: list[str], first: dt.date) -> Iterator[str]:
    """Those of the services whose unit cost of the day stands in a claim already: it is not replaced (R3)."""
    rows = (
        sa.select(ClaimLine.service_code)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(UnitCost, sa.and_(UnitCost.service_code == ClaimLine.service_code, UnitCost.valid_from == first))
        .where(ClaimLine.service_code.in_(services), ClaimLine.month >= first.replace(day=1))
        .distinct()
    )
    yield from session.scalars(rows.order_by(ClaimLine.service_code))
