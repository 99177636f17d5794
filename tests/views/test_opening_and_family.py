"""What a family brings along, as it is typed: units used before, the first compensated day, a second representative."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factory import Office
from tests.views.at_work import sign_in_as, text_of, words
from tests.views.filling import filled
from tests.views.filling_in import send
from workflow.models import Case, Relation
from workflow.stages.plan_guards import representatives_on

APPLICATION = {
    "person-first_name": "Anna",
    "person-last_name": "Paraudziņa",
    "person-birth_date": "14.5.2012",
    "applicant-first_name": "Māra",
    "applicant-last_name": "Paraudziņa",
    "wanted": "both",
    "received_on": "1.9.2021",
}
FATHER = {"applicant-first_name": "Juris", "applicant-last_name": "Paraudziņš", "received_on": "1.9.2021"}
OPENING = "opening_parts-0-of", "opening_parts-0-quantity"


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


@pytest.fixture
def worker(app: Flask, office: Office) -> FlaskClient:
    office.session.commit()
    return sign_in_as(app, "zane", "social_worker")[0]


def register(client: FlaskClient, **typed: str) -> TestResponse:
    path = f"/cases/new?case_type={typed.get('case_type', 'REHAB')}"
    return client.post("/cases/new", data=filled(client, path) | APPLICATION | typed)


def registered(session: Session) -> Case:
    session.expire_all()
    return session.scalars(sa.select(Case).order_by(Case.id.desc())).first()


def test_units_are_kept_by_programme_and_by_service(worker: FlaskClient, session: Session) -> None:
    parts = dict(zip(OPENING, ("GUARDIAN_SUPPORT", "12"), strict=True))
    parts |= {"opening_parts-1-of": "REH-15", "opening_parts-1-quantity": "4"}
    assert register(worker, opening_used="36", **parts).status_code == 303
    assert registered(session).opening_used == {"CHILD_REHAB": "36.00", "GUARDIAN_SUPPORT": "12.00", "REH-15": "4.00"}


@pytest.mark.parametrize(
    ("of", "quantity", "words"),
    [
        ("ADL-01", "4", "This option is not in the list."),
        ("CHILD_REHAB", "4", "It is given already."),
        ("REH-15", "2,5", "The quantity must be a multiple of 1."),
        ("REH-15", "-1", "The number cannot be negative."),
        ("", "4", "Choose one of the options."),
    ],
)
def test_units_that_cannot_be_are_refused_at_their_box(
    worker: FlaskClient, session: Session, of: str, quantity: str, words: str
) -> None:
    answer = register(worker, opening_used="36", **dict(zip(OPENING, (of, quantity), strict=True)))
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert registered(session) is None


@pytest.mark.parametrize(("used", "status"), [("36", 303), ("0", 303), ("", 303), ("2.5", 422), ("-1", 422)])
def test_sessions_used_before_are_whole(worker: FlaskClient, used: str, status: int) -> None:
    assert register(worker, opening_used=used).status_code == status


def test_more_rows_keep_what_was_typed(worker: FlaskClient) -> None:
    answer = register(worker, more="opening_parts", **dict(zip(OPENING, ("REH-15", "4"), strict=True)))
    assert answer.status_code == 200
    assert 'value="4"' in answer.text
    assert 'name="opening_parts-3-of"' in answer.text


@pytest.mark.parametrize(
    ("day", "status"), [("20.5.2019", 303), ("22.11.2021", 303), ("23.11.2021", 422), ("30.6.2015", 422)]
)
def test_the_first_compensated_day_lies_in_the_programme_and_in_the_past(
    worker: FlaskClient, session: Session, day: str, status: int
) -> None:
    adult = {"case_type": "ADULT_COMMUNITY", "applicant_kind": "self", "person-birth_date": "3.7.1985"}
    assert register(worker, opening_window_start=day, **adult).status_code == status
    if day == "20.5.2019":
        assert registered(session).opening_window_start == dt.date(2019, 5, 20)


def add(client: FlaskClient, case: Case, **typed: str) -> TestResponse:
    path = f"/cases/{case.id}/representatives"
    return client.post(path, data=filled(client, path) | FATHER | typed)


def test_the_other_parent_is_added(worker: FlaskClient, office: Office) -> None:
    case = office.case_in("applied")
    assert add(worker, case).status_code == 303
    office.session.expire_all()
    found = representatives_on(office.session, case, dt.date(2021, 11, 22))
    assert [person.first_name for person in found] == ["Māra", "Juris"]
    assert "Representative added" in words(worker, f"/cases/{case.id}")
    assert add(worker, case, **{"applicant-last_name": "Cits"}).status_code == 303  # a namesake is somebody else


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"applicant-last_name": ""}, "Fill in this field."),
        ({"applicant-personal_code": "123"}, "G02"),
        ({"applicant-personal_code": "32867300670"}, "G03"),
        ({"applicant_kind": "self"}, "This option is not in the list."),
        ({"received_on": "23.11.2021"}, "The date cannot be in the future."),
    ],
)
def test_a_representative_who_cannot_be_is_refused(
    worker: FlaskClient, office: Office, typed: dict[str, str], words: str
) -> None:
    case = office.case_in("applied")
    answer = add(worker, case, **typed)
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert len(office.session.scalars(sa.select(Relation)).all()) == 1


def test_a_doubtful_code_is_confirmed(worker: FlaskClient, office: Office) -> None:
    case = office.case_in("applied")
    doubtful: dict[str, Any] = {"applicant-personal_code": "32867300670", "confirm-G03": "Pārbaudīts dokumentā."}
    assert add(worker, case, **doubtful).status_code == 303


def test_a_session_of_the_child_has_no_other_recipient(worker: FlaskClient, office: Office) -> None:
    """The recipient is asked only where a service is for several people."""
    case = office.case_in("assigned")
    assert "Recipient, row 1" not in worker.get(f"/cases/{case.id}/steps/confirm-delivery").text
    add(worker, case)
    answer = send(worker, case, "confirm-delivery", deliveries__0__recipient=str(case.applicant_id))
    assert answer.status_code == 422
