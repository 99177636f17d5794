"""Compensable units counted so far: of a person over all cases, and of the family (DOMAIN 4; R1, R2, R4, R10).

An opening balance stands for everything compensated before the case was received. A family that moved brings the
certificate D20 of the former office as its opening balance, so units that such an office entered here are not
counted a second time (DOMAIN 8.2, explanation 12).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, literal, not_, null, select, union_all
from sqlalchemy.orm import Session

from workflow.calendar import units_of_stay
from workflow.entitlement import used_on
from workflow.facts import facts
from workflow.models import ENDED, Case, Delivery, Person, Plan, PlanLine, RefusalOfUnits
from workflow.quantities import ZERO, Counted, Opening, nearest_rule

LineKey = tuple[int, str, int]  # case, service, recipient
PER_FAMILY = "per_family"
LIFETIME = "lifetime"


@dataclass(frozen=True, slots=True)
class UsedUnits:
    """Compensable units of one delivery on one day, in the unit of the service."""

    case_id: int
    service: str
    recipient_id: int
    on: dt.date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line of the approved plan of another open case, in the unit of the service."""

    case_id: int
    service: str
    recipient_id: int
    quantity: Decimal

    @property
    def key(self) -> LineKey:
        """What its units are counted by."""
        return self.case_id, self.service, self.recipient_id


def used_by_line(units: Iterable[UsedUnits], lines: Iterable[LineKey]) -> dict[LineKey, Decimal]:
    """Units by the line they used: a line of one representative may serve another who has none of their own (W12)."""
    known = list(dict.fromkeys(lines))
    first = {(case_id, service): recipient_id for case_id, service, recipient_id in reversed(known)}
    own, done = set(known), defaultdict[LineKey, Decimal](Decimal)
    for one in units:
        key = one.case_id, one.service, one.recipient_id
        done[key if key in own else (*key[:2], first.get(key[:2], one.recipient_id))] += one.quantity
    return done


@dataclass(frozen=True, slots=True)
class Shared:
    """All cases that may share a cap with a case, itself among them, with their units: read in one statement."""

    case: Case
    others: Mapping[int, Any]
    units: tuple[UsedUnits, ...]
    planned: tuple[PlannedLine, ...] = ()

    def own(self) -> list[UsedUnits]:
        """The compensable units of the case itself, of all its programmes, by day."""
        return [one for one in self.units if one.case_id == self.case.id]

    def here(self, programme: str) -> list[Counted]:
        """The compensable units of the case itself in the programme, by day."""
        return [Counted(one.on, one.quantity) for one in self._of(programme) if one.case_id == self.case.id]

    def elsewhere(self, programme: str, scope: str = PER_FAMILY) -> list[Counted]:
        """Units of the other cases that share the cap, opening balances among them; see `counted_elsewhere`."""
        others = {key: row for key, row in self.others.items() if scope == PER_FAMILY or self._same(row)}
        found = [(others[one.case_id], one.on, one.quantity) for one in self._of(programme) if one.case_id in others]
        found += [(row, _before(row, programme), opening_total(row.opening_used, programme)) for row in others.values()]
        return _net(self.case, programme, sorted(found, key=lambda item: item[1]))

    def counted(self, programme: str) -> list[Counted]:
        """Everything that stands against the cap of the programme."""
        return [*self.here(programme), *self.elsewhere(programme)]

    def reserved_elsewhere(self, programme: str, *, per_family: bool) -> Decimal:
        """What approved plans of other open cases keep of the same cap: planned there, not delivered yet."""
        done = used_by_line(self._of(programme), (line.key for line in self.planned))
        kept = ZERO
        for line in self.planned:
            mine = self._same(self.others[line.case_id])
            if line.service in facts().programmes[programme].service_codes and (mine or per_family):
                used = min(line.quantity, done[line.key])
                done[line.key] -= used
                kept += line.quantity - used
        return kept

    def _of(self, programme: str) -> Iterator[UsedUnits]:
        services = facts().programmes[programme].service_codes
        return (one for one in self.units if one.service in services)

    def _same(self, row: Any) -> bool:
        return bool(row.person_id == self.case.person_id)


def shared_units(session: Session, case: Case) -> Shared:
    """Read the cases of the person, and of the family, of this case type, with their compensable units (R4, R10)."""
    people = [Case.person_id == case.person_id]
    if case.person.family_id is not None:
        people = [Case.person_id.in_(select(Person.id).where(Person.family_id == case.person.family_id))]
    of_type = (Case.case_type == case.case_type, *people)
    rows = session.execute(_with_plans(case, of_type) if case.person.family_id else _WITH_UNITS.where(*of_type)).all()
    others = {row.case_id: row for row in rows if row.case_id != case.id}
    units = [row for row in rows if row.kind == UNITS]
    planned = [
        PlannedLine(row.case_id, row.service_code, row.recipient_id, row.quantity) for row in rows if row.kind == PLAN
    ]
    return Shared(case, others, tuple(_units(units)), tuple(planned))


def _with_plans(case: Case, of_type: tuple[Any, ...]) -> Any:
    """The units, and what brothers' and sisters' plans keep of the cap they share (R4).

    Without a family nobody else's plan shares it: a person has one open case of a type (G06).
    """
    plans = _WITH_PLANS.where(*of_type, Case.id != case.id)
    return union_all(_WITH_UNITS.where(*of_type).order_by(None), plans).order_by("delivered_on", "delivery_id")


UNITS, PLAN = "units", "plan"

