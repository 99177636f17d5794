"""record_correction: the whole case is computed anew, the difference becomes a claim (G74, DOMAIN 9.5)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused
from workflow.models import Case, Claim, ClaimUnit, Delivery, Document, Invoice, RefusalOfUnits, TransitionLog

STEP = "record_correction"


@pytest.fixture
def case(office: Office) -> Case:
    """Three sessions at 23.50, claimed and paid."""
    return office.case_in("compensated")


def on(case: Case, day: int) -> Delivery:
    return next(row for row in case.deliveries if row.delivered_on.day == day)


def change(
    case: Case, day: int = 6, quantity: str | None = None, price: str | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "delivery": on(case, day),
        "new_quantity": Decimal(quantity) if quantity is not None else None,
        "new_unit_price": Decimal(price) if price is not None else None,
    } | more


def given(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    document = {"document_no": "KR-1", "document_on": date(2021, 11, 20), "reason": "Kredītrēķins"}
    return document | {"changes": list(changes)} | more


def correct(office: Office, case: Case, *changes: dict[str, Any], **more: Any) -> Claim | None:
    """Record the correction; the claim it made, if any."""
    before = set(claims(office))
    office.take(case, STEP, "procurement_officer", **given(*changes, **more))
    made = [claim for claim in claims(office) if claim not in before]
    return made[0] if made else None


def claims(office: Office) -> list[Claim]:
    return list(office.session.scalars(sa.select(Claim).order_by(Claim.id)))


def amount(claim: Claim | None) -> Decimal:
    assert claim is not None
    return sum((line.amount for line in claim.lines), Decimal(0))


def live(office: Office) -> list[int]:
    rows = sa.select(ClaimUnit.on_day).where(ClaimUnit.live).order_by(ClaimUnit.on_day)
    return [day.day for day in office.session.scalars(rows)]


def test_a_cancelled_session_is_claimed_back(office: Office, case: Case) -> None:
    claim = correct(office, case, change(case, quantity="0"))
    assert claim is not None
    assert [(line.quantity, line.amount) for line in claim.lines] == [
        (Decimal(-3), Decimal("-70.50")),
        (Decimal(2), Decimal("47.00")),
    ]
    assert (claim.kind, claim.status, claim.submitted_on) == ("correction", "submitted", date(2021, 11, 20))
    assert claim.number == f"{claims(office)[0].number}/L1"
    assert (case.state, case.next_step) == ("service_delivered", "record_payment")
    assert on(case, 6).cancelled
    assert live(office) == [4, 11]


def test_the_repayment_leads_back(office: Office, case: Case) -> None:
    claim = correct(office, case, change(case, quantity="0"))
    more = refused(
        office, case, "record_payment", claim=claim, paid_on=office.today, amount=Decimal("0.01"), reference="a"
    )
    less = refused(
        office, case, "record_payment", claim=claim, paid_on=office.today, amount=Decimal("-23.51"), reference="a"
    )
    assert codes(more) == ["G71", "G72"]
    assert codes(less) == ["G71", "G72"]
    part = refused(
        office, case, "record_payment", claim=claim, paid_on=office.today, amount=Decimal("-23.49"), reference="a"
    )
    assert codes(part) == ["G72"]
    office.pay(case)
    assert case.state == "compensated"


def test_a_paid_claim_never_changes(office: Office, case: Case) -> None:
    [paid] = claims(office)
    correct(office, case, change(case, quantity="0"))
    assert [(line.quantity, line.amount, line.paid_amount) for line in paid.lines] == [
        (Decimal(3), Decimal("70.50"), Decimal("70.50"))
    ]
    assert paid.status == "paid"


def test_a_corrected_price_takes_the_line_back_and_claims_it_anew(office: Office, case: Case) -> None:
    claim = correct(office, case, change(case, price="20.00"))
    assert claim is not None
    assert [(line.quantity, line.rate, line.amount) for line in claim.lines] == [
        (Decimal(1), Decimal("20.00"), Decimal("20.00")),
        (Decimal(-3), Decimal("23.50"), Decimal("-70.50")),
        (Decimal(2), Decimal("23.50"), Decimal("47.00")),
    ]
    assert amount(claim) == Decimal("-3.50")


def test_more_than_accepted_is_claimed_with_plus(office: Office, case: Case) -> None:
    assert amount(correct(office, case, change(case, quantity="2"))) == Decimal("23.50")


def test_a_unit_that_moves_under_the_limit_for_the_same_money(office: Office) -> None:
    """A correction of 0.00: another session takes the place of the cancelled one."""
    case = office.case_in("assessed")
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, quantity="2")]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    office.take(case, "sign_contract", **office.contract(case))
    office.take(case, "confirm_delivery", **office.month(case), G54="ģimenes lūgums")
    office.take(case, "submit_claim", **office.claim(case))
    office.pay(case)
    claim = correct(office, case, change(case, quantity="0"))
    assert (amount(claim), live(office)) == (Decimal("0.00"), [4, 11])
    assert office.session.scalars(sa.select(RefusalOfUnits)).all() == []
    zero = {"claim": claim, "paid_on": office.today, "reference": "LPR-2"}
    assert codes(refused(office, case, "record_payment", **zero, amount=Decimal("0.01"))) == ["G71", "G72"]
    office.take(case, "record_payment", **zero, amount=Decimal("0.00"))
    assert case.state == "compensated"


def test_a_refused_unit_changes_no_money_but_the_case_is_led_back(office: Office) -> None:
    case = office.case_in("assessed")
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, quantity="2")]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    office.take(case, "sign_contract", **office.contract(case))
    office.take(case, "confirm_delivery", **office.month(case), G54="ģimenes lūgums")
    office.take(case, "submit_claim", **office.claim(case))
    office.pay(case)
    claim = correct(office, case, change(case, 11, price="20.00"))
    assert claim is not None
    assert [(line.quantity, line.amount) for line in claim.lines] == [(Decimal(0), Decimal(0))]
    office.pay(case)
    assert case.state == "compensated"


def test_a_month_that_nobody_claimed_needs_no_correction(office: Office) -> None:
    case = office.case_in("service_delivered")
    assert correct(office, case, change(case, quantity="0")) is None
    office.take(case, "submit_claim", **office.claim(case, "47.00"))
    assert amount(claims(office)[0]) == Decimal("47.00")


def test_an_unclaimed_unit_of_the_month_stays_for_its_own_claim(office: Office, case: Case) -> None:
    office.take(case, "confirm_delivery", **office.month(case, days=(25,), act_no="A-2"))
    assert amount(correct(office, case, change(case, quantity="0"))) == Decimal("-23.50")
    office.take(case, "submit_claim", **office.claim(case, "23.50"))
    assert amount(claims(office)[-1]) == Decimal("23.50")
    assert live(office) == [4, 11, 25]


def test_a_second_correction_starts_from_the_first(office: Office, case: Case) -> None:
    correct(office, case, change(case, quantity="0"))
    claim = correct(office, case, change(case, 11, price="20.00"), document_no="KR-2")
    assert claim is not None
    assert amount(claim) == Decimal("-3.50")
    assert claim.number.endswith("/L2")
    assert live(office) == [4, 11]


def test_the_credit_note_is_filed_and_kept(office: Office, case: Case) -> None:
    correct(office, case, change(case, quantity="0"))
    [note] = office.session.scalars(sa.select(Invoice).where(Invoice.kind == "credit_note"))
    assert (note.number, note.amount, note.acts) == ("KR-1", Decimal("-23.50"), [on(case, 4).act])
    paper = office.session.scalars(sa.select(Document).where(Document.code == "D19")).one()
    assert (paper.number, paper.dated_on) == ("KR-1", date(2021, 11, 20))


def test_a_corrected_act_is_filed_as_such(office: Office, case: Case) -> None:
    correct(office, case, change(case, quantity="2"), document_no="A-1 labots")
    acts = office.session.scalars(sa.select(Document.number).where(Document.code == "D15"))
    assert "A-1 labots" in acts.all()
    assert office.session.scalars(sa.select(Invoice).where(Invoice.kind == "credit_note")).all() == []


def test_the_history_keeps_what_changed(office: Office, case: Case) -> None:
    correct(office, case, change(case, quantity="0"))
    [row] = office.session.scalars(sa.select(TransitionLog).where(TransitionLog.event == STEP))
    [kept] = row.data["changes"]
    assert (kept["new_quantity"], kept["service"], kept["date"]) == ("0", "REH-15", "2021-10-06")


def test_the_social_worker_may_and_the_supervisor_may_not(office: Office, case: Case) -> None:
    assert codes(refused(office, case, STEP, "supervisor", **given(change(case, quantity="0")))) == ["G95"]
    office.take(case, STEP, "social_worker", **given(change(case, quantity="0")))


@pytest.mark.parametrize("missing", ["document_no", "document_on", "reason"])
def test_the_document_is_needed(office: Office, case: Case, missing: str) -> None:
    found = refused(office, case, STEP, "social_worker", **given(change(case, quantity="0"), **{missing: None}))
    assert (codes(found), fields(found, "G74")) == (["G74"], [missing])


def test_a_document_of_tomorrow_is_refused_and_of_today_passes(office: Office, case: Case) -> None:
    tomorrow = office.today + timedelta(days=1)
    found = refused(office, case, STEP, "social_worker", **given(change(case, quantity="0"), document_on=tomorrow))
    assert fields(found, "G74") == ["document_on"]
    correct(office, case, change(case, quantity="0"), document_on=office.today)


def test_something_must_change(office: Office, case: Case) -> None:
    assert fields(refused(office, case, STEP, "social_worker", **given()), "G74") == ["changes"]
    found = refused(office, case, STEP, "social_worker", **given(change(case, row=3)))
    assert fields(found, "G74") == ["changes-3-new_quantity"]


@pytest.mark.parametrize("quantity", ["-1", "0.5", "1000001"])
def test_an_impossible_quantity_is_refused(office: Office, case: Case, quantity: str) -> None:
    found = refused(office, case, STEP, "social_worker", **given(change(case, quantity=quantity)))
    assert fields(found, "G74") == ["changes-0-new_quantity"]


@pytest.mark.parametrize("price", ["0", "-1", "20.001"])
def test_an_impossible_price_is_refused(office: Office, case: Case, price: str) -> None:
    found = refused(office, case, STEP, "social_worker", **given(change(case, price=price)))
    assert fields(found, "G74") == ["changes-0-new_unit_price"]


def test_a_cent_is_a_possible_price(office: Office, case: Case) -> None:
    assert amount(correct(office, case, change(case, price="0.01"))) == Decimal("-23.49")


def test_each_delivery_is_named_once(office: Office, case: Case) -> None:
    twice = given(change(case, quantity="0"), change(case, price="1.00"))
    assert fields(refused(office, case, STEP, "social_worker", **twice), "G74") == ["changes-1-delivery"]


def test_the_delivery_of_another_case_is_refused(office: Office, case: Case) -> None:
    other = office.case_in("service_delivered")
    found = refused(office, case, STEP, "social_worker", **given(change(other, quantity="0")))
    assert fields(found, "G74") == ["changes-0-delivery"]


def test_a_cancelled_delivery_is_not_corrected_again(office: Office, case: Case) -> None:
    correct(office, case, change(case, quantity="0"))
    found = refused(office, case, STEP, "social_worker", **given(change(case, quantity="1")))
    assert fields(found, "G74") == ["changes-0-delivery"]
