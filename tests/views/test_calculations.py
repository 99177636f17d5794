"""The calculation of a case: every amount opens, and the sums on the screen are those of the lines (point 6)."""

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
from tests.views.at_work import sign_in_as, statements, text_of
from tests.workflow.stages.billing import in_house
from tests.workflow.stages.delivering import adult, confirm, limited
from workflow.models import Case, Claim, UnitCost
from workflow.stages.terms import calculations

ROLES = ("social_worker", "procurement_officer", "supervisor", "admin", "reader")
AMOUNT = re.compile(r"EUR (-?[0-9,]+\.[0-9]{2})")


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def page_of(app: Flask, office: Office, case: Case, role: str = "supervisor", query: str = "") -> str:
    path = f"/cases/{case.id}/calculation{query}"
    office.session.commit()
    answer = sign_in_as(app, f"anna-{role}", role)[0].get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def said(page: str) -> str:
    return text_of(page).replace("\xa0", " ")


def amounts(page: str, rows: str) -> list[list[Decimal]]:
    """The amounts in the cells of the rows of that kind, row by row."""
    found = re.findall(rows, page, re.DOTALL)
    cells = [re.findall(r'<td class="num">(.*?)</td>', row, re.DOTALL) for row in found]
    return [[Decimal(amount.replace(",", "")) for amount in AMOUNT.findall(said(" ".join(row)))] for row in cells]


def with_visits(office: Office, unit_cost: str = "8.75") -> Case:
    """An adult's home care of October: two visits bought at 23.50, above the unit cost."""
    case = adult(office)
    office.session.add(
        UnitCost(service_code="ADL-01", amount=Decimal(unit_cost), valid_from=date(2019, 1, 1), source="T")
    )
    office.session.flush()
    rows = [{"date": date(2021, 10, day), "quantity": Decimal("2.25"), "started_at": None} for day in (4, 6)]
    return confirm(office, case, deliveries=rows)


def test_children_pay_the_price_and_refused_units_cost_the_municipality(app: Flask, office: Office) -> None:
    case = confirm(office, limited(office, "2"), G54="ģimenes lūgums")
    page = said(page_of(app, office, case))
    assert "2 sessions × EUR 23.50 = EUR 47.00; rounded once, half up: EUR 47.00" in page
    assert "rule set “100 / 40” · price EUR 23.50 → the price decides" in page
    assert "not compensated: plan quantity used up" in page
    assert "less what is compensated: EUR 47.00 EUR 70.50 − EUR 47.00 = EUR 23.50" in page
    assert "October 2021 · claimed: EUR 0.00 · computed less claimed: EUR 47.00 EUR 47.00 EUR 23.50" in page


def test_adults_get_the_unit_cost_and_the_days_of_their_two_years(app: Flask, office: Office) -> None:
    page = said(page_of(app, office, with_visits(office)))
    assert "4.50 hours × EUR 8.75 = EUR 39.375; rounded once, half up: EUR 39.38" in page
    assert "price EUR 23.50 · unit cost EUR 8.75 → the unit cost decides · days left of the two years: 729" in page
    assert "The two years end on 3 October 2023" in page


def test_sums_on_the_screen_are_those_of_the_lines(app: Flask, office: Office) -> None:
    case = with_visits(office)
    confirm(office, case, month=date(2021, 11, 1), days=(1, 2, 3), act_no="A-11")
    [result] = calculations(office.session, case).values()
    page = page_of(app, office, case)
    [foot] = amounts(page, r"<tfoot>.*?</tfoot>")
    months = amounts(page, r'<tr class="subtotal">.*?</tr>')
    assert foot == [result.compensated, result.own_cost]
    assert [sum(column) for column in zip(*months, strict=True)] == foot
    assert sum(line.amount for line in result.lines) == foot[0]
    for line in result.lines:
        assert f"rounded once, half up: EUR {line.amount}" in said(page)


def test_claimed_stands_beside_computed(app: Flask, office: Office) -> None:
    case = office.case_in("compensated")
    page = page_of(app, office, case)
    [foot] = amounts(page, r"<tfoot>.*?</tfoot>")
    claimed = office.session.scalars(sa.select(Claim)).one()
    assert foot == [Decimal("70.50"), Decimal(0)]
    assert sum(line.amount for line in claimed.lines) == foot[0]
    assert said(page).count("claimed: EUR 70.50") == 2  # the month and the whole
    assert "computed less claimed:" not in said(page)


def test_in_house_is_told(app: Flask, office: Office) -> None:
    assert "Novada centrs (in-house)" in said(page_of(app, office, in_house(office, Decimal("19.00"))))


def test_what_cannot_be_computed_says_what_lacks(app: Flask, office: Office) -> None:
    page = said(page_of(app, office, in_house(office, None)))
    assert "for Physiotherapist on 4 October 2021 no unit cost or price is entered. G64" in page


def test_a_case_without_deliveries_says_so(app: Flask, office: Office) -> None:
    assert "Nothing has been accepted yet" in page_of(app, office, office.case_in("assigned"))


def test_lines_can_be_opened_for_old_printers(app: Flask, office: Office) -> None:
    case = office.case_in("service_delivered")
    assert page_of(app, office, case).count('<details class="sum">') == 1
    assert page_of(app, office, case, "reader", "?open=1").count('<details class="sum" open>') == 1


@pytest.mark.parametrize("role", ROLES)
def test_whoever_sees_the_case_sees_its_calculation(app: Flask, office: Office, role: str) -> None:
    case = office.case_in("service_delivered")
    page_of(app, office, case, role)
    client: FlaskClient = sign_in_as(app, f"berta-{role}", role)[0]
    assert f'href="/cases/{case.id}/calculation"' in client.get(f"/cases/{case.id}").get_data(as_text=True)


def test_more_deliveries_ask_no_more(app: Flask, office: Office) -> None:
    case = office.case_in("service_delivered")
    office.session.commit()
    client, path, counts = sign_in_as(app, "anna", "reader")[0], f"/cases/{case.id}/calculation", []
    for days in ((), (1, 5, 7, 8, 12, 13)):
        if days:
            confirm(office, case, days=days, act_no="A-2")
            office.session.commit()
        client.get(path)
        with statements(app) as sent:
            client.get(path)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_two_programmes_have_one_sum(app: Flask, office: Office) -> None:
    """A child's physiotherapy and the mother's psychologist: each programme apart, and both together."""
    case = office.case_in("assessed")
    mother = office.line(case, "GRD-01", "5", recipient=case.applicant, recipient_kind="guardian")
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case), mother]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    office.take(case, "sign_contract", **office.contract(case))
    for number, row in enumerate(case.assignments):
        confirm(office, case, assignment=row, act_no=f"A-{number}")
    page = page_of(app, office, case)
    assert "Compensated, all programmes EUR 141.00 Claimed, all programmes EUR 0.00" in said(page)
    assert [foot[0] for foot in amounts(page, r"<tfoot>.*?</tfoot>")] == [Decimal("70.50"), Decimal("70.50")]
