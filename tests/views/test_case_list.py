"""The list of cases: filters in the address, pages, hostile values, fragments."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.views.at_work import HTMX, links, sign_in_as, statements, words
from tests.workflow.queries.shelf import Shelf, day

NOT_UNDERSTOOD = "Part of the filter was not understood"


def rows(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([A-Z]+-\d+)</a>', page)


def test_a_stranger_is_led_to_the_sign_in(app: Flask) -> None:
    assert app.test_client().get("/cases").status_code == 303


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "supervisor", "admin", "reader"])
def test_every_role_reads_the_cases_of_its_municipality_only(app: Flask, session: Session, role: str) -> None:
    client, _ = sign_in_as(app, "anna", role)
    Shelf(session).put()
    Shelf(session, "ludzas-novads").put()
    assert rows(client.get("/cases").get_data(as_text=True)) == ["REZ-00001"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=applied", ["REZ-00001"]),
        ("state=applied&state=procurement", ["REZ-00001", "REZ-00002"]),
        ("colour=overdue", ["REZ-00001"]),
        ("q=ozolina", ["REZ-00002"]),
        ("q=REZ-00001", ["REZ-00001"]),
        ("type=REHAB&blocker=G10", ["REZ-00001"]),
        ("blocker=none", ["REZ-00002"]),
        ("waits_for=procurement_officer&step=sign_contract", ["REZ-00002"]),
        ("sort=-number", ["REZ-00002", "REZ-00001"]),
        ("sort=since", ["REZ-00002", "REZ-00001"]),
        ("state=closed", []),
    ],
)
def test_the_address_says_what_is_listed(app: Flask, session: Session, query: str, found: list[str]) -> None:
    client, _ = sign_in_as(app, "anna")
    shelf = Shelf(session)
    shelf.put(due_on=day(-1), blocker="G10")
    waiting = {"waits_for": "procurement_officer", "next_step": "sign_contract", "state_since_on": day(-9)}
    shelf.put("procurement", ("Anna", "Ozoliņa"), **waiting)
    page = client.get(f"/cases?{query}").get_data(as_text=True)
    assert rows(page) == found
    assert NOT_UNDERSTOOD not in page


def test_the_filter_keeps_what_was_chosen(app: Flask, session: Session) -> None:
    client, mine = sign_in_as(app, "anna")
    page = client.get(f"/cases?q=%22%3E%3Cb&state=applied&worker={mine}&sort=-since").get_data(as_text=True)
    assert 'value="&#34;&gt;&lt;b"' in page
    assert re.search(r'value="applied" checked', page)
    assert re.search(rf'name="worker" value="{mine}" checked', page)
    assert 'name="sort" value="-since"' in page


def test_pages_lead_forward_and_back(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "anna")
    shelf = Shelf(session)
    for offset in range(60):
        shelf.put(due_on=day(offset // 7) if offset < 50 else None)
    path, seen, back = "/cases?state=applied", [], []
    while True:
        page = client.get(path).get_data(as_text=True)
        assert len(rows(page)) <= 25
        seen.append(rows(page))
        if "Next" not in links(client, path):
            break
        path = links(client, path)["Next"]
        assert "state=applied" in path
    while "Previous" in links(client, path):
        path = links(client, path)["Previous"]
        back.append(rows(client.get(path).get_data(as_text=True)))
    assert [number for page in seen for number in page] == [f"REZ-{number:05d}" for number in range(1, 61)]
    assert back == seen[-2::-1]


@pytest.mark.parametrize(
    "query",
    [
        "state=flying",
        "colour=pink&colour=overdue",
        "worker=abc",
        "worker=99999999999999999999",
        "worker=٣",
        "type='; DROP TABLE case; --",
        "waits_for=<script>alert(1)</script>",
        "blocker=G999",
        "step=../../etc/passwd",
        "sort=password_hash",
        "sort=--due_on",
        "q=" + "x" * 5000,
    ],
)
def test_what_is_not_understood_is_left_out_and_said(app: Flask, session: Session, query: str) -> None:
    client, _ = sign_in_as(app, "anna")
    Shelf(session).put(due_on=day(-1))
    page = client.get(f"/cases?{query}")
    assert page.status_code == 200
    assert NOT_UNDERSTOOD in page.get_data(as_text=True)
    assert "<script>alert" not in page.get_data(as_text=True)
    assert rows(page.get_data(as_text=True)) == ["REZ-00001"]


@pytest.mark.parametrize(
    "query",
    [
        "after=",
        "after=~",
        "after=31.02.2021~5",
        "after=2021-11-22~99999999999999999999",
        "after=2021-11-22~-5",
        "after=2021-11-22~٣",
        "after=" + "9" * 3000 + "~1",
        "before=x",
        "sort=since&after=~4",
        "q=%25%5F%5C%27%22",
        "sort=number&after=%27 OR 1=1~0",
        "q=😀",
    ],
)
def test_a_hostile_mark_or_word_does_no_harm(app: Flask, session: Session, query: str) -> None:
    client, _ = sign_in_as(app, "anna")
    Shelf(session).put()
    assert client.get(f"/cases?{query}").status_code == 200


def test_bytes_that_no_text_has_are_refused(app: Flask) -> None:
    client, _ = sign_in_as(app, "anna")
    assert client.get("/cases?q=a%00b").status_code == 400
    assert client.get("/cases?q=%ff").status_code == 400


def test_an_officer_cannot_filter_by_matters_of_health(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "olga", "procurement_officer")
    Shelf(session).put(blocker="G13")
    page = words(client, "/cases?blocker=G13")
    assert NOT_UNDERSTOOD in page
    assert "VDEĀK" not in page


def test_htmx_gets_the_list_without_the_frame(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "anna")
    Shelf(session).put()
    answer = client.get("/cases?q=anna", headers=HTMX)
    text = answer.get_data(as_text=True)
    assert text.lstrip().startswith('<div id="case-list">')
    assert "<form" not in text
    assert rows(text) == ["REZ-00001"]
    assert "HX-Request" in answer.headers["Vary"]


def test_empty_lists_say_what_to_do(app: Flask, session: Session) -> None:
    worker, _ = sign_in_as(app, "anna")
    reader, _ = sign_in_as(app, "reinis", "reader")
    assert "Register the first application." in words(worker, "/cases")
    assert "A social worker registers the first application." in words(reader, "/cases")
    Shelf(session).put()
    assert "No case fits." in words(worker, "/cases?state=closed")


def test_no_personal_code_and_no_full_name_of_the_person(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "anna")
    Shelf(session).put()
    page = words(client, "/cases")
    assert "Anna P." in page
    assert "Paraudziņa" not in page
    assert "32900000123" not in page


def test_three_statements_for_ten_cases_and_for_two_hundred(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "anna")
    shelf = Shelf(session)
    for number in (10, 190):
        for _ in range(number):
            shelf.put()
        session.commit()
        with statements(app) as sent:
            words(client, "/cases?q=anna&state=applied&colour=on_time")
        assert len(sent) == 3


def test_a_warning_stands_in_the_row_with_how_many_more(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "anna")
    warnings = [{"code": "DL-14", "on": day(3).isoformat()}, {"code": "DL-09", "on": day(9).isoformat()}]
    Shelf(session).put(warnings=warnings)
    assert "contract to 25 November 2021 +1 more" in words(client, "/cases")


def test_a_cap_that_is_nearly_used_stands_in_the_row(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "anna")
    Shelf(session).put(warnings=[{"unit": "SESSION", "left": "4", "until": day(99).isoformat()}])
    assert "cap: 4 sessions left" in words(client, "/cases")


def test_what_blocks_a_case_comes_before_what_will_end(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "anna")
    Shelf(session).put(blocker="G10", warnings=[{"code": "DL-11", "on": day(3).isoformat()}])
    assert "documents are missing; age bound to 25 November 2021" in words(client, "/cases")
