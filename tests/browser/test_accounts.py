"""The accounts move while one types, and without a script when one asks (issue: point 5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor
from tests.factory import Office


def serving(office: Office) -> int:
    """A case of which the cap leaves two sessions."""
    case = office.case_in("assigned")
    case.opening_used = {"CHILD_REHAB": "98"}
    number = case.id
    office.session.commit()
    return number


def planning(office: Office) -> int:
    number = office.case_in("assessed").id
    office.session.commit()
    return number


MONTH = {
    "month": "10.2021",
    "deliveries-0-date": "04.10.2021.",
    "deliveries-1-date": "05.10.2021.",
    "deliveries-2-date": "06.10.2021.",
}


def test_plan_is_counted_while_typing(page: Page, office: Office) -> None:
    number = planning(office)
    worker = Visitor(page).sign_in("social_worker")
    worker.open(f"/cases/{number}/steps/draft-plan")
    worker.box("lines-0-service").select_option("REH-15")
    worker.box("lines-0-quantity").press_sequentially("101")
    row = page.locator("#accounts tbody tr").first
    expect(row.locator("strong.bad")).to_be_visible()
    expect(worker.box("lines-0-quantity")).to_be_focused()
    worker.box("lines-0-quantity").press("Backspace")
    expect(row.locator("strong.bad")).to_have_count(0)
    expect(row.locator("td").nth(3)).to_have_text("10")
    worker.look()


@pytest.mark.parametrize("javascript", [True, False])
def test_month_is_judged_before_it_is_saved(javascript: bool, open_page: Callable[..., Page], office: Office) -> None:
    number = serving(office)
    worker = Visitor(open_page(javascript=javascript)).sign_in("social_worker")
    worker.open(f"/cases/{number}/steps/confirm-delivery")
    worker.fill(MONTH)
    if not javascript:
        worker.send("#ahead button")
    expect(worker.page.locator("#movements tbody td").nth(1)).to_have_text("98 → 100")
    expect(worker.page.locator("#rows-seen tbody strong.bad")).to_have_count(1)
    assert worker.value("deliveries-2-date") == "06.10.2021."
    worker.look()
    if javascript:  # the button looks too, and stays on the page
        worker.send("#ahead button")
        worker.fill({"deliveries-2-date": ""})
        expect(worker.page.locator("#rows-seen tbody tr")).to_have_count(2)
        assert worker.path.endswith("/confirm-delivery")


def test_paper_opens_every_amount(page: Page, office: Office) -> None:
    """On the screen a line opens when asked; printed, all of them stand open."""
    number = office.case_in("service_delivered").id
    office.session.commit()
    reader = Visitor(page).sign_in("reader")
    reader.open(f"/cases/{number}/calculation")
    units = page.locator("details.sum li").first
    expect(units).to_be_hidden()
    page.emulate_media(media="print")
    expect(units).to_be_visible()
    expect(page.locator(".main-nav")).to_be_hidden()
