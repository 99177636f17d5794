"""The forms of the money, opened, filled in and sent without JavaScript."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.views.at_work import sign_in_as, text_of, words
from tests.views.filling import filled, send
from workflow.models import Case, Claim

OFFICER = "procurement_officer"
INVOICE = {
    "invoices__0__no": "R-1",
    "invoices__0__date": "03.11.2021.",
    "invoices__0__amount": "70,50",
    "invoices__0__paid_on": "8.11.2021",
    "invoices__0__reference": "MU-1",
}


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


@pytest.fixture
def officer(app: Flask, office: Office) -> FlaskClient:
    office.session.commit()
    return sign_in_as(app, "ieva", OFFICER)[0]


def steps_page(case: Case, step: str, query: str = "") -> str:
    return f"/cases/{case.id}/steps/{step}{query}"


def claims(session: Session) -> list[Claim]:
    session.expire_all()
    return list(session.scalars(sa.select(Claim).order_by(Claim.id)))


def both_programmes(office: Office) -> Case:
    """Physiotherapy for the child, a psychologist for the mother; two sessions each in October."""
    case = office.case_in("assessed")
    mother = {"service": "GRD-01", "recipient_kind": "guardian", "recipient": case.applicant, "quantity": Decimal(10)}
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case), mother]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    for line in case.plan.lines:
        price = [{"service": line.service_code, "unit_price": Decimal("23.50"), "max_quantity": None}]
        office.take(case, "sign_contract", **office.contract(case, lines=price, plan_lines=[line]))
    for number, row in enumerate(case.assignments):
        office.take(case, "confirm_delivery", **office.month(case, (4, 6), assignment=row, act_no=f"A-{number}"))
    return case


def test_the_form_is_prefilled_with_the_earliest_open_month(officer: FlaskClient, office: Office) -> None:
    case = office.case_in("service_delivered")
    values = filled(officer, steps_page(case, "submit-claim"))
    assert (values["period"], values["submitted_on"]) == ("10.2021", "22 November 2021")
    assert values["claim_no"].endswith("-2021-0001")
    assert values["invoices-0-amount"] == ""


def test_the_page_shows_the_claim_before_it_is_made(officer: FlaskClient, office: Office) -> None:
    case = office.case_in("service_delivered")
    page = words(officer, steps_page(case, "submit-claim")).replace("\xa0", " ")
    assert "Not claimed yet: October 2021" in page
    assert "Kustību centrs 3 sessions EUR 23.50 EUR 70.50 Total EUR 70.50" in page
    assert "REH-15 · Physiotherapist 3 sessions × EUR 23.50 = EUR 70.50; rounded once, half up: EUR 70.50" in page
    assert "4 October 2021: 1 session · rule set “100 / 40” · price EUR 23.50 → the price decides" in page
    assert "the invoices must come to EUR" in page


def test_a_month_is_claimed_and_paid_in_the_browser(officer: FlaskClient, office: Office, session: Session) -> None:
    case = office.case_in("service_delivered")
    done = send(officer, steps_page(case, "submit-claim"), **INVOICE, confirm__G65="kavējās")
    assert done.status_code == 303, text_of(done.get_data(as_text=True))
    [claim] = claims(session)
    assert (claim.status, claim.lines[0].amount) == ("submitted", Decimal("70.50"))
    values = filled(officer, steps_page(case, "record-payment"))
    assert (values["claim"], values["amount"]) == (str(claim.id), "70.50")
    done = send(officer, steps_page(case, "record-payment"), reference="LPR-7")
    assert done.status_code == 303, text_of(done.get_data(as_text=True))
    session.refresh(case)
    assert case.state == "compensated"


def test_a_cent_too_much_is_refused_at_its_box(officer: FlaskClient, office: Office, session: Session) -> None:
    case = office.case_in("service_delivered")
    wrong = INVOICE | {"invoices__0__amount": "70,51", "confirm__G65": "kavējās"}
    answer = send(officer, steps_page(case, "submit-claim"), **wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#invoices-0-amount"' in page
    assert 'value="70,51"' in page
    assert claims(session) == []


def test_a_number_in_use_is_refused_in_plain_words(officer: FlaskClient, office: Office) -> None:
    other = office.case_in("service_delivered")
    office.take(other, "submit_claim", **office.claim(other, claim_no="K-1"))
    case = office.case_in("service_delivered")
    answer = send(officer, steps_page(case, "submit-claim"), **INVOICE, claim_no="K-1")
    page = text_of(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "This number is in use already." in page
    assert "G63" not in page.split("What is checked")[0]


@pytest.mark.parametrize("step", ["submit-claim", "record-payment", "return-claim"])
def test_a_day_of_tomorrow_is_refused(officer: FlaskClient, office: Office, step: str) -> None:
    case = office.case_in("service_delivered" if step == "submit-claim" else "claimed")
    box = {"submit-claim": "submitted_on", "record-payment": "paid_on", "return-claim": "returned_on"}[step]
    answer = send(officer, steps_page(case, step), **{box: "23.11.2021", "reason": "x"})
    assert answer.status_code == 422
    assert "The date cannot be in the future." in text_of(answer.get_data(as_text=True))


def test_a_claim_is_returned_in_the_browser(officer: FlaskClient, office: Office, session: Session) -> None:
    case = office.case_in("claimed")
    done = send(officer, steps_page(case, "return-claim"), reason="Trūkst lapas.")
    assert done.status_code == 303
    [claim] = claims(session)
    assert claim.status == "returned"
    assert filled(officer, steps_page(case, "submit-claim"))["claim_no"] == f"{claim.number}/2"
    assert "Trūkst lapas." in words(officer, f"/claims/{claim.id}")


def test_a_session_is_cancelled_in_the_browser(officer: FlaskClient, office: Office, session: Session) -> None:
    case = office.case_in("compensated")
    path = steps_page(case, "record-correction")
    values = filled(officer, path)
    assert [values[f"changes-{n}-delivery"] for n in range(3)] == [str(row.id) for row in reversed(case.deliveries)]
    document = {"document_no": "KR-1", "reason": "Kredītrēķins"}
    nothing = send(officer, path, **document)
    assert nothing.status_code == 422
    done = send(officer, path, **document, changes__1__new_quantity="0")
    assert done.status_code == 303, text_of(done.get_data(as_text=True))
    correction = claims(session)[1]
    assert sum(line.amount for line in correction.lines) == Decimal("-23.50")
    assert filled(officer, steps_page(case, "record-payment"))["amount"] == "-23.50"
    assert send(officer, steps_page(case, "record-payment")).status_code == 303


def test_a_foreign_delivery_cannot_be_smuggled_in(officer: FlaskClient, office: Office, session: Session) -> None:
    case, other = office.case_in("compensated"), office.case_in("service_delivered")
    smuggled = {"changes__1__delivery": str(other.deliveries[0].id), "changes__1__new_quantity": "0"}
    answer = send(officer, steps_page(case, "record-correction"), document_no="KR", reason="x", **smuggled)
    assert answer.status_code == 422
    assert len(claims(session)) == 1


def test_the_link_of_a_month_prefills_it(officer: FlaskClient, office: Office) -> None:
    case = office.case_in("service_delivered")
    given = office.month(case, days=(2,), month=date(2021, 11, 1), act_on=date(2021, 11, 20))
    office.take(case, "confirm_delivery", **given)
    page = officer.get(steps_page(case, "submit-claim")).get_data(as_text=True)
    assert "period=2021-11" in page
    values = filled(officer, steps_page(case, "submit-claim", "?period=2021-11&programme=nonsense"))
    assert values["period"] == "11.2021"
    assert filled(officer, steps_page(case, "submit-claim", "?period=1e99"))["period"] == "10.2021"


def test_two_programmes_are_offered_apart(officer: FlaskClient, office: Office, session: Session) -> None:
    case = both_programmes(office)
    page = officer.get(steps_page(case, "submit-claim")).get_data(as_text=True)
    assert '<select id="programme"' in page
    values = filled(officer, steps_page(case, "submit-claim", "?programme=GUARDIAN_SUPPORT"))
    assert values["programme"] == "GUARDIAN_SUPPORT"
    typed = INVOICE | {"invoices__0__amount": "47,00", "confirm__G65": "kavējās"}
    typed |= {"programme": "GUARDIAN_SUPPORT", "invoices__0__provider": str(case.assignments[1].provider_id)}
    done = send(officer, steps_page(case, "submit-claim"), **typed)
    assert done.status_code == 303, text_of(done.get_data(as_text=True))
    assert [(row.programme_code, row.lines[0].amount) for row in claims(session)] == [
        ("GUARDIAN_SUPPORT", Decimal("47.00"))
    ]
