"""Another municipality's rows are unknown rows: in paths, fields, queries, search, lists and fragments (TRUST 2)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import Flask
from werkzeug.routing import Rule

from tests.hostile.attempts import AT, Prepare, who_may
from tests.hostile.browsing import Box, Browser, form_to, forms_on, overlaid, settled
from tests.hostile.crawling import crawl, query_names
from tests.hostile.ledger import Ledger
from tests.hostile.rooms import STEPS, UNKNOWN, path_of, roles_of, rules, table_of, values_of
from tests.hostile.town import AWAY, HERE, MARKS, MERGED, Town
from workflow.models import Base, Case
from workflow.roles import Role

ROLES = [role.value for role in Role]
# The registers of providers and the rules are the same for all municipalities; the rows of facts belong to nobody.
SHARED = frozenset({"provider", "register_entry", "municipality", "rule_change"})


def rooms_of_rows(app: Flask) -> Iterator[tuple[Rule, list[str]]]:
    """Every rule whose address names rows that belong to a municipality."""
    for rule in rules(app):
        named = [name for name in rule.arguments if name.endswith("_id") and table_of(name) not in SHARED]
        if named:
            yield rule, named


def test_some_rooms_name_rows(app: Flask, town: Town) -> None:
    tables = {table_of(name) for _, named in rooms_of_rows(app) for name in named}
    assert {"case", "claim", "contract", "document"} <= tables
    assert all(town.ids[AWAY][table] for table in tables)


@pytest.mark.parametrize("role", ROLES)
def test_foreign_rows_answer_like_unknown_ones(
    role: str, app: Flask, town: Town, enter: Callable[..., Browser], ledger: Ledger
) -> None:
    """GET, HEAD and POST: the same status and the same words, whatever the role."""
    browser, faults = enter(role, plain=True), []
    for rule, named in rooms_of_rows(app):
        for method in sorted(set(rule.methods) & {"GET", "HEAD", "POST"}):
            unknown, foreign = (
                [path_of(app, rule, values) for numbers in given for values in values_of(rule, town, numbers)]
                for given in ([dict.fromkeys(named, UNKNOWN)], foreign_numbers(town, named))
            )
            data = {"csrf_token": browser.token, "version": "1"} if method == "POST" else None
            for path, twin in zip(foreign, itertools.cycle(unknown), strict=False):
                answers = [browser.client.open(one, method=method, data=data) for one in (path, twin)]
                if answers[0].status_code not in (404, 403) or settled(answers[0]) != settled(answers[1]):
                    faults.append(f"{method} {path}: {[answer.status_code for answer in answers]}")
    assert not faults, "\n".join(faults)
    assert ledger.changed() == []


def foreign_numbers(town: Town, named: list[str]) -> list[dict[str, int]]:
    """The first and the last row that another municipality has, for each argument."""
    return [{name: town.ids[AWAY][table_of(name)][end] for name in named} for end in (0, -1)]


@pytest.mark.parametrize("step", STEPS)
def test_filled_form_moves_no_foreign_case(
    step: str, enter: Callable[..., Browser], town: Town, prepare: Prepare, ledger: Ledger, session: so.Session
) -> None:
    """A form that would be accepted for a case of ours, sent to theirs: 404, and nothing written."""
    attempt, browser = prepare(step), enter(who_may(step), plain=True)
    ledger.keep()
    for place, number in town.cases[AWAY].items():
        version = session.get_one(Case, number).version
        session.rollback()
        path = attempt.path.replace(f"/{attempt.case_id}/", f"/{number}/")
        answer = browser.post(path, [("version", str(version)), *attempt.fields])
        assert answer.status_code == 404, place
    assert ledger.changed() == []


@pytest.mark.parametrize("role", ["social_worker", "supervisor", "reader"])
def test_successor_sees_what_the_merged_left_and_not_the_other_way(
    role: str, enter: Callable[..., Browser], town: Town
) -> None:
    ours, theirs, strangers = enter(role), enter(role, MERGED), enter(role, AWAY)
    for number in town.cases[MERGED].values():
        seen = [browser.get(f"/cases/{number}").status_code for browser in (ours, theirs, strangers)]
        assert seen == [200, 200, 404]
    for number in town.cases[HERE].values():
        seen = [browser.get(f"/cases/{number}").status_code for browser in (ours, theirs, strangers)]
        assert seen == [200, 404, 404]
    assert MARKS[MERGED] in ours.get("/cases?q=Agr").text
    assert MARKS[HERE] not in theirs.get("/cases").text
    assert tells(strangers.get("/cases").text)  # the mark that all tests of this file look for is really there


def test_successor_takes_steps_in_what_the_merged_left(
    enter: Callable[..., Browser], town: Town, session: so.Session
) -> None:
    case = session.get_one(Case, town.cases[MERGED]["applied"])
    fields = {"version": case.version, "withdrawn_on": "2021-11-22", "reason": "Ģimene pārdomāja."}
    session.rollback()
    path = f"/cases/{case.id}/steps/withdraw"
    assert enter("social_worker", AWAY).post(path, fields).status_code == 404
    assert enter("social_worker").post(path, fields).status_code == 303


# Everything that can be reached -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_no_page_that_can_be_reached_tells_of_others(
    role: str, app: Flask, enter: Callable[..., Browser], town: Town
) -> None:
    """Every link of every page followed, whole and as a fragment; searched for what only they have."""
    browser = enter(role, plain=True)
    browser.post("/preferences", {"language": "lv"})
    seen = crawl(browser)
    assert len(seen) > 12
    told = [path for path, text in seen.items() if tells(text)]
    assert not told
    for path in searches(browser, seen, town):
        answer = browser.get(path)
        assert answer.status_code < 500, path
        assert not tells(answer.text), path


def tells(text: str) -> bool:
    """The page holds something that only the other municipality wrote."""
    return MARKS[AWAY] in text


def searches(browser: Browser, seen: dict[str, str], town: Town) -> Iterator[str]:
    """Each page asked for rows of others, by every query name, by words and by numbers."""
    names = query_names()
    assert {"q", "person", "claim", "worker"} <= set(names)
    pages = {re.sub(r"[0-9]+", "#", urlsplit(path).path): urlsplit(path).path for path in seen}
    tables = ("case", "person", "claim", "contract", "user", "document")
    numbers = sorted({town.ids[AWAY][table][0] for table in tables})
    for page in pages.values():
        for asked in ["svesz", "Svešze", f"{MARKS[AWAY][:5]}-P", "LUDZ-2021", *map(str, numbers)]:
            yield f"{page}?{urlencode(dict.fromkeys(names, asked))}"


def test_foreign_person_is_not_offered_for_a_new_case(
    enter: Callable[..., Browser], town: Town, session: so.Session
) -> None:
    """Neither found by name, nor chosen by number in the address or in the form."""
    browser, number = enter("social_worker"), town.ids[AWAY]["person"][0]
    unknown = settled(browser.get(f"/cases/new?person={UNKNOWN}"))
    asked = settled(browser.get(f"/cases/new?person={number}"))
    assert asked.replace(f"person={number}", f"person={UNKNOWN}") == unknown
    form = form_to(browser.get("/cases/new"), "/cases/new")
    answer = browser.post("/cases/new", overlaid(form, {"person_id": str(number), "received_on": "2021-11-01"}))
    assert answer.status_code == 422
    assert not tells(answer.text)


# Fields -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_foreign_numbers_in_fields_are_refused(
    step: str,
    enter: Callable[..., Browser],
    town: Town,
    prepare: Prepare,
    ledger: Ledger,
    put_back: Callable[[], None],
    session: so.Session,
) -> None:
    """Every box that carries a number of a row, filled with rows of others: nothing of theirs is tied or shown."""
    attempt, browser = prepare(step), enter(who_may(step), plain=True)
    ledger.keep()
    page = browser.get(attempt.path)
    assert page.status_code == 200
    form = form_to(page, attempt.path)
    for box in boxes_of_rows(form.boxes.values(), dict(attempt.fields)):
        for number in foreign_to(box, town):
            kept = [pair for pair in attempt.fields if pair[0] != box.name]
            answer = browser.post(attempt.path, overlaid(form, [*kept, (box.name, str(number))]))
            assert answer.status_code in (303, 409, 422), (box.name, number, answer.status_code)
            assert not tells(answer.text), (box.name, number)
            assert foreign_ties(session, town) == [], (box.name, number)
            session.rollback()
            if answer.status_code == 303:
                put_back()
                prepare(step)
                ledger.keep()
            assert ledger.changed() == [], (box.name, number)


def boxes_of_rows(boxes: Iterator[Box], given: dict[str, object]) -> list[Box]:
    """The boxes whose values are numbers of rows, offered or hidden, of a table only those of its first row."""
    known = {box.name: box for box in boxes}
    carried = [box for box in known.values() if box.kind == "hidden" or any(text.isdigit() for text in box.offered)]
    carried += [Box(name, "unseen") for name, value in given.items() if str(value).isdigit() and name not in known]
    aside = {"csrf_token", "version", "new_quantity"}
    later = re.compile(r"-[1-9][0-9]*-")
    return [box for box in carried if box.name not in aside and not later.search(box.name) and not is_amount(box.name)]


def is_amount(name: str) -> bool:
    """A number that names no row."""
    return any(word in name for word in ("quantity", "amount", "price", "tariff", "value", "_no"))


def foreign_to(box: Box, town: Town) -> list[int]:
    """A row of theirs from each table that a form may name, unless the number is offered as something of ours."""
    tables = ("case", "person", "plan_line", "contract", "contract_line", "claim", "user", "delivery", "assignment")
    numbers = {town.ids[AWAY][table][0] for table in tables}
    return sorted(number for number in numbers if str(number) not in box.offered)


def foreign_ties(session: so.Session, town: Town) -> list[str]:
    """Rows of ours that point at rows of theirs, in any foreign key of any table."""
    found = []
    for table in Base.metadata.sorted_tables:
        theirs = town.ids[AWAY].get(table.name, [])
        for key in table.foreign_keys:
            target = key.column.table.name
            if target in SHARED or not town.ids[AWAY].get(target) or "id" not in table.columns:
                continue
            rows = sa.select(table.c.id).where(key.parent.in_(town.ids[AWAY][target]), table.c.id.not_in(theirs))
            found += [f"{table.name} {number}: {key.parent.name}" for number in session.scalars(rows)]
    return [tie for tie in found if not tie.startswith("sign_in")]


def test_ties_would_be_found(session: so.Session, town: Town) -> None:
    """The search for ties finds one when it is there."""
    assert foreign_ties(session, town) == []
    mine, theirs = town.ids[HERE]["document"][0], town.ids[AWAY]["case"][0]
    session.execute(sa.text("UPDATE document SET case_id = :case WHERE id = :id"), {"case": theirs, "id": mine})
    assert foreign_ties(session, town) == [f"document {mine}: case_id"]
    session.rollback()


def test_forms_without_a_case_take_no_foreign_rows(
    enter: Callable[..., Browser], town: Town, app: Flask, session: so.Session
) -> None:
    """The other forms of every role, every box that offers rows filled with theirs."""
    tried: set[tuple[str, str]] = set()
    for role in ROLES:
        browser = enter(role, plain=True)
        for path in crawl(browser, 60):
            if "/steps/" in path or urlsplit(path).path.startswith(("/sign-", "/account", "/preferences")):
                continue
            answer = browser.get(path)
            for form in forms_on(answer) if answer.mimetype == "text/html" else []:
                if form.method != "post" or form.action.startswith(("/sign-", "/account", "/preferences")):
                    continue
                for box in boxes_of_rows(iter(form.boxes.values()), {}):
                    if (urlsplit(form.action).path, box.name) in tried:
                        continue
                    for number in foreign_to(box, town)[:4]:
                        sent = browser.post(form.action, overlaid(form, {box.name: str(number)}))
                        tried.add((urlsplit(form.action).path, box.name))
                        assert sent.status_code < 500, (form.action, box.name)
                        assert not tells(sent.text), (form.action, box.name)
    assert tried
    assert foreign_ties(session, town) == []


def test_steps_at_are_those_of_the_rule_book() -> None:
    assert all(who_may(step) in roles_of(step) for step in AT)
