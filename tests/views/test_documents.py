"""Stored files are handed out as attachments, to those whose case it is (TRUST 2, «Uploads»)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factory import PDF, Office
from tests.views.at_work import sign_in_as
from workflow.models import Document


@pytest.fixture
def sheet(session: Session) -> Document:
    """The attendance sheet of a month that was accepted."""
    case = Office(session).case_in("service_delivered")
    found = case.deliveries[0].act.attendance_document
    session.commit()
    return found


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "supervisor", "reader"])
def test_file_comes_as_attachment(app: Flask, sheet: Document, role: str) -> None:
    client, _ = sign_in_as(app, "zane", role)
    answer = client.get(f"/documents/{sheet.id}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="D14-{sheet.id}.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_other_municipality_and_unknown_number_look_alike(app: Flask, sheet: Document) -> None:
    client, _ = sign_in_as(app, "zane", "supervisor", at="ludzas-novads")
    assert client.get(f"/documents/{sheet.id}").status_code == 404
    assert client.get("/documents/999999").status_code == 404


def test_administrator_has_no_business_here(app: Flask, sheet: Document) -> None:
    client, _ = sign_in_as(app, "zane", "admin")
    assert client.get(f"/documents/{sheet.id}").status_code == 403


def test_stranger_is_led_to_the_sign_in(app: Flask, sheet: Document) -> None:
    answer = app.test_client().get(f"/documents/{sheet.id}")
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]


def test_letter_without_a_file_is_not_there(app: Flask, session: Session, sheet: Document) -> None:
    client, _ = sign_in_as(app, "zane", "supervisor")
    letter = session.query(Document).filter_by(case_id=sheet.case_id, file_id=None).first()
    assert letter is not None
    assert client.get(f"/documents/{letter.id}").status_code == 404


def test_file_of_no_case_is_nobodys(app: Flask, session: Session, sheet: Document) -> None:
    stray = Document(code="D16", dated_on=date(2021, 11, 1), direction="in", file_id=sheet.file_id)
    session.add(stray)
    session.commit()
    client, _ = sign_in_as(app, "zane", "supervisor")
    assert client.get(f"/documents/{stray.id}").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("procurement_officer", 404), ("social_worker", 200)])
def test_papers_of_health_are_not_for_the_officer(
    app: Flask, session: Session, sheet: Document, role: str, status: int
) -> None:
    proof = Document(
        case_id=sheet.case_id, code="D03", dated_on=date(2021, 9, 1), direction="in", file_id=sheet.file_id
    )
    session.add(proof)
    session.commit()
    client, _ = sign_in_as(app, "zane", role)
    assert client.get(f"/documents/{proof.id}").status_code == status
