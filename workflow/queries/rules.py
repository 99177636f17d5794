"""What the rules page reads from the database: the office's settings, unit costs and local days (DOMAIN 7.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.facts import Text, facts
from workflow.models import Holiday, Setting, UnitCost


@dataclass(frozen=True)
class SettingLine:
    """A setting as it holds now; `origin` is `assumption` until somebody confirms it (DOMAIN 15)."""

    key: str
    kind: str
    text: Text
    value: str
    origin: str
    question: str
    confirmed_on: dt.date | None

    @property
    def unconfirmed(self) -> bool:
        """True while the value is to be confirmed with the municipality."""
        return self.origin == "assumption" and self.confirmed_on is None


def settings_in_force(session: Session) -> list[SettingLine]:
    """Every setting of the rule book with the office's value where it has one; one statement."""
    rows = session.execute(sa.select(Setting.key, Setting.value, Setting.origin, Setting.confirmed_on))
    stored = {row.key: row for row in rows}
    return [
        SettingLine(
            key=fact.key,
            kind=fact.kind,
            text=fact.text,
            value=str(getattr(stored.get(fact.key), "value", fact.value)),
            origin=fact.origin if _is_shipped(fact.value, stored.get(fact.key)) else stored[fact.key].origin,
            question=fact.question,
            confirmed_on=getattr(stored.get(fact.key), "confirmed_on", fact.confirmed_on),
        )
        for fact in facts().settings.rows
    ]


def _is_shipped(value: object, row: Any) -> bool:
    """True while the office has not changed the value: then the mark of the source says more than the row."""
    return row is None or row.value == str(value)


def unit_costs(session: Session) -> Sequence[Any]:
    """The unit costs by service and first day; none are shipped (C14)."""
    columns = (UnitCost.service_code, UnitCost.amount, UnitCost.valid_from, UnitCost.valid_to, UnitCost.source)
    return session.execute(sa.select(*columns).order_by(UnitCost.service_code, UnitCost.valid_from)).all()


def local_days(session: Session) -> Sequence[Any]:
    """The days that the office added to the law's holidays, newest first (DOMAIN 5.3)."""
    return session.execute(sa.select(Holiday.day, Holiday.kind, Holiday.name).order_by(Holiday.day.desc())).all()
