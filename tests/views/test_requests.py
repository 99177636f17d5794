"""A worker asks the supervisor to confirm an exception, the supervisor decides, the worker goes on (DOMAIN 8.3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.views.at_work import links, sign_in_as, statements, text_of, words
from tests.views.filling_in import address, page_of, send
from tests.views.signing_in import post
from workflow.models import Case, ConfirmationRequest

STEP = "record-assessment"
WHY = "Ģimene lūdz atelpas brīdi līdz 19 gadiem."
SUMMARY = "Īpaša kopšana vajadzīga visu diennakti."
FIELDS = {
    "assessment_mode": "document_check",
    "assessed_on": "10.9.2021",
    "disability__status": "disability",
    "disability__valid_from": "1.1.2020",
    "living": "family",
    "special_care_opinion__no": "V-1",
    "special_care_opinion__issued_on": "1.8.2021",
    "summary": SUMMARY,
}


@pytest.fixture
def case(session: Session) -> Case:
    """Respite for somebody who turned 18 on the day of the assessment."""
    office = Office(session)
    papers = {"case_type": "RESPITE", "wanted": "services", "documents": ["D03", "D04"]}
    made = office.case_in("applied", person=office.person(birth_date=date(2003, 9, 10)), **papers)
    session.commit()
    return made


@pytest.fixture
def worker(app: Flask, case: Case) -> FlaskClient:
    return sign_in_as(app, "anna", "social_worker")[0]


@pytest.fixture
def chief(app: Flask, case: Case) -> FlaskClient:
    return sign_in_as(app, "ruta", "supervisor")[0]


def ask(client: FlaskClient, case: Case, reason: str = WHY, **changes: Any) -> Any:
    return send(client, case, STEP, ask="G15", ask__G15=reason, **FIELDS | changes)


def the_request(session: Session) -> sa.Row[Any]:
    """The only request as it stands; the read is over at once, a reader too would keep the app from writing."""
    columns = (ConfirmationRequest.id, ConfirmationRequest.status, ConfirmationRequest.typed)
    row = session.execute(sa.select(*columns)).one()
    session.rollback()
    return row


def decide(client: FlaskClient, number: int, decision: str = "confirm", answer: str = "Latviešu teksts.") -> Any:
    path = f"/exceptions/{number}"
    return post(client, path, page=path, decision=decision, answer=answer)


def test_refused_form_offers_to_ask(worker: FlaskClient, case: Case) -> None:
    answer = send(worker, case, STEP, **FIELDS)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'name="ask-G15"' in page
    assert 'name="confirm-G15"' not in page
    assert SUMMARY in page


def test_supervisor_confirms_on_the_spot_and_asks_nobody(app: Flask, case: Case) -> None:
    both, _ = sign_in_as(app, "zane", "social_worker", "supervisor")
    page = send(both, case, STEP, **FIELDS).get_data(as_text=True)
    assert 'name="confirm-G15"' in page
    assert 'name="ask-G15"' not in page


def test_the_whole_way_of_a_request(worker: FlaskClient, chief: FlaskClient, case: Case, session: Session) -> None:
    answer = ask(worker, case)
    assert (answer.status_code, answer.location) == (303, address(case, STEP))
    page = page_of(worker, case, STEP)
    assert SUMMARY in page  # nothing typed is lost
    assert "it is not decided yet." in text_of(page)
    assert send(worker, case, STEP, **FIELDS).status_code == 422

    assert "Decide on the request to confirm an exception · G15" in words(chief, "/")
    waiting = words(chief, "/exceptions")
    assert f"{case.case_no} Anna P." in waiting
    assert "18 years, 10 September 2021" in waiting
    assert WHY in waiting
    number = the_request(session).id
    assert links(chief, "/exceptions")["Decide"] == f"/exceptions/{number}"
    assert WHY in words(chief, f"/exceptions/{number}")
    assert decide(chief, number).status_code == 303
    assert WHY not in words(chief, "/exceptions")

    assert "The exception is confirmed: go on with the step · G15" in words(worker, "/")
    page = page_of(worker, case, STEP)
    assert SUMMARY in page
    assert "Ruta Bērziņa confirmed the exception" in text_of(page)
    assert send(worker, case, STEP, **FIELDS).status_code == 303
    assert "The exception is confirmed. Ruta Bērziņa Latviešu teksts." in words(worker, f"/cases/{case.id}")
    assert "G15 confirmed by Ruta Bērziņa: Latviešu teksts." in words(worker, f"/cases/{case.id}")
    assert "Latviešu teksts. Ruta Bērziņa" in words(chief, "/exceptions")
    assert the_request(session).typed == []


def test_declined_with_the_reason_shown(worker: FlaskClient, chief: FlaskClient, case: Case, session: Session) -> None:
    ask(worker, case)
    assert decide(chief, the_request(session).id, "decline", "Pakalpojums beidzas 18 gados.").status_code == 303
    page = page_of(worker, case, STEP)
    assert "Ruta Bērziņa declined the exception" in text_of(page)
    assert "Pakalpojums beidzas 18 gados." in text_of(page)
    assert SUMMARY in page
    assert 'name="ask-G15"' in send(worker, case, STEP, **FIELDS).get_data(as_text=True)


def test_request_without_a_reason_says_so_and_keeps_the_form(worker: FlaskClient, case: Case, session: Session) -> None:
    answer = ask(worker, case, reason="  ")
    assert answer.status_code == 422
    assert "Give the reason why it should be confirmed." in answer.get_data(as_text=True)
    assert SUMMARY in answer.get_data(as_text=True)
    assert session.scalar(sa.select(sa.func.count(ConfirmationRequest.id))) == 0


@pytest.mark.parametrize("code", ["G10", "G18", "G99", "x", "G15' --"])
def test_no_other_guard_can_be_asked_for(worker: FlaskClient, case: Case, session: Session, code: str) -> None:
    answer = send(worker, case, STEP, ask=code, **FIELDS)
    assert answer.status_code == 422
    assert session.scalar(sa.select(sa.func.count(ConfirmationRequest.id))) == 0


def test_what_was_typed_is_for_the_one_who_typed_it(app: Flask, worker: FlaskClient, case: Case) -> None:
    ask(worker, case)
    colleague, _ = sign_in_as(app, "berta", "social_worker")
    page = page_of(colleague, case, STEP)
    assert SUMMARY not in page
    assert "it is not decided yet." in text_of(page)


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "admin", "reader"])
def test_no_other_role_may_decide(app: Flask, worker: FlaskClient, case: Case, session: Session, role: str) -> None:
    ask(worker, case)
    number = the_request(session).id
    other, _ = sign_in_as(app, "zane", role)
    assert other.get(f"/exceptions/{number}").status_code == 403
    fields = {"decision": "confirm", "answer": "Jā"}
    assert post(other, f"/exceptions/{number}", **fields).status_code == 403
    assert the_request(session).status == "waiting"


def test_another_municipality_does_not_know_it(app: Flask, worker: FlaskClient, case: Case, session: Session) -> None:
    ask(worker, case)
    number = the_request(session).id
    away, _ = sign_in_as(app, "zane", "supervisor", at="ludzas-novads")
    assert away.get(f"/exceptions/{number}").status_code == 404
    assert post(away, f"/exceptions/{number}", decision="confirm", answer="Jā").status_code == 404
    assert WHY not in words(away, "/exceptions")
    assert the_request(session).status == "waiting"


def test_nobody_decides_on_their_own(app: Flask, case: Case, session: Session) -> None:
    worker, number = sign_in_as(app, "anna", "social_worker")
    ask(worker, case)
    asked = the_request(session)
    session.execute(sa.text('UPDATE "user" SET roles = \'["supervisor"]\' WHERE id = :id'), {"id": number})
    session.commit()
    assert "Somebody else has to decide" in words(worker, f"/exceptions/{asked.id}")
    assert post(worker, f"/exceptions/{asked.id}", decision="confirm", answer="Jā").status_code == 403
    assert the_request(session).status == "waiting"


def test_second_decision_finds_the_first(
    app: Flask, worker: FlaskClient, chief: FlaskClient, case: Case, session: Session
) -> None:
    ask(worker, case)
    number = the_request(session).id
    other, _ = sign_in_as(app, "vija", "supervisor")
    assert decide(chief, number).status_code == 303
    answer = post(other, f"/exceptions/{number}", decision="decline", answer="Nē")
    assert answer.status_code == 409
    assert "Ruta Bērziņa confirmed the exception" in text_of(answer.get_data(as_text=True))
    assert the_request(session).status == "confirmed"


@pytest.mark.parametrize(
    ("decision", "answer"), [("", "Jā"), ("confirm", ""), ("maybe", "Jā"), ("confirm", "x" * 1001)]
)
def test_decision_is_complete(
    worker: FlaskClient, chief: FlaskClient, case: Case, session: Session, decision: str, answer: str
) -> None:
    ask(worker, case)
    assert decide(chief, the_request(session).id, decision, answer).status_code == 422
    assert the_request(session).status == "waiting"


def test_reader_sees_the_requests_but_no_button(app: Flask, worker: FlaskClient, case: Case) -> None:
    ask(worker, case)
    reader, _ = sign_in_as(app, "zane", "reader")
    assert WHY in words(reader, "/exceptions")
    assert "Decide" not in links(reader, "/exceptions")


def test_page_of_exceptions_takes_two_statements_for_its_lists(app: Flask, worker: FlaskClient, case: Case) -> None:
    chief, _ = sign_in_as(app, "ruta", "supervisor")
    chief.get("/exceptions")
    with statements(app) as before:
        chief.get("/exceptions")
    ask(worker, case)
    with statements(app) as after:
        chief.get("/exceptions")
    assert len(after) == len(before)
