"""What is accepted, refused, claimed and paid in a case: asked at every step, so it costs two or three statements.

The stored refusals always equal the calculation (`rewrite_refusals`), therefore a compensable unit is an accepted
one without a refusal, and nothing has to be calculated anew to know whether all is settled (DOMAIN 8.2).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from workflow.calendar import month_of, units_of_stay
from workflow.guards import Ask
from workflow.models import Case, Claim, ClaimLine, ClaimUnit, Delivery, RefusalOfUnits
from workflow.models.base import Amount

PAID = ("paid", "paid_in_part")
STANDING = ("submitted", *PAID)
"""The claims that hold their units; a returned one has let them go."""

Day = tuple[int, dt.date]
"""A delivery (its id) and the day of a unit: what can be claimed once."""


class Unclaimed(NamedTuple):
    """Compensable units of one delivery and day that no claim holds."""

    delivery_id: int
    service: str
    on: dt.date
    quantity: Decimal


def accepted_units(ask: Ask) -> Decimal:
    """All accepted units of the case that are not cancelled, compensable or not."""
    total = ask.session.scalar(
        select(func.sum(Delivery.quantity)).where(Delivery.case_id == ask.case.id, ~Delivery.cancelled)
    )
    return total or Decimal(0)


def all_settled(ask: Ask, paying: Claim | None = None) -> bool:
    """Something is paid, and every compensable unit is in a paid claim (DOMAIN 8.2, explanations 5 and 15).

    Counts the claim `paying` as paid. A correction that waits for its money, or that was returned, is not settled.
    """
    if unclaimed_units(ask.session, ask.case):
        return False
    claims = claims_of(ask.session, ask.case)
    waits = [row for row in claims if row.status == "submitted" and (paying is None or row.id != paying.id)]
    paid = [row for row in claims if row.status in PAID or (paying is not None and row.id == paying.id)]
    return bool(paid) and not waits and not open_corrections(claims)


def is_unsettled(ask: Ask) -> bool:
    """There are unsettled deliveries or claims (G87); refused units are nobody's claim (explanation 6)."""
    claims = claims_of(ask.session, ask.case)
    waits = any(row.status in ("draft", "submitted") for row in claims)
    return waits or bool(open_corrections(claims)) or bool(unclaimed_units(ask.session, ask.case))


def unclaimed_months(session: Session, case: Case) -> list[dt.date]:
    """The months with something left to claim, in order: compensable units, and returned corrections."""
    months = {month_of(unit.on) for unit in unclaimed_units(session, case)}
    return sorted(months | {row.period for row in open_corrections(claims_of(session, case))})


def unclaimed_units(session: Session, case: Case) -> list[Unclaimed]:
    """Compensable units in no standing claim, by day. One statement, two more when a stay is among them."""
    rows = session.execute(_deliveries_left(case)).all()
    stays = [row for row in rows if row.check_in is not None]
    taken = _taken_days(session, [row.id for row in stays]) if stays else {}
    found = [unit for row in rows for unit in _left_of(row, taken)]
    return sorted(found, key=lambda unit: (unit.on, unit.delivery_id))


def _deliveries_left(case: Case) -> Select[*tuple[Any, ...]]:
    """The deliveries of the case of which more is accepted than refused and claimed."""
    refused = (
        select(func.coalesce(func.sum(RefusalOfUnits.quantity), 0))
        .where(RefusalOfUnits.delivery_id == Delivery.id)
        .scalar_subquery()
    )
    claimed = (
        select(func.coalesce(func.sum(ClaimUnit.quantity), 0))
        .where(ClaimUnit.delivery_id == Delivery.id, ClaimUnit.live)
        .scalar_subquery()
    )
    left = Delivery.quantity - refused - claimed
    columns = (
        Delivery.id,
        Delivery.service_code,
        Delivery.delivered_on,
        Delivery.check_in,
        Delivery.check_out,
        Delivery.quantity,
        type_coerce(left, Amount).label("left_over"),
    )
    return select(*columns).where(Delivery.case_id == case.id, ~Delivery.cancelled, left > 0)


def _left_of(row: Row[Any], taken: dict[Day, Decimal]) -> Iterable[Unclaimed]:
    """A stay leaves single days, anything else lies on its own day (DOMAIN 5.1)."""
    if row.check_in is None:
        yield Unclaimed(row.id, row.service_code, row.delivered_on, row.left_over)
        return
    for day in units_of_stay(row.check_in, row.check_out)[: int(row.quantity)]:
        if taken[row.id, day] < 1:
            yield Unclaimed(row.id, row.service_code, day, Decimal(1) - taken[row.id, day])


def _taken_days(session: Session, deliveries: list[int]) -> dict[Day, Decimal]:
    """How much of each day is refused or claimed."""
    taken: dict[Day, Decimal] = defaultdict(Decimal)
    refused = select(RefusalOfUnits.delivery_id, RefusalOfUnits.on_day, RefusalOfUnits.quantity)
    claimed = select(ClaimUnit.delivery_id, ClaimUnit.on_day, ClaimUnit.quantity).where(ClaimUnit.live)
    for delivery_id, day, quantity in [
        *session.execute(refused.where(RefusalOfUnits.delivery_id.in_(deliveries))),
        *session.execute(claimed.where(ClaimUnit.delivery_id.in_(deliveries))),
    ]:
        taken[delivery_id, day] += quantity
    return taken


def claims_of(session: Session, case: Case) -> list[Row[Any]]:
    """The claims with lines of the case, oldest first."""
    mine = select(ClaimLine.claim_id).where(ClaimLine.case_id == case.id)
    columns = (Claim.id, Claim.status, Claim.kind, Claim.programme_code, Claim.period)
    return list(session.execute(select(*columns).where(Claim.id.in_(mine)).order_by(Claim.id)))


def open_corrections(claims: list[Row[Any]]) -> list[Row[Any]]:
    """Returned corrections after which nothing was claimed of the programme: their difference is still open.

    Every later claim brings the claimed months to the calculation again, so it answers for them.
    """
    last = {row.programme_code: row.id for row in claims if row.status in STANDING}
    returned = [row for row in claims if row.kind == "correction" and row.status == "returned"]
    return [row for row in returned if row.id > last.get(row.programme_code, 0)]
