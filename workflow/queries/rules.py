"""What the rules page reads from the database: unit costs, local days, and how the rules were changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from workflow.models import Holiday, RuleChange, UnitCost, User

NEWEST = 50
"""So many changes are shown."""


def unit_costs(session: Session) -> Sequence[Any]:
    """The unit costs by service and first day; none are shipped (C14)."""
    columns = (UnitCost.service_code, UnitCost.amount, UnitCost.valid_from, UnitCost.valid_to, UnitCost.source)
    return session.execute(sa.select(*columns).order_by(UnitCost.service_code, UnitCost.valid_from)).all()


def local_days(session: Session) -> Sequence[Any]:
    """The days that the office added to the law's holidays, newest first (DOMAIN 5.3)."""
    return session.execute(sa.select(Holiday.day, Holiday.kind, Holiday.name).order_by(Holiday.day.desc())).all()


def changes(session: Session) -> Sequence[Any]:
    """The newest changes of the rules, dropped ones left out; who proposed and who saved them."""
    proposer, saver = aliased(User), aliased(User)
    what = (RuleChange.id, RuleChange.kind, RuleChange.status, RuleChange.data, RuleChange.source)
    when = (RuleChange.created_at, RuleChange.saved_on)
    who = (proposer.name.label("proposed_by"), saver.name.label("saved_by"))
    rows = sa.select(*what, *when, *who).where(RuleChange.status != "dropped")
    rows = rows.outerjoin(proposer, proposer.id == RuleChange.created_by)
    rows = rows.outerjoin(saver, saver.id == RuleChange.saved_by)
    return session.execute(rows.order_by(RuleChange.id.desc()).limit(NEWEST)).all()
