"""Months to confirm: the rows, the cases walked to their first delivery, and what was refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.factory import Office
from tests.workflow.stages.asking import refused
from workflow.models import Case, User


def row(day: date | None, quantity: str | None = "1", **more: Any) -> dict[str, Any]:
    return {"date": day, "quantity": Decimal(quantity) if quantity else None} | more


def confirm(office: Office, case: Case, who: str | User | None = None, **changes: Any) -> Case:
    confirmed = {code: changes.pop(code) for code in [*changes] if code.startswith("G")}
    return office.take(case, "confirm_delivery", who, **office.month(case, **changes), **confirmed)


def problems(office: Office, case: Case, **changes: Any) -> list[Any]:
    return refused(office, case, "confirm_delivery", **office.month(case, **changes))


def refusals(case: Case) -> list[tuple[date, str, Decimal]]:
    return [(item.on_day, item.reason, item.quantity) for each in case.deliveries for item in each.refusals]


def limited(office: Office, quantity: str | None) -> Case:
    """A case whose plan line has this quantity, or none."""
    case = office.case_in("assessed")
    line = office.line(case) | {"quantity": Decimal(quantity) if quantity else None}
    office.take(case, "draft_plan", **office.plan(case, lines=[line]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    return office.take(case, "sign_contract", **office.contract(case))


def after(office: Office, units: str) -> Case:
    """So many sessions were compensated before this case (R2); the plan itself does not limit."""
    case = limited(office, None)
    case.opening_used = {"CHILD_REHAB": units}
    return case


def respite(office: Office, birth_date: date, **line: Any) -> Case:
    person = office.person(birth_date=birth_date)
    case = office.case_in("applied", case_type="RESPITE", wanted="services", documents=["D03", "D04"], person=person)
    opinion = {"no": "V-1", "issued_on": date(2021, 8, 1), "valid_to": None}
    checked = office.assessment(assessment_mode="document_check", special_care_opinion=opinion)
    office.take(case, "record_assessment", **checked)
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, "RSP-01", "10")]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    return office.take(case, "sign_contract", **office.contract(case))


def stay(begins: datetime, ends: datetime | None) -> dict[str, Any]:
    return {"date": None, "quantity": None, "check_in": begins, "check_out": ends}


def adult(office: Office) -> Case:
    person = office.person("Juris", date(1985, 7, 3))
    papers = ["D03", "D06", "D07"]
    applied = {"case_type": "ADULT_COMMUNITY", "applicant_kind": "self", "documents": papers, "person": person}
    case = office.case_in("applied", **applied)
    group = {"status": "disability", "group": "I", "valid_from": date(2020, 1, 1), "valid_to": None}
    ground = {"target_ground": "at_risk_group_1_or_2", "living": "own_home", "disability": group}
    office.take(case, "record_assessment", **office.assessment(**ground))
    office.take(
        case, "draft_plan", **office.plan(case, lines=[office.line(case, "ADL-01", "200", recipient_kind="adult")])
    )
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    return office.take(case, "sign_contract", **office.contract(case))
