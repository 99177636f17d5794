"""The rule book in force, read from the database: the shipped facts under what the office saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.facts import Band, Cap, Facts, RuleSet, Stated, holding, shipped
from workflow.models import Band as BandRow
from workflow.models import Cap as CapRow
from workflow.models import RuleChange, Setting, User
from workflow.models import RuleSet as RuleSetRow
from workflow.rulebook.overlay import with_rule_sets, with_stated

NOTHING_CHANGED = ""
"""The token of the shipped rule book: the office has changed nothing."""

NEWEST_TOKEN = (
    sa.select(RuleChange.token).where(RuleChange.saved_no.is_not(None)).order_by(RuleChange.saved_no.desc()).limit(1)
)
"""Which rules hold: the token of the change saved last, or no row."""


def token_in_force(session: Session) -> str:
    """The token of the rules that hold now; `NOTHING_CHANGED` when they are the shipped ones."""
    return session.scalar(NEWEST_TOKEN) or NOTHING_CHANGED


def read(session: Session) -> Facts:
    """The rule book as the database has it; four statements, nothing is verified."""
    return with_rule_sets(with_stated(shipped(), _stated(session)), _own_rule_sets(session))


@contextmanager
def in_force(session: Session) -> Iterator[Facts]:
    """Let the office's rule book hold: for commands, which no request prepares."""
    with holding(read(session)) as book:
        yield book


def _stated(session: Session) -> dict[str, Stated]:
    """The newest version of every key."""
    rows = session.execute(
        sa.select(
            Setting.key, Setting.value, Setting.origin, Setting.source, Setting.confirmed_on, User.name.label("by")
        )
        .outerjoin(User, User.id == Setting.confirmed_by)
        .order_by(Setting.key, Setting.version)
    )
    return {row.key: Stated(row.value, row.origin, row.source, row.confirmed_on, row.by or "") for row in rows}


def _own_rule_sets(session: Session) -> list[RuleSet]:
    """The rule sets that are not shipped and were not withdrawn."""
    own = RuleSetRow.code.not_in(list(shipped().rule_sets))
    rows = session.execute(sa.select(RuleSetRow).where(own, RuleSetRow.withdrawn_on.is_(None))).scalars().all()
    if not rows:
        return []
    codes = [row.code for row in rows]
    caps = session.scalars(sa.select(CapRow).where(CapRow.rule_set_code.in_(codes)).order_by(CapRow.id)).all()
    in_caps = BandRow.cap_id.in_([cap.id for cap in caps])
    bands: dict[int, list[Band]] = {}
    for band in session.scalars(sa.select(BandRow).where(in_caps).order_by(BandRow.min_age)):
        bands.setdefault(band.cap_id, []).append(Band(band.min_age, band.max_age, band.quantity))
    return [_rule_set(row, [_cap(cap, bands) for cap in caps if cap.rule_set_code == row.code]) for row in rows]


def _cap(row: CapRow, bands: dict[int, list[Band]]) -> Cap:
    return Cap(
        programme=row.programme_code,
        kind=row.kind,
        scope=row.scope,
        unit=row.unit_code,
        quantity=row.quantity,
        months=row.months,
        bands=tuple(bands.get(row.id, ())),
        ceiling=row.ceiling,
        origin=row.origin,
        scope_origin=row.origin,
    )


def _rule_set(row: RuleSetRow, caps: list[Cap]) -> RuleSet:
    return RuleSet(
        id=row.code,
        name=row.name,
        valid_from=row.valid_from,
        valid_from_origin=row.origin,
        valid_to=row.valid_to,
        valid_to_origin=row.origin if row.valid_to else "",
        caps=tuple(caps),
    )
