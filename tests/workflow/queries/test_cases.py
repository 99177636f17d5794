"""The list of cases: filters, order, pages, and one statement whatever their number."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.workflow.queries.shelf import Shelf, day, statements
from workflow.models import Case
from workflow.queries.cases import SORTS, Filters, cases_page, value_of
from workflow.queries.colours import Lines
from workflow.queries.paging import Mark
from workflow.roles import Actor


def numbers(session: Session, shelf: Shelf, lines: Lines, **asked: Any) -> list[str]:
    return [row.case_no for row in cases_page(session, shelf.actor(), Filters(**asked), lines).rows]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [4, 1, 2, 3]),
        ({"states": ("procurement",)}, [2]),
        ({"states": ("procurement", "applied")}, [1, 2]),
        ({"case_types": ("RESPITE",)}, [3]),
        ({"colours": ("overdue",)}, [4]),
        ({"colours": ("soon",)}, [1]),
        ({"colours": ("overdue", "soon")}, [4, 1]),
        ({"colours": ("idle", "on_time")}, [2, 3]),
        ({"waits_for": ("procurement_officer",)}, [2]),
        ({"blockers": ("G10",)}, [1]),
        ({"blockers": ("none", "G10")}, [4, 1, 3]),
        ({"steps": ("approve_plan",)}, [4]),
        ({"states": ("applied",), "colours": ("idle",)}, []),
        ({"q": "paraudzina"}, [4, 1, 3]),
        ({"q": "PARAUDZIŅA jān"}, [3]),
        ({"q": "anna ozo"}, [2]),
        ({"q": "rez-00003"}, [3]),
        ({"q": "00004"}, [4]),
        ({"q": "araudz"}, []),
        ({"q": "%"}, []),
        ({"q": "_nna"}, []),
        ({"q": "\\"}, []),
        ({"q": "32900000123"}, []),
    ],
)
def test_filters(session: Session, shelf: Shelf, lines: Lines, asked: dict[str, Any], found: list[int]) -> None:
    shelf.put("applied", due_on=day(3), blocker="G10")
    shelf.put("procurement", ("Anna", "Ozoliņa"), waits_for="procurement_officer", blocker="G50", touched_on=day(-40))
    shelf.put("closed", ("Jānis", "Paraudziņš-Paraudziņa"), case_type="RESPITE", due_on=None, next_step=None)
    shelf.put("plan_drafted", due_on=day(-1), next_step="approve_plan")
    assert numbers(session, shelf, lines, **asked) == [f"REZ-{number:05d}" for number in found]


def test_the_worker_filter(session: Session, shelf: Shelf, lines: Lines) -> None:
    other = shelf.user("social_worker")
    shelf.put()
    shelf.put(worker_id=other.id)
    assert numbers(session, shelf, lines, workers=(other.id,)) == ["REZ-00002"]


def test_a_row_shows_initials_and_no_personal_code(session: Session, shelf: Shelf, lines: Lines) -> None:
    shelf.put(due_on=day(-2), state_since_on=day(-9))
    (row,) = cases_page(session, shelf.actor(), Filters(), lines).rows
    assert (row.person, row.worker, row.colour, row.days_left, row.days_in_state) == (
        "Anna P.",
        "Ilze Darbiniece",
        "overdue",
        -2,
        9,
    )
    assert "32900000123" not in str(row)


def test_only_the_actors_municipalities(session: Session, shelf: Shelf, lines: Lines) -> None:
    elsewhere = Shelf(session, "ludzas-novads")
    shelf.put()
    elsewhere.put()
    both = Actor(
        shelf.worker.id, "", shelf.actor().roles, shelf.actor().municipality_ids | elsewhere.actor().municipality_ids
    )
    nobody = Actor(shelf.worker.id, "", shelf.actor().roles, frozenset())
    assert numbers(session, shelf, lines) == ["REZ-00001"]
    assert len(cases_page(session, both, Filters(), lines).rows) == 2
    assert cases_page(session, nobody, Filters(), lines).rows == []


def test_the_procurement_officer_is_told_nothing_of_health(session: Session, shelf: Shelf, lines: Lines) -> None:
    shelf.put(blocker="G13")
    shelf.put(blocker="G50")
    officer = shelf.actor("procurement_officer")
    assert [row.blocker for row in cases_page(session, officer, Filters(), lines).rows] == [None, "G50"]
    assert cases_page(session, officer, Filters(blockers=("G13",)), lines).rows == []
    assert [row.blocker for row in cases_page(session, shelf.actor(), Filters(), lines).rows] == ["G13", "G50"]


@pytest.fixture
def many(shelf: Shelf, session: Session) -> list[int]:
    """Thirteen cases in two municipalities; due dates repeat and are missing; the ids in the order of due dates."""
    elsewhere = Shelf(session, "ludzas-novads")
    offsets = [5, None, 1, 5, 5, None, 2, 9, 1, None, 5, 3, None]
    made = [
        (elsewhere if number % 3 == 0 else shelf).put(
            due_on=None if offset is None else day(offset), state_since_on=day(-(number % 4))
        )
        for number, offset in enumerate(offsets)
    ]
    return [case.id for case in sorted(made, key=lambda case: (case.due_on is None, case.due_on or day(0), case.id))]


@pytest.mark.parametrize("sort", [f"{sign}{key}" for key in SORTS for sign in ("", "-")])
@pytest.mark.parametrize("size", [1, 4, 13, 20])
def test_pages_forward_and_back_meet_every_case_once(
    session: Session, shelf: Shelf, lines: Lines, many: list[int], sort: str, size: int
) -> None:
    both = frozenset(session.scalars(sa.select(Case.municipality_id).distinct()))
    actor, filters = Actor(shelf.worker.id, "", shelf.actor().roles, both), Filters(sort=sort)
    pages = [cases_page(session, actor, filters, lines, size=size)]
    while pages[-1].after:
        pages.append(cases_page(session, actor, filters, lines, pages[-1].after, size))
    assert sorted(row.id for page in pages for row in page.rows) == sorted(many)
    assert pages[0].before is None
    back = [pages[-1]]
    while back[-1].before:
        back.append(cases_page(session, actor, filters, lines, back[-1].before, size))
    assert [page.rows for page in reversed(back)] == [page.rows for page in pages]
    assert back[-1].before is None


def test_the_order_by_due_date_puts_cases_without_one_last(
    session: Session, shelf: Shelf, lines: Lines, many: list[int]
) -> None:
    both = frozenset(session.scalars(sa.select(Case.municipality_id).distinct()))
    actor = Actor(shelf.worker.id, "", shelf.actor().roles, both)
    assert [row.id for row in cases_page(session, actor, Filters(), lines).rows] == many
    falling = cases_page(session, actor, Filters(sort="-due_on"), lines).rows
    assert [row.due_on for row in falling[:2]] == [day(9), day(5)]
    assert [row.due_on for row in falling[-4:]] == [None] * 4


def test_a_page_before_the_first_and_after_the_last_is_empty(session: Session, shelf: Shelf, lines: Lines) -> None:
    case = shelf.put()
    for mark in (Mark(case.due_on, case.id), Mark(case.due_on, case.id, backwards=True)):
        found = cases_page(session, shelf.actor(), Filters(), lines, mark)
        assert (found.rows, found.before, found.after) == ([], None, None)


def test_one_statement_for_ten_cases_and_for_two_hundred(session: Session, shelf: Shelf, lines: Lines) -> None:
    counted = []
    for number in (10, 190):
        for _ in range(number):
            shelf.put()
        with statements(session) as sent:
            cases_page(session, shelf.actor(), Filters(q="anna", colours=("on_time",)), lines)
        counted.append(len(sent))
    assert counted == [1, 1]


def test_the_first_page_walks_the_index_of_due_dates(session: Session, shelf: Shelf, lines: Lines) -> None:
    if session.get_bind().dialect.name != "sqlite":
        with statements(session) as sent:
            cases_page(session, shelf.actor(), Filters(), lines)
        assert "OFFSET" not in sent[0]
        return
    with statements(session) as sent:
        cases_page(session, shelf.actor(), Filters(), lines)
    place = [1] * sent[0].count("?")
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sent[0]}", tuple(place))
    assert any("ix_case_due" in str(step) for step in plan)
    assert "OFFSET" not in sent[0].replace("LIMIT ? OFFSET ?", "")


@pytest.mark.parametrize(
    ("sort", "text", "value"),
    [("due_on", "2021-11-22", dt.date(2021, 11, 22)), ("-due_on", "", None), ("number", "REZ-1", "REZ-1")],
)
def test_the_value_of_a_mark(sort: str, text: str, value: object) -> None:
    assert value_of(sort, text) == value


@pytest.mark.parametrize(("sort", "text"), [("due_on", "31.02.2021"), ("since", ""), ("-since", "x" * 90)])
def test_a_value_that_is_no_mark_is_refused(sort: str, text: str) -> None:
    with pytest.raises(ValueError):
        value_of(sort, text)


def test_a_row_tells_what_is_near_and_no_more(session: Session, shelf: Shelf, lines: Lines) -> None:
    near = {"code": "DL-14", "on": day(30).isoformat()}
    far = {"code": "DL-12", "on": day(91).isoformat()}
    little = {"unit": "SESSION", "left": "4", "until": day(200).isoformat()}
    shelf.put(warnings=[near, far, little])
    shelf.put("closed", warnings=[near])
    page = cases_page(session, shelf.actor(), Filters(sort="number"), lines)
    told = [[(one.code, one.on, one.left) for one in row.warnings] for row in page.rows]
    assert told == [[("DL-14", day(30), None), ("DL-13", None, Decimal(4))], []]


def test_the_end_of_a_disability_is_for_those_who_need_to_know(session: Session, shelf: Shelf, lines: Lines) -> None:
    shelf.put(warnings=[{"code": "DL-10", "on": day(3).isoformat()}])
    seen = [cases_page(session, shelf.actor(role), Filters(), lines).rows[0].warnings for role in ROLES_TOLD]
    assert [len(warnings) for warnings in seen] == [1, 1, 1, 0]


ROLES_TOLD = ("social_worker", "supervisor", "reader", "procurement_officer")
