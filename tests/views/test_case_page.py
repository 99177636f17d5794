"""The case page: in eight statements whatever its length, with what each role may see (SPEED, DOMAIN 2.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.views.at_work import sign_in_as, statements, words
from tests.views.signing_in import post
from tests.workflow.stages.test_reject import refusal
from workflow.facts import facts
from workflow.models import Case
from workflow.wording import format_date

SUMMARY = "Bērnam nepieciešama fizioterapija."


@pytest.fixture
def office(session: Session) -> Office:
    made = Office(session)
    session.commit()  # the app writes too: nobody may hold the lock
    return made


def kept(office: Office, case: Case) -> str:
    path = f"/cases/{case.id}"
    office.session.commit()
    return path


def counted(app: Flask, office: Office, case: Case, login: str) -> int:
    path = kept(office, case)
    client, _ = sign_in_as(app, login, "supervisor")
    client.get(path)
    with statements(app) as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_a_page_takes_eight_statements_at_most(app: Flask, office: Office) -> None:
    assert counted(app, office, office.case_in("compensated"), "anna") <= 8


def test_a_long_file_takes_no_more_statements(app: Flask, office: Office) -> None:
    case = office.case_in("service_delivered")
    short = counted(app, office, case, "anna")
    for _ in range(12):
        office.take(case, "reassign", to_user=office.hire("social_worker"), reason="Slimība")
    office.take(case, "confirm_delivery", **office.month(case, days=(1, 8, 12, 13, 14, 15, 18)))
    assert counted(app, office, case, "berta") == short


@pytest.mark.parametrize(
    ("role", "sees"),
    [("social_worker", True), ("supervisor", True), ("reader", True), ("procurement_officer", False), ("admin", False)],
)
def test_health_data_are_for_those_who_need_them(app: Flask, office: Office, role: str, sees: bool) -> None:
    client, _ = sign_in_as(app, "anna", role)
    assert (SUMMARY in words(client, kept(office, office.case_in("procurement")))) is sees


def test_the_panel_says_what_is_missing_and_who_clears_it(app: Flask, office: Office) -> None:
    client, _ = sign_in_as(app, "anna", "supervisor")
    page = words(client, kept(office, office.case_in("applied", documents=[])))
    assert "G10" in page
    assert "Proof of disability" in page
    assert "social worker" in page


def test_received_documents_clear_the_blocker(app: Flask, office: Office) -> None:
    client, _ = sign_in_as(app, "anna", "social_worker")
    case = office.case_in("applied", documents=[])
    path = kept(office, case)
    page = f"{path}/documents"
    assert post(client, page, page=page, codes="D03", received_on="22.11.2021").status_code == 303
    office.session.expire_all()
    assert (case.blocker, case.documents_complete_on) == (None, office.today)
    assert "Documents received" in words(client, path)


def test_documents_are_not_received_in_the_future(app: Flask, office: Office) -> None:
    client, _ = sign_in_as(app, "anna", "social_worker")
    page = f"{kept(office, office.case_in('applied', documents=[]))}/documents"
    answer = post(client, page, page=page, codes="D03", received_on="23.11.2021")
    assert answer.status_code == 422
    assert "cannot be in the future" in answer.get_data(as_text=True)


def test_an_application_is_registered_from_the_page(app: Flask, office: Office) -> None:
    client, _ = sign_in_as(app, "anna", "social_worker")
    office.session.commit()
    fields = {
        "case_type": "REHAB",
        "person-first_name": "Anna",
        "person-last_name": "Paraudziņa",
        "person-birth_date": "14.5.2012",
        "person-declared_municipality": str(office.municipality.id),
        "person-language": "lv",
        "applicant-first_name": "Māra",
        "applicant-last_name": "Paraudziņa",
        "applicant_kind": "parent",
        "wanted": "both",
        "received_on": "1.9.2021",
        "channel": "in_person",
    }
    answer = post(client, "/cases/new", page="/cases/new", **fields)
    assert answer.status_code == 303
    assert "REZN-2021-00001" in words(client, answer.headers["Location"])


def test_a_bad_application_keeps_what_was_typed(app: Flask, office: Office) -> None:
    client, _ = sign_in_as(app, "anna", "social_worker")
    office.session.commit()
    typed = {"person-first_name": "<b>Anna</b>", "person-birth_date": "31.02.2021", "received_on": "1.1.2030"}
    answer = post(client, "/cases/new", page="/cases/new", **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "&lt;b&gt;Anna" in page
    assert "31.02.2021" in page
    assert "G04" in page


def test_every_open_deadline_stands_on_the_page(app: Flask, office: Office) -> None:
    client, _ = sign_in_as(app, "anna", "social_worker")
    page = words(client, kept(office, office.case_in("assessed")))
    assert "DL-01 decide: assess and grant, or refuse 1 September 2021 overdue · 1 October 2021 – law" in page
    assert "DL-02 draft the plan 10 September 2021 overdue · 8 October 2021 – to be confirmed" in page


def test_what_moved_a_deadline_stays_visible(app: Flask, office: Office) -> None:
    client, _ = sign_in_as(app, "anna", "social_worker")
    case = office.case_in("applied")
    extension = {"new_due_on": date(2021, 12, 20), "reason": "Gaidām izrakstu.", "long_fact_finding": False}
    office.take(case, "extend_deadline", **extension)
    resting = {"reason": "illness", "from_on": date(2021, 11, 22), "expected_resume_on": date(2021, 12, 10)}
    office.take(case, "suspend", "social_worker", **resting)
    page = words(client, kept(office, case))
    assert "DL-06a resume, withdraw or close" in page
    assert "The other deadlines stand still" in page
    office.today = date(2021, 11, 25)
    office.take(case, "resume", "social_worker", resumed_on=office.today)
    page = words(client, kept(office, case))
    assert "23 December 2021 extended from 1 October 2021; paused for 3 days law" in page
    assert "1 October 2021 → 20 December 2021 · Gaidām izrakstu." in page


def test_last_day_to_dispute_stands_on_a_rejected_case(app: Flask, office: Office) -> None:
    client, _ = sign_in_as(app, "anna", "social_worker")
    case = office.take(office.case_in("applied"), "reject", **refusal())
    last = case.decisions[-1]
    days = [format_date(day, "en") for day in (last.notified_on, last.dispute_until) if day]
    assert f"DL-07 last day to dispute the decision {' '.join(days)} – law" in words(client, kept(office, case))


def entitled(app: Flask, office: Office, role: str, **application: Any) -> str:
    """The page of a child's case with a provider, as this role reads it; the disability ends on 31 December."""
    case = office.case_in("applied", **application)
    status = {"status": "disability", "group": None, "valid_from": date(2020, 1, 1), "valid_to": date(2021, 12, 31)}
    office.take(case, "record_assessment", **office.assessment(disability=status))
    office.take(case, "draft_plan", **office.plan(case))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    entry = office.provider(valid_to=date(2022, 1, 10))
    office.take(case, "sign_contract", **office.contract(case, provider=entry, ends_on=date(2021, 12, 20)))
    path = kept(office, case)
    client, _ = sign_in_as(app, f"anna-{role}", role)
    return words(client, path).replace("\xa0", " ")


