"""The forms of each programme ask what concerns it, in its own words, and nothing else (DOMAIN 3; issue 3)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import PDF
from tests.programmes import WAYS, ProgrammeOffice
from tests.views.at_work import sign_in_as, text_of
from tests.views.filling import filled
from tests.views.filling_in import page_of, send
from workflow.facts import facts
from workflow.models import Case

Opened = tuple[FlaskClient, Case]
SERVED = [code for code in WAYS if code != "INSTITUTION_CHILD"]


@pytest.fixture
def office(session: Session) -> ProgrammeOffice:
    return ProgrammeOffice(session)


@pytest.fixture
def open_as(app: Flask, office: ProgrammeOffice) -> Callable[..., Opened]:
    """A browser of a colleague of that role on the office's day, and a case of the type walked to the place."""

    def opened(case_type: str, place: str, role: str = "social_worker", **values: Any) -> Opened:
        case = office.case_in(place, case_type)
        office.session.commit()
        app.config["OFFICE_DAY"] = office.today
        client, _ = sign_in_as(app, f"zane-{role}", role, **{"language": "lv"} | values)
        return client, case

    return opened


# Assessment -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case_type", "asked", "unasked"),
    [
        ("REHAB", ["assessor_name", "wishes", "agreed_time"], ["target_ground", "special_care_opinion-no"]),
        ("RESPITE", ["special_care_opinion-no", "living"], ["assessor_name", "wishes", "target_ground"]),
        ("CHILD_CARE", ["special_care_opinion-no", "living"], ["assessor_name", "wishes", "target_ground"]),
        ("ADULT_COMMUNITY", ["target_ground", "disability-group", "wishes"], ["special_care_opinion-no"]),
        ("INSTITUTION_CHILD", ["assessor_name", "living"], ["disability-group", "target_ground"]),
        ("ASD_PILOT", ["assessor_name", "disability-status"], ["disability-group", "target_ground"]),
        ("FAMILY_ASSISTANT", ["assessor_name"], ["disability-status", "special_care_opinion-no"]),
    ],
)
def test_assessment_asks_what_the_programme_needs(
    open_as: Callable[..., Opened], case_type: str, asked: list[str], unasked: list[str]
) -> None:
    page = page_of(*open_as(case_type, "applied"), "record-assessment")
    assert [name for name in asked if f'name="{name}"' not in page] == []
    assert [name for name in unasked if f'name="{name}"' in page] == []


