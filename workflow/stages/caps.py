"""Does the plan keep to the caps? Lifetime caps count what is used already, the others one period (G23, G26)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from workflow.entitlement import Account, account, overplanned
from workflow.facts import facts
from workflow.guards import Ask, Findings, finding, guard
from workflow.quantities import PERIODS, ZERO, CapKind, is_valid
from workflow.stages.plan_guards import WantedLine, drafted_on, wanted_lines
from workflow.stages.terms import rules_of
from workflow.stages.used import Shared, opening_of, shared_units, used_by_line


def account_on(shared: Shared, programme: str, day: dt.date, reserved: Decimal = ZERO) -> Account | None:
    """The person's account of the programme under the rule set of the day; None when no rule set holds (R9).

    Quantities are in the unit of the cap; `reserved` are planned units that are still to be delivered.
    """
    rule = next((rule for rule in rules_of(programme) if is_valid(rule.valid_from, rule.valid_to, day)), None)
    birth_date = shared.case.person.birth_date
    if rule is None or birth_date is None:
        return None
    counted, opening = shared.counted(programme), opening_of(shared.case, programme)
    fact = facts().programmes[programme]
    return account(rule, birth_date, opening, counted, reserved, day, fact.first_day, fact.last_day)


def still_planned(shared: Shared, lines: Iterable[tuple[str, int, Decimal | None]]) -> dict[str, Decimal]:
    """Units still to be delivered, by programme, of lines (service, recipient, quantity).

    What was delivered is used, no longer planned. A line without a quantity plans nothing: the cap limits it (R6).
    """
    known = list(lines)
    case_id = shared.case.id
    left = used_by_line(shared.own(), ((case_id, service, recipient_id) for service, recipient_id, _ in known))
    planned: dict[str, Decimal] = defaultdict(Decimal)
    for service, recipient_id, quantity in known:
        if quantity is None:
            continue
        done = min(quantity, left[case_id, service, recipient_id])
        left[case_id, service, recipient_id] -= done
        planned[facts().services[service].programme] += quantity - done
    return planned


@guard("G23")
def keeps_to_lifetime_cap(ask: Ask) -> Findings:
    """G23: planned and used units together are within the cap of the rule set of the plan's day (R2, R9)."""
    lines = _counted_lines(ask)
    if not lines:
        return
    shared = shared_units(ask.session, ask.case)
    planned = still_planned(
        shared,
        ((line.service, line.recipient.id if line.recipient else 0, line.quantity) for line in lines),
    )
    for programme, units in planned.items():
        state = account_on(shared, programme, drafted_on(ask))
        if state and state.kind == CapKind.LIFETIME and overplanned(state, [units]) > 0:
            yield finding(
                "lines", planned=units, used=state.used, cap=state.cap, unit=unit_of(programme, drafted_on(ask))
            )


@guard("G26")
def keeps_to_periodic_cap(ask: Ask) -> Findings:
    """G26: the units planned for one year, month or week are within its cap."""
    shared = shared_units(ask.session, ask.case)
    for programme, units in _whole(_counted_lines(ask)).items():
        state = account_on(shared, programme, drafted_on(ask))
        if state and state.kind in PERIODS and overplanned(state, [units]) > 0:
            yield finding("lines", cap=state.cap, unit=unit_of(programme, drafted_on(ask)), period=state.kind.value)


def _counted_lines(ask: Ask) -> list[WantedLine]:
    """The lines of the case's own catalogue: others are G21's matter."""
    own = facts().service_codes_of(ask.case.case_type)
    return [line for line in wanted_lines(ask) if line.service in own]


def _whole(lines: Iterable[WantedLine]) -> Mapping[str, Decimal]:
    planned: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        planned[facts().services[line.service].programme] += line.quantity or ZERO
    return planned


def unit_of(programme: str, day: dt.date) -> str:
    """The unit in which the cap of the day counts; that of the catalogue where the cap names none."""
    cap = facts().cap_on(programme, day)
    if cap is not None and cap.unit:
        return cap.unit
    return facts().services[facts().programmes[programme].service_codes[0]].unit


def planned_in(lines: Iterable[tuple[str, int, Decimal | None]], programme: str) -> Decimal:
    """The units that lines (service, recipient, quantity) plan of the programme: under a period, of each one (G26)."""
    of_programme = (quantity for service, _, quantity in lines if facts().services[service].programme == programme)
    return sum((quantity or ZERO for quantity in of_programme), ZERO)
