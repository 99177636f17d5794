"""By keyboard alone, in another language, and out of the door: nothing is lost, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.visitor import Visitor
from tests.factory import Office
from tests.views.signing_in import PASSWORD

Open = Callable[..., Page]
scripts = pytest.mark.parametrize("javascript", [True, False], ids=["with_htmx", "without_javascript"])


def focus_is_seen(page: Page) -> bool:
    """Whether the focused element wears the ring."""
    return page.evaluate(
        """() => { const look = getComputedStyle(document.activeElement);
                   return document.activeElement.matches(":focus-visible")
                       && look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2; }"""
    )


def focused(page: Page) -> str:
    """The id or name of what has the focus."""
    return page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.tagName")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until that box has the focus, which is seen all the way."""
    for _ in range(60):
        page.keyboard.press("Tab")
        assert focus_is_seen(page), focused(page)
        if focused(page) == name:
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_signing_in_by_keyboard(office: Office, page: Page) -> None:
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert focus_is_seen(page)
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    tab_to(page, "login")
    page.keyboard.type("social_worker")
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    Visitor(page, looks=False).arrives("/")


def test_a_form_by_keyboard_is_sent_with_ctrl_enter(office: Office, session: Session, page: Page) -> None:
    case = office.case_in("assessed").id
    session.commit()
    worker = Visitor(page, looks=False).sign_in("social_worker")
    worker.open(f"/cases/{case}/steps/draft-plan")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for name, text in {"drafted_on": "15.09.2021.", "goals": "Staigāt.", "lines-0-quantity": "20"}.items():
        tab_to(page, name)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    worker.is_refused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page).startswith("lines-0-")
    worker.fill({"lines-0-service": "REH-15"})
    worker.box("lines-0-quantity").press("Control+Enter")
    worker.arrives(f"/cases/{case}")
    worker.sees_state("plan_drafted")


@scripts
def test_enter_sends_the_form_and_asks_for_no_more_rows(
    office: Office, session: Session, open_page: Open, javascript: bool
) -> None:
    case = office.case_in("assessed").id
    session.commit()
    worker = Visitor(open_page(javascript=javascript), looks=False).sign_in("social_worker")
    worker.open(f"/cases/{case}/steps/draft-plan")
    rows = worker.page.locator("#lines tbody tr").count()
    worker.box("lines-0-quantity").press("Enter")
    worker.is_refused()
    expect(worker.page.locator("#lines tbody tr")).to_have_count(rows)


@scripts
def test_after_signing_out_back_shows_nothing(
    office: Office, session: Session, open_page: Open, javascript: bool
) -> None:
    case = office.case_in("assessed")
    case_id, name = case.id, case.person.last_name
    session.commit()
    worker = Visitor(open_page(javascript=javascript)).sign_in("social_worker")
    worker.open("/cases")
    worker.open(f"/cases/{case_id}")
    page = worker.page
    expect(page.locator("body")).to_contain_text(name)
    page.locator(".user-menu summary").click()
    worker.follow(".user-menu form button", "/sign-in")
    for _ in range(2):
        page.go_back()
        worker.arrives("/sign-in")
        expect(page.locator("body")).not_to_contain_text(name)
    assert worker.open(f"/cases/{case_id}") == 200
    assert worker.path == "/sign-in"


@scripts
def test_another_language_on_the_same_page(office: Office, session: Session, open_page: Open, javascript: bool) -> None:
    office.case_in("applied")
    session.commit()
    worker = Visitor(open_page(javascript=javascript)).sign_in("social_worker")
    worker.open("/cases?q=Parau&state=applied")
    address = worker.page.url
    heading = worker.page.locator("h1")
    seen = {heading.inner_text()}
    for language in ("en", "ru"):
        worker.page.locator(f".languages button[value={language}]").click()
        expect(worker.page.locator(f"html[lang={language}]")).to_be_attached()
        assert worker.page.url == address
        expect(worker.box("q")).to_have_value("Parau")
        seen.add(heading.inner_text())
        worker.look()
    assert len(seen) == 3