_WITH_UNITS = (
    select(
        literal(UNITS).label("kind"),
        Case.id.label("case_id"),
        Case.person_id,
        Case.municipality_id,
        Case.received_on,
        Case.opening_used,
        Delivery.id.label("delivery_id"),
        Delivery.service_code,
        Delivery.recipient_id,
        Delivery.delivered_on,
        Delivery.check_in,
        Delivery.check_out,
        Delivery.quantity,
        RefusalOfUnits.on_day,
        RefusalOfUnits.quantity.label("refused"),
    )
    .outerjoin(Delivery, and_(Delivery.case_id == Case.id, not_(Delivery.cancelled)))
    .outerjoin(RefusalOfUnits, RefusalOfUnits.delivery_id == Delivery.id)
    .order_by(Delivery.delivered_on, Delivery.id)
)

# The same columns: what is no unit is empty. A version that was replaced grants nothing any more.
_WITH_PLANS = (
    select(
        literal(PLAN),
        Case.id,
        Case.person_id,
        Case.municipality_id,
        Case.received_on,
        Case.opening_used,
        null(),
        PlanLine.service_code,
        PlanLine.recipient_id,
        null(),
        null(),
        null(),
        PlanLine.quantity,
        null(),
        null(),
    )
    .join(Plan, Plan.case_id == Case.id)
    .join(PlanLine, PlanLine.plan_id == Plan.id)
    .where(
        Case.state.not_in(ENDED),
        Plan.approved_on.is_not(None),
        Plan.replaced_on.is_(None),
        PlanLine.quantity.is_not(None),
    )
)


def _units(rows: Iterable[Any]) -> Iterator[UsedUnits]:
    """Every accepted delivery, day by day, less the refused units (DOMAIN 9.2)."""
    deliveries: dict[int, Any] = {}
    refused: dict[tuple[int, dt.date], Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.delivery_id is not None:
            deliveries.setdefault(row.delivery_id, row)
            if row.refused is not None:
                refused[row.delivery_id, row.on_day] += row.refused
    for row in deliveries.values():
        for day, quantity in _days(row):
            counted = quantity - refused[row.delivery_id, day]
            if counted > 0:
                yield UsedUnits(row.case_id, row.service_code, row.recipient_id, day, counted)


def counted_elsewhere(session: Session, case: Case, programme: str, scope: str = PER_FAMILY) -> list[Counted]:
    """Units of other cases that share the cap: the person's own, and with `per_family` those of the siblings.

    Siblings are marked, so that a rule counts them only while its cap is the family's (R4). Opening balances of
    the other cases are among them; that of this case is not. Ordered by day.
    """
    return shared_units(session, case).elsewhere(programme, scope)


def used_units(session: Session, case: Case, programme: str, day: dt.date) -> Decimal:
    """Units that stand against the person's cap in the period of the day, opening balance included (R1, R2, R10).

    Under a lifetime cap that is the whole project. Raises ValueError when the person has no birth date.
    """
    # Late: the terms of the calculation ask this module for the units of other cases.
    from workflow.stages.terms import rules_of

    rule = nearest_rule(rules_of(programme), day)
    if case.person.birth_date is None:
        raise ValueError(f"case {case.case_no}: the person has no birth date")
    if rule is None:
        return ZERO
    counted = shared_units(session, case).counted(programme)
    return used_on(rule, case.person.birth_date, opening_of(case, programme), counted, day)


def opening_of(case: Case, programme: str) -> Opening:
    """The opening balance of the case (R2); yearly counts belong to the year of the application."""
    services = facts().programmes[programme].service_codes
    by_service = {code: Decimal(case.opening_used[code]) for code in services if code in case.opening_used}
    total = opening_total(case.opening_used, programme)
    years = {case.received_on.year: total} if total else {}
    return Opening(total, by_service, years, case.opening_window_start)


def opening_total(opening_used: dict[str, Any], programme: str) -> Decimal:
    """The whole of an opening balance: entered for the programme, or as parts by service."""
    services = facts().programmes[programme].service_codes
    parts = sum((Decimal(opening_used[code]) for code in services if code in opening_used), ZERO)
    return max(Decimal(opening_used.get(programme, 0)), parts)


def _days(row: Any) -> list[tuple[dt.date, Decimal]]:
    """A stay falls into one unit a day; anything else lies on its day (DOMAIN 5.1)."""
    if row.check_in is None or row.check_out is None:
        return [(row.delivered_on, row.quantity)]
    return [(day, Decimal(1)) for day in units_of_stay(row.check_in, row.check_out)[: int(row.quantity)]]


def _before(row: Any, programme: str) -> dt.date:
    """The day of an opening balance: before everything else, or in the year of the application if years count."""
    cap = facts().cap_on(programme, row.received_on)
    lifetime = cap is None or cap.kind == LIFETIME
    return facts().programmes[programme].first_day if lifetime else row.received_on


def _net(case: Case, programme: str, found: Iterable[tuple[Any, dt.date, Decimal]]) -> list[Counted]:
    """What the opening balance of the case does not already stand for."""
    stands_for = opening_total(case.opening_used, programme)
    left = []
    for row, day, quantity in found:
        sibling = row.person_id != case.person_id
        if not sibling and row.municipality_id != case.municipality_id and day < case.received_on:
            covered = min(stands_for, quantity)
            stands_for -= covered
            quantity -= covered
        if quantity > 0:
            left.append(Counted(day, quantity, sibling))
    return left
