"""The claim that could be made of a case for a month: computed, never typed (DOMAIN 9, story 8 of 13.2).

Guards, writer and form ask the same draft, so that what is shown is what is claimed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workflow import calculation
from workflow.calculation import (
    Calculation,
    CountedUnit,
    Decision,
    Delivered,
    Line,
    MissingPrice,
    Piece,
    Refused,
    Terms,
)
from workflow.calendar import month_end, month_of
from workflow.facts import facts
from workflow.guards import Ask
from workflow.models import AcceptanceAct, Assignment, Case, ClaimLine, ClaimUnit, Delivery, invoice_act
from workflow.quantities import to_cents
from workflow.stages.claimed import Claimed, added_lines, claimed_of, corrected_lines, day_of
from workflow.stages.settlement import Day, claims_of, open_corrections, unclaimed_units
from workflow.stages.terms import delivered_of, delivered_programmes, terms_of


@dataclass(frozen=True)
class Reckoning:
    """One programme of a case as far as a month, against what is claimed of it."""

    session: Session
    case: Case
    programme: str
    until: dt.date  # the last day that matters

    @cached_property
    def claimed(self) -> Claimed:
        """What the standing claims hold."""
        return claimed_of(self.session, self.case, self.programme)

    @cached_property
    def terms(self) -> Terms:
        """What decides about the deliveries."""
        return terms_of(self.session, self.case, self.programme)

    @cached_property
    def delivered(self) -> list[Delivered]:
        """The deliveries up to the last day that matters; later ones change nothing before them (9.1)."""
        last = max(self.until, *map(month_end, self.claimed.months)) if self.claimed.months else self.until
        return [row for row in delivered_of(self.case, self.programme) if row.on is None or row.on <= last]

    @cached_property
    def decision(self) -> Decision:
        """Which accepted units are compensable (9.2); needs no prices."""
        return calculation.decide_units(self.terms, self.delivered)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All accepted units, compensable or not."""
        return self.decision.pieces

    @cached_property
    def calculation(self) -> Calculation:
        """Raises MissingUnitCost or MissingPrice while the administrator has not entered what is needed (G64)."""
        return calculation.calculate(self.terms, self.delivered)

    @cached_property
    def unpriced(self) -> list[tuple[str, dt.date]]:
        """The services without unit cost or tariff, each with the first such day (G64)."""
        missing = calculation.missing_unit_costs(self.terms, self.delivered)
        if missing:
            return list(missing)
        try:
            _ = self.calculation
        except MissingPrice as error:
            return [(error.service, error.on)]
        return []

    @cached_property
    def resumed(self) -> frozenset[Day]:
        """Units of returned corrections that nothing replaced yet: they come back with the next correction.

        Where the whole month was returned there is nothing to correct; its units are simply free.
        """
        claims = open_corrections(claims_of(self.session, self.case))
        ids = [row.id for row in claims if row.programme_code == self.programme]
        if not ids:
            return frozenset()
        units = select(ClaimUnit.delivery_id, ClaimUnit.on_day).join(ClaimLine).where(ClaimLine.claim_id.in_(ids))
        days = frozenset((row.delivery_id, row.on_day) for row in self.session.execute(units))
        return frozenset(day for day in days if month_of(day[1]) in self.claimed.months)

    def free(self) -> list[CountedUnit]:
        """Compensable units that no claim holds and no returned correction waits for."""
        waiting = self.claimed.held.keys() | self.resumed
        return [unit for unit in self.calculation.units if day_of(unit) not in waiting]

    def standing(self, without: Iterable[Day]) -> list[CountedUnit]:
        """The units of the claimed months as a correction shall leave them, without those claimed otherwise."""
        aside = frozenset(without)
        months = self.claimed.months
        return [unit for unit in self.calculation.units if unit.month in months and day_of(unit) not in aside]


