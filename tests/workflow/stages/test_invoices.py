"""submit_claim: the invoices behind it are entered, paid, and come to the accepted deliveries (G61, G66)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields
from tests.workflow.stages.billing import claim, in_house, invoice, problems, two_providers
from workflow.models import Case, Invoice


@pytest.fixture
def case(office: Office) -> Case:
    """Three sessions at 23.50 in October."""
    return office.case_in("service_delivered")


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
