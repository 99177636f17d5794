"""At 18 the worker asks, the supervisor decides at their own screen, and the worker goes on where they were (G15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.visitor import Visitor
from tests.factory import Office

WHY = "Ģimene lūdz atelpas brīdi līdz 19 gadu vecumam."
TYPED = {
    "assessment_mode": "document_check",
    "assessed_on": "10.09.2021",
    "disability-status": "disability",
    "disability-valid_from": "01.01.2020",
    "living": "family",
    "special_care_opinion-no": "V-1",
    "special_care_opinion-issued_on": "01.08.2021",
    "summary": "Īpaša kopšana vajadzīga visu diennakti.",
}


@pytest.mark.parametrize("javascript", [True, False], ids=["with_htmx", "without_javascript"])
def test_asked_decided_and_taken(
    office: Office, session: Session, open_page: Callable[..., Page], javascript: bool
) -> None:
    papers = {"case_type": "RESPITE", "wanted": "services", "documents": ["D03", "D04"]}
    case = office.case_in("applied", person=office.person(birth_date=date(2003, 9, 10)), **papers).id
    session.commit()
    form, words = f"/cases/{case}/steps/record-assessment", "textarea[name=summary]"
    worker = Visitor(open_page(javascript=javascript)).sign_in("social_worker")
    worker.open(form)
    worker.fill(TYPED)
    worker.send()
    worker.is_refused("assessed_on")
    worker.fill({"ask-G15": WHY})
    worker.send("button[name=ask]")
    expect(worker.page.locator("#step .note")).to_contain_text(WHY)
    expect(worker.page.locator(words)).to_have_value(TYPED["summary"])
    worker.look()

    chief = Visitor(open_page(javascript=javascript)).sign_in("supervisor")
    chief.go_to_room("/exceptions")
    expect(chief.page.locator("#requests")).to_contain_text(WHY)
    chief.page.locator("#requests a.button").click()
    chief.look()
    chief.fill({"decision": "confirm", "answer": "Atbilst latviešu tekstam."})
    chief.send()
    chief.arrives("/exceptions")
    expect(chief.page.locator("#requests")).to_have_count(0)

    worker.open("/")
    worker.open(form)
    expect(worker.page.locator("#step .note-good")).to_contain_text("Atbilst latviešu tekstam.")
    assert {name: worker.value(name) for name in TYPED} == TYPED
    worker.send()
    worker.arrives(f"/cases/{case}")
    worker.sees_state("assessed")
    expect(worker.page.locator("#deadline-rows")).to_contain_text("DL-02")
    expect(worker.page.locator(".timeline")).to_contain_text("Atbilst latviešu tekstam.")
