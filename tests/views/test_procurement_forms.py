"""The pages of procurement: prefilled, without JavaScript, nothing typed lost (DOMAIN 8.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.views.at_work import sign_in_as, text_of
from tests.views.filling_in import address, page_of, send, ticked
from workflow.models import Case, Contract

Opened = tuple[FlaskClient, Case]

SIGNED = {
    "procedure": "market_survey",
    "estimated_value_ex_vat": "470,00",
    "decision_on": "27.9.2021",
    "contract_no": "L-1",
    "signed_on": "28.09.2021.",
    "starts_on": "1.10.2021",
    "ends_on": "2022-09-30",
    "lines-0-service": "REH-15",
    "lines-0-unit_price": "23,50",
}


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


@pytest.fixture
def open_as(app: Flask, office: Office) -> Callable[..., Opened]:
    """A browser of a colleague with these roles, and a case walked to the place."""

    def opened(place: str, *roles: str, case: Case | None = None, **values: Any) -> Opened:
        walked = case or office.case_in(place)
        office.session.commit()
        client, _ = sign_in_as(app, f"zane{len(roles)}", *roles, **values)
        return client, walked

    return opened


@pytest.mark.parametrize("language", ["lv", "ru", "en"])
@pytest.mark.parametrize(
    ("place", "step", "role"),
    [
        ("approved", "start-procurement", "social_worker"),
        ("procurement", "sign-contract", "procurement_officer"),
        ("procurement", "assign-in-house", "procurement_officer"),
        ("assigned", "terminate-contract", "procurement_officer"),
        ("procurement", "stop-service", "social_worker"),
        ("assigned", "confirm-delivery", "social_worker"),
    ],
)
def test_every_page_is_shown(open_as: Callable[..., Opened], place: str, step: str, role: str, language: str) -> None:
    client, case = open_as(place, role, language=language)
    assert client.get(address(case, step)).status_code == 200


# start_procurement ------------------------------------------------------------------------------------------------


def test_plan_is_handed_over(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("approved", "social_worker")
    page = page_of(client, case, "start-procurement")
    assert ticked(page, "requested_lines") == 1
    line = case.plan.lines[0].id
    answer = send(
        client, case, "start-procurement", route="procure", requested_lines=line, estimated_value_ex_vat="470"
    )
    assert answer.status_code == 303
    assert (case.state, case.plan.lines[0].requested) == ("procurement", True)


def test_bought_service_needs_an_estimate(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("approved", "social_worker")
    answer = send(client, case, "start-procurement", route="procure", requested_lines=case.plan.lines[0].id)
    assert answer.status_code == 422
    assert "Enter the estimated value" in text_of(answer.text)


def test_in_house_service_needs_no_estimate(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("approved", "social_worker")
    answer = send(client, case, "start-procurement", route="in_house", requested_lines=case.plan.lines[0].id)
    assert answer.status_code == 303


# sign_contract ----------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(office: Office, open_as: Callable[..., Opened]) -> tuple[FlaskClient, Case, int]:
    """An officer, a case that waits for its provider, and the id of a register entry."""
    provider = office.provider()
    client, case = open_as("procurement", "procurement_officer")
    return client, case, provider.entries[0].id


def test_new_contract_is_registered(session: Session, waiting: tuple[FlaskClient, Case, int]) -> None:
    client, case, entry = waiting
    page = page_of(client, case, "sign-contract")
    assert 'value="REH-15" selected' in page
    assert 'value="470.00"' in page
    answer = send(client, case, "sign-contract", plan_lines=case.plan.lines[0].id, register_entry=entry, **SIGNED)
    assert answer.status_code == 303
    contract = session.query(Contract).one()
    assert (contract.signed_on, contract.lines[0].unit_price) == (date(2021, 9, 28), Decimal("23.50"))
    assert case.assignments[0].starts_on == date(2021, 10, 1)


def test_registered_contract_is_joined_from_today(
    office: Office, waiting: tuple[FlaskClient, Case, int], today: date
) -> None:
    client, case, _ = waiting
    other = office.case_in("assigned")
    contract = other.assignments[0].contract_line.contract
    office.session.commit()
    answer = send(client, case, "sign-contract", contract=contract.id, plan_lines=case.plan.lines[0].id)
    assert answer.status_code == 303
    assert (case.assignments[0].contract_line.contract.id, case.assignments[0].starts_on) == (contract.id, today)


def test_contract_is_either_joined_or_new(office: Office, waiting: tuple[FlaskClient, Case, int]) -> None:
    client, case, entry = waiting
    contract = office.case_in("assigned").assignments[0].contract_line.contract
    office.session.commit()
    answer = send(client, case, "sign-contract", contract=contract.id, register_entry=entry, **SIGNED)
    assert answer.status_code == 422
    assert "not both" in text_of(answer.text)


def test_refused_contract_keeps_what_was_typed(waiting: tuple[FlaskClient, Case, int]) -> None:
    client, case, entry = waiting
    typed = SIGNED | {"lines-0-unit_price": "0", "ends_on": "30.9.2021"}
    answer = send(client, case, "sign-contract", plan_lines=case.plan.lines[0].id, register_entry=entry, **typed)
    assert answer.status_code == 422
    shown = text_of(answer.text)
    assert "Enter a price above EUR 0.00" in shown
    assert "The dates are wrong" in shown
    for value in ("28.09.2021.", "30.9.2021", "L-1"):
        assert f'value="{value}"' in answer.text
    assert f'value="{entry}" selected' in answer.text


def test_soft_guard_is_confirmed_on_the_page(waiting: tuple[FlaskClient, Case, int]) -> None:
    client, case, entry = waiting
    typed = SIGNED | {"estimated_value_ex_vat": "10000"}
    fields = {"plan_lines": case.plan.lines[0].id, "register_entry": entry, **typed}
    refused = send(client, case, "sign-contract", **fields)
    assert refused.status_code == 422
    assert 'name="confirm-G43"' in refused.text
    assert send(client, case, "sign-contract", **fields, **{"confirm-G43": "Vairākas lietas"}).status_code == 303


def test_number_already_registered_is_told(office: Office, waiting: tuple[FlaskClient, Case, int]) -> None:
    client, case, entry = waiting
    number = office.case_in("assigned").assignments[0].contract_line.contract.number
    office.session.commit()
    fields = SIGNED | {"contract_no": number}
    answer = send(client, case, "sign-contract", plan_lines=case.plan.lines[0].id, register_entry=entry, **fields)
    assert answer.status_code == 422
    assert "registered already" in text_of(answer.text)


def test_service_has_one_price(waiting: tuple[FlaskClient, Case, int]) -> None:
    client, case, entry = waiting
    twice = SIGNED | {"lines-4-service": "REH-15", "lines-4-unit_price": "20"}
    answer = send(client, case, "sign-contract", plan_lines=case.plan.lines[0].id, register_entry=entry, **twice)
    assert answer.status_code == 422
    assert "has a price already" in text_of(answer.text)


def test_more_rows_keep_their_services(waiting: tuple[FlaskClient, Case, int]) -> None:
    client, case, _ = waiting
    answer = send(client, case, "sign-contract", more="lines", **SIGNED)
    assert answer.status_code == 200
    assert answer.text.count('aria-label="Service, row') == 6
    assert 'value="REH-15" selected' in answer.text


def test_contract_of_another_municipality_is_no_option(
    session: Session, waiting: tuple[FlaskClient, Case, int]
) -> None:
    client, case, _ = waiting
    foreign = Office(session, "ludzas-novads").case_in("assigned").assignments[0].contract_line.contract
    session.commit()
    answer = send(client, case, "sign-contract", contract=foreign.id, plan_lines=case.plan.lines[0].id)
    assert answer.status_code == 422
    assert case.assignments == []


# assign_in_house, terminate_contract, stop_service ------------------------------------------------------------------


def test_own_institution_is_assigned(office: Office, open_as: Callable[..., Opened]) -> None:
    centre = office.provider("Dienas centrs", "municipal_institution")
    office.provider("Kustību centrs")
    client, case = open_as("procurement", "procurement_officer")
    page = page_of(client, case, "assign-in-house")
    assert "Dienas centrs" in page
    assert "Kustību centrs" not in page
    fields = {"register_entry": centre.entries[0].id, "starts_on": "1.10.2021", "lines-0-service": "REH-15"}
    refused = send(client, case, "assign-in-house", **fields)
    assert refused.status_code == 422
    assert "Enter the tariff" in text_of(refused.text)
    assert send(client, case, "assign-in-house", **fields, **{"lines-0-own_tariff": "18"}).status_code == 303
    assert case.assignments[0].own_tariff == Decimal("18.00")


def test_without_own_institution_the_page_says_so(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("procurement", "procurement_officer")
    assert "No institution of the municipality" in text_of(page_of(client, case, "assign-in-house"))


def test_contract_is_ended(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("service_delivered", "procurement_officer")
    contract = case.assignments[0].contract_line.contract
    assert f'value="{contract.id}" selected' in page_of(client, case, "terminate-contract")
    fields = {"contract": contract.id, "ground": "agreement", "reprocure": "yes"}
    early = send(client, case, "terminate-contract", last_day="5.10.2021", **fields)
    assert early.status_code == 422
    assert "6 October 2021 and 11 October 2021" in text_of(early.text)
    assert send(client, case, "terminate-contract", last_day="31.10.2021", **fields).status_code == 303
    assert case.state == "procurement"


def test_service_is_stopped(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("procurement", "social_worker")
    assert send(client, case, "stop-service", last_day="22.11.2021", reason="family_wish").status_code == 303
    assert case.stopped_on == date(2021, 11, 22)
