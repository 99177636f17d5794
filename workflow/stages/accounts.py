"""The accounts of a case: each cap of its programmes with what is used, reserved, left, and near its end (DOMAIN 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.accounts import NextBand, Parts, next_band, parts_on, still_in_period
from workflow.entitlement import Account, overplanned
from workflow.facts import facts
from workflow.quantities import PERIODS, ZERO, CapKind, Rule, is_valid
from workflow.stages.caps import account_on, planned_in, still_planned, unit_of
from workflow.stages.terms import rules_of
from workflow.stages.used import Shared, opening_of
from workflow.warnings import WINDOW_ENDS, Told, warnings_on

PlannedFor = tuple[str, int, Decimal | None]
"""Service, recipient, quantity of a plan line."""


@dataclass(frozen=True, slots=True)
class CapAccount:
    """One cap of the person or family, and how it stands on a day; quantities in `unit`.

    `planned` is what the plan at hand wants of the cap (of one period where each begins anew), `reserved_elsewhere`
    what approved plans of brothers and sisters keep of a cap of the family (R4); both together, as far as they are
    not delivered, are the state's `reserved`. `parts` is None where units are not counted.
    """

    programme: str
    on: dt.date
    state: Account
    unit: str
    per_family: bool
    months: int | None
    planned: Decimal
    reserved_elsewhere: Decimal
    parts: Parts | None
    next_band: NextBand | None
    told: tuple[Told, ...]

    @property
    def over(self) -> Decimal:
        """By how many units the plan goes over the cap (G23, G26)."""
        return overplanned(self.state, [self.planned])

    @property
    def days_left(self) -> int | None:
        """Days of the window still to come, today not counted; below 0 when it is over, None where none runs."""
        ends = self.state.period_to
        return (ends - self.on).days if self.state.kind == CapKind.WINDOW and ends is not None else None

    @property
    def used_up(self) -> bool:
        """Nothing more is compensable in the period."""
        return self.state.cap is not None and self.state.used is not None and self.state.used >= self.state.cap


def accounts_of(shared: Shared, lines: Iterable[PlannedFor], today: dt.date) -> list[CapAccount]:
    """The account of each programme of the case on a day, or on the nearest day of the programme.

    `lines` are those of the plan at hand. Asks the database nothing. A programme without services has no account,
    and none is given for a day without a rule set or a person without a birth date.
    """
    known = list(lines)
    codes = facts().case_types[shared.case.case_type].programmes
    found = (_account(shared, code, known, today) for code in codes if facts().programmes[code].service_codes)
    return [one for one in found if one is not None]


def _account(shared: Shared, code: str, lines: Sequence[PlannedFor], today: dt.date) -> CapAccount | None:
    programme, birth = facts().programmes[code], shared.case.person.birth_date
    on = min(max(today, programme.first_day), programme.last_day)
    rule = next((rule for rule in rules_of(code) if is_valid(rule.valid_from, rule.valid_to, on)), None)
    if rule is None or birth is None:
        return None
    planned, here = _planned(shared, code, lines, rule, birth, on)
    elsewhere = shared.reserved_elsewhere(code, per_family=rule.per_family)
    state = account_on(shared, code, on, here + elsewhere)
    if state is None:
        return None
    unit = unit_of(code, on)
    free = None if state.cap is None or state.used is None else max(state.cap - state.used, ZERO)
    window = [(WINDOW_ENDS, state.period_to)] if state.kind == CapKind.WINDOW else []
    return CapAccount(
        programme=code,
        on=on,
        state=state,
        unit=unit,
        per_family=rule.per_family,
        months=rule.window_months,
        planned=planned,
        reserved_elsewhere=elsewhere,
        parts=_parts(shared, code, rule, birth, on),
        next_band=next_band(rule, birth, on),
        told=tuple(warnings_on(today, window, [(unit, free)])),
    )


def _planned(
    shared: Shared, code: str, lines: Sequence[PlannedFor], rule: Rule, birth: dt.date, on: dt.date
) -> tuple[Decimal, Decimal]:
    """What the plan wants of the cap, and what of it is still to be delivered (under a period: of this one)."""
    if rule.cap_kind not in PERIODS:
        left = still_planned(shared, lines).get(code, ZERO)
        return left, left
    planned = planned_in(lines, code)
    return planned, still_in_period(rule, birth, planned, shared.here(code), on)


def _parts(shared: Shared, code: str, rule: Rule, birth: dt.date, on: dt.date) -> Parts | None:
    if not rule.counted:
        return None
    return parts_on(rule, birth, opening_of(shared.case, code), shared.here(code), shared.elsewhere(code), on)
