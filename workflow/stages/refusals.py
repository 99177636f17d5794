"""The stored refusals of units: always what the calculation says of the whole case (DOMAIN 9.2, R1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy.orm import Session

from workflow.models import Case, Delivery, RefusalOfUnits
from workflow.stages.terms import decision_of, delivered_programmes

Wanted = dict[int, dict[tuple[dt.date, str], Decimal]]


def rewrite_refusals(session: Session, case: Case, confirmed_by: int | None) -> None:
    """Make the refusals of every delivery equal to the calculation; new ones carry who confirmed them.

    A later entry may take the place of an earlier one under a cap, so the whole case is recomputed from its first
    day. Flushes; never commits.
    """
    session.flush()
    wanted: Wanted = {}
    for programme in delivered_programmes(case):
        for refused in decision_of(session, case, programme).refused:
            wanted.setdefault(refused.delivery, {})[refused.on, refused.reason.value] = refused.quantity
    for delivery in case.deliveries:
        _rewrite(delivery, wanted.get(delivery.id, {}), confirmed_by)
    session.flush()


def _rewrite(delivery: Delivery, wanted: dict[tuple[dt.date, str], Decimal], confirmed_by: int | None) -> None:
    left = dict(wanted)
    for row in list(delivery.refusals):
        quantity = left.pop((row.on_day, row.reason), None)
        if quantity is None:
            delivery.refusals.remove(row)
        elif row.quantity != quantity:
            row.quantity, row.confirmed_by = quantity, confirmed_by
    for (on_day, reason), quantity in left.items():
        delivery.refusals.append(
            RefusalOfUnits(on_day=on_day, reason=reason, quantity=quantity, confirmed_by=confirmed_by)
        )
