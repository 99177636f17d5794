"""What the tests of the money share: a claim with its invoices, and cases with something to claim."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import refused
from workflow.guards import Problem
from workflow.models import Case, Claim

OCTOBER, NOVEMBER = date(2021, 10, 1), date(2021, 11, 1)


def claim(office: Office, case: Case, amount: str = "70.50", **changes: Any) -> Claim:
    """Submit and return the newest claim."""
    office.take(case, "submit_claim", **office.claim(case, amount, **changes))
    return claims_of(office)[-1]


def claims_of(office: Office) -> list[Claim]:
    return list(office.session.scalars(sa.select(Claim).order_by(Claim.id)))


def problems(office: Office, case: Case, **changes: Any) -> list[Problem]:
    return refused(office, case, "submit_claim", **office.claim(case, **changes))


def invoice(case: Case, **changes: Any) -> dict[str, Any]:
    row = {"no": "R-1", "date": date(2021, 11, 3), "amount": Decimal("70.50"), "paid_on": date(2021, 11, 8)}
    return row | {"reference": "MU-1"} | changes


def limited(office: Office, quantity: str) -> Case:
    """A case with a provider, whose plan allows so many sessions."""
    case = office.case_in("assessed")
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, quantity=quantity)]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    return office.take(case, "sign_contract", **office.contract(case))


def in_house(office: Office, tariff: Decimal | None) -> Case:
    """Two sessions of the municipality's own centre in October."""
    case = office.case_in("plan_drafted")
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case, route="in_house"))
    provider = office.provider("Novada centrs", "municipal_institution")
    office.take(
        case,
        "assign_in_house",
        provider=provider,
        register_entry=provider.entries[0],
        starts_on=date(2021, 10, 1),
        ends_on=None,
        lines=[{"service": "REH-15", "own_tariff": tariff}],
    )
    return office.take(case, "confirm_delivery", **office.month(case, days=(4, 6)))


def two_providers(office: Office) -> Case:
    """Physiotherapy and a psychologist from two providers, two sessions each."""
    case = office.case_in("assessed")
    lines = [office.line(case), office.line(case, service="REH-14")]
    office.take(case, "draft_plan", **office.plan(case, lines=lines))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    for line in case.plan.lines:
        price = [{"service": line.service_code, "unit_price": Decimal("23.50"), "max_quantity": None}]
        office.take(case, "sign_contract", **office.contract(case, lines=price, plan_lines=[line]))
    for number, row in enumerate(case.assignments):
        given = office.month(case, days=(4, 6), assignment=row, act_no=f"A-{number}")
        office.take(case, "confirm_delivery", **given)
    return case
