"""The claims: the list, and the page on which every amount opens into its arithmetic."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.views.at_work import HTMX, sign_in_as, statements, text_of, words
from workflow.models import Case, Claim
from workflow.queries.money import ClaimFilters, list_claims

OFFICER = "procurement_officer"


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


def test_the_page_of_a_claim_opens_every_amount(officer: FlaskClient, office: Office, session: Session) -> None:
    office.case_in("claimed")
    [claim] = claims(session)
    raw = officer.get(f"/claims/{claim.id}").get_data(as_text=True)
    page = text_of(raw).replace("\xa0", " ")
    assert "3 sessions × EUR 23.50 = EUR 70.50; rounded once, half up: EUR 70.50" in page
    assert "4 October 2021: 1 session · rule set “100 / 40” · price EUR 23.50 → the price decides" in page
    assert "Every accepted unit of these months is compensable." in page
    assert "R-1-3 invoice Kustību centrs 3 November 2021 EUR 70.50" in page
    assert "No payment is recorded yet." in page
    assert '<details class="sum">' in raw
    assert '<details class="sum" open>' in officer.get(f"/claims/{claim.id}?open=1").get_data(as_text=True)


def test_the_page_names_nobody_in_full(officer: FlaskClient, office: Office, session: Session) -> None:
    case = office.case_in("claimed")
    page = words(officer, f"/claims/{claims(session)[0].id}")
    assert case.person.last_name not in page


def test_refused_units_stand_with_their_reason(officer: FlaskClient, office: Office, session: Session) -> None:
    case = office.case_in("assessed")
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, quantity="2")]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    office.take(case, "sign_contract", **office.contract(case))
    office.take(case, "confirm_delivery", **office.month(case), G54="ģimenes lūgums")
    assert "Not compensated: 11 October 2021 1" in words(officer, steps_page(case, "submit-claim"))
    office.take(case, "submit_claim", **office.claim(case))
    page = words(officer, f"/claims/{claims(session)[0].id}").replace("\xa0", " ")
    assert re.search(r"11 October 2021 \S+ REH-15 · Physiotherapist 1 session", page)


def test_a_corrected_price_is_told_on_the_old_claim(officer: FlaskClient, office: Office, session: Session) -> None:
    case = office.case_in("compensated")
    change = {"delivery": case.deliveries[0], "new_quantity": None, "new_unit_price": Decimal("20.00")}
    given = {"document_no": "KR-1", "document_on": date(2021, 11, 20), "reason": "cena", "changes": [change]}
    office.take(case, "record_correction", OFFICER, **given)
    old, new = (words(officer, f"/claims/{claim.id}") for claim in claims(session))
    assert "the price was corrected later" in old
    assert "no longer in this claim" in old
    assert "The correction takes back what was claimed before." in new


def test_only_those_who_answer_see_the_links(
    app: Flask, officer: FlaskClient, office: Office, session: Session
) -> None:
    office.case_in("claimed")
    path = f"/claims/{claims(session)[0].id}"
    session.commit()
    reader, _ = sign_in_as(app, "lasa", "reader")
    assert "steps/record-payment" in officer.get(path).get_data(as_text=True)
    assert "steps/record-payment" not in reader.get(path).get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "status"),
    [(OFFICER, 200), ("supervisor", 200), ("social_worker", 200), ("reader", 200), ("admin", 403)],
)
def test_who_may_look(app: Flask, office: Office, session: Session, role: str, status: int) -> None:
    office.case_in("claimed")
    path = f"/claims/{claims(session)[0].id}"
    session.commit()
    client, _ = sign_in_as(app, "kada", role)
    assert client.get("/claims").status_code == status
    assert client.get(path).status_code == status


def test_foreign_and_unknown_claims_answer_alike(app: Flask, office: Office, session: Session) -> None:
    office.case_in("claimed")
    path = f"/claims/{claims(session)[0].id}"
    session.commit()
    stranger, _ = sign_in_as(app, "svesa", OFFICER, at="ludzas-novads")
    assert stranger.get(path).status_code == 404
    assert stranger.get("/claims/4711").status_code == 404
    assert "There are no such claims" in words(stranger, "/claims")


def test_the_list_is_filtered_in_the_address(officer: FlaskClient, office: Office, session: Session) -> None:
    office.case_in("compensated")
    office.case_in("claimed")
    first, second = (claim.number for claim in claims(session))
    paid, waits = words(officer, "/claims?status=paid"), words(officer, "/claims?status=submitted&period=10.2021")
    assert (first in paid, second in paid) == (True, False)
    assert (first in waits, second in waits) == (False, True)
    assert "There are no such claims" in words(officer, "/claims?period=2021-09")
    assert "There are no such claims" in words(officer, "/claims?programme=RESPITE")
    assert first in words(officer, "/claims?programme=nonsense&status='--&period=31.31")


def test_the_fragment_is_the_list_alone(officer: FlaskClient, office: Office) -> None:
    office.case_in("claimed")
    page = officer.get("/claims", headers=HTMX).get_data(as_text=True)
    assert page.lstrip().startswith('<div id="claims">')


def test_the_list_reads_a_page_at_a_time(office: Office, session: Session) -> None:
    for _ in range(3):
        office.case_in("claimed")
    places = {office.municipality.id}
    first = list_claims(session, places, ClaimFilters(), size=2)
    assert [row.id for row in first.rows] == [3, 2]
    assert first.before is None
    rest = list_claims(session, places, ClaimFilters(), first.after, size=2)
    assert [row.id for row in rest.rows] == [1]
    assert rest.after is None
    back = list_claims(session, places, ClaimFilters(), rest.before, size=2)
    assert [row.id for row in back.rows] == [3, 2]


def test_pages_cost_the_same_with_more_claims(
    app: Flask, officer: FlaskClient, office: Office, session: Session
) -> None:
    office.case_in("claimed")
    officer.get("/claims")
    with statements(app) as few:
        officer.get("/claims")
    for _ in range(3):
        office.case_in("claimed")
    with statements(app) as many:
        officer.get("/claims")
    with statements(app) as page:
        officer.get(f"/claims/{claims(session)[0].id}")
    assert len(few) == len(many)
    assert len(page) <= 9
