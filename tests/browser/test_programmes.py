"""Each programme in the browser, from the application to its end, by three people (issue 3: «Done when»).

The child's rehabilitation has its own journey in test_journey.py. With scripts on one database, without on the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.programmes import ASSESSOR, DISABILITY, MOTHER, OPINION, SERVICES, Desks, Errand, sessions
from tests.browser.visitor import Visitor
from tests.databases import chosen
from tests.factory import Office
from workflow.models import UnitCost

GUARDIANS = Errand(
    "REHAB",
    MOTHER | {"documents": ["D03"]},
    ASSESSOR | DISABILITY,
    {"lines-0-service": "GRD-02", "lines-0-quantity": "10"},  # the only representative receives it
    sessions("4.10.2021", "6.10.2021"),
    price="30",
    invoice="60,00",
    paid="60,00",
    words={"confirm-delivery": "Rehabilitologa pakalpojumi"},
)
RESPITE = Errand(
    "RESPITE",
    MOTHER | SERVICES | {"documents": ["D03", "D04"]},
    DISABILITY | OPINION,
    {"lines-0-service": "RSP-01", "lines-0-quantity": "30"},
    ({"check_in": "4.10.2021 10:00", "check_out": "6.10.2021 10:01"},),
    price="70",
    invoice="210,00",
    paid="210,00",
    words={"register-application": "VDEĀK atzinums", "draft-plan": "kalendāra gadā"},
)
CARE = Errand(
    "CHILD_CARE",
    MOTHER | SERVICES | {"documents": ["D03", "D04"]},
    DISABILITY | OPINION,
    {"lines-0-service": "CAR-01", "lines-0-quantity": "10"},
    ({"date": "4.10.2021", "quantity": "2,25"}, {"date": "6.10.2021", "quantity": "0,5"}),
    price="7,40",
    invoice="20,35",
    paid="20,35",
    words={"draft-plan": "nedēļā"},
)
ADULT = Errand(
    "ADULT_COMMUNITY",
    {"applicant_kind": "self", "documents": ["D03", "D06", "D07"]},
    ASSESSOR | DISABILITY | {"disability-group": "II", "target_ground": "at_risk_group_1_or_2", "living": "own_home"},
    {"lines-0-service": "ADL-01", "lines-0-quantity": "200", "lines-0-received_before_project": "yes"},
    ({"date": "4.10.2021", "quantity": "2,25"}, {"date": "6.10.2021", "quantity": "1"}),
    price="8",
    invoice="26,00",
    paid="26,00",
    born="03.07.1985.",
    words={"record-assessment": "var nonākt institūcijā"},
)
INSTITUTION = Errand(
    "INSTITUTION_CHILD",
    {
        "applicant_kind": "institution",
        "applicant-first_name": "Bērnu",
        "applicant-last_name": "Centrs",
        "wanted": "assessment",
    },
    ASSESSOR,
    {},
)
AUTISM = Errand(
    "ASD_PILOT",
    MOTHER | SERVICES | {"documents": ["D03", "D08"]},
    ASSESSOR | DISABILITY,
    {"lines-0-service": "ASD-01", "lines-0-quantity": "20"},
    sessions("4.10.2022", "6.10.2022"),
    price="31",
    invoice="62,00",
    paid="62,00",
    year=2022,
    words={"register-application": "Autiskā spektra traucējumu diagnozi"},
)
FAMILY = Errand(
    "FAMILY_ASSISTANT",
    MOTHER | SERVICES,
    ASSESSOR,
    {"lines-0-service": "FAM-01", "lines-0-quantity": "40"},
    ({"date": "4.10.2022", "quantity": "2,5"},),
    price="11,20",
    invoice="28,00",
    paid="28,00",
    year=2022,
    in_house=True,
    words={"start-procurement": "sniedz pati pašvaldība"},
)


@pytest.fixture
def open_desks(
    app: Flask, office: Office, open_page: Callable[..., Page], session: Session
) -> Callable[[Errand], Desks]:
    """Three people signed in on the day of the errand."""

    def opened(errand: Errand) -> Desks:
        office.today = app.config["OFFICE_DAY"] = dt.date(errand.year, 11, 22)
        session.commit()
        script = chosen() == "sqlite"
        logins = ("social_worker", "procurement_officer", "supervisor")
        people = (Visitor(open_page(javascript=script), looks=False).sign_in(login) for login in logins)
        return Desks(errand, *people)

    return opened


@pytest.mark.parametrize("errand", [GUARDIANS, RESPITE, CARE, ADULT, AUTISM, FAMILY], ids=lambda one: one.case_type)
def test_from_application_to_compensation(
    errand: Errand, office: Office, open_desks: Callable[[Errand], Desks], session: Session
) -> None:
    kind = "municipal_institution" if errand.in_house else "company"
    entry = office.provider("Atbalsta centrs", kind).entries[0].id
    if errand.case_type == "ADULT_COMMUNITY":
        session.add(UnitCost(service_code="ADL-01", amount=Decimal("8.75"), valid_from=dt.date(2019, 1, 1), source="M"))
    desks = open_desks(errand)
    desks.register()
    desks.plan()
    desks.arrange(entry)
    desks.serve()
    desks.be_paid()


def test_plan_only_from_application_to_its_end(open_desks: Callable[[Errand], Desks]) -> None:
    desks = open_desks(INSTITUTION)
    desks.register()
    desks.plan()
    desks.step(desks.supervisor, "close", {"reason": "plan_only", "closed_on": "20.11.2021"})
    desks.supervisor.sees_state("closed")
    expect(desks.supervisor.page.locator("#content")).to_contain_text("tikai plāns")
