"""record_payment: in full or in part, spread over the lines to the cent; settled cases move on (G70–G73)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused
from tests.workflow.stages.billing import two_providers
from workflow.models import Case, Claim, Payment
from workflow.stages.payments import shares
from workflow.steps import blockers, problems_with

CENT = Decimal("0.01")
NOVEMBER = date(2021, 11, 1)


@pytest.fixture
def case(office: Office) -> Case:
    """A claim of 70.50, submitted on 10 November."""
    return office.case_in("claimed")


def claims(office: Office) -> list[Claim]:
    return list(office.session.scalars(sa.select(Claim).order_by(Claim.id)))


def payment(office: Office, **changes: Any) -> dict[str, Any]:
    return {
        "claim": claims(office)[-1],
        "paid_on": date(2021, 11, 20),
        "amount": Decimal("70.50"),
        "reference": "LPR-1",
    } | changes


def pay(office: Office, case: Case, **changes: Any) -> Claim:
    office.take(case, "record_payment", **payment(office, **changes))
    return claims(office)[-1]


def problems(office: Office, case: Case, **changes: Any) -> list[Any]:
    return refused(office, case, "record_payment", **payment(office, **changes))


def test_everything_paid_is_compensated(office: Office, case: Case) -> None:
    claim = pay(office, case)
    assert (case.state, claim.status) == ("compensated", "paid")
    assert [line.paid_amount for line in claim.lines] == [Decimal("70.50")]
    [row] = office.session.scalars(sa.select(Payment))
    assert (row.amount, row.paid_on, row.reference) == (Decimal("70.50"), date(2021, 11, 20), "LPR-1")


def test_a_part_with_a_reason_settles_too(office: Office, case: Case) -> None:
    claim = pay(office, case, amount=Decimal("50.00"), shortfall_reason="viena reize nav attiecināma")
    assert (case.state, claim.status) == ("compensated", "paid_in_part")
    assert [(line.paid_amount, line.shortfall_reason) for line in claim.lines] == [
        (Decimal("50.00"), "viena reize nav attiecināma")
    ]


def test_the_reason_stays_off_what_was_paid_in_full(office: Office, case: Case) -> None:
    assert pay(office, case, shortfall_reason="nav").lines[0].shortfall_reason is None


def test_only_a_submitted_claim_is_paid(office: Office) -> None:
    case = office.case_in("service_delivered")
    found = refused(office, case, "record_payment", claim=None, paid_on=office.today, amount=Decimal(1), reference="x")
    assert (codes(found), fields(found, "G70")) == (["G70"], ["claim"])
    assert codes(blockers(office.session, case, "record_payment", None, office.today)) == ["G70"]


def test_the_claim_waits_only_once(office: Office, case: Case) -> None:
    late = office.month(case, days=(25,), act_no="A-2")
    office.take(case, "confirm_delivery", **late)
    pay(office, case)
    assert codes(problems(office, case)) == ["G70"]


def test_the_day_of_submission_is_the_first_to_pay_on(office: Office, case: Case) -> None:
    submitted_on = claims(office)[0].submitted_on
    assert submitted_on is not None
    found = problems(office, case, paid_on=submitted_on - timedelta(days=1))
    assert (codes(found), fields(found, "G71")) == (["G71"], ["paid_on"])
    assert fields(problems(office, case, paid_on=None), "G71") == ["paid_on"]
    pay(office, case, paid_on=submitted_on)


def test_one_cent_more_than_claimed_is_refused(office: Office, case: Case) -> None:
    found = problems(office, case, amount=Decimal("70.51"), shortfall_reason="-")
    assert (codes(found), fields(found, "G71")) == (["G71"], ["amount"])


def test_one_cent_less_needs_a_reason(office: Office, case: Case) -> None:
    found = problems(office, case, amount=Decimal("70.49"))
    assert (codes(found), fields(found, "G72")) == (["G72"], ["shortfall_reason"])
    assert pay(office, case, amount=Decimal("70.49"), shortfall_reason="noapaļošana").status == "paid_in_part"


def test_below_zero_is_refused_and_zero_passes(office: Office, case: Case) -> None:
    assert codes(problems(office, case, amount=-CENT, shortfall_reason="-")) == ["G71"]
    assert pay(office, case, amount=Decimal("0.00"), shortfall_reason="nav attiecināms").status == "paid_in_part"


def test_an_amount_is_needed(office: Office, case: Case) -> None:
    assert fields(problems(office, case, amount=None, shortfall_reason="-"), "G71") == ["amount"]


def test_what_stays_open_is_told_and_the_case_stays(office: Office, case: Case) -> None:
    """G73: the session of 25 October was accepted after the claim."""
    office.take(case, "confirm_delivery", **office.month(case, days=(25,), act_no="A-2"))
    actor = office.actor("procurement_officer")
    told = problems_with(office.session, case, "record_payment", actor, payment(office), {}, office.today)
    assert told == []
    pay(office, case)
    assert (case.state, case.next_step) == ("service_delivered", "submit_claim")


def test_the_open_amount_is_what_no_paid_claim_holds(office: Office, case: Case) -> None:
    from workflow.guards import Ask, find_problems

    office.take(case, "confirm_delivery", **office.month(case, days=(25,), act_no="A-2"))
    actor = office.actor("procurement_officer")
    [told] = find_problems(Ask(office.session, case, "record_payment", office.today, actor, payment(office)))
    assert (told.code, told.kind, told.params) == ("G73", "info", {"amount": Decimal("23.50")})


def test_nothing_is_told_when_all_is_settled(office: Office, case: Case) -> None:
    from workflow.guards import Ask, find_problems

    actor = office.actor("procurement_officer")
    assert find_problems(Ask(office.session, case, "record_payment", office.today, actor, payment(office))) == []


def test_refused_units_do_not_keep_a_case_open(office: Office) -> None:
    """Explanation 5: every other unit has its refusal reason."""
    case = office.case_in("assessed")
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, quantity="2")]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    office.take(case, "sign_contract", **office.contract(case))
    office.take(case, "confirm_delivery", **office.month(case), G54="ģimenes lūgums")
    office.take(case, "submit_claim", **office.claim(case))
    pay(office, case, amount=Decimal("47.00"))
    assert case.state == "compensated"


def test_two_claims_settle_only_together(office: Office, case: Case) -> None:
    office.take(case, "confirm_delivery", **office.month(case, days=(25,), act_no="A-2"))
    office.take(case, "submit_claim", **office.claim(case, "23.50"))
    first, second = claims(office)
    pay(office, case, claim=first)
    assert case.state == "service_delivered"
    pay(office, case, claim=second, amount=Decimal("23.50"))
    assert case.state == "compensated"


def test_a_suspended_case_is_paid_and_stays(office: Office, case: Case) -> None:
    rest = {"reason": "illness", "note": "", "from_on": office.today, "expected_resume_on": date(2021, 12, 20)}
    office.take(case, "suspend", "social_worker", **rest)
    pay(office, case)
    assert case.state == "suspended"
    office.take(case, "resume", "social_worker", resumed_on=office.today)
    assert case.state == "compensated"


def test_a_payment_is_spread_over_the_lines(office: Office) -> None:
    case = two_providers(office)
    first, second = (row.provider for row in case.assignments)
    rows = [
        {"provider": who, "no": f"R-{who.id}", "date": NOVEMBER, "amount": Decimal("47.00"), "paid_on": NOVEMBER}
        for who in (first, second)
    ]
    office.take(case, "submit_claim", **office.claim(case, invoices=rows))
    claim = pay(office, case, amount=Decimal("93.99"), shortfall_reason="noapaļošana")
    assert [line.paid_amount for line in claim.lines] == [Decimal("47.00"), Decimal("46.99")]


def test_readers_and_social_workers_record_no_payment(office: Office, case: Case) -> None:
    for who in ("social_worker", "reader", "admin"):
        assert codes(refused(office, case, "record_payment", who, **payment(office))) == ["G95"]


cents = st.integers(min_value=-100_000, max_value=100_000).map(lambda n: Decimal(n).scaleb(-2))


@given(st.lists(cents, min_size=1, max_size=12), st.integers(min_value=0, max_value=100))
def test_shares_are_exact_to_the_cent(amounts: list[Decimal], percent: int) -> None:
    total = sum(amounts, Decimal(0))
    paid = (total * percent / 100).quantize(CENT)
    if total == 0:
        paid = total
    parts = shares(paid, amounts)
    assert sum(parts) == paid
    assert all(part == part.quantize(CENT) for part in parts)
    assert all(abs(part - amount * paid / total) < CENT for part, amount in zip(parts, amounts, strict=True) if total)
