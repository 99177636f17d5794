"""From the rows of a case to the plain values of the calculation (DOMAIN section 9), one programme at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from workflow import calculation
from workflow.calculation import Arrangement, Calculation, Decision, Delivered, Rule, Terms
from workflow.facts import Cap, Facts, Programme, RuleSet, facts
from workflow.models import Assignment, Case, ContractLine, Delivery, Plan, PlanLine, UnitCost
from workflow.quantities import PERIODS, CapKind
from workflow.stages.used import counted_elsewhere, opening_of

DROPPED = 0
"""The plan line of deliveries whose line is no longer in the approved plan: ids begin with 1, so none has it."""


def programmes_of(case: Case) -> tuple[str, ...]:
    """The programmes a case of this type may hold services of (DOMAIN 3, case types)."""
    return facts().case_types[case.case_type].programmes


def terms_of(session: Session, case: Case, programme: str) -> Terms:
    """All that decides about the deliveries of one programme of the case; quantities in units, prices in EUR."""
    fact = facts().programmes[programme]
    return Terms(
        birth_date=_birth_date(case),
        first_day=fact.first_day,
        last_day=fact.last_day,
        rules=rules_of(programme),
        plan=_plan_lines(_plans(session, case), fact),
        arrangements=[_arrangement(row) for row in _assignments(session, case) if _is_of(row, fact)],
        service_ages={code: _ages(code) for code in fact.service_codes},
        unit_costs=_unit_costs(session, fact),
        opening=opening_of(case, programme),
        counted_elsewhere=counted_elsewhere(session, case, programme),
    )


def delivered_of(case: Case, programme: str) -> list[Delivered]:
    """The accepted deliveries of the programme that are not cancelled, in the order of day and entry (9.1)."""
    services = frozenset(facts().programmes[programme].service_codes)
    keys = _LineKeys(case.plans)
    lines = {row.id: row.plan_line_id for row in case.assignments}
    rows = [row for row in case.deliveries if row.service_code in services and not row.cancelled]
    return [delivered(row, keys.key_on(lines[row.assignment_id], row.delivered_on)) for row in rows]


def delivered(row: Delivery, plan_line: int | None) -> Delivered:
    """One delivery as the calculation sees it; a price of its own goes before that of the contract (9.5)."""
    return Delivered(
        key=row.id,
        on=row.delivered_on,
        service=row.service_code,
        quantity=row.quantity,
        arrangement=row.assignment_id,
        check_in=row.check_in,
        check_out=row.check_out,
        plan_line=plan_line,
        unit_price=row.unit_price,
    )


def plan_key_on(case: Case, plan_line_id: int, day: dt.date) -> int:
    """The key in `Terms.plan` of a delivery on the day under an assignment of this plan line; DROPPED if none."""
    return _LineKeys(case.plans).key_on(plan_line_id, day)


def calculation_of(session: Session, case: Case, programme: str) -> Calculation:
    """Lines, own cost and counters of the programme from the first day of the case (9.1).

    Raises MissingUnitCost or MissingPrice (both G64) while the administrator has not entered what is needed.
    """
    return calculation.calculate(terms_of(session, case, programme), delivered_of(case, programme))


def decision_of(session: Session, case: Case, programme: str) -> Decision:
    """Which units are compensable and which are refused, and why (9.2); needs no prices."""
    return calculation.decide_units(terms_of(session, case, programme), delivered_of(case, programme))


def calculations(session: Session, case: Case) -> dict[str, Calculation]:
    """The calculation of each programme of the case that has accepted deliveries; raises what it raises."""
    return {code: calculation_of(session, case, code) for code in delivered_programmes(case)}


def delivered_programmes(case: Case) -> list[str]:
    """The programmes of the case with accepted deliveries, in the order of the facts."""
    found = {facts().services[row.service_code].programme for row in case.deliveries if not row.cancelled}
    return [code for code in programmes_of(case) if code in found]


def _birth_date(case: Case) -> dt.date:
    """The birth date of the person of the case, who always has one (DOMAIN 7.1); applicants may lack it."""
    if case.person.birth_date is None:
        raise ValueError(f"case {case.case_no}: the person has no birth date")
    return case.person.birth_date


def rules_of(programme: str) -> tuple[Rule, ...]:
    """What each rule set says about the programme, oldest first (DOMAIN 4)."""
    return _rules_in(facts(), programme)


@lru_cache(maxsize=64)
def _rules_in(book: Facts, programme: str) -> tuple[Rule, ...]:
    fact = book.programmes[programme]
    rows = sorted(book.rule_sets.rows, key=lambda row: row.valid_from)
    return tuple(_rule(row, row.cap_of(programme), fact) for row in rows)


def _rule(rule_set: RuleSet, cap: Cap | None, fact: Programme) -> Rule:
    bands = tuple(calculation.Band(band.min_age, band.max_age, band.quantity) for band in cap.bands) if cap else ()
    return Rule(
        valid_from=rule_set.valid_from,
        valid_to=rule_set.valid_to,
        cap_kind=calculation.CapKind(cap.kind) if cap else calculation.CapKind.NONE,
        cap_quantity=cap.quantity if cap else None,
        bands=bands,
        method=calculation.Method(fact.compensation_method),
        ceiling=cap.ceiling if cap else None,
        window_months=cap.months if cap else None,
        min_age=fact.min_age,
        max_age=fact.max_age,
        per_family=cap is not None and cap.scope == "per_family",
    )


def _ages(service: str) -> tuple[int | None, int | None]:
    return facts().services[service].min_age, facts().services[service].max_age


def _plans(session: Session, case: Case) -> Sequence[Plan]:
    """All versions, oldest first, with their lines in one statement more."""
    rows = select(Plan).where(Plan.case_id == case.id).order_by(Plan.version)
    return session.scalars(rows.options(selectinload(Plan.lines))).all()


def _assignments(session: Session, case: Case) -> Sequence[Assignment]:
    """The assignments with contract and register entry, in one statement."""
    contract = joinedload(Assignment.contract_line).joinedload(ContractLine.contract)
    rows = select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.id)
    return session.scalars(
        rows.options(contract, joinedload(Assignment.register_entry), joinedload(Assignment.plan_line))
    ).all()


def _is_of(row: Assignment, fact: Programme) -> bool:
    return row.plan_line.service_code in fact.service_codes


def _arrangement(row: Assignment) -> Arrangement:
    """An assignment with its price: that of the contract, or the municipality's own tariff (9.1, item 2)."""
    price, ends = row.own_tariff, [row.ends_on]
    if row.contract_line is not None:
        price = row.contract_line.unit_price
        contract = row.contract_line.contract
        ends += [row.contract_line.valid_to, contract.ends_on, contract.ended_on]
    return Arrangement(
        key=row.id,
        kind=calculation.ArrangementKind(row.kind),
        valid_from=row.starts_on,
        valid_to=min((day for day in ends if day is not None), default=None),
        prices={} if price is None else {row.plan_line.service_code: price},
        registered_from=row.register_entry.valid_from,
        registered_until=row.register_entry.valid_to,
    )


