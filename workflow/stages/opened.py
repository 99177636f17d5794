"""Lines that a step is about to write, opened into their arithmetic before it writes them (DOMAIN 9.1, 9.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from workflow.calculation import CountedUnit, Line, MissingPrice, MissingUnitCost, Paid, paid_for
from workflow.explain import LineShown, NameOfRuleSet, explained_units, shown_lines
from workflow.facts import facts
from workflow.guards import Ask
from workflow.quantities import Delivered
from workflow.rates import Rates
from workflow.stages.claimed import corrected_lines, day_of
from workflow.stages.corrections import faults_of_change
from workflow.stages.drafts import Draft, Reckoning
from workflow.stages.terms import delivered_programmes

Change = Mapping[str, Any]


def rule_set_names(programme: str) -> NameOfRuleSet:
    """The name of the rule set of a day, as the explanations ask for it."""

    def name_on(day: dt.date) -> str:
        rules = facts().rule_set_on(programme, day)
        return rules.name if rules else ""

    return name_on


def opened_lines(one: Reckoning, lines: Iterable[Line], units: Iterable[CountedUnit]) -> tuple[LineShown, ...]:
    """Lines with those of the calculation's units that they hold."""
    wanted = {day_of(unit) for unit in units}
    both = zip(one.decision.compensable, one.calculation.units, strict=True)
    held = [(piece, unit) for piece, unit in both if day_of(unit) in wanted]
    explained = explained_units(
        Rates(one.terms),
        [piece for piece, _ in held],
        [unit for _, unit in held],
        rule_set_names(one.programme),
        one.decision.window_last_day,
    )
    return shown_lines(lines, explained)


def claim_lines(draft: Draft) -> tuple[LineShown, ...]:
    """The lines of the claim that the draft would become."""
    return opened_lines(draft, draft.lines, draft.added)


def to_pay(draft: Draft) -> dict[int, list[Paid]]:
    """What the invoices of each provider must come to, by price; without in-house services under the unit cost."""
    found: dict[int, list[Paid]] = {}
    for row in paid_for(Rates(draft.terms), draft.to_invoice)[0]:
        found.setdefault(draft.assignments[int(row.arrangement)].provider_id, []).append(row)
    return found


@dataclass(frozen=True)
class Corrected(Reckoning):
    """One programme as it would be with the changes of a correction; nothing is written."""

    changes: Mapping[int, Change]

    @cached_property
    def delivered(self) -> list[Delivered]:
        """The deliveries with their new quantities and prices; 0 cancels."""
        before = Reckoning(self.session, self.case, self.programme, self.until).delivered
        return [_changed(row, self.changes.get(row.key, {})) for row in before]


def _changed(row: Delivered, change: Change) -> Delivered:
    quantity, price = change.get("new_quantity"), change.get("new_unit_price")
    return replace(
        row,
        quantity=row.quantity if quantity is None else quantity,
        unit_price=row.unit_price if price is None else price,
    )


@dataclass(frozen=True)
class CorrectionSeen:
    """What the changes would do to one programme, EUR. `missing` says which cost lacks, and the money then stays 0.

    `claimed` is False while nothing of it was claimed: then there is nothing to correct.
    """

    programme: str
    lines: Sequence[LineShown]
    claimed: bool
    compensated: tuple[Decimal, Decimal]  # before and after
    own_cost: tuple[Decimal, Decimal]
    missing: tuple[str, dt.date] | None = None

    @property
    def total(self) -> Decimal:
        """The amount of the correction claim; below 0 it is paid back."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


NO_MONEY = Decimal("0.00"), Decimal("0.00")


def corrections_seen(ask: Ask) -> list[CorrectionSeen]:
    """The correction as typed so far, programme by programme; empty while no change is complete (9.5).

    Changes that the guard G74 would refuse are left out.
    """
    seen: set[int] = set()
    good = [change for change in ask.get("changes") or () if not list(faults_of_change(ask, "", change, seen))]
    changes = {change["delivery"].id: change for change in good}
    return [_seen(ask, code, changes) for code in delivered_programmes(ask.case)] if changes else []


def _seen(ask: Ask, programme: str, changes: Mapping[int, Change]) -> CorrectionSeen:
    before = Reckoning(ask.session, ask.case, programme, dt.date.max)
    after = Corrected(ask.session, ask.case, programme, dt.date.max, changes)
    claimed = bool(before.claimed.lines)
    try:
        lines = _lines(before, after) if claimed else ()
        old, new = before.calculation, after.calculation
    except (MissingUnitCost, MissingPrice) as error:
        return CorrectionSeen(programme, (), claimed, NO_MONEY, NO_MONEY, (error.service, error.on))
    return CorrectionSeen(programme, lines, claimed, (old.compensated, new.compensated), (old.own_cost, new.own_cost))


def _lines(before: Reckoning, after: Reckoning) -> tuple[LineShown, ...]:
    """The units that wait for a claim of their own do not go into the correction, as in `record_correction`."""
    units = after.standing(without=[day_of(unit) for unit in before.free()])
    return opened_lines(after, corrected_lines(after.claimed, units), units)
