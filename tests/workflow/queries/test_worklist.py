"""My work by role: each case in one group, the numbers true, one statement a list."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.workflow.queries.shelf import Shelf, day, statements
from workflow.facts import Stated, facts, holding
from workflow.queries.cases import Filters, cases_page
from workflow.queries.colours import OPEN, Lines
from workflow.queries.worklist import NOT_MINE, office, officer_queue, open_tasks, own_cases, supervisor_queue
from workflow.rulebook import with_stated


def _fill(shelf: Shelf) -> None:
    shelf.put(due_on=day(-1))
    shelf.put(due_on=day(-5), waits_for="supervisor")
    shelf.put(due_on=day(2))
    shelf.put("procurement", waits_for="procurement_officer", touched_on=day(-50))
    shelf.put("suspended", due_on=day(60))
    shelf.put(touched_on=day(-2))
    shelf.put(touched_on=day(-1))
    shelf.put("closed", due_on=None, next_step=None, waits_for=None)
    shelf.put(worker_id=shelf.user("social_worker").id, due_on=day(-1))


def test_every_open_case_of_the_worker_stands_in_one_group(session: Session, shelf: Shelf, lines: Lines) -> None:
    _fill(shelf)
    found = own_cases(session, shelf.actor(), lines)
    assert {key: [line.case_no for line in pile.lines] for key, pile in found.items()} == {
        "overdue": ["REZ-00002", "REZ-00001"],
        "soon": ["REZ-00003"],
        "others": ["REZ-00004"],
        "hold": ["REZ-00005"],
        "mine": ["REZ-00007", "REZ-00006"],
    }


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("overdue", {"colours": ("overdue",)}),
        ("soon", {"colours": ("soon",)}),
        ("hold", {"colours": ("hold",)}),
        ("others", {"colours": ("idle", "on_time"), "waits_for": NOT_MINE, "states": OPEN}),
        ("mine", {"colours": ("idle", "on_time"), "waits_for": ("social_worker",), "states": OPEN}),
    ],
)
def test_the_number_of_a_group_is_the_number_of_rows_of_its_list(
    session: Session, shelf: Shelf, lines: Lines, key: str, asked: dict[str, tuple[str, ...]]
) -> None:
    _fill(shelf)
    pile = own_cases(session, shelf.actor(), lines)[key]
    listed = cases_page(session, shelf.actor(), Filters(workers=(shelf.worker.id,), **asked), lines)
    assert {line.id for line in pile.lines} == {row.id for row in listed.rows}


def test_a_group_shows_its_first_rows_and_counts_all(session: Session, shelf: Shelf, lines: Lines) -> None:
    for _ in range(7):
        shelf.put(due_on=day(-1))
    pile = own_cases(session, shelf.actor(), lines, size=3)["overdue"]
    assert (len(pile.lines), pile.total) == (3, 7)


def test_the_officers_queue_begins_with_who_waits_longest(session: Session, shelf: Shelf, lines: Lines) -> None:
    shelf.put("procurement", waits_for="procurement_officer", state_since_on=day(-4))
    shelf.put("procurement", waits_for="procurement_officer", state_since_on=day(-40), due_on=None)
    shelf.put("procurement")
    Shelf(session, "ludzas-novads").put("procurement", waits_for="procurement_officer")
    pile = officer_queue(session, shelf.actor("procurement_officer"), lines)
    assert ([line.case_no for line in pile.lines], pile.total) == (["REZ-00002", "REZ-00001"], 2)


def test_plans_to_approve_stand_apart_and_resting_cases_do_not_wait(
    session: Session, shelf: Shelf, lines: Lines
) -> None:
    shelf.put("plan_drafted", waits_for="supervisor", next_step="approve_plan")
    shelf.put("applied", waits_for="supervisor")
    shelf.put("compensated", waits_for="supervisor", next_step="close", due_on=None)
    found = supervisor_queue(session, shelf.actor("supervisor"), lines)
    assert {key: [line.case_no for line in pile.lines] for key, pile in found.items()} == {
        "plans": ["REZ-00001"],
        "waiting": ["REZ-00002"],
    }


def test_tasks_of_the_person_and_of_their_roles_earliest_first(session: Session, shelf: Shelf, lines: Lines) -> None:
    case, colleague = shelf.put(), shelf.user("social_worker")
    theirs = shelf.put(worker_id=colleague.id)
    shelf.task(case, user_id=shelf.worker.id, due_on=day(4), title="documents_awaited")
    shelf.task(case, role="social_worker", due_on=day(-1))
    shelf.task(theirs, role="social_worker")
    shelf.task(case, user_id=colleague.id)
    shelf.task(case, role="procurement_officer", due_on=day(9))
    shelf.task(case, user_id=shelf.worker.id, done_on=day(-1))
    shelf.task(shelf.put("closed"), user_id=shelf.worker.id)
    shelf.task(Shelf(session, "ludzas-novads").put(), role="procurement_officer")
    tasks, total = open_tasks(session, shelf.actor(), lines)
    assert ([(task.title, task.days_left) for task in tasks], total) == (
        [("arrange_provider", -1), ("documents_awaited", 4)],
        2,
    )
    tasks, total = open_tasks(session, shelf.actor("procurement_officer", user=colleague), lines)
    assert ([task.due_on for task in tasks], total) == ([day(3), day(9)], 2)


def test_the_office_counts_its_own_users_and_the_open_assumptions(session: Session, shelf: Shelf) -> None:
    Shelf(session, "ludzas-novads")
    shelf.user("reader").active = False
    session.flush()
    before = office(session, shelf.actor("admin"))
    assert (before.users, before.disabled) == (1, 1)
    confirmed = {"idle_calendar_days": Stated("30", "assumption", confirmed_on=day(0))}
    with holding(with_stated(facts(), confirmed)):
        assert office(session, shelf.actor("admin")).unconfirmed == before.unconfirmed - 1


def test_one_statement_a_list_for_ten_cases_and_for_two_hundred(session: Session, shelf: Shelf, lines: Lines) -> None:
    actor = shelf.actor("social_worker", "procurement_officer", "supervisor", "admin")
    for number in (10, 190):
        for offset in range(number):
            case = shelf.put(due_on=day(offset % 9 - 4), waits_for=("supervisor", "procurement_officer")[offset % 2])
        shelf.task(case, role="supervisor")
        with statements(session) as sent:
            own_cases(session, actor, lines)
            officer_queue(session, actor, lines)
            supervisor_queue(session, actor, lines)
            open_tasks(session, actor, lines)
            office(session, actor)
        assert len(sent) == 5


def test_tasks_of_a_case_that_rests_wait_with_it(session: Session, shelf: Shelf, lines: Lines) -> None:
    case = shelf.put("suspended")
    for title in ("arrange_provider", "resume_case", "claim_returned"):
        shelf.task(case, title=title, user_id=shelf.worker.id)
    listed, total = open_tasks(session, shelf.actor(), lines)
    assert ([task.title for task in listed], total) == (["resume_case", "claim_returned"], 2)
