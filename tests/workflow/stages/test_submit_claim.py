"""submit_claim: computed lines, invoices to the cent, each unit once (G60–G66)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from workflow.guards import Problem
from workflow.models import Case, Claim, ClaimUnit, Document, Invoice, RefusalOfUnits
from workflow.stages import terms
from workflow.stages.claims import suggested_number
from workflow.stages.compensation import unclaimed_months
from workflow.steps import blockers

OCTOBER, NOVEMBER = date(2021, 10, 1), date(2021, 11, 1)


@pytest.fixture
def case(office: Office) -> Case:
    """Three sessions at 23.50 in October."""
    return office.case_in("service_delivered")


def claim(office: Office, case: Case, amount: str = "70.50", **changes: Any) -> Claim:
    """Submit and return the newest claim."""
    office.take(case, "submit_claim", **office.claim(case, amount, **changes))
    return claims_of(office)[-1]


def claims_of(office: Office) -> list[Claim]:
    return list(office.session.scalars(sa.select(Claim).order_by(Claim.id)))


def limited(office: Office, quantity: str) -> Case:
    """A case with a provider, whose plan allows so many sessions."""
    case = office.case_in("assessed")
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, quantity=quantity)]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    return office.take(case, "sign_contract", **office.contract(case))


def problems(office: Office, case: Case, **changes: Any) -> list[Problem]:
    return refused(office, case, "submit_claim", **office.claim(case, **changes))


def invoice(case: Case, **changes: Any) -> dict[str, Any]:
    row = {"no": "R-1", "date": date(2021, 11, 3), "amount": Decimal("70.50"), "paid_on": date(2021, 11, 8)}
    return row | {"reference": "MU-1"} | changes


def test_the_lines_are_computed(office: Office, case: Case) -> None:
    made = claim(office, case)
    [line] = made.lines
    assert (made.status, made.kind, made.period, made.programme_code) == (
        "submitted",
        "normal",
        OCTOBER,
        "CHILD_REHAB",
    )
    assert (line.quantity, line.rate, line.amount) == (Decimal(3), Decimal("23.50"), Decimal("70.50"))
    assert [(unit.on_day.day, unit.live) for unit in line.units] == [(4, True), (6, True), (11, True)]
    assert case.state == "service_delivered"
    assert case.next_step == "record_payment"
    assert (case.due_kind, case.due_on) == ("DL-06", made.submitted_on + timedelta(days=30))


def test_supervisor_may_claim_and_social_worker_may_not(office: Office, case: Case) -> None:
    assert codes(refused(office, case, "submit_claim", "social_worker", **office.claim(case))) == ["G95"]
    office.take(case, "submit_claim", "supervisor", **office.claim(case))


def test_the_papers_are_filed(office: Office, case: Case) -> None:
    made = claim(office, case)
    rows = office.session.scalars(sa.select(Document).where(Document.code.in_(["D16", "D17", "D18"])))
    assert {(row.code, row.number) for row in rows} == {
        ("D16", f"R-{case.id}-3"),
        ("D17", made.number),
        ("D18", made.number),
    }


def test_the_invoice_is_kept_with_its_payment_and_act(office: Office, case: Case) -> None:
    claim(office, case)
    [row] = office.session.scalars(sa.select(Invoice))
    assert (row.kind, row.amount, row.paid_on, row.payment_reference) == (
        "invoice",
        Decimal("70.50"),
        date(2021, 11, 8),
        "MU-1",
    )
    assert row.acts == [case.deliveries[0].act]


def test_nothing_to_claim_before_a_delivery_counts(office: Office) -> None:
    """G60: the only accepted units are refused, so there is nothing to claim."""
    case = limited(office, "1")
    office.take(case, "confirm_delivery", **office.month(case, days=(4, 6)), G54="vienošanās ar ģimeni")
    office.take(case, "submit_claim", **office.claim(case, "47.00"))
    office.take(
        case,
        "confirm_delivery",
        **office.month(case, days=(1,), month=NOVEMBER, act_on=date(2021, 11, 20)),
        G54="vienošanās ar ģimeni",
    )
    assert [row.reason for row in office.session.scalars(sa.select(RefusalOfUnits))] == ["PLAN_QUANTITY"] * 2
    office.today = date(2021, 12, 6)
    found = problems(
        office, case, period=NOVEMBER, submitted_on=date(2021, 12, 6), invoices=[invoice(case, amount=Decimal("23.50"))]
    )
    assert codes(found) == ["G60"]
    assert fields(found, "G60") == ["period"]


def test_g60_stands_without_a_form(office: Office, case: Case) -> None:
    assert blockers(office.session, case, "submit_claim", None, office.today) == []
    claim(office, case)
    assert codes(blockers(office.session, case, "submit_claim", None, office.today)) == ["G60"]


def test_an_invoice_and_its_payment_are_needed(office: Office, case: Case) -> None:
    assert fields(problems(office, case, invoices=[]), "G61") == ["invoices"]


@pytest.mark.parametrize("missing", ["no", "date", "amount", "paid_on"])
def test_every_part_of_the_invoice_is_needed(office: Office, case: Case, missing: str) -> None:
    found = problems(office, case, invoices=[invoice(case, **{missing: None})])
    assert fields(found, "G61") == [f"invoices-0-{missing}"]


@pytest.mark.parametrize("name", ["date", "paid_on"])
def test_an_invoice_of_tomorrow_is_refused(office: Office, case: Case, name: str) -> None:
    tomorrow = office.today + timedelta(days=1)
    assert fields(problems(office, case, invoices=[invoice(case, **{name: tomorrow})]), "G61") == [f"invoices-0-{name}"]


def test_an_invoice_of_today_passes(office: Office, case: Case) -> None:
    office.take(
        case, "submit_claim", **office.claim(case, invoices=[invoice(case, date=office.today, paid_on=office.today)])
    )


def test_the_row_of_the_form_is_named(office: Office, case: Case) -> None:
    found = problems(office, case, invoices=[invoice(case, no=None, row=4)])
    assert fields(found, "G61") == ["invoices-4-no"]


def test_an_in_house_service_needs_a_cost_note_and_no_payment(office: Office) -> None:
    case = in_house(office, Decimal("20.00"))
    made = claim(office, case, invoices=[invoice(case, amount=Decimal("40.00"), paid_on=None, reference=None)])
    assert made.lines[0].amount == Decimal("40.00")
    assert office.session.scalars(sa.select(Invoice.kind)).all() == ["cost_note"]


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


def test_the_month_must_be_over(office: Office, case: Case) -> None:
    found = problems(office, case, period=NOVEMBER)
    assert fields(found, "G62") == ["period"]


def test_a_month_is_over_the_day_after_its_last(office: Office, case: Case) -> None:
    rows = [invoice(case, date=date(2021, 10, 29), paid_on=date(2021, 10, 29))]
    last = date(2021, 10, 31)
    assert fields(problems(office, case, submitted_on=last, invoices=rows), "G62") == ["period"]
    claim(office, case, submitted_on=last + timedelta(days=1), invoices=rows)


def test_a_claim_without_month_is_refused(office: Office, case: Case) -> None:
    assert fields(problems(office, case, period=None), "G62") == ["period"]


def test_units_are_claimed_once(office: Office, case: Case) -> None:
    first = claim(office, case)
    found = problems(office, case, claim_no="cits", invoices=[])
    assert codes(found) == ["G63"]
    assert fields(found, "G63") == ["period"]
    assert first.number in the_one(found).text("lv")


def test_a_number_names_one_claim(office: Office, case: Case) -> None:
    claim(office, case, claim_no="K-7")
    other = office.case_in("service_delivered")
    assert fields(problems(office, other, claim_no="K-7"), "G63") == ["claim_no"]


def test_a_race_ends_in_the_same_message(office: Office, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guards of the slower one saw the units free; the unique key of the living units decides."""
    from workflow.stages import drafts
    from workflow.stages.claimed import Claimed

    first = claim(office, case)
    monkeypatch.setattr(drafts, "claimed_of", lambda *_: Claimed((), {}, {}))
    found = problems(office, case, claim_no="cits")
    assert (codes(found), found[0].params["claim_no"]) == (["G63"], first.number)
    assert len(claims_of(office)) == 1


