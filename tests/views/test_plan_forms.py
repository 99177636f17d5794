"""The pages of assessment, plan and exits: prefilled, without JavaScript, nothing typed lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factory import Office
from tests.views.at_work import sign_in_as, text_of
from tests.views.signing_in import token_on
from workflow.models import Case

Opened = tuple[FlaskClient, Case]


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


def address(case: Case, step: str) -> str:
    return f"/cases/{case.id}/steps/{step}"


def send(client: FlaskClient, case: Case, step: str, **fields: Any) -> TestResponse:
    """Fill in the form of the step and send it."""
    path = address(case, step)
    page = client.get(path).get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version, page
    return client.post(path, data={"csrf_token": token_on(client, path), "version": version[1], **fields})


def line(number: int, service: str, quantity: str, **more: str) -> dict[str, str]:
    values = {"service": service, "quantity": quantity, **more}
    return {f"lines-{number}-{name}": value for name, value in values.items()}


PLACES = [
    ("applied", "record-assessment", "social_worker"),
    ("assessed", "draft-plan", "social_worker"),
    ("plan_drafted", "approve-plan", "supervisor"),
    ("plan_drafted", "return-plan", "supervisor"),
    ("approved", "revise-plan", "social_worker"),
    ("applied", "reject", "supervisor"),
    ("applied", "withdraw", "social_worker"),
    ("applied", "suspend", "social_worker"),
    ("assessed", "close", "supervisor"),
    ("applied", "reassign", "supervisor"),
]


@pytest.mark.parametrize("language", ["lv", "ru", "en"])
@pytest.mark.parametrize(("place", "step", "role"), PLACES)
def test_every_page_is_shown(open_as: Any, place: str, step: str, role: str, language: str) -> None:
    client, case = open_as(place, role, language=language)
    assert client.get(address(case, step)).status_code == 200


def test_assessment_is_recorded(open_as: Any, office: Office) -> None:
    client, case = open_as("applied", "social_worker")
    answer = send(
        client,
        case,
        "record-assessment",
        assessment_mode="full",
        assessed_on="10.09.2021",
        assessor_name="Ilze Vērtētāja",
        assessor_profession="psychologist",
        living="family",
        summary="Nepieciešama fizioterapija.",
        **{"disability-status": "disability", "disability-valid_from": "1.1.2020"},
    )
    assert (answer.status_code, answer.location) == (303, f"/cases/{case.id}")
    office.session.expire_all()
    assert case.state == "assessed"


def test_child_has_no_group_and_no_target_ground(open_as: Any) -> None:
    client, case = open_as("applied", "social_worker")
    page = client.get(address(case, "record-assessment")).get_data(as_text=True)
    assert "disability-valid_from" in page
    assert "disability-group" not in page
    assert 'name="target_ground"' not in page


def test_refused_assessment_keeps_what_was_typed(open_as: Any) -> None:
    client, case = open_as("applied", "social_worker")
    answer = send(client, case, "record-assessment", assessed_on="1.8.2021", living="institution", summary="Gara runa")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Gara runa" in page
    assert "confirm-G18" in page
    for code in ("G11", "G12", "G17"):
        assert code in text_of(page)


def test_services_stand_under_their_programmes(open_as: Any) -> None:
    client, case = open_as("assessed", "social_worker", language="lv")
    page = html.unescape(client.get(address(case, "draft-plan")).get_data(as_text=True))
    assert "REH-15 · Fizioterapeits" in page
    assert page.index("<optgroup") < page.index("REH-01 ·") < page.index("GRD-01 ·")
    assert case.applicant.name in page


def test_plan_is_drafted_without_javascript(open_as: Any, office: Office) -> None:
    client, case = open_as("assessed", "social_worker")
    lines = line(0, "REH-15", "20", frequency="2 x nedēļā") | line(1, "", "") | line(2, "GRD-01", "10")
    answer = send(client, case, "draft-plan", drafted_on="15.9.2021", goals="Uzlabot kustības.", **lines)
    assert answer.status_code == 303, text_of(answer.get_data(as_text=True))
    office.session.expire_all()
    child, mother = case.plan.lines
    assert (child.recipient_id, child.recipient_kind, child.quantity) == (case.person_id, "child", 20)
    assert (mother.recipient_id, mother.recipient_kind) == (case.applicant_id, "guardian")


def test_more_rows_recount_and_keep_everything(open_as: Any) -> None:
    client, case = open_as("assessed", "social_worker")
    answer = send(
        client, case, "draft-plan", drafted_on="15.9.2021", goals="M", more="lines", **line(0, "REH-15", "20")
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'value="20"' in page
    assert page.count('name="lines-') == 7 * 7
    assert page.count("<optgroup") == 2 * 7
    assert "in the whole project, 1 July 2015 – 31 December 2022" in text_of(page)
    assert "100 sessions 0 20 80" in text_of(page)


def test_plan_above_the_cap_comes_back_whole(open_as: Any) -> None:
    client, case = open_as("assessed", "social_worker")
    lines = line(0, "REH-15", "60") | line(1, "", "") | line(2, "REH-40", "41")
    answer = send(client, case, "draft-plan", drafted_on="15.9.2021", goals="M", **lines)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "too much is planned" in page
    assert 'href="#lines"' in page
    assert 'href="#lines-2-description"' in page
    assert 'value="41"' in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (line(0, "REH-15", "0"), "Enter a quantity above 0."),
        (line(0, "REH-15", "2,5"), "The quantity must be a multiple of 1."),
        (line(0, "REH-15", "5", starts_on="1.3.2022", ends_on="28.2.2022"), "The date cannot be before 1 March 2022."),
        (line(0, "", "5"), "Choose one of the options."),
        ({"drafted_on": "23.11.2021"}, "The date cannot be in the future."),
        ({"drafted_on": "31.02.2021"}, "There is no such day in the calendar"),
    ],
)
def test_bad_input_is_told_at_its_field(open_as: Any, fields: dict[str, str], words: str) -> None:
    client, case = open_as("assessed", "social_worker")
    answer = send(client, case, "draft-plan", **{"drafted_on": "15.9.2021", "goals": "M", **fields})
    assert answer.status_code == 422
    assert words in text_of(answer.get_data(as_text=True))


def test_revision_begins_with_the_lines_of_now(open_as: Any, office: Office) -> None:
    client, case = open_as("approved", "social_worker")
    page = client.get(address(case, "revise-plan")).get_data(as_text=True)
    assert '<option value="REH-15" selected>' in page
    assert 'value="20"' in page
    fields = line(0, "REH-15", "30", recipient=str(case.person_id)) | line(1, "REH-11", "5")
    answer = send(client, case, "revise-plan", reason="Vairāk", drafted_on="15.11.2021", goals="M", **fields)
    assert answer.status_code == 303, text_of(answer.get_data(as_text=True))
    office.session.expire_all()
    assert [row.carried_from_id is not None for row in case.plan.lines] == [True, False]


def test_supervisor_sees_what_is_approved(open_as: Any, office: Office) -> None:
    client, case = open_as("plan_drafted", "supervisor")
    words = text_of(client.get(address(case, "approve-plan")).get_data(as_text=True))
    assert "REH-15 · Physiotherapist" in words
    assert "Bērnam nepieciešama fizioterapija." in words
    assert "13 May 2030 is the last day within the age of the programme" in words
    given = {"approved_on": "20.9.2021", "representative_signed_on": "18.9.2021", "decision_on": "20.9.2021"}
    answer = send(client, case, "approve-plan", decision_no="SD-1", **given)
    assert answer.status_code == 303, text_of(answer.get_data(as_text=True))
    office.session.expire_all()
    assert case.plan.decision_no == "SD-1"


def test_number_of_a_decision_is_not_used_twice(open_as: Any, office: Office) -> None:
    case = office.case_in("approved")
    number = case.plan.decision_no
    lines = {"reason": "x", "drafted_on": office.today, "lines": [office.line(case)]}
    office.take(case, "revise_plan", "social_worker", **lines)
    client, case = open_as("", "supervisor", case=case)
    given = {"approved_on": "22.11.2021", "representative_signed_on": "22.11.2021", "decision_on": "22.11.2021"}
    answer = send(client, case, "approve-plan", decision_no=number, **given)
    assert answer.status_code == 422
    assert "A decision with this number is already in the case." in text_of(answer.get_data(as_text=True))


def test_case_is_suspended_and_resumed(open_as: Any, office: Office) -> None:
    client, case = open_as("assessed", "social_worker")
    given = {"reason": "hospital", "from_on": "15.11.2021", "expected_resume_on": "15.12.2021"}
    assert send(client, case, "suspend", **given).status_code == 303
    assert send(client, case, "resume", resumed_on="14.11.2021").status_code == 422
    assert send(client, case, "resume", resumed_on="22.11.2021").status_code == 303
    office.session.expire_all()
    assert case.pauses == [["2021-11-15", "2021-11-22"]]


def test_case_goes_to_a_colleague(open_as: Any, office: Office) -> None:
    colleague = office.hire("social_worker", name="Otra darbiniece")
    client, case = open_as("assessed", "supervisor")
    page = client.get(address(case, "reassign")).get_data(as_text=True)
    assert "Tests social_worker" not in re.findall(r"<option[^>]*>([^<]*)</option>", page)
    assert send(client, case, "reassign", to_user=str(colleague.id)).status_code == 303
    office.session.expire_all()
    assert case.worker_id == colleague.id


def test_case_is_refused_and_reopened(open_as: Any, office: Office) -> None:
    client, case = open_as("applied", "supervisor")
    given = {"decision_no": "SD-3", "decision_on": "1.11.2021", "sent_on": "1.11.2021", "channel": "e_address"}
    short = send(client, case, "reject", ground="age", reasons="Par īsu", **given)
    assert short.status_code == 422
    assert "confirm-G82" in short.get_data(as_text=True)
    reasons = "Persona ir vecāka par programmas vecumu."
    assert send(client, case, "reject", ground="age", reasons=reasons, person_heard="yes", **given).status_code == 303
    assert send(client, case, "reopen", reason="Apstrīdēts", reopened_on="22.11.2021").status_code == 303
    office.session.expire_all()
    assert case.state == "applied"
