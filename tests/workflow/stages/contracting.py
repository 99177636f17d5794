"""Contracts to sign: a well-filled form, contracts of other children, and cases of other programmes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.factory import Office
from tests.workflow.stages.asking import refused
from workflow.models import Case, Contract

STARTS_ON = date(2021, 10, 1)


def sign(office: Office, case: Case, **changes: Any) -> Case:
    confirmed = {code: changes.pop(code) for code in [*changes] if code in ("G41", "G43", "G46", "G47", "G49")}
    return office.take(case, "sign_contract", **office.contract(case, **changes), **confirmed)


def problems(office: Office, case: Case, **changes: Any) -> list[Any]:
    return refused(office, case, "sign_contract", **office.contract(case, **changes))


def price(text: str, service: str = "REH-15") -> list[dict[str, Any]]:
    return [{"service": service, "unit_price": Decimal(text), "max_quantity": None}]


def contract_of(office: Office, **changes: Any) -> Contract:
    """A contract registered for another child."""
    other = sign(office, office.case_in("procurement"), **changes)
    return other.assignments[0].contract_line.contract


def join(office: Office, case: Case, contract: Contract, **changes: Any) -> Case:
    given = {"contract": contract, "plan_lines": case.plan.lines} | changes
    return office.take(case, "sign_contract", **given)


def of_type(office: Office, case_type: str, service: str) -> Case:
    case = office.case_in("applied", case_type=case_type, wanted="services", documents=["D03", "D04"])
    opinion = {"no": "V-1", "issued_on": date(2021, 8, 1), "valid_to": None}
    office.take(
        case, "record_assessment", **office.assessment(assessment_mode="document_check", special_care_opinion=opinion)
    )
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, service, "8")]))
    office.take(case, "approve_plan", **office.approval())
    return office.take(case, "start_procurement", **office.request(case))
