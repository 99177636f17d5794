"""My work: each role its own, numbers that lead to exactly their cases, a button on the row."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.views.at_work import links, sign_in_as, statements, words
from tests.workflow.queries.shelf import Shelf, day


def test_a_stranger_is_led_to_the_sign_in(app: Flask) -> None:
    assert app.test_client().get("/").status_code == 303


def test_a_worker_sees_own_cases_in_groups_and_colleagues_cases_not(app: Flask, session: Session) -> None:
    client, mine = sign_in_as(app, "anna")
    shelf = Shelf(session)
    shelf.put(worker_id=mine, due_on=day(-1), blocker="G10")
    shelf.put("procurement", worker_id=mine, waits_for="procurement_officer", next_step="sign_contract")
    shelf.put(due_on=day(-1))
    page = words(client, "/")
    for text in (
        "Overdue: 1",
        "Due within 5 working days: 0",
        "Waiting for others: 1",
        "On hold: 0",
        "Recently mine: 0",
    ):
        assert text in page
    assert "REZ-00001" in page
    assert "documents are missing" in page
    assert "REZ-00003" not in page
    assert "Paraudziņa" not in page


def test_each_number_leads_to_its_cases(app: Flask, session: Session) -> None:
    client, mine = sign_in_as(app, "anna", "social_worker", "procurement_officer", "supervisor")
    shelf = Shelf(session)
    for offset in range(-3, 9):
        shelf.put(worker_id=mine, due_on=day(offset), waits_for=("supervisor", "social_worker")[offset % 2])
    shelf.put("plan_drafted", worker_id=mine, due_on=day(30), waits_for="supervisor", next_step="approve_plan")
    shelf.put("procurement", worker_id=mine, due_on=day(40), waits_for="procurement_officer", touched_on=day(-60))
    shelf.put("suspended", worker_id=mine, due_on=day(-1))
    shelf.put("suspended", worker_id=mine, due_on=day(1))
    shelf.put("compensated", worker_id=mine, due_on=None, waits_for="supervisor", next_step="close")
    counted = {text: url for text, url in links(client, "/").items() if re.search(r": \d+$", text)}
    assert len(counted) >= 8
    for text, url in counted.items():
        rows = words(client, url).count("REZ-000")
        assert rows == int(text.rpartition(" ")[2]), (text, url)


def test_the_next_step_is_a_button_where_nothing_stands_in_the_way(app: Flask, session: Session) -> None:
    client, mine = sign_in_as(app, "anna")
    shelf = Shelf(session)
    free = shelf.put("assessed", worker_id=mine, next_step="draft_plan")
    blocked = shelf.put(worker_id=mine, blocker="G10")
    other = shelf.put("plan_drafted", worker_id=mine, next_step="approve_plan", waits_for="supervisor")
    page = client.get("/").get_data(as_text=True)
    assert re.search(rf'href="/cases/{free.id}/steps/draft-plan"\s*class="button', page)
    assert f'href="/cases/{blocked.id}/steps/record-assessment" aria-label' in page
    assert f"/cases/{other.id}/steps/" not in page


def test_the_officers_queue_is_oldest_first_and_silent_about_health(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "olga", "procurement_officer")
    shelf = Shelf(session)
    shelf.put("procurement", waits_for="procurement_officer", state_since_on=day(-2), blocker="G13")
    shelf.put("procurement", waits_for="procurement_officer", state_since_on=day(-9), due_on=None)
    page = words(client, "/")
    assert "Waiting for procurement: 2" in page
    assert page.index("REZ-00002") < page.index("REZ-00001")
    assert "VDEĀK" not in page


def test_a_supervisor_sees_plans_waiting_cases_and_what_is_stuck(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "ruta", "supervisor")
    shelf = Shelf(session)
    shelf.put("plan_drafted", waits_for="supervisor", next_step="approve_plan")
    shelf.put("applied", waits_for="supervisor", due_on=day(-3))
    page = words(client, "/")
    assert "Plans to approve: 1" in page
    assert "Waiting for the supervisor: 1" in page
    assert "1 case is stuck" in page


def test_an_administrator_sees_users_and_what_is_to_be_confirmed(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "dace", "admin")
    page = words(client, "/")
    assert "Users who may sign in 1" in page
    assert re.search(r"Settings to be confirmed [1-9]", page)


def test_a_reader_sees_the_cases_of_the_municipality(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "reinis", "reader")
    Shelf(session).put(due_on=day(-3))
    Shelf(session, "ludzas-novads").put(due_on=day(-3))
    assert "Overdue: 1" in words(client, "/")


def test_who_holds_several_roles_sees_the_sections_of_each(app: Flask) -> None:
    client, _ = sign_in_as(app, "visa", "social_worker", "procurement_officer", "supervisor", "admin", "reader")
    page = words(client, "/")
    for text in (
        "Recently mine",
        "Waiting for procurement",
        "Plans to approve",
        "Administration",
        "Cases of the municipality",
    ):
        assert text in page


def test_tasks_stand_on_top_with_their_due_dates(app: Flask, session: Session) -> None:
    client, mine = sign_in_as(app, "anna")
    shelf = Shelf(session)
    case = shelf.put(worker_id=mine)
    shelf.task(case, user_id=mine, due_on=day(-2), detail="D03")
    page = words(client, "/")
    assert "Tasks: 1" in page
    assert "overdue · 20 November 2021 −2" in page
    assert page.index("Tasks: 1") < page.index("Recently mine: 1", page.index("Tasks"))


@pytest.mark.parametrize(
    ("roles", "text"),
    [
        (("social_worker",), "Nothing waits for you. Register an application"),
        (("procurement_officer",), "Nothing waits for you now."),
        (("supervisor",), "Nothing waits for you now."),
    ],
)
def test_an_empty_desk_says_what_to_do(app: Flask, roles: tuple[str, ...], text: str) -> None:
    client, _ = sign_in_as(app, "anna", *roles)
    assert text in words(client, "/")


@pytest.mark.parametrize("language", ["lv", "ru"])
def test_the_page_is_whole_in_the_other_languages(app: Flask, session: Session, language: str) -> None:
    client, mine = sign_in_as(app, "anna", "social_worker", "supervisor", "admin", language=language)
    Shelf(session).put(worker_id=mine, due_on=day(-1), blocker="G10")
    assert {"lv": "trūkst dokumentu", "ru": "не хватает документов"}[language] in words(client, "/")


def test_as_many_statements_for_two_hundred_cases_as_for_ten(app: Flask, session: Session) -> None:
    client, mine = sign_in_as(app, "anna", "social_worker", "procurement_officer", "supervisor", "admin")
    shelf, counted = Shelf(session), []
    for number in (10, 190):
        for offset in range(number):
            shelf.task(shelf.put(worker_id=mine, due_on=day(offset % 30 - 10)), user_id=mine)
        session.commit()
        with statements(app) as sent:
            words(client, "/")
        counted.append(len(sent))
    assert counted[0] == counted[1] <= 8