@dataclass(frozen=True)
class Draft(Reckoning):
    """The claim of one programme for one month."""

    period: dt.date

    @cached_property
    def added(self) -> list[CountedUnit]:
        """The units the claim will hold."""
        return [unit for unit in self.free() if unit.month == self.period]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines the claim will have."""
        return added_lines(self.claimed, self.added)

    @cached_property
    def refused(self) -> list[Refused]:
        """The accepted units of the month that nobody compensates, and why."""
        return [unit for unit in self.calculation.refused if month_of(unit.on) == self.period]

    @cached_property
    def corrects(self) -> bool:
        """Something claimed before differs from the calculation: a correction goes out too (9.5)."""
        units = self.standing([day_of(unit) for unit in self.free()])
        return bool(self.claimed.lines) and bool(corrected_lines(self.claimed, units))

    @cached_property
    def assignments(self) -> Mapping[int, Assignment]:
        """The assignments of the case by id."""
        return {row.id: row for row in self.case.assignments}

    @cached_property
    def to_invoice(self) -> list[Piece]:
        """The accepted units of the month that no invoice covers yet, the refused ones too (G66)."""
        invoiced = self._invoiced_acts()
        return [piece for piece in self._of_month() if self._act_of(piece) not in invoiced]

    @cached_property
    def invoiced_before(self) -> list[Piece]:
        """The accepted units whose invoices were recorded with a claim that came back."""
        days = {day_of(unit) for unit in self.added}
        acts = {self._act_of(piece) for piece in self._of_month() if (piece.delivered.key, piece.on) in days}
        return [piece for piece in self._of_month() if self._act_of(piece) in acts]

    def _of_month(self) -> list[Piece]:
        return [piece for piece in self.pieces if month_of(piece.on) == self.period]

    @cached_property
    def _acts(self) -> dict[int, int]:
        return {row.id: row.act_id for row in self.case.deliveries}

    def _act_of(self, piece: Piece) -> int:
        return self._acts[piece.delivered.key]

    def _invoiced_acts(self) -> set[int]:
        """The acts with an invoice for this month: a stay over the end of a month is invoiced in both."""
        linked = exists().where(invoice_act.c.act_id == AcceptanceAct.id)
        in_month = ClaimUnit.on_day.between(self.period, month_end(self.period))
        claimed = exists().where(ClaimUnit.delivery_id == Delivery.id, Delivery.act_id == AcceptanceAct.id, in_month)
        rows = select(AcceptanceAct.id).where(
            AcceptanceAct.case_id == self.case.id, linked, (AcceptanceAct.month == self.period) | claimed
        )
        return set(self.session.scalars(rows))

    def accepted_cost(self, pieces: Sequence[Piece]) -> dict[int, Decimal | None]:
        """What the units cost, EUR by provider (9.1, item 6); None where no price is known (in-house)."""
        return costs_of(self.terms, pieces, {key: row.provider_id for key, row in self.assignments.items()})

    def in_house(self, provider_id: int) -> bool:
        """The provider is the municipality's own: a cost note, no payment."""
        rows = [row for row in self.assignments.values() if row.provider_id == provider_id]
        return bool(rows) and all(row.kind == "in_house" for row in rows)


def costs_of(terms: Terms, pieces: Iterable[Piece], providers: Mapping[int, int]) -> dict[int, Decimal | None]:
    """Σ round(units × price) by provider over month, service, assignment and price (9.1, item 6)."""
    prices = {row.key: row.prices for row in terms.arrangements}
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for piece in pieces:
        row = piece.delivered
        price = row.unit_price if row.unit_price is not None else prices.get(row.arrangement or "", {}).get(row.service)
        sums[row.arrangement, month_of(piece.on), row.service, price] += piece.quantity
    found: dict[int, Decimal | None] = {}
    for (arrangement, _, _, price), quantity in sums.items():
        provider = providers[arrangement]
        before = found.get(provider, Decimal("0.00"))
        found[provider] = None if price is None or before is None else before + to_cents(quantity * price)
    return found


def draft_of(ask: Ask) -> Draft | None:
    """The draft of the month and programme given; None without a month. Computed once for one question."""
    period = ask.get("period")
    if not isinstance(period, dt.date) or not ask.case.id:
        return None
    kept: dict[str, Draft] = vars(ask).setdefault("_draft", {})
    programme = ask.get("programme") or programme_for(ask.session, ask.case, month_of(period))
    if programme not in kept and programme is not None:
        kept[programme] = make_draft(ask.session, ask.case, programme, month_of(period))
    return kept.get(programme) if programme is not None else None


def make_draft(session: Session, case: Case, programme: str, period: dt.date) -> Draft:
    """The draft of one programme and month."""
    return Draft(session, case, programme, month_end(period), period)


def programmes_with_claims(session: Session, case: Case) -> list[str]:
    """The programmes with something left to claim, in the order of the facts."""
    left = {facts().services[unit.service].programme for unit in unclaimed_units(session, case)}
    return [code for code in delivered_programmes(case) if code in left]


def programme_for(session: Session, case: Case, period: dt.date) -> str | None:
    """The programme a claim for the month is about, when nobody chose: the first with something left in it."""
    units = unclaimed_units(session, case)
    left = {facts().services[unit.service].programme for unit in units if month_of(unit.on) == period}
    delivered = delivered_programmes(case)
    return next((code for code in delivered if code in left), delivered[0] if delivered else None)
