"""One claim with the arithmetic behind every amount: units, rule sets, prices, ceilings, refusals (UX, «Claims»)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from workflow.calculation import Method
from workflow.calendar import month_end, window_last_day
from workflow.explain import LineShown, UnitShown, shown_unit
from workflow.facts import facts
from workflow.models import (
    Assignment,
    Case,
    Claim,
    ClaimLine,
    ClaimUnit,
    Contract,
    ContractLine,
    Delivery,
    Invoice,
    Payment,
    Person,
    Provider,
    RefusalOfUnits,
    UnitCost,
    invoice_act,
)
from workflow.quantities import is_valid
from workflow.rates import basis_of
from workflow.stages.terms import rules_of

Row = Any


@dataclass(frozen=True)
class LineOfClaim:
    """A line as it is stored, and its arithmetic."""

    row: Row
    shown: LineShown

    @property
    def unit(self) -> str:
        """The code of the unit in which the quantity is counted."""
        return facts().services[self.row.service_code].unit


@dataclass(frozen=True)
class ClaimFile:
    """Everything the page of a claim shows."""

    lines: Sequence[LineOfClaim]
    refused: Sequence[Row]
    invoices: Sequence[Row]
    payments: Sequence[Row]

    @property
    def amount(self) -> Decimal:
        """The sum of the lines, EUR."""
        return sum((line.row.amount for line in self.lines), Decimal("0.00"))

    @property
    def paid(self) -> Decimal | None:
        """The sum of the payments, EUR; None while none came."""
        return sum((row.amount for row in self.payments), Decimal("0.00")) if self.payments else None

    @property
    def cases(self) -> list[tuple[int, str]]:
        """The cases in the claim: id and number."""
        return list(dict.fromkeys((line.row.case_id, line.row.case_no) for line in self.lines))


def claim_file(session: Session, claim: Claim) -> ClaimFile:
    """The claim with everything behind it, in six statements whatever its size."""
    lines = _lines(session, claim)
    costs = _unit_costs(session, claim)
    begun = {row.id: _begun(row) for row in lines}
    units: dict[int, list[UnitShown]] = defaultdict(list)
    for unit in _units(session, claim):
        cost = _cost_on(costs.get(unit.service_code, ()), unit.on_day)
        units[unit.claim_line_id].append(_explained(claim.programme_code, unit, cost, begun[unit.claim_line_id]))
    payments = sa.select(Payment.paid_on, Payment.amount, Payment.reference).where(Payment.claim_id == claim.id)
    return ClaimFile(
        lines=[LineOfClaim(row, _shown(row, units[row.id])) for row in lines],
        refused=_refused(session, lines),
        invoices=_invoices(session, lines),
        payments=session.execute(payments.order_by(Payment.id)).all(),
    )


def _shown(row: Row, units: Sequence[UnitShown]) -> LineShown:
    return LineShown(row.month, row.service_code, row.assignment_id, row.quantity, row.rate, row.amount, units)


def _begun(row: Row) -> dt.date | None:
    """The first compensable day of the person, from which the two years run (9.4); None without a window."""
    return min((day for day in (row.opening_window_start, row.first_unit) if day is not None), default=None)


def _first_unit(programme: str) -> Any:
    """The first day of the person's cases of this type with something compensable: the refusals are the calculation's.

    Asked only where a rule set of the programme has a window.
    """
    if not any(rule.window_months for rule in rules_of(programme)):
        return sa.null()
    others = aliased(Case)
    refused = (
        sa.select(sa.func.coalesce(sa.func.sum(RefusalOfUnits.quantity), 0))
        .where(RefusalOfUnits.delivery_id == Delivery.id)
        .scalar_subquery()
    )
    return (
        sa.select(sa.func.min(Delivery.delivered_on))
        .join(others, others.id == Delivery.case_id)
        .where(
            others.person_id == Case.person_id,
            others.case_type == Case.case_type,
            ~Delivery.cancelled,
            Delivery.quantity > refused,
        )
        .correlate(Case)
        .scalar_subquery()
    )


def _lines(session: Session, claim: Claim) -> Sequence[Row]:
    columns = (
        ClaimLine.id,
        ClaimLine.case_id,
        ClaimLine.assignment_id,
        ClaimLine.service_code,
        ClaimLine.month,
        ClaimLine.quantity,
        ClaimLine.rate,
        ClaimLine.amount,
        ClaimLine.paid_amount,
        ClaimLine.shortfall_reason,
        Case.case_no,
        Case.opening_window_start,
        sa.type_coerce(_first_unit(claim.programme_code), sa.Date).label("first_unit"),
        Person.first_name,
        Person.last_name,
        Assignment.kind,
        Provider.name.label("provider"),
        Contract.number.label("contract_no"),
    )
    return session.execute(
        sa.select(*columns)
        .join(Case, Case.id == ClaimLine.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(Assignment, Assignment.id == ClaimLine.assignment_id)
        .join(Provider, Provider.id == Assignment.provider_id)
        .outerjoin(ContractLine, ContractLine.id == Assignment.contract_line_id)
        .outerjoin(Contract, Contract.id == ContractLine.contract_id)
        .where(ClaimLine.claim_id == claim.id)
        .order_by(ClaimLine.id)
    ).all()


def _units(session: Session, claim: Claim) -> Sequence[Row]:
    price = sa.func.coalesce(Delivery.unit_price, ContractLine.unit_price, Assignment.own_tariff)
    columns = (
        ClaimUnit.claim_line_id,
        ClaimUnit.on_day,
        ClaimUnit.quantity,
        ClaimUnit.live,
        ClaimLine.rate,
        ClaimLine.service_code,
        Assignment.kind,
        price.label("price"),
    )
    return session.execute(
        sa.select(*columns)
        .join(ClaimLine, ClaimLine.id == ClaimUnit.claim_line_id)
        .join(Delivery, Delivery.id == ClaimUnit.delivery_id)
        .join(Assignment, Assignment.id == Delivery.assignment_id)
        .outerjoin(ContractLine, ContractLine.id == Assignment.contract_line_id)
        .where(ClaimLine.claim_id == claim.id)
        .order_by(ClaimUnit.on_day, ClaimUnit.id)
    ).all()


def _unit_costs(session: Session, claim: Claim) -> Mapping[str, Sequence[UnitCost]]:
    """The unit costs of the programme by service; only the adults' method asks for them (9.1, item 2)."""
    fact = facts().programmes[claim.programme_code]
    found: dict[str, list[UnitCost]] = defaultdict(list)
    if fact.compensation_method == Method.UNIT_COST:
        for row in session.scalars(sa.select(UnitCost).where(UnitCost.service_code.in_(fact.service_codes))):
            found[row.service_code].append(row)
    return found


