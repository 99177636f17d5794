"""No query in a loop: a page asks the database the same number of things, however much there is (SPEED)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import Flask

from tests.hostile.attempts import AT, who_may
from tests.hostile.browsing import Browser
from tests.hostile.pen import given_for
from tests.hostile.rooms import path_of, rules
from tests.hostile.town import HERE, PLACES, MarkedOffice, Town
from workflow.models import Case, Contract

MOST_ON_A_CASE, MOST_ON_A_LIST = 8, 3
# My work has a list for each of its groups; the stuck cases stand below the map that counts them.
BEYOND_A_LIST = {"/": MOST_ON_A_CASE, "/stuck": MOST_ON_A_LIST + 1}
LISTS = ("/", "/cases", "/stuck", "/exceptions", "/claims", "/contracts", "/providers")
FEW, MANY = 5, 60


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """Every statement that is sent, the one that finds out who asks included; BEGIN asks for nothing."""
    seen: list[str] = []

    def before(*arguments: Any) -> None:
        if not arguments[2].startswith("BEGIN"):
            seen.append(arguments[2])

    sa.event.listen(engine, "before_cursor_execute", before)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", before)


def statements(browser: Browser, engine: sa.Engine, path: str) -> list[str]:
    """What one look at the page asks for; the first look of a process may fill caches and does not count."""
    browser.get(path)
    with counted(engine) as seen:
        assert browser.get(path).status_code == 200, path
    return seen


def told(seen: list[str]) -> str:
    """The statements, short enough to read."""
    return "\n".join(f"{number}. {' '.join(text.split())[:160]}" for number, text in enumerate(seen, 1))


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "supervisor", "reader"])
def test_case_page(role: str, enter: Callable[..., Browser], engine: sa.Engine, town: Town) -> None:
    """At every place of the way."""
    browser = enter(role, plain=True)
    for place in PLACES:
        seen = statements(browser, engine, f"/cases/{town.case(place)}")
        assert len(seen) <= MOST_ON_A_CASE, f"{place}\n{told(seen)}"


@pytest.mark.parametrize("role", ["social_worker", "supervisor"])
def test_long_history_costs_no_more(
    role: str, enter: Callable[..., Browser], engine: sa.Engine, office: MarkedOffice, session: so.Session, town: Town
) -> None:
    """A case with sixty entries more, revised and revised again, asks for as much as before."""
    case, browser = session.get_one(Case, town.case("service_delivered")), enter(role, plain=True)
    session.rollback()
    before = len(statements(browser, engine, f"/cases/{case.id}"))
    for number in range(30):
        to = office.users["second_worker" if number % 2 == 0 else "social_worker"]
        office.take(case, "reassign", "supervisor", to_user=to, reason=f"Nr. {number}")
    for _ in range(4):
        office.take(case, "revise_plan", "social_worker", **given_for(office, case, "revise_plan"))
        office.take(case, "return_plan", "supervisor", remarks="Vēlreiz.")
    session.commit()
    seen = statements(browser, engine, f"/cases/{case.id}")
    assert len(seen) == before, told(seen)


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "supervisor", "reader"])
def test_lists(role: str, enter: Callable[..., Browser], engine: sa.Engine) -> None:
    """Every list that the role may open."""
    browser = enter(role, plain=True)
    for path in LISTS:
        if browser.get(path).status_code == 403:
            continue
        seen = statements(browser, engine, path)
        most = BEYOND_A_LIST.get(path, MOST_ON_A_LIST)
        assert len(seen) <= most, f"{path}\n{told(seen)}"


def more_cases(office: MarkedOffice, places: tuple[str, ...], number: int) -> None:
    """Walk that many more cases, in turns to these places."""
    for turn in range(number):
        office.case_at(places[turn % len(places)])
    office.session.commit()


def test_number_of_cases_costs_no_more(
    app: Flask, enter: Callable[..., Browser], engine: sa.Engine, office: MarkedOffice
) -> None:
    """Every page without a number in its address, for every role, among few cases and among many: equal counts."""
    roles = ("social_worker", "procurement_officer", "supervisor", "admin", "reader")
    browsers = {role: enter(role, plain=True) for role in roles}
    pages = [path_of(app, rule, {}) for rule in rules(app) if not rule.arguments and "GET" in rule.methods]
    pages += ["/cases?sort=-due_on", "/cases?q=M%C5%ABs", "/cases?colour=overdue", "/cases/new?q=M%C5%ABs"]
    before = count_all(browsers, engine, pages)
    more_cases(office, ("applied", "assessed", "plan_drafted", "assigned"), MANY - FEW)
    more_cases(office, ("claimed",), 6)
    after = count_all(browsers, engine, pages)
    assert after == before
    assert len(before) > 40


def count_all(browsers: dict[str, Browser], engine: sa.Engine, pages: list[str]) -> dict[tuple[str, str], int]:
    """Statements by role and page; pages that lead elsewhere or are closed to the role are left out."""
    found = {}
    for role, browser in browsers.items():
        for path in pages:
            if browser.get(path).status_code == 200:
                found[role, path] = len(statements(browser, engine, path))
    return found


@pytest.mark.parametrize("step", ["confirm_delivery", "submit_claim", "approve_plan", "sign_contract"])
def test_page_of_a_step_does_not_grow_with_the_office(
    step: str, enter: Callable[..., Browser], engine: sa.Engine, office: MarkedOffice, town: Town
) -> None:
    """What other cases hold is no concern of a step's page."""
    browser, path = enter(who_may(step), plain=True), f"/cases/{town.case(AT[step])}/steps/{step.replace('_', '-')}"
    before = statements(browser, engine, path)
    more_cases(office, ("assigned", "claimed"), 10)
    after = statements(browser, engine, path)
    assert len(after) == len(before), told(after)


def test_contract_and_claim_of_many_cases(
    enter: Callable[..., Browser], engine: sa.Engine, office: MarkedOffice, town: Town, session: so.Session
) -> None:
    """A contract that serves ten cases more asks for as much as before, and stays within the bound of a case."""
    contract = town.ids[HERE]["contract"][0]
    claim = town.ids[HERE]["claim"][0]
    browser = enter("procurement_officer", plain=True)
    pages = [f"/contracts/{contract}", f"/claims/{claim}", f"/providers/{town.ids[HERE]['provider'][0]}"]
    before = [len(statements(browser, engine, path)) for path in pages]
    for _ in range(10):
        case = office.case_in("procurement")
        lines = [line for line in case.plan.lines if line.requested]
        given = {"contract": session.get_one(Contract, contract), "plan_lines": lines, "assigned_from": office.today}
        office.take(case, "sign_contract", "procurement_officer", **given)
    session.commit()
    after = [statements(browser, engine, path) for path in pages]
    assert [len(seen) for seen in after] == before
    assert max(before) <= MOST_ON_A_CASE, told(after[before.index(max(before))])