def test_time_and_wishes_are_kept_with_the_assessment(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("REHAB", "applied")
    fields = {"assessment_mode": "full", "assessed_on": "10.09.2021", "assessor_name": "Ilze", "living": "family"}
    disability = {"disability-status": "disability", "disability-valid_from": "1.1.2020"}
    heard = {"agreed_time": "otrdien plkst. 15, mājās", "wishes": "Grib peldēt."}
    profession = {"assessor_profession": "psychologist"}
    assert send(client, case, "record-assessment", **fields, **disability, **heard, **profession).status_code == 303
    assert (case.assessment.agreed_time, case.assessment.wishes) == ("otrdien plkst. 15, mājās", "Grib peldēt.")
    assert "Grib peldēt." in client.get(f"/cases/{case.id}").text


def test_forms_of_adults_speak_of_the_person(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("ADULT_COMMUNITY", "applied", language="en")
    page = text_of(page_of(client, case, "record-assessment"))
    assert "Wishes of the person" in page
    assert "hild" not in page.partition("What is checked in this step")[0]


# The plan -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case_type", SERVED)
def test_plan_offers_only_the_services_of_the_programme(open_as: Callable[..., Opened], case_type: str) -> None:
    page = page_of(*open_as(case_type, "assessed"), "draft-plan")
    own = facts().service_codes_of(case_type)
    assert [code for code in facts().services if (f'<option value="{code}"' in page) is not (code in own)] == []


def test_plan_only_asks_for_no_services(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("INSTITUTION_CHILD", "assessed", language="en")
    page = page_of(client, case, "draft-plan")
    assert "lines-0-service" not in page
    assert "the case is closed after the approval" in text_of(page)
    assert send(client, case, "draft-plan", drafted_on="15.09.2021", goals="Pāriet uz ģimeni.").status_code == 303
    assert (case.state, case.plan.lines) == ("plan_drafted", [])


@pytest.mark.parametrize(
    ("case_type", "words"),
    [
        ("REHAB", "Quantity: sessions in all."),
        ("RESPITE", "Quantity: days (24 h) in a calendar year."),
        ("CHILD_CARE", "Quantity: hours in a week."),
        ("ADULT_COMMUNITY", "Quantity: units of the service in all."),
        ("FAMILY_ASSISTANT", "Quantity: hours in all."),
    ],
)
def test_plan_says_what_the_quantity_means(open_as: Callable[..., Opened], case_type: str, words: str) -> None:
    assert words in text_of(page_of(*open_as(case_type, "assessed", language="en"), "draft-plan"))


@pytest.mark.parametrize("case_type", SERVED)
def test_recipient_is_asked_where_there_is_a_choice(open_as: Callable[..., Opened], case_type: str) -> None:
    page = page_of(*open_as(case_type, "assessed"), "draft-plan")
    assert ('<select id="lines-0-recipient"' in page) is (case_type in ("REHAB", "ASD_PILOT", "FAMILY_ASSISTANT"))


def test_adults_say_what_they_received_before(app: Flask, open_as: Callable[..., Opened]) -> None:
    client, case = open_as("ADULT_COMMUNITY", "assessed")
    lines = {"lines-0-service": "ADL-01", "lines-0-quantity": "10,25", "lines-0-received_before_project": "yes"}
    more = {"lines-1-service": "ADL-04", "lines-1-quantity": "3"}
    fields = {"drafted_on": "15.09.2021", "goals": "Dzīvot patstāvīgi."}
    assert send(client, case, "draft-plan", **fields, **lines, **more).status_code == 303
    kept = [(line.recipient_kind, line.recipient_id, line.received_before_project) for line in case.plan.lines]
    assert kept == [("adult", case.person_id, True), ("adult", case.person_id, False)]
    assert text_of(client.get(f"/cases/{case.id}").text).count("saņemts arī pirms projekta") == 1


def test_nobody_else_is_asked_what_was_received_before(open_as: Callable[..., Opened]) -> None:
    assert "received_before_project" not in page_of(*open_as("REHAB", "assessed"), "draft-plan")


# The application ------------------------------------------------------------------------------------------------------


def new_page(app: Flask, office: ProgrammeOffice, case_type: str) -> str:
    office.session.commit()
    client, _ = sign_in_as(app, "zane", "social_worker", language="en")
    return client.get(f"/cases/new?case_type={case_type}").text


@pytest.mark.parametrize(
    ("case_type", "papers", "kinds", "more"),
    [
        ("REHAB", ["D03", "D05"], ["parent", "guardian", "foster_parent"], ["opening_used", "opening_parts-0-of"]),
        ("RESPITE", ["D03", "D04", "D05"], ["parent", "guardian", "foster_parent"], ["opening_used"]),
        ("CHILD_CARE", ["D03", "D04", "D05"], ["parent", "guardian", "foster_parent"], []),
        (
            "ADULT_COMMUNITY",
            ["D03", "D05", "D06", "D07"],
            ["self", "trustee", "authorised_person"],
            ["opening_window_start"],
        ),
        ("INSTITUTION_CHILD", [], ["institution", "guardian", "authorised_person"], []),
        ("ASD_PILOT", ["D03", "D05", "D08"], ["parent", "guardian", "foster_parent"], []),
        ("FAMILY_ASSISTANT", [], ["parent", "guardian", "self"], []),
    ],
)
def test_application_asks_what_the_programme_needs(
    app: Flask, office: ProgrammeOffice, case_type: str, papers: list[str], kinds: list[str], more: list[str]
) -> None:
    page = new_page(app, office, case_type)
    assert re.findall(r'name="documents" value="(\w+)"', page) == papers
    assert re.findall(
        r'<option value="(\w+)"', page.partition('name="applicant_kind"')[2].partition("</select>")[0]
    ) == (kinds)
    assert [name for name in OPENING if f'name="{name}"' in page] == more
    assert ('name="desired_provider"' in page) is (case_type not in ("INSTITUTION_CHILD", "FAMILY_ASSISTANT"))


OPENING = ("opening_used", "opening_parts-0-of", "opening_window_start")


def test_another_programme_shows_its_own_boxes_and_keeps_what_was_typed(app: Flask, office: ProgrammeOffice) -> None:
    office.session.commit()
    client, _ = sign_in_as(app, "zane", "social_worker", language="en")
    typed = filled(client, "/cases/new") | {"person-first_name": "Juris", "case_type": "ADULT_COMMUNITY"}
    page = client.post("/cases/new", data=typed | {"more": "case_type"}).text
    assert 'value="D07"' in page
    assert 'value="Juris"' in page


def test_boxes_of_another_programme_are_shown_before_anything_is_saved(app: Flask, office: ProgrammeOffice) -> None:
    """Without a script the papers ticked are those of the programme before: nothing is registered on them."""
    office.session.commit()
    client, _ = sign_in_as(app, "zane", "social_worker", language="en")
    person = {"person-first_name": "Juris", "person-last_name": "Liepa", "person-birth_date": "3.7.1985"}
    applied = {"case_type": "ADULT_COMMUNITY", "applicant_kind": "self", "received_on": "1.9.2021"}
    answer = client.post("/cases/new", data=filled(client, "/cases/new") | person | applied | {"wanted": "both"})
    assert answer.status_code == 422
    assert "now those of this programme" in text_of(answer.text)
    assert office.session.scalars(sa.select(Case)).all() == []
    again = {"shown_for": "ADULT_COMMUNITY", "documents": ["D06", "D07"]}
    base = filled(client, "/cases/new?case_type=ADULT_COMMUNITY")
    answer = client.post("/cases/new", data=base | person | applied | again | {"wanted": "both"})
    assert answer.status_code == 303
    case = office.session.scalars(sa.select(Case)).one()
    assert case.applicant_id == case.person_id


# Procurement and delivery ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case_type", SERVED)
def test_routes_are_those_of_the_programme(open_as: Callable[..., Opened], case_type: str) -> None:
    page = page_of(*open_as(case_type, "approved"), "start-procurement")
    bought = case_type != "FAMILY_ASSISTANT"
    assert re.findall(r'name="route" value="(\w+)"', page) == (
        ["procure", "in_house", "mixed"] if bought else ["in_house"]
    )
    assert [f'name="{name}"' in page for name in ("estimated_value_ex_vat", "desired_provider")] == [bought, bought]


@pytest.mark.parametrize(
    ("case_type", "columns", "hint"),
    [
        ("REHAB", ["date", "recipient", "started_at", "quantity"], "One row for each. Two on one day"),
        ("RESPITE", ["check_in", "check_out"], "Every 24 hours begun"),
        ("CHILD_CARE", ["date", "started_at", "quantity"], "Quantity (hours)"),
        (
            "ADULT_COMMUNITY",
            ["date", "started_at", "quantity", "check_in", "check_out"],
            "A service counted in 24 hours has check-in",
        ),
        ("FAMILY_ASSISTANT", ["date", "started_at", "quantity"], "Quantity (hours)"),
    ],
)
def test_deliveries_are_asked_in_the_unit_of_the_service(
    open_as: Callable[..., Opened], case_type: str, columns: list[str], hint: str
) -> None:
    page = page_of(*open_as(case_type, "assigned", language="en"), "confirm-delivery")
    shown = re.findall(r'<(?:input type="text"|select)[^>]*name="deliveries-0-(\w+)"', page)
    assert [name for name in shown if name != "recipient"] == [name for name in columns if name != "recipient"]
    assert hint in text_of(page)


def test_quarters_of_an_hour_are_typed_with_a_comma(open_as: Callable[..., Opened]) -> None:
    client, case = open_as("CHILD_CARE", "assigned")
    path = f"/cases/{case.id}/steps/confirm-delivery"
    assert filled(client, path)["deliveries-0-quantity"] == ""
    row = {"deliveries-0-date": "4.10.2021", "deliveries-0-quantity": "2,25"}
    act = {"act_no": "A-1", "act_on": "2.11.2021", "attendance_sheet": (io.BytesIO(PDF), "lapa.pdf")}
    assert client.post(path, data=filled(client, path) | row | act).status_code == 303
    assert [str(one.quantity) for one in case.deliveries] == ["2.25"]