def _plan_lines(plans: Sequence[Plan], fact: Programme) -> list[calculation.PlanLine]:
    """Each line once however often revised: granted when its root was, with its quantities by version (R6)."""
    keys = _LineKeys(plans)
    merged: dict[int, calculation.PlanLine] = {}
    for plan in keys.approved:
        for line in plan.lines:
            if line.service_code not in fact.service_codes:
                continue
            root = keys.roots[line.id]
            old, per = merged.get(root), _period_on(fact, plan.drafted_on)
            granted_on = old.approved_on if old else _granted_on(line, plan)
            before = _before(old, per, plan) if old else ()
            merged[root] = calculation.PlanLine(root, line.service_code, granted_on, line.quantity, per, before)
    return list(merged.values())


def _before(old: calculation.PlanLine, per: CapKind, plan: Plan) -> tuple[tuple[dt.date, Decimal | None], ...]:
    """The quantities that held until the version was approved; those for another kind of period say nothing of it."""
    if old.per != per or plan.approved_on is None:
        return ()
    return (*old.before, (plan.approved_on, old.quantity))


def _period_on(fact: Programme, day: dt.date) -> CapKind:
    """What the quantity of a plan drafted on the day is for: a year, a month, a week, or the whole (8.2, 2; R9)."""
    cap = facts().cap_on(fact.code, day)
    return CapKind(cap.kind) if cap is not None and cap.kind in PERIODS else CapKind.LIFETIME


def _granted_on(line: PlanLine, plan: Plan) -> dt.date:
    return line.approved_on or plan.approved_on or dt.date.max  # only approved plans come here


class _LineKeys:
    """Which merged line a delivery uses: the line of its assignment, while an approved plan still holds it."""

    def __init__(self, plans: Iterable[Plan]) -> None:
        versions = list(plans)
        self.approved = [plan for plan in versions if plan.approved_on is not None]
        self.roots: dict[int, int] = {}
        self.lines: dict[int, PlanLine] = {}
        for plan in versions:  # a line may be carried on through a version that nobody approved
            for line in plan.lines:
                self.lines[line.id] = line
                before = line.carried_from_id
                self.roots[line.id] = self.roots.get(before, before) if before else line.id

        self._held = [{self.roots[line.id] for line in plan.lines} for plan in self.approved]
        self._known: dict[tuple[int, int], int] = {}

    def key_on(self, plan_line_id: int, day: dt.date) -> int:
        """The root of the line; after the version that took it out, another line of its service and recipient."""
        begun = sum(1 for plan in self.approved if plan.approved_on is not None and plan.approved_on <= day)
        wanted = plan_line_id, begun
        if wanted not in self._known:
            self._known[wanted] = self._key_in(plan_line_id, begun)
        return self._known[wanted]

    def _key_in(self, plan_line_id: int, begun: int) -> int:
        """The same while so many approved versions have begun."""
        root = self.roots.get(plan_line_id, plan_line_id)
        if begun == 0 or root in self._held[begun - 1]:
            return root
        old = self.lines.get(plan_line_id)
        for line in self.approved[begun - 1].lines:
            if old and (line.service_code, line.recipient_id) == (old.service_code, old.recipient_id):
                return self.roots[line.id]
        # A line granted by a later version: the delivery is too early, not outside the plan (9.2).
        comes_later = old is not None and not any(root in held for held in self._held[:begun])
        return root if comes_later else DROPPED


def _unit_costs(session: Session, fact: Programme) -> list[calculation.UnitCost]:
    if fact.compensation_method != calculation.Method.UNIT_COST:
        return []
    rows = select(UnitCost).where(UnitCost.service_code.in_(fact.service_codes)).order_by(UnitCost.valid_from.desc())
    return [
        calculation.UnitCost(row.service_code, row.amount, row.valid_from, row.valid_to)
        for row in session.scalars(rows)
    ]
