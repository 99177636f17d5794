"""return_claim: the claim comes back, its units are free, and it is submitted again with a suffix (G70)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused
from workflow.models import Case, Claim, ClaimUnit, Invoice, Task
from workflow.stages.claims import suggested_number
from workflow.stages.compensation import unclaimed_months
from workflow.steps import blockers

OCTOBER = date(2021, 10, 1)


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("claimed")


def claims(office: Office) -> list[Claim]:
    return list(office.session.scalars(sa.select(Claim).order_by(Claim.id)))


def answer(claim: Claim | None, **changes: Any) -> dict[str, Any]:
    return {"claim": claim, "returned_on": date(2021, 11, 18), "reason": "Trūkst apmeklējumu lapas."} | changes


def live(office: Office) -> list[int]:
    rows = sa.select(ClaimUnit.on_day).where(ClaimUnit.live).order_by(ClaimUnit.on_day)
    return [day.day for day in office.session.scalars(rows)]


def test_the_units_are_free_again(office: Office, case: Case) -> None:
    [claim] = claims(office)
    office.take(case, "return_claim", "procurement_officer", **answer(claim))
    assert (claim.status, claim.returned_on, claim.return_reason) == (
        "returned",
        date(2021, 11, 18),
        "Trūkst apmeklējumu lapas.",
    )
    assert live(office) == []
    assert unclaimed_months(office.session, case) == [OCTOBER]
    assert (case.state, case.next_step) == ("service_delivered", "submit_claim")


def test_officers_get_a_task_until_it_is_submitted_again(office: Office, case: Case) -> None:
    office.take(case, "return_claim", "supervisor", **answer(claims(office)[0]))
    task = office.session.scalars(sa.select(Task).where(Task.title == "claim_returned")).one()
    assert (task.role, task.done_on) == ("procurement_officer", None)
    office.take(case, "submit_claim", **office.claim(case))
    assert task.done_on == office.today


def test_it_is_submitted_again_with_a_suffix(office: Office, case: Case) -> None:
    first = claims(office)[0]
    office.take(case, "return_claim", "procurement_officer", **answer(first))
    number = suggested_number(office.session, case, "CHILD_REHAB", OCTOBER, office.today)
    assert number == f"{first.number}/2"
    office.take(case, "submit_claim", **office.claim(case, claim_no=number, invoices=[]))
    again = claims(office)[1]
    office.take(case, "return_claim", "procurement_officer", **answer(again))
    assert suggested_number(office.session, case, "CHILD_REHAB", OCTOBER, office.today) == f"{first.number}/3"
    assert [row.status for row in claims(office)] == ["returned", "returned"]


def test_a_stroke_of_the_office_is_no_suffix(office: Office) -> None:
    case = office.case_in("service_delivered")
    office.take(case, "submit_claim", **office.claim(case, claim_no="2021/15"))
    office.take(case, "return_claim", "procurement_officer", **answer(claims(office)[0]))
    assert suggested_number(office.session, case, "CHILD_REHAB", OCTOBER, office.today) == "2021/15/2"


def test_the_same_invoices_may_be_entered_again(office: Office, case: Case) -> None:
    office.take(case, "return_claim", "procurement_officer", **answer(claims(office)[0]))
    rows = office.claim(case)["invoices"]
    wrong = [rows[0] | {"amount": Decimal("70.49")}]
    assert codes(refused(office, case, "submit_claim", **office.claim(case, invoices=wrong))) == ["G66"]
    office.take(case, "submit_claim", **office.claim(case, invoices=rows))
    assert office.session.scalars(sa.select(Invoice.amount)).all() == [Decimal("70.50")]


def test_only_a_submitted_claim_comes_back(office: Office, case: Case) -> None:
    [claim] = claims(office)
    office.take(case, "return_claim", "procurement_officer", **answer(claim))
    found = refused(office, case, "return_claim", "procurement_officer", **answer(claim))
    assert fields(found, "G70") == ["claim"]
    assert codes(blockers(office.session, case, "return_claim", None, office.today)) == ["G70"]


def test_a_paid_claim_does_not_come_back(office: Office, case: Case) -> None:
    other = claims(office)[0]
    late = office.month(case, days=(25,), act_no="A-2")
    office.take(case, "confirm_delivery", **late)
    office.pay(case)
    found = refused(office, case, "return_claim", "procurement_officer", **answer(other))
    assert codes(found) == ["G70"]


@pytest.mark.parametrize("claim", [None, "7", 7])
def test_something_else_than_a_claim_is_refused(office: Office, case: Case, claim: Any) -> None:
    assert codes(refused(office, case, "return_claim", "procurement_officer", **answer(claim))) == ["G70"]


def test_the_claim_of_another_case_is_refused(office: Office, case: Case) -> None:
    other = office.case_in("claimed")
    foreign = claims(office)[1]
    assert codes(refused(office, case, "return_claim", "procurement_officer", **answer(foreign))) == ["G70"]
    office.take(other, "return_claim", "procurement_officer", **answer(foreign))


def test_social_workers_do_not_return_claims(office: Office, case: Case) -> None:
    found = refused(office, case, "return_claim", "social_worker", **answer(claims(office)[0]))
    assert codes(found) == ["G95"]


def test_a_suspended_case_may_get_its_claim_back(office: Office, case: Case) -> None:
    resume = {"reason": "illness", "note": "", "from_on": office.today, "expected_resume_on": date(2021, 12, 20)}
    office.take(case, "suspend", "social_worker", **resume)
    office.take(case, "return_claim", "procurement_officer", **answer(claims(office)[0]))
    assert case.state == "suspended"


def correct(office: Office, case: Case, day: int, **change: Any) -> None:
    delivery = next(row for row in case.deliveries if row.delivered_on.day == day)
    office.take(
        case,
        "record_correction",
        "procurement_officer",
        document_no="KR-1",
        document_on=date(2021, 11, 20),
        changes=[{"delivery": delivery, "new_quantity": None, "new_unit_price": None} | change],
        reason="Kredītrēķins",
    )


def test_a_returned_correction_gives_back_what_it_took(office: Office) -> None:
    case = office.case_in("compensated")
    correct(office, case, 6, new_quantity=Decimal(0))
    assert live(office) == [4, 11]
    office.take(case, "return_claim", "procurement_officer", **answer(claims(office)[1]))
    assert live(office) == [4, 6, 11]
    assert unclaimed_months(office.session, case) == [OCTOBER]
    assert case.next_step == "submit_claim"
    number = suggested_number(office.session, case, "CHILD_REHAB", OCTOBER, office.today)
    assert number.endswith("/L2")
    office.take(case, "submit_claim", **office.claim(case, claim_no=number, invoices=[]))
    again = claims(office)[2]
    assert (again.kind, again.number, sum(line.amount for line in again.lines)) == (
        "correction",
        number,
        Decimal("-23.50"),
    )
    assert live(office) == [4, 11]
    office.pay(case)
    assert case.state == "compensated"


def test_the_corrections_of_a_returned_claim_come_back_with_it(office: Office, case: Case) -> None:
    """Both are unpaid: the month is claimed anew as it is now, in one claim."""
    correct(office, case, 6, new_quantity=Decimal(0))
    office.take(case, "return_claim", "procurement_officer", **answer(claims(office)[0]))
    assert [row.status for row in claims(office)] == ["returned", "returned"]
    assert live(office) == []
    office.take(case, "submit_claim", **office.claim(case, invoices=[]))
    [line] = claims(office)[2].lines
    assert (line.quantity, line.amount) == (Decimal(2), Decimal("47.00"))
    office.pay(case)
    assert case.state == "compensated"


def test_a_correction_of_a_correction_comes_back_alone(office: Office) -> None:
    case = office.case_in("compensated")
    correct(office, case, 6, new_quantity=Decimal(0))
    office.pay(case)
    correct(office, case, 11, new_unit_price=Decimal("20.00"))
    assert live(office) == [4, 11]
    office.take(case, "return_claim", "procurement_officer", **answer(claims(office)[2]))
    assert live(office) == [4, 11]
    rows = sa.select(sa.func.sum(ClaimUnit.quantity)).where(ClaimUnit.live)
    assert office.session.scalar(rows) == Decimal(2)
    assert case.next_step == "submit_claim"
