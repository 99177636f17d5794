"""Quantities and days that cannot be: refused in words at their field, nothing saved, all typed kept (issue 3)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests.factory import PDF
from tests.programmes import ProgrammeOffice
from tests.views.at_work import sign_in_as, text_of
from tests.views.filling import filled
from tests.workflow.stages.asking import codes, refused
from workflow.models import Case, Delivery, Document, TransitionLog
from workflow.wording import say

SESSIONS, HOURS = (say("G57", "lv", step=step) for step in (Decimal(1), Decimal("0.25")))
TOO_LARGE = "Skaitlis ir pārāk liels: ne vairāk kā 1000000."
DAY, QUANTITY = "deliveries-0-date", "deliveries-0-quantity"
CHECK_IN, CHECK_OUT = "deliveries-0-check_in", "deliveries-0-check_out"


@pytest.fixture
def office(session: Session) -> ProgrammeOffice:
    return ProgrammeOffice(session)


@pytest.fixture
def sent(app: Flask, office: ProgrammeOffice) -> Callable[..., tuple[Case, Any]]:
    """The step of a case of that type at that place with these boxes, sent by a Latvian worker."""

    def send(case_type: str, place: str, step: str, boxes: dict[str, Any], **application: Any) -> tuple[Case, Any]:
        case = office.case_in(place, case_type, **application)
        office.session.commit()
        app.config["OFFICE_DAY"] = office.today
        client, _ = sign_in_as(app, "zane", "social_worker", language="lv")
        path = f"/cases/{case.id}/steps/{step}"
        before = rows(office)
        chosen = {"assignment": case.assignments[0].id} if case.assignments else {}
        answer = client.post(path, data=filled(client, path) | chosen | boxes)
        assert answer.status_code == 422
        assert rows(office) == before
        return case, answer

    return send


def rows(office: ProgrammeOffice) -> list[int]:
    """How many rows a step could have added to."""
    tables = (Delivery, Document, TransitionLog)
    return [office.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables]


def error_at(page: str, field: str) -> str:
    """The words at the box."""
    found = re.search(rf'<p class="error" id="{field}-error">(.*?)</p>', page, re.DOTALL)
    assert found, text_of(page)
    return text_of(found[1])


def act() -> dict[str, Any]:
    return {"act_no": "A-1", "act_on": "2.11.2021", "attendance_sheet": (io.BytesIO(PDF), "lapa.pdf")}


@pytest.mark.parametrize(
    ("case_type", "boxes", "at", "words"),
    [
        ("REHAB", {DAY: "4.10.2021", QUANTITY: "-1"}, QUANTITY, SESSIONS),
        ("REHAB", {DAY: "4.10.2021", QUANTITY: "0"}, QUANTITY, SESSIONS),
        ("REHAB", {DAY: "4.10.2021", QUANTITY: "1,5"}, QUANTITY, SESSIONS),
        ("REHAB", {DAY: "4.10.2021", QUANTITY: "1000001"}, QUANTITY, TOO_LARGE),
        ("CHILD_CARE", {DAY: "4.10.2021", QUANTITY: "2,3"}, QUANTITY, HOURS),
        ("CHILD_CARE", {DAY: "4.10.2021", QUANTITY: "-0,25"}, QUANTITY, HOURS),
        ("CHILD_CARE", {DAY: "4.10.2021", QUANTITY: ""}, QUANTITY, HOURS),
        ("CHILD_CARE", {DAY: "4.10.2021", QUANTITY: "9999999"}, QUANTITY, TOO_LARGE),
        ("RESPITE", {CHECK_IN: "6.10.2021 10:00", CHECK_OUT: "4.10.2021 10:00"}, CHECK_OUT, SESSIONS),
        ("RESPITE", {CHECK_IN: "6.10.2021 10:00", CHECK_OUT: "6.10.2021 10:00"}, CHECK_OUT, SESSIONS),
        ("RESPITE", {CHECK_IN: "6.10.2021 10:00", CHECK_OUT: ""}, CHECK_OUT, SESSIONS),
        ("FAMILY_ASSISTANT", {DAY: "4.10.2022", QUANTITY: "0,1", "month": "10.2022"}, QUANTITY, HOURS),
    ],
)
def test_impossible_delivery_is_refused_at_its_box(
    sent: Callable[..., tuple[Case, Any]], case_type: str, boxes: dict[str, str], at: str, words: str
) -> None:
    case, answer = sent(case_type, "assigned", "confirm-delivery", act() | boxes)
    assert words in error_at(answer.text, at)
    assert case.deliveries == []
    for name, typed in boxes.items():
        assert not typed or f'value="{typed}"' in answer.text, name


@pytest.mark.parametrize(
    ("case_type", "service", "quantity"),
    [
        ("REHAB", "REH-15", "-5"),
        ("REHAB", "REH-15", "2,5"),
        ("REHAB", "REH-15", "1000001"),
        ("CHILD_CARE", "CAR-01", "9,9"),
        ("RESPITE", "RSP-01", "0,5"),
        ("ADULT_COMMUNITY", "ADL-01", "0"),
    ],
)
def test_impossible_plan_is_refused_at_its_box(
    sent: Callable[..., tuple[Case, Any]], case_type: str, service: str, quantity: str
) -> None:
    plan = {"drafted_on": "15.9.2021", "goals": "Mērķi", "lines-0-service": service, "lines-0-quantity": quantity}
    case, answer = sent(case_type, "assessed", "draft-plan", plan)
    assert error_at(answer.text, "lines-0-quantity")
    assert f'value="{quantity}"' in answer.text
    assert case.plans == []


def test_a_birthday_after_the_delivery_is_refused(office: ProgrammeOffice) -> None:
    """Whoever is born later received nothing: the guard of ages says so at the day."""
    case = office.case_in("assigned", "CHILD_CARE")
    case.person.birth_date = date(2021, 10, 5)
    found = refused(office, case, "confirm_delivery", **office.month(case))
    assert {"G56"} == set(codes(found))
    assert found[0].field == "deliveries-0-date"
    assert case.deliveries == []


def test_nobody_applies_before_being_born(app: Flask, office: ProgrammeOffice) -> None:
    office.session.commit()
    app.config["OFFICE_DAY"] = office.today
    client, _ = sign_in_as(app, "zane", "social_worker", language="lv")
    boxes = {"person-first_name": "Anna", "person-last_name": "Liepa", "person-birth_date": "2.9.2021"}
    mother = {"applicant-first_name": "Māra", "applicant-last_name": "Liepa", "received_on": "1.9.2021"}
    path = "/cases/new?case_type=FAMILY_ASSISTANT"
    answer = client.post("/cases/new", data=filled(client, path) | boxes | mother | {"wanted": "services"})
    assert answer.status_code == 422
    assert error_at(answer.text, "person-birth_date")
    assert 'value="2.9.2021"' in answer.text
    assert office.session.scalars(sa.select(Case)).all() == []


@pytest.mark.parametrize("quantity", ["-1", "0.5", "1000001"])
def test_the_step_refuses_what_never_came_through_a_form(office: ProgrammeOffice, quantity: str) -> None:
    case = office.case_in("assigned", "REHAB")
    row = {"date": date(2021, 10, 4), "quantity": Decimal(quantity)}
    assert codes(refused(office, case, "confirm_delivery", **office.month(case, deliveries=[row]))) == ["G57"]
    planned = office.case_in("assessed", "RESPITE")
    line = office.plan_lines(planned)[0] | {"quantity": Decimal("1000001")}
    assert "G20" in codes(refused(office, planned, "draft_plan", **office.plan(planned, lines=[line])))
