"""Contracts: the municipality's own, with prices and the cases they serve (DOMAIN 7.2, 10)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.views.at_work import HTMX, links, sign_in_as, statements, words
from workflow.models import Case, Contract


@pytest.fixture
def office(session: Session) -> Office:
    made = Office(session)
    session.commit()
    return made


@pytest.fixture
def officer(app: Flask) -> FlaskClient:
    return sign_in_as(app, "olga", "procurement_officer")[0]


@pytest.fixture
def case(office: Office) -> Case:
    walked = office.case_in("assigned")
    office.session.commit()
    return walked


def contract_of(case: Case) -> Contract:
    line = case.assignments[0].contract_line
    assert line is not None
    return line.contract


def test_empty_list_says_what_to_do(officer: FlaskClient) -> None:
    assert "A contract is registered from a case" in words(officer, "/contracts")


@pytest.mark.parametrize("role", ["procurement_officer", "social_worker", "supervisor", "reader"])
def test_list_shows_the_contract(app: Flask, case: Case, role: str) -> None:
    client, _ = sign_in_as(app, "zane", role)
    shown = words(client, "/contracts")
    assert contract_of(case).number in shown
    assert "Kustību centrs" in shown


def test_administrator_has_no_business_here(app: Flask, case: Case) -> None:
    client, _ = sign_in_as(app, "zane", "admin")
    assert client.get("/contracts").status_code == 403
    assert client.get(f"/contracts/{contract_of(case).id}").status_code == 403


def test_contract_of_another_municipality_is_unknown(app: Flask, case: Case) -> None:
    client, _ = sign_in_as(app, "zane", "procurement_officer", at="ludzas-novads")
    assert contract_of(case).number not in words(client, "/contracts")
    assert client.get(f"/contracts/{contract_of(case).id}").status_code == 404
    assert client.get("/contracts/99999").status_code == 404


def test_search_finds_number_and_provider(case: Case, officer: FlaskClient) -> None:
    number = contract_of(case).number
    for query in (number.lower(), "kustibu"):
        assert number in words(officer, f"/contracts?q={query}")
    assert "No contract matches" in words(officer, "/contracts?q=ludza")


@pytest.mark.parametrize(("days", "near"), [(-1, False), (0, True), (30, True), (31, False)])
def test_contracts_that_end_within_30_days_are_marked(
    session: Session, case: Case, officer: FlaskClient, today: date, days: int, near: bool
) -> None:
    contract_of(case).ended_on = today + timedelta(days=days)
    session.commit()
    assert (contract_of(case).number in words(officer, "/contracts?ending=1")) == near
    assert ("ends soon" in words(officer, "/contracts")) == near


def test_page_shows_prices_and_procurement(case: Case, officer: FlaskClient) -> None:
    shown = words(officer, f"/contracts/{contract_of(case).id}")
    assert "EUR\N{NO-BREAK SPACE}23.50".replace("\N{NO-BREAK SPACE}", " ") in shown
    assert "market survey" in shown
    assert "EUR 470.00" in shown


def test_page_shows_cases_without_full_names(case: Case, officer: FlaskClient) -> None:
    shown = words(officer, f"/contracts/{contract_of(case).id}")
    assert case.case_no in shown
    assert "Anna P." in shown
    assert case.person.last_name not in shown


def test_officer_ends_the_contract_for_a_case_from_here(app: Flask, case: Case, officer: FlaskClient) -> None:
    path = f"/contracts/{contract_of(case).id}"
    assert f"/cases/{case.id}/steps/terminate-contract" in links(officer, path).values()
    worker, _ = sign_in_as(app, "zane", "social_worker")
    assert f"/cases/{case.id}/steps/terminate-contract" not in links(worker, path).values()


def test_pages_walk_forth_and_back(office: Office, officer: FlaskClient, case: Case) -> None:
    first = contract_of(case)
    for number in range(25):
        office.session.add(copy_of(first, f"X-{number:02d}"))
    office.session.commit()
    assert "X-24" in words(officer, "/contracts")
    following = links(officer, "/contracts")["Next"]
    assert first.number in words(officer, following)
    assert "X-24" in words(officer, links(officer, following)["Previous"])


@pytest.mark.parametrize("mark", ["after=x", "after=2147483648", "before=-1"])
def test_nonsense_leads_to_the_first_page(case: Case, officer: FlaskClient, mark: str) -> None:
    assert contract_of(case).number in words(officer, f"/contracts?{mark}")


def copy_of(contract: Contract, number: str) -> Contract:
    names = ("municipality_id", "provider_id", "register_entry_id", "signed_on", "starts_on", "ends_on")
    return Contract(number=number, **{name: getattr(contract, name) for name in names})


def test_number_of_statements_does_not_grow(app: Flask, office: Office, officer: FlaskClient, case: Case) -> None:
    contract = contract_of(case)
    paths = ("/contracts", f"/contracts/{contract.id}")
    with statements(app) as few:
        [officer.get(path) for path in paths]
    for _ in range(3):
        other = office.case_in("procurement")
        office.take(other, "sign_contract", contract=contract, plan_lines=other.plan.lines)
    office.session.commit()
    with statements(app) as many:
        [officer.get(path) for path in paths]
    assert len(many) == len(few)


def test_htmx_gets_the_list_alone(case: Case, officer: FlaskClient) -> None:
    answer = officer.get("/contracts", headers=HTMX)
    assert "<html" not in answer.text
    assert contract_of(case).number in answer.text