def test_a_late_delivery_of_a_claimed_month_gets_a_claim_of_its_own(office: Office, case: Case) -> None:
    claim(office, case)
    office.take(case, "confirm_delivery", **office.month(case, days=(25,), act_no="A-2"))
    assert unclaimed_months(office.session, case) == [OCTOBER]
    made = claim(office, case, "23.50")
    assert [(line.quantity, line.amount) for line in made.lines] == [(Decimal(1), Decimal("23.50"))]
    assert unclaimed_months(office.session, case) == []


def test_a_unit_that_an_earlier_one_pushed_out_is_taken_back(office: Office) -> None:
    """The plan allows three; the third was claimed, then an earlier fourth is accepted: a correction goes out."""
    case = limited(office, "3")
    office.take(case, "confirm_delivery", **office.month(case, days=(11, 12, 13)))
    claim(office, case)
    office.take(case, "confirm_delivery", **office.month(case, days=(4,), act_no="A-2"), G54="aizmirsts")
    claim(office, case, "23.50")
    assert [(row.kind, sum(line.amount for line in row.lines)) for row in claims_of(office)] == [
        ("normal", Decimal("70.50")),
        ("normal", Decimal("23.50")),
        ("correction", Decimal("-23.50")),
    ]
    live = office.session.scalars(sa.select(ClaimUnit.on_day).where(ClaimUnit.live).order_by(ClaimUnit.on_day)).all()
    assert [day.day for day in live] == [4, 11, 12]


