"""No axe violation on any page (UX.md: WCAG 2.2 AA)."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from tests.databases import chosen

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
AXE = Axe()
COPIES: WeakKeyDictionary[Browser, Page] = WeakKeyDictionary()


def check_accessibility(page: Page) -> None:
    """Raise AssertionError with every violation of the page as it stands.

    Axe cannot run where JavaScript is off: such a page is shown again, as it is, in a context that has it. The pages
    are the same on both databases, so one of them is enough for this.
    """
    if chosen() != "sqlite":
        return
    if page.evaluate("matchMedia('(scripting: none)').matches"):
        _check_copy(page)
    else:
        _check(page)


def _check_copy(page: Page) -> None:
    copy, address, text = _copy_in(page.context.browser), page.url, page.content()
    copy.set_viewport_size(page.viewport_size)
    copy.route(address, lambda route: _answer(route, text))
    copy.goto(address)
    copy.unroute(address)
    _check(copy)


def _copy_in(browser: Browser) -> Page:
    """A page of the browser with scripts, opened once: a new context costs as much as the check itself."""
    if browser not in COPIES:
        COPIES[browser] = browser.new_context().new_page()
    return COPIES[browser]


def _answer(route: Route, text: str) -> None:
    # The scripts of the page stay off here too; those of the test are not bound by the policy.
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": "script-src 'none'"}
    route.fulfill(body=text, headers=headers)


def _check(page: Page) -> None:
    violations = AXE.run(page, options=RULES).response["violations"]
    told = "\n".join(_tell(violation) for violation in violations)
    assert not violations, f"not accessible: {page.url}\n{told}"


def _tell(violation: dict[str, Any]) -> str:
    places = "\n".join(f"    {node['target']} {node['html'][:160]}" for node in violation["nodes"])
    return f"- {violation['id']} ({violation['impact']}): {violation['help']}\n{places}"