def test_the_page_warns_before_something_ends(app: Flask, office: Office) -> None:
    page = entitled(app, office, "social_worker", person=office.person(birth_date=date(2004, 2, 1)))
    for code, days in (("DL-14", 28), ("DL-10", 39), ("DL-09", 49), ("DL-11", 70)):
        assert f"days left: {days} {code}" in page
    assert "The disability is established until 31 December 2021." in page


def test_who_may_not_see_health_data_is_not_warned_of_them(app: Flask, office: Office) -> None:
    page = entitled(app, office, "procurement_officer")
    assert "DL-14" in page
    assert "DL-10" not in page
    assert "31 December 2021" not in page


def test_the_account_stands_on_the_page(app: Flask, office: Office) -> None:
    page = entitled(app, office, "reader", opening_used=Decimal(77))
    assert "in the whole project, 1 July 2015 – 31 December 2022" in page
    assert "100 sessions 77 opening balance 77 · this case 0 20 3" in page


def test_a_nearly_used_cap_is_told_in_its_row(app: Flask, office: Office) -> None:
    client, _ = sign_in_as(app, "anna", "supervisor")
    case = office.case_in("assessed", opening_used=Decimal(96))
    assert f"{facts().warnings['DL-13'].about['en']}" in words(client, kept(office, case))
