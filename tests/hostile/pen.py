"""Well-filled forms: what an honest officer types into each step, for cases of the factory's office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from tests.factory import Office
from workflow.models import Base, Case, Claim, ClaimLine

DAY = dt.date
FILES = ("attendance_sheet",)


def given_for(office: Office, case: Case, step: str) -> dict[str, Any]:
    """What the step is given, as far as the case has what it needs."""
    common: dict[str, Any] = {
        "request_documents": {"missing": ["D04"], "reply_by": DAY(2021, 12, 6)},
        "extend_deadline": {"new_due_on": DAY(2021, 12, 30), "reason": "Gaidām ārsta izrakstu."},
        "record_assessment": office.assessment(),
        "draft_plan": office.plan(case),
        "approve_plan": office.approval(decision_no=f"SD-{case.id}"),
        "return_plan": {"remarks": "Precizēt mērķus."},
        "revise_plan": office.plan(case, reason="Vajadzības mainījušās.", drafted_on=office.today),
        "start_procurement": office.request(case),
        "stop_service": {"last_day": DAY(2021, 11, 30), "reason": "family_wish", "note": "Ģimene vairs nevēlas."},
        "reject": {
            "ground": "no_disability",
            "reasons": "Bērnam nav noteikta invaliditāte, un tiesiska pamata pakalpojumam nav.",
            "decision_no": f"SD-N-{case.id}",
            "decision_on": office.today,
            "person_heard": True,
            "sent_on": office.today,
            "channel": "post_registered",
        },
        "withdraw": {"withdrawn_on": office.today, "reason": "Ģimene pārdomāja."},
        "suspend": {
            "reason": "illness",
            "note": "Slimība.",
            "from_on": office.today,
            "expected_resume_on": DAY(2021, 12, 20),
        },
        "resume": {"resumed_on": office.today},
        "close": {"reason": "completed", "closed_on": office.today, "note": "Viss nokārtots."},
        "reopen": {"reason": "Jauni apstākļi.", "reopened_on": office.today},
        "reassign": {"to_user": colleague(office, case), "reason": "Atvaļinājums."},
    }
    return common[step] if step in common else dict(_with_rows(office, case, step))


def _with_rows(office: Office, case: Case, step: str) -> Iterator[tuple[str, Any]]:
    """Steps that need a provider, an assignment, a delivery or a claim of the case."""
    match step:
        case "sign_contract":
            yield from office.contract(case).items()
        case "assign_in_house":
            yield from in_house(office, case).items()
        case "confirm_delivery" if case.assignments:
            yield from office.month(case, days=(13, 15), act_no=f"A-{case.id}-{len(case.deliveries)}-x").items()
        case "submit_claim":
            month = [row for row in case.deliveries if row.delivered_on.month == 10 and not row.cancelled]
            amount = str(Decimal("23.50") * sum(int(row.quantity) for row in month)) if month else "70.50"
            yield from office.claim(case, amount, claim_no=f"P-{case.id}-{case.history_seq}").items()
        case "record_payment" | "return_claim":
            yield from _answer(office, case, step).items()
        case "terminate_contract" if case.assignments and case.assignments[0].contract_line:
            contract = case.assignments[0].contract_line.contract
            yield from {"contract": contract, "last_day": DAY(2021, 11, 30), "ground": "agreement"}.items()
            yield from {"note": "Vienojās.", "reprocure": True}.items()
        case "record_correction" if case.deliveries:
            yield from {"document_no": "KR-1", "document_on": office.today, "reason": "Kļūda lapā."}.items()
            yield "changes", [{"delivery": case.deliveries[0], "new_quantity": Decimal(0), "new_unit_price": None}]


def in_house(office: Office, case: Case) -> dict[str, Any]:
    """The municipality's own institution for the requested lines."""
    provider = office.provider(f"Dienas centrs {case.id}", kind="municipal_institution")
    lines = [line for line in case.plan.lines if line.requested] if case.plan else []
    return {
        "provider": provider,
        "register_entry": provider.entries[0],
        "starts_on": DAY(2021, 10, 1),
        "ends_on": None,
        "lines": [{"service": line.service_code, "own_tariff": Decimal("20.00")} for line in lines],
    }


def _answer(office: Office, case: Case, step: str) -> dict[str, Any]:
    mine = sa.select(ClaimLine.claim_id).where(ClaimLine.case_id == case.id)
    claim = office.session.scalars(sa.select(Claim).where(Claim.id.in_(mine))).first()
    amount = sum((line.amount for line in claim.lines), Decimal(0)) if claim else Decimal(0)
    if step == "return_claim":
        return {"claim": claim, "returned_on": office.today, "reason": "Trūkst rēķina."}
    return {"claim": claim, "paid_on": DAY(2021, 11, 20), "amount": amount, "reference": "LPR-7"}


def colleague(office: Office, case: Case) -> Any:
    """Another social worker of the office."""
    known = [user for name, user in office.users.items() if name == "second_worker"]
    return known[0] if known and known[0].id != case.worker_id else office.users["social_worker"]


def typed(given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The values as a browser sends them: dates, decimals and rows as text, groups and tables by their names."""
    return [pair for name, value in given.items() for pair in _typed(name, value)]


def _typed(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case None | False:
            return
        case True:
            yield name, "yes"
        case Mapping():
            for key, inner in value.items():
                yield from _typed(f"{name}-{key}", inner)
        case [Mapping(), *_]:
            for number, row in enumerate(value):
                for key, inner in row.items():
                    yield from _typed(f"{name}-{number}-{key}", inner)
        case list() | tuple():
            for inner in value:
                yield from _typed(name, inner)
        case Base():
            yield name, str(sa.inspect(value).identity[0])
        case dt.date() if name == "month" or name == "period":
            yield name, f"{value:%Y-%m}"
        case dt.date():
            yield name, value.isoformat()
        case _ if name in FILES:
            yield name, value
        case _:
            yield name, str(value)
