"""The administrator changes a rule at the screen: tried out on the open cases first, then saved, then it holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.visitor import Visitor
from tests.factory import Office
from workflow.models import Case

Open = Callable[..., Page]
GROUND = "Novada domes 19.11.2021. lēmums"


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with_htmx", "without_javascript"])
def test_a_deadline_is_tried_out_and_saved(office: Office, session: Session, open_page: Open, javascript: bool) -> None:
    cases = [office.case_in("assessed").id for _ in range(22)]
    before = session.get(Case, cases[0]).due_on
    session.commit()
    page = open_page(javascript=javascript)
    admin = Visitor(page).sign_in("admin")
    admin.go_to_room("/rules")
    admin.follow("a[href='/rules/values/deadline.DL-02']", "/rules/values/deadline.DL-02")
    admin.fill({"value": "3", "source": GROUND})
    admin.send()
    admin.arrives(re.compile("/rules/changes/[0-9]+"))
    if not javascript:  # with it the rehearsal goes on by itself
        press(page, "Turpināt izmēģinājumu")
        press(page, "Turpināt izmēģinājumu")
    expect(page.locator("#rehearsal")).to_contain_text("22 no 22")
    expect(page.locator("#rehearsal")).to_contain_text("Cits termiņš: 22")
    session.expire_all()
    assert session.get(Case, cases[0]).due_on == before
    session.commit()
    press(page, "Saglabāt: spēkā no šī brīža")
    if not javascript:
        press(page, "Turpināt")
        press(page, "Turpināt")
    expect(page.locator("#rehearsal")).to_contain_text("Izmaiņa ir spēkā")
    admin.look()
    session.expire_all()
    assert {session.get(Case, number).due_on for number in cases} != {before}
    session.commit()
    admin.open("/rules")
    expect(page.locator("#deadline-table tr", has_text="DL-02")).to_contain_text("3 darba dienas")
    expect(page.locator("#change-table")).to_contain_text(GROUND)


def test_a_faulty_rule_set_is_told_at_its_field_and_keeps_what_was_typed(
    office: Office, session: Session, page: Page
) -> None:
    session.commit()
    admin = Visitor(page).sign_in("admin")
    admin.open("/rules/rule-sets/new")
    typed = {"name": "120", "valid_from": "01.07.2021", "source": GROUND, "caps-0-quantity": "120"}
    admin.fill(typed)
    admin.send()
    admin.is_refused("valid_from")
    assert {name: admin.value(name) for name in typed} == typed
