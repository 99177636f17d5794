"""Providers and register entries: everybody looks, procurement officers write (DOMAIN 7.4, 10, 13.2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factory import Office
from tests.views.at_work import HTMX, links, sign_in_as, statements, text_of, words
from tests.views.signing_in import post
from workflow.models import Provider, RegisterEntry

GOOD = {"name": "Kustību centrs", "kind": "company", "registration_no": "40003521600", "address": "", "contacts": ""}
ENTRY = {"register": "social_providers", "number": "R-77", "valid_from": "1.2.2021", "checked_on": "22.11.2021"}


@pytest.fixture
def office(session: Session) -> Office:
    made = Office(session)
    session.commit()
    return made


@pytest.fixture
def officer(app: Flask) -> FlaskClient:
    return sign_in_as(app, "olga", "procurement_officer")[0]


def known(office: Office, *args: Any, **entry: Any) -> Provider:
    provider = office.provider(*args, **entry)
    office.session.commit()
    return provider


def create(client: FlaskClient, **changes: str) -> TestResponse:
    return post(client, "/providers/new", "/providers/new", **GOOD | changes)


def enter(client: FlaskClient, provider: Provider, **changes: Any) -> TestResponse:
    path = f"/providers/{provider.id}/entries/new"
    return post(client, path, path, **ENTRY | changes)


# The list ---------------------------------------------------------------------------------------------------------


def test_empty_list_says_what_to_do(officer: FlaskClient) -> None:
    assert "No provider matches" in words(officer, "/providers")
    assert links(officer, "/providers")["New provider"] == "/providers/new"


@pytest.mark.parametrize("role", ["social_worker", "supervisor", "reader"])
def test_others_look_and_do_not_write(app: Flask, office: Office, role: str) -> None:
    provider = known(office)
    client, _ = sign_in_as(app, "zane", role)
    assert "Kustību centrs" in words(client, "/providers")
    assert "New provider" not in words(client, "/providers")
    assert "New register entry" not in words(client, f"/providers/{provider.id}")
    for path in ("/providers/new", f"/providers/{provider.id}/entries/new"):
        assert client.get(path).status_code == 403
        assert post(client, path).status_code == 403


def test_search_ignores_case_and_marks(office: Office, officer: FlaskClient) -> None:
    known(office, "Rēzeknes bērnu centrs")
    known(office, "Ludzas klīnika")
    shown = words(officer, "/providers?q=REZEKNES+bernu")
    assert "Rēzeknes bērnu centrs" in shown
    assert "Ludzas klīnika" not in shown


def test_search_takes_signs_as_they_are(office: Office, officer: FlaskClient) -> None:
    known(office, "Kustību centrs")
    assert "No provider matches" in words(officer, "/providers?q=%25")
    assert "No provider matches" in words(officer, "/providers?q=_")


def test_kind_filters(office: Office, officer: FlaskClient) -> None:
    known(office, "Dienas centrs", "municipal_institution")
    known(office, "Ludzas klīnika", "medical_institution")
    shown = words(officer, "/providers?kind=municipal_institution")
    assert "Dienas centrs" in shown
    assert "Ludzas klīnika" not in shown
    assert "Ludzas klīnika" in words(officer, "/providers?kind=nonsense")


def test_entries_that_end_within_60_days_are_one_click_away(office: Office, officer: FlaskClient, today: date) -> None:
    known(office, "Drīz beidzas", valid_to=today + timedelta(days=60))
    known(office, "Vēl ilgi", valid_to=today + timedelta(days=61))
    known(office, "Bez gala", valid_to=None)
    shown = words(officer, "/providers?ending=1")
    assert "Drīz beidzas" in shown
    assert "Vēl ilgi" not in shown
    assert "Bez gala" not in shown
    assert words(officer, "/providers").count("ends soon") == 1


def test_provider_without_valid_entry_is_marked(office: Office, officer: FlaskClient, today: date) -> None:
    known(office, valid_to=today - timedelta(days=1))
    assert "no valid entry" in words(officer, "/providers")


def test_pages_walk_forth_and_back(office: Office, officer: FlaskClient) -> None:
    for number in range(30):
        office.provider(f"Sniedzējs {number:02d}")
    office.session.commit()
    following = links(officer, "/providers")["Next"]
    assert "Sniedzējs 24" in words(officer, "/providers")
    assert "Sniedzējs 25" in words(officer, following)
    assert "Sniedzējs 00" in words(officer, links(officer, following)["Previous"])
    assert "Next" not in links(officer, following)


@pytest.mark.parametrize("mark", ["after=x", "after=99999", "before=" + "9" * 30, "after=2147483648", "after=%D9%A3"])
def test_nonsense_leads_to_the_first_page(office: Office, officer: FlaskClient, mark: str) -> None:
    known(office)
    assert "Kustību centrs" in words(officer, f"/providers?{mark}")


def test_number_of_statements_does_not_grow(app: Flask, office: Office, officer: FlaskClient) -> None:
    known(office)
    with statements(app) as few:
        officer.get("/providers")
    for number in range(20):
        office.provider(f"Sniedzējs {number}")
    office.session.commit()
    with statements(app) as many:
        officer.get("/providers")
    assert len(many) == len(few)


def test_htmx_gets_the_list_alone(office: Office, officer: FlaskClient) -> None:
    known(office)
    answer = officer.get("/providers", headers=HTMX)
    assert "<html" not in answer.text
    assert "Kustību centrs" in answer.text


# The provider -----------------------------------------------------------------------------------------------------


def test_page_shows_entries_and_own_contracts(app: Flask, office: Office, officer: FlaskClient) -> None:
    stranger, _ = sign_in_as(app, "vera", "procurement_officer", at="ludzas-novads")
    case = office.case_in("assigned")
    provider, number = case.assignments[0].provider, case.assignments[0].contract_line.contract.number
    office.session.commit()
    shown = words(officer, f"/providers/{provider.id}")
    assert provider.entries[0].number in shown
    assert number in shown
    assert number not in words(stranger, f"/providers/{provider.id}")


def test_unknown_provider_is_404(officer: FlaskClient) -> None:
    assert officer.get("/providers/999").status_code == 404
    assert officer.get("/providers/999/entries/new").status_code == 404


def test_new_provider_goes_on_to_its_entry(session: Session, officer: FlaskClient) -> None:
    answer = create(officer)
    provider = session.query(Provider).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/providers/{provider.id}/entries/new")
    assert (provider.folded, provider.municipality_id) == ("kustibu centrs", None)
    assert provider.created_by is not None


def test_municipal_institution_belongs_to_the_municipality(
    session: Session, office: Office, officer: FlaskClient
) -> None:
    create(officer, kind="municipal_institution")
    assert session.query(Provider).one().municipality_id == office.municipality.id


@pytest.mark.parametrize("number", ["40003521601", "30003521600", "4000352160", "4000352160x"])
def test_odd_registration_number_is_asked_about(session: Session, officer: FlaskClient, number: str) -> None:
    answer = create(officer, registration_no=number)
    assert answer.status_code == 422
    assert "check digit" in text_of(answer.text)
    assert number in answer.text
    assert session.query(Provider).count() == 0
    assert create(officer, registration_no=number, keep_number="yes").status_code == 303


def test_number_of_a_person_is_not_judged(officer: FlaskClient) -> None:
    assert create(officer, kind="natural_person", registration_no="16117519997").status_code == 303


def test_provider_without_number_is_welcome(officer: FlaskClient) -> None:
    assert create(officer, registration_no="").status_code == 303


def test_same_number_twice_is_refused(session: Session, officer: FlaskClient) -> None:
    create(officer)
    answer = create(officer, name="Cits nosaukums")
    assert answer.status_code == 422
    assert "known already: Kustību centrs" in text_of(answer.text)
    assert session.query(Provider).count() == 1


def test_empty_form_names_every_field(officer: FlaskClient) -> None:
    answer = create(officer, name="", kind="")
    assert answer.status_code == 422
    assert text_of(answer.text).count("Name:") == 1
    assert "Kind:" in text_of(answer.text)


# The entry ----------------------------------------------------------------------------------------------------------


def test_entry_is_saved_with_who_checked_it(session: Session, app: Flask, office: Office) -> None:
    provider = known(office)
    client, user_id = sign_in_as(app, "olga", "procurement_officer")
    assert enter(client, provider, services=["REH-14", "REH-15"], valid_to="31.1.2026").status_code == 303
    entry = session.query(RegisterEntry).filter_by(number="R-77").one()
    assert (entry.services, entry.valid_to) == (["REH-14", "REH-15"], date(2026, 1, 31))
    assert (entry.checked_by, entry.checked_on) == (user_id, date(2021, 11, 22))


def test_entry_form_is_prefilled_with_today(office: Office, officer: FlaskClient) -> None:
    provider = known(office)
    assert 'value="22 November 2021"' in officer.get(f"/providers/{provider.id}/entries/new").text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"valid_to": "31.1.2021"}, "The last day cannot be before the first."),
        ({"checked_on": "23.11.2021"}, "The date cannot be in the future."),
        ({"valid_from": "31.02.2021"}, "There is no such day in the calendar"),
        ({"number": ""}, "Fill in this field."),
        ({"services": ["REH-99"]}, "This option is not in the list."),
    ],
)
def test_wrong_entry_is_refused(
    session: Session, office: Office, officer: FlaskClient, changes: dict[str, Any], message: str
) -> None:
    provider = known(office)
    answer = enter(officer, provider, **changes)
    assert answer.status_code == 422
    assert message in text_of(answer.text)
    assert session.query(RegisterEntry).count() == 1


def test_entry_of_one_day_passes(office: Office, officer: FlaskClient) -> None:
    assert enter(officer, known(office), valid_to="1.2.2021").status_code == 303


def test_same_entry_twice_is_refused(session: Session, office: Office, officer: FlaskClient) -> None:
    provider = known(office)
    enter(officer, provider)
    answer = enter(officer, provider)
    assert answer.status_code == 422
    assert "recorded already" in text_of(answer.text)
    assert session.query(RegisterEntry).filter_by(number="R-77").count() == 1


def test_markup_in_a_name_comes_back_as_text(officer: FlaskClient) -> None:
    create(officer, name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in officer.get("/providers").text