def test_an_own_tariff_is_needed_to_claim_in_house(office: Office) -> None:
    case = in_house(office, None)
    rows = [invoice(case, amount=Decimal("40.00"), paid_on=None)]
    found = problems(office, case, invoices=rows)
    assert codes(found) == ["G64"]
    assert fields(found, "G64") == ["period"]
    assert codes(blockers(office.session, case, "submit_claim", None, office.today)) == ["G64"]
    case.assignments[0].own_tariff = Decimal("20.00")
    claim(office, case, invoices=rows)


def test_the_deadline_of_the_month_is_soft(office: Office, case: Case) -> None:
    """DL-05: fifteen days after the end of October."""
    given = {"submitted_on": date(2021, 11, 16)}
    found = problems(office, case, **given)
    assert codes(found) == ["G65"]
    assert found[0].params["date"] == date(2021, 11, 15)
    office.take(case, "submit_claim", **office.claim(case, **given), G65="rēķins kavējās")
    assert case.state == "service_delivered"


def test_the_last_day_of_the_deadline_passes(office: Office, case: Case) -> None:
    claim(office, case, submitted_on=date(2021, 11, 15))


def test_the_last_claim_of_the_programme_has_its_own_deadline(office: Office, case: Case) -> None:
    """DL-08: thirty days after 31 December 2022."""
    office.today = date(2023, 2, 1)
    last = problems(office, case, submitted_on=date(2023, 1, 30))
    late = problems(office, case, submitted_on=date(2023, 1, 31))
    assert (codes(last), codes(late)) == (["G65"], ["G65", "G65"])
    assert late[1].params["date"] == date(2023, 1, 30)


@pytest.mark.parametrize("amount", ["70.49", "70.51"])
def test_one_cent_off_is_refused(office: Office, case: Case, amount: str) -> None:
    found = problems(office, case, amount=amount)
    assert codes(found) == ["G66"]
    assert fields(found, "G66") == ["invoices-0-amount"]
    assert found[0].params == {"invoice": Decimal(amount), "accepted": Decimal("70.50")}


def test_two_invoices_add_up(office: Office, case: Case) -> None:
    rows = [invoice(case, amount=Decimal("50.00")), invoice(case, no="R-2", amount=Decimal("20.50"))]
    claim(office, case, invoices=rows)
    assert len(office.session.scalars(sa.select(Invoice)).all()) == 2


def test_one_invoice_serves_two_cases(office: Office, case: Case) -> None:
    provider = case.assignments[0].provider
    other = office.case_in("assigned")
    assert other.assignments[0].provider is not provider
    row = invoice(case)
    claim(office, case, invoices=[row])
    same = office.case_in("procurement")
    office.take(same, "sign_contract", **office.contract(same, provider=provider, contract_no="L-otrs"))
    office.take(same, "confirm_delivery", **office.month(same))
    assert fields(problems(office, same, invoices=[invoice(case, date=date(2021, 11, 4))]), "G61") == [
        "invoices-0-date"
    ]
    claim(office, same, invoices=[row])
    [kept] = office.session.scalars(sa.select(Invoice))
    assert (kept.amount, len(kept.acts)) == (Decimal("141.00"), 2)


def test_the_invoices_of_two_providers_are_compared_apart(office: Office, case: Case) -> None:
    two = two_providers(office)
    first, second = (row.provider for row in two.assignments)
    swapped = [
        invoice(two, provider=first, amount=Decimal("60.00")),
        invoice(two, provider=second, no="R-2", amount=Decimal("34.00")),
    ]
    assert codes(problems(office, two, invoices=swapped)) == ["G66", "G66"]
    unnamed = [invoice(two, amount=Decimal("94.00"))]
    assert "invoices-0-provider" in fields(problems(office, two, invoices=unnamed), "G61")
    rows = [
        invoice(two, provider=first, amount=Decimal("47.00")),
        invoice(two, provider=second, no="R-2", amount=Decimal("47.00")),
    ]
    assert len(claim(office, two, invoices=rows).lines) == 2


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


def test_the_proposed_number_moves_on_only_when_it_is_used(office: Office, case: Case) -> None:
    def proposed() -> str:
        return suggested_number(office.session, case, "CHILD_REHAB", NOVEMBER, office.today)

    first = proposed()
    assert proposed() == first
    assert first.endswith("-2021-0001")
    claim(office, case, claim_no=first)
    assert proposed().endswith("-2021-0002")
    other = office.case_in("service_delivered")
    claim(office, other, claim_no="savs numurs")
    assert proposed().endswith("-2021-0002")


def test_the_history_keeps_what_was_claimed(office: Office, case: Case) -> None:
    from workflow.models import TransitionLog

    made = claim(office, case)
    [row] = office.session.scalars(sa.select(TransitionLog).where(TransitionLog.event == "submit_claim"))
    assert (row.data["amount"], row.data["claims"], row.data["programme"]) == ("70.50", [made.id], "CHILD_REHAB")
    assert row.data["invoices"][0]["amount"] == "70.50"


def test_terms_speak_of_one_programme(office: Office, case: Case) -> None:
    found = terms.calculations(office.session, case)
    assert {code: row.compensated for code, row in found.items()} == {"CHILD_REHAB": Decimal("70.50")}
