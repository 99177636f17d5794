"""Every page as every role that may open it, in three languages, wide and narrow: no fault, no barrier."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.accessibility import check_accessibility
from tests.browser.visitor import Visitor
from tests.factory import Office
from workflow.machine import EVENTS, ROLES
from workflow.models import Claim, Contract

Open = Callable[..., Page]
LANGUAGES = ("lv", "en", "ru")
WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 360, "height": 740}
EVERYONE = ("social_worker", "procurement_officer", "supervisor", "admin", "reader")
AT_CASES = ("social_worker", "procurement_officer", "supervisor", "reader")
# Who may open which page (the columns of the rule book, section 2.2); {case}, {provider} … are rows of the office.
PAGES = {
    "/": EVERYONE,
    "/cases": EVERYONE,
    "/cases?q=Parau&state=applied&sort=-due_on": EVERYONE,
    "/cases?q=nobody": EVERYONE,
    "/cases/{applied}": EVERYONE,
    "/cases/{compensated}": EVERYONE,
    "/cases/{applied}/steps/reject": ("reader",),
    "/cases/{applied}/documents": ("social_worker",),
    "/cases/new": ("social_worker",),
    "/cases/new?q=Anna": ("social_worker",),
    "/providers": AT_CASES,
    "/providers/{provider}": AT_CASES,
    "/providers/new": ("procurement_officer",),
    "/providers/{provider}/entries/new": ("procurement_officer",),
    "/contracts": AT_CASES,
    "/contracts/{contract}": AT_CASES,
    "/claims": AT_CASES,
    "/claims/{claim}?open=1": AT_CASES,
    "/stuck": ("supervisor", "reader"),
    "/exceptions": ("supervisor", "reader"),
    "/rules": EVERYONE,
    "/workflow": EVERYONE,
    "/account": EVERYONE,
    "/account/second-factor": ("admin",),
    "/accessibility": EVERYONE,
    "/no-such-page": EVERYONE,
}
# The pages with the most kinds of things on them.
HANDFUL = ("/", "/cases", "/cases/{compensated}", "/claims/{claim}?open=1", "/rules", "/account")
# Where a step's form shows most: a claimed case has claims that wait, later states have more of everything.
BY_FULLNESS = (
    *("claimed", "delivered", "procurement", "plan_drafted", "assessed", "applied", "compensated"),
    *("suspended", "withdrawn"),
)
STATES = {"claimed": "service_delivered", "delivered": "service_delivered"}
IS_REFUSED = {"/no-such-page": 404, "/cases/{applied}/steps/reject": 403}


@pytest.fixture
def rows(office: Office, session: Session) -> dict[str, int]:
    """Cases in every state, one provider, contract and claim; their ids by what they are."""
    spine = ("applied", "assessed", "plan_drafted", "procurement", "claimed", "compensated")
    cases = {place: office.case_in(place) for place in spine}
    cases["delivered"] = office.case_in("service_delivered")
    suspended = office.case_in("assigned")
    pause = {"reason": "illness", "from_on": office.today, "expected_resume_on": office.today.replace(month=12)}
    office.take(suspended, "suspend", "social_worker", note="", **pause)
    withdrawn = office.case_in("applied")
    office.take(withdrawn, "withdraw", "social_worker", withdrawn_on=office.today, reason="Tests")
    session.commit()
    ids = {place: case.id for place, case in (cases | {"suspended": suspended, "withdrawn": withdrawn}).items()}
    contract = session.scalars(sa.select(Contract).order_by(Contract.id)).first()
    claim = session.scalars(sa.select(Claim).order_by(Claim.id)).first()
    assert contract
    assert claim
    found = {**ids, "provider": contract.provider_id, "contract": contract.id, "claim": claim.id}
    session.commit()
    return found


@pytest.mark.parametrize("role", EVERYONE)
def test_every_page_of_a_role(office: Office, session: Session, rows: dict[str, int], page: Page, role: str) -> None:
    visitor = Visitor(page, looks=False).sign_in(role)
    for language in LANGUAGES:
        prefer(office, session, role, language=language)
        for number, (address, roles) in enumerate(PAGES.items()):
            if role not in roles:
                continue
            status = visitor.open(address.format_map(rows))
            assert status == IS_REFUSED.get(address, 200), address
            fits(page, language)
            # Roles see much the same: each page is looked through once in each language, by one after the other.
            if role == roles[number % len(roles)]:
                check_accessibility(page)


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "supervisor"])
def test_the_form_of_every_step(office: Office, session: Session, rows: dict[str, int], page: Page, role: str) -> None:
    visitor = Visitor(page, looks=False).sign_in(role)
    for language in LANGUAGES:
        prefer(office, session, role, language=language)
        for place, step in steps_first_taken_by(role):
            assert visitor.open(f"/cases/{rows[place]}/steps/{step.replace('_', '-')}") == 200
            expect(page.locator("#step form")).to_be_visible()
            fits(page, language)
            check_accessibility(page)


def test_the_pages_before_sign_in(office: Office, open_page: Open) -> None:
    page = open_page()
    visitor = Visitor(page)
    for language in LANGUAGES:
        for address in ("/sign-in", "/accessibility"):
            visitor.open(address)
            page.locator(f".languages button[value={language}]").click()
            expect(page.locator(f"html[lang={language}]")).to_be_attached()
            assert visitor.path == address
            fits(page, language)
            visitor.look()


@pytest.mark.parametrize(("theme", "contrast"), [("dark", "auto"), ("light", "more")])
def test_dark_and_in_high_contrast(
    office: Office, session: Session, rows: dict[str, int], page: Page, theme: str, contrast: str
) -> None:
    prefer(office, session, "supervisor", theme=theme, contrast=contrast)
    visitor = Visitor(page).sign_in("supervisor")
    for address in HANDFUL:
        visitor.open(address.format_map(rows))
    visitor.open(f"/cases/{rows['plan_drafted']}/steps/approve-plan")
    visitor.fill({"approved_on": "31.02.2021"})
    visitor.send()
    visitor.is_refused("approved_on")


def prefer(office: Office, session: Session, role: str, **preferences: str) -> None:
    """How Gaita looks for that person from the next page on."""
    for name, value in preferences.items():
        setattr(office.users[role], name, value)
    session.commit()


def fits(page: Page, language: str) -> None:
    """The page is in the language, and neither wide nor narrow does it run over the edge."""
    expect(page.locator(f"html[lang={language}]")).to_be_attached()
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{page.url} is {wide} wide on {size['width']}: {_culprits(page)}"


def _culprits(page: Page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter(one => one.getBoundingClientRect().right > innerWidth && !one.closest(".scroll"))
            .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""
    )


def steps_first_taken_by(role: str) -> Iterator[tuple[str, str]]:
    """Each step once, where its form has most to show, for the first of the roles that take it."""
    for step, roles in ROLES.items():
        if role == roles[0] and step != "register_application":
            places = ("delivered", *BY_FULLNESS) if step == "submit_claim" else BY_FULLNESS
            yield next(place for place in places if step in EVENTS[STATES.get(place, place)]), step
