"""Both parents of a child under one line of the plan (DOMAIN 3, R6; W12)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import PDF, Office
from tests.views.at_work import sign_in_as, words
from tests.views.paper import Paper
from workflow.models import Case, Relation
from workflow.stages.caps import still_planned
from workflow.stages.used import shared_units

LINE = {"service": "GRD-04", "recipient_kind": "guardian", "quantity": Decimal(10)}


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


@pytest.fixture
def case(office: Office) -> Case:
    """A group for the mother, which the father may attend too."""
    case = office.case_in("assessed")
    father = office.person("Juris", dt.date(1980, 1, 1))
    since = dt.date(2021, 9, 1)
    office.session.add(Relation(child_id=case.person_id, adult_id=father.id, kind="parent", valid_from=since))
    office.take(case, "draft_plan", **office.plan(case, lines=[LINE | {"recipient": case.applicant}]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    office.take(case, "sign_contract", **office.contract(case))
    return case


@pytest.fixture
def worker(app: Flask, case: Case, session: Session) -> FlaskClient:
    session.commit()
    return sign_in_as(app, "zane", "social_worker", language="en")[0]


def deliver(client: FlaskClient, case: Case, *people: str) -> None:
    """The group of 4 October with those people, typed into the form."""
    path = f"/cases/{case.id}/steps/confirm-delivery"
    paper = Paper(client.get(path).text)
    boxes = {"act_no": "A-1", "act_on": "2.11.2021", "month": "10.2021"}
    for number, name in enumerate(people):
        box = f"deliveries-{number}-recipient"
        boxes |= {f"deliveries-{number}-date": "4.10.2021", box: paper.choose(box, name) if name else ""}
    sheet = {"attendance_sheet": (io.BytesIO(PDF), "lapa.pdf")}
    answer = client.post(path, data=paper.values | boxes | sheet)
    assert answer.status_code == 303, answer.text


def test_both_attend_the_same_group(worker: FlaskClient, office: Office, case: Case) -> None:
    deliver(worker, case, "", "Juris")
    office.session.expire_all()
    mother, father = case.deliveries
    assert mother.recipient_id == case.applicant_id
    assert father.recipient_id not in (case.applicant_id, case.person_id)
    assert mother.assignment_id == father.assignment_id


def test_what_the_father_received_is_no_longer_planned(worker: FlaskClient, office: Office, case: Case) -> None:
    deliver(worker, case, "", "Juris")
    office.session.expire_all()
    shared = shared_units(office.session, case)
    mother, father = case.applicant_id, case.deliveries[1].recipient_id
    assert still_planned(shared, [("GRD-04", mother, Decimal(10))]) == {"GUARDIAN_SUPPORT": Decimal(8)}
    each = [("GRD-04", mother, Decimal(10)), ("GRD-04", father, Decimal(1))]
    assert still_planned(shared, each) == {"GUARDIAN_SUPPORT": Decimal(9)}


def test_a_correction_tells_the_two_sessions_apart(worker: FlaskClient, office: Office, case: Case) -> None:
    deliver(worker, case, "", "Juris")
    page = words(worker, f"/cases/{case.id}/steps/record-correction")
    assert f"4 October 2021 · {case.applicant.name}" in page
    assert "4 October 2021 · Juris" in page
