"""The supervisor's pages: what is stuck and why, and which exceptions were confirmed."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.views.at_work import HTMX, links, sign_in_as, statements, words
from tests.workflow.queries.shelf import Shelf, day
from views.stuck import guard_text
from workflow.facts import LANGUAGES, facts


@pytest.mark.parametrize("path", ["/stuck", "/exceptions"])
@pytest.mark.parametrize(
    ("role", "status"),
    [("supervisor", 200), ("reader", 200), ("social_worker", 403), ("procurement_officer", 403), ("admin", 403)],
)
def test_only_the_supervisor_and_the_reader_come_in(app: Flask, path: str, role: str, status: int) -> None:
    client, _ = sign_in_as(app, "anna", role)
    assert client.get(path).status_code == status


def test_rows_say_state_days_due_cause_and_holder(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    shelf = Shelf(session)
    shelf.put(due_on=day(-4), state_since_on=day(-12), blocker="G10")
    shelf.put("procurement", touched_on=day(-45), waits_for="procurement_officer", next_step="sign_contract")
    shelf.put(due_on=day(2))
    page = words(client, "/stuck")
    assert "The stuck cases: 2" in page
    assert re.search(
        r"REZ-00001 Anna P\. Rehabilitation Applied 12 .* overdue · 18 November 2021 −4 documents are missing "
        r"Ilze Darbiniece",
        page,
    )
    assert re.search(r"REZ-00002 Anna P\. Rehabilitation Procurement .* idle · .* procurement officer · Ilze D\.", page)
    assert "REZ-00003" not in page


def test_every_number_leads_to_a_list_of_that_length(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    shelf = Shelf(session)
    other = shelf.user("social_worker", name="Aija Otra")
    for offset in range(-6, 12, 2):
        shelf.put(due_on=day(offset), blocker=("G10", None)[offset % 4 // 2])
        shelf.put("assessed", due_on=day(offset), worker_id=other.id, case_type="RESPITE", touched_on=day(-40))
    shelf.put("suspended", due_on=day(30))
    page = client.get("/stuck").get_data(as_text=True)
    numbers = re.findall(r'<td class="num"><a href="([^"]+)"[^>]*>(\d+)<', page)
    assert len(numbers) >= 15
    for url, number in numbers:
        listed = client.get(url.replace("&amp;", "&")).get_data(as_text=True)
        assert "not understood" not in listed
        assert len(re.findall(r'<th scope="row"><a ', listed)) == int(number), url


def test_workers_are_in_the_order_of_their_names(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    shelf = Shelf(session)
    other = shelf.user("social_worker", name="Aija Otra")
    for _ in range(3):
        shelf.put(due_on=day(-1))
    shelf.put(due_on=day(-1), worker_id=other.id)
    table = client.get("/stuck").get_data(as_text=True).partition('id="worker-counts"')[2].partition("</table>")[0]
    assert re.findall(r'<th scope="row">([^<]+)', table) == ["Aija Otra", "Ilze Darbiniece"]


def test_the_stuck_cases_come_in_pages(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    shelf = Shelf(session)
    for offset in range(30):
        shelf.put(due_on=day(-30 + offset))
    assert "25 of 30" in words(client, "/stuck")
    following = links(client, "/stuck")["Next"]
    assert "5 of 30" in words(client, following)
    assert client.get(following, headers=HTMX).get_data(as_text=True).lstrip().startswith('<div id="stuck"')


def test_empty_pages_say_what_to_do(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    assert "There are no cases yet" in words(client, "/stuck")
    assert "Nobody has confirmed an exception yet." in words(client, "/exceptions")
    Shelf(session).put()
    assert "No case is stuck." in words(client, "/stuck")
    assert "This rule was never confirmed." in words(client, "/exceptions?guard=G18")


def test_an_exception_shows_rule_reason_who_and_when(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    shelf = Shelf(session)
    case = shelf.put()
    shelf.confirm(case, "G46", reason="<b>Cits sniedzējs nav pieejams</b>", step="sign_contract")
    page = words(client, "/exceptions")
    assert "20 November 2021 10:00 REZ-00001 Anna P." in page
    assert "G46 The price … is above the unit cost …; the municipality pays the difference." in page
    assert "<b>Cits sniedzējs nav pieejams</b> Ilze Darbiniece" in page


def test_exceptions_of_others_stay_with_them(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    elsewhere = Shelf(session, "ludzas-novads")
    elsewhere.confirm(elsewhere.put())
    assert "LUD-00001" not in words(client, "/exceptions")


@pytest.mark.parametrize("query", ["guard=G999", "after=x", "after=~99999999999", "before=~0", "guard=%27"])
def test_hostile_addresses_do_no_harm(app: Flask, session: Session, query: str) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    shelf = Shelf(session)
    shelf.confirm(shelf.put(due_on=day(-1)))
    assert client.get(f"/exceptions?{query}").status_code == 200
    assert client.get(f"/stuck?{query}").status_code == 200


def test_exceptions_come_in_pages_newest_first(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    shelf = Shelf(session)
    case = shelf.put()
    for number in range(30):
        shelf.confirm(case, reason=f"Iemesls {number:02d}")
    assert "Iemesls 29" in words(client, "/exceptions")
    following = links(client, "/exceptions")["Next"]
    rest = words(client, following, headers=HTMX)
    assert re.findall(r"Iemesls (\d\d)", rest) == ["04", "03", "02", "01", "00"]
    assert "Iemesls 29" in words(client, links(client, following)["Previous"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_a_guard_stands_without_its_values(language: str) -> None:
    for guard in facts().guards.rows:
        text = guard_text(guard.code, language)
        assert not set("{}#|") & set(text), text
        assert "… …" not in text


def test_an_unknown_guard_is_shown_as_it_is() -> None:
    assert guard_text("G000", "lv") == "G000"


@pytest.mark.parametrize("path", ["/stuck", "/exceptions"])
def test_as_many_statements_for_two_hundred_rows_as_for_ten(app: Flask, session: Session, path: str) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    shelf, counted = Shelf(session), []
    for number in (10, 190):
        for _ in range(number):
            shelf.confirm(shelf.put(due_on=day(-1)))
        session.commit()
        with statements(app) as sent:
            words(client, path)
        counted.append(len(sent))
    assert counted[0] == counted[1] <= 4
