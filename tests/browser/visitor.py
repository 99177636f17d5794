"""A person at the screen: signs in, follows links and buttons, fills in forms, and looks at every page met."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import check_accessibility
from tests.views.signing_in import PASSWORD

SHEET = {"name": "lapa.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%fictional attendance sheet\n"}
SEND = "#content .submit button.main"
NEXT_STEP = "section[aria-labelledby='next-heading'] a.button"


class Visitor:
    """One person with a browser of their own. `looks` is off where a test is about something else."""

    def __init__(self, page: Page, *, looks: bool = True) -> None:
        self.page, self.looks = page, looks
        page.set_default_timeout(20_000)

    def sign_in(self, login: str) -> Visitor:
        """Through the form, from wherever the browser is led; then on the first page."""
        self.open("/")
        assert self.path == "/sign-in"
        self.fill({"login": login, "password": PASSWORD})
        self.send()
        self.arrives("/")
        return self

    @property
    def path(self) -> str:
        """Where the browser is, without host and query."""
        return urlsplit(self.page.url).path

    def open(self, address: str) -> int:
        """Type an address; the status of the answer."""
        answer = self.page.goto(address)
        assert answer
        self.look()
        return answer.status

    def follow(self, link: str | Locator, path: str | re.Pattern[str]) -> None:
        """Click what leads to another page."""
        (self.page.locator(link) if isinstance(link, str) else link).first.click()
        self.arrives(path)

    def go_to_room(self, path: str) -> None:
        """Choose a room in the main menu."""
        self.follow(f".main-nav a[href='{path}']", path)

    def open_case(self, case_id: int) -> None:
        """From «my work» to the case that waits there for this person."""
        self.follow(".top .brand", "/")
        self.follow(f"#content a[href='/cases/{case_id}']", f"/cases/{case_id}")

    def take_next_step(self, step: str, values: Mapping[str, Any]) -> None:
        """On the page of a case: press the one button, fill in the form, send it, be on the case again."""
        case = self.path
        self.follow(NEXT_STEP, f"{case}/steps/{step}")
        self.fill(values)
        self.send()
        self.arrives(case)

    def fill(self, values: Mapping[str, Any]) -> None:
        """Type, choose, tick or attach, by the names of the boxes."""
        for name, value in values.items():
            self._put(self.box(name), value)

    def box(self, name: str) -> Locator:
        """The box or boxes of that name in the page's content."""
        return self.page.locator(f"#content [name='{name}']:not([type=hidden])")

    def _put(self, box: Locator, value: Any) -> None:
        kind = box.first.evaluate("box => box.type")
        if kind == "select-one":
            box.select_option(value)
        elif kind in ("radio", "checkbox"):
            for each in value if isinstance(value, list) else [value]:
                box.and_(self.page.locator(f"[value='{each}']")).check()
        elif kind == "file":
            box.set_input_files(value)
        else:
            box.fill(value)

    def value(self, name: str) -> str:
        """What stands in the box."""
        return self.box(name).input_value()

    def send(self, button: str = SEND) -> None:
        """Press the button of the form."""
        self.page.locator(button).first.click()

    def is_refused(self, *fields: str) -> None:
        """The form came back: a summary on top, with a script in focus, and an error at each of the fields."""
        summary = self.page.locator("#error-summary")
        expect(summary).to_be_visible()
        for name in fields:
            expect(self.page.locator(f"#{name}-error")).not_to_be_empty()
            expect(summary.locator(f"a[href='#{name}']").first).to_be_visible()
        if self.has_script:
            expect(summary).to_be_focused()
        self.look()

    @property
    def has_script(self) -> bool:
        """Whether the pages may run scripts."""
        return not self.page.evaluate("matchMedia('(scripting: none)').matches")

    def arrives(self, path: str | re.Pattern[str]) -> None:
        """Wait until the browser is there, then look at the page."""
        pattern = path.pattern if isinstance(path, re.Pattern) else re.escape(path)
        self.page.wait_for_url(re.compile(rf"^https?://[^/]+{pattern}(\?[^#]*)?(#.*)?$"))
        self.look()

    def look(self) -> None:
        """No barrier on the page."""
        if self.looks:
            check_accessibility(self.page)

    def sees_state(self, state: str) -> None:
        """The badge of the case says where it is."""
        expect(self.page.locator(f".identity .state.state-{state}")).to_be_visible()

    def number_in(self, pattern: str) -> int:
        """The number in the present path."""
        found = re.fullmatch(pattern, self.path)
        assert found, self.path
        return int(found[1])