def _cost_on(costs: Iterable[UnitCost], day: dt.date) -> Decimal | None:
    return next((row.amount for row in costs if is_valid(row.valid_from, row.valid_to, day)), None)


def _explained(programme: str, unit: Row, unit_cost: Decimal | None, begun: dt.date | None) -> UnitShown:
    rules = facts().rule_set_on(programme, unit.on_day)
    cap = rules.cap_of(programme) if rules else None
    method = Method(facts().programmes[programme].compensation_method)
    ceiling = cap.ceiling if cap else None
    basis = basis_of(method, unit.kind == "in_house", unit.price, unit_cost, ceiling)
    ends = window_last_day(begun, cap.months) if begun is not None and cap is not None and cap.months else None
    name = rules.name if rules else ""
    return shown_unit(unit.on_day, unit.quantity, unit.rate, basis, name, ends, unit.live)


def _refused(session: Session, lines: Sequence[Row]) -> Sequence[Row]:
    """The units of the same cases and months that nobody compensates, and why (9.2)."""
    columns = (
        RefusalOfUnits.on_day,
        RefusalOfUnits.quantity,
        RefusalOfUnits.reason,
        Delivery.service_code,
        Case.case_no,
        Case.id.label("case_id"),
    )
    services = {code for row in lines for code in _of_same_programme(row.service_code)}
    months = sorted({row.month for row in lines})
    in_months = [RefusalOfUnits.on_day.between(month, month_end(month)) for month in months]
    rows = (
        sa.select(*columns)
        .join(Delivery, Delivery.id == RefusalOfUnits.delivery_id)
        .join(Case, Case.id == Delivery.case_id)
        .where(
            Delivery.case_id.in_({row.case_id for row in lines}),
            Delivery.service_code.in_(services),
            ~Delivery.cancelled,
            sa.or_(sa.false(), *in_months),
        )
    )
    return session.execute(rows.order_by(Case.id, RefusalOfUnits.on_day, RefusalOfUnits.id)).all()


def _of_same_programme(service: str) -> tuple[str, ...]:
    return facts().programmes[facts().services[service].programme].service_codes


def _invoices(session: Session, lines: Sequence[Row]) -> Sequence[Row]:
    """The invoices behind the deliveries of the claim, credit notes among them."""
    acts = (
        sa.select(Delivery.act_id)
        .join(ClaimUnit, ClaimUnit.delivery_id == Delivery.id)
        .where(ClaimUnit.claim_line_id.in_([row.id for row in lines]))
    )
    columns = (
        Invoice.number,
        Invoice.dated_on,
        Invoice.amount,
        Invoice.kind,
        Invoice.paid_on,
        Invoice.payment_reference,
        Provider.name.label("provider"),
    )
    linked = sa.select(invoice_act.c.invoice_id).where(invoice_act.c.act_id.in_(acts))
    rows = sa.select(*columns).join(Provider, Provider.id == Invoice.provider_id).where(Invoice.id.in_(linked))
    return session.execute(rows.order_by(Invoice.dated_on, Invoice.id)).all()
