"""The counts of the supervisor's page: from one statement, and each equal to the list it leads to."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.workflow.queries.shelf import Shelf, day, statements
from workflow.queries.cases import Filters, cases_page
from workflow.queries.colours import COLOURS, STUCK, Lines
from workflow.queries.stuck import blockage


def _fill(shelf: Shelf) -> int:
    other = shelf.user("social_worker", name="Aija Otra")
    shelf.put(due_on=day(-1), blocker="G10")
    shelf.put(due_on=day(-3), blocker="G10", worker_id=other.id)
    shelf.put("procurement", touched_on=day(-40), waits_for="procurement_officer", blocker="G50", worker_id=other.id)
    shelf.put("plan_drafted", due_on=day(-9), case_type="RESPITE", waits_for="supervisor")
    shelf.put("suspended", touched_on=day(-50))
    shelf.put(due_on=day(1))
    shelf.put("closed", due_on=None)
    Shelf(shelf.session, "ludzas-novads").put(due_on=day(-1))
    return other.id


def test_the_blockage_is_counted_by_state_worker_type_cause_and_holder(
    session: Session, shelf: Shelf, lines: Lines
) -> None:
    other = _fill(shelf)
    found = blockage(session, shelf.actor("supervisor"), lines)
    assert found.by_state == {
        ("applied", "overdue"): 2,
        ("applied", "soon"): 1,
        ("procurement", "idle"): 1,
        ("plan_drafted", "overdue"): 1,
        ("suspended", "hold"): 1,
        ("closed", "on_time"): 1,
    }
    assert found.by_cause == {("G10", "overdue"): 2, ("G50", "idle"): 1, ("none", "overdue"): 1}
    assert found.by_worker == {
        (other, "overdue"): 1,
        (other, "idle"): 1,
        (shelf.worker.id, "overdue"): 2,
    }
    assert found.by_case_type == {("REHAB", "overdue"): 2, ("REHAB", "idle"): 1, ("RESPITE", "overdue"): 1}
    assert found.by_holder == {
        ("social_worker", "overdue"): 2,
        ("procurement_officer", "idle"): 1,
        ("supervisor", "overdue"): 1,
    }
    assert (found.stuck, found.of_colour("soon")) == (4, 1)


def test_workers_stand_by_name_and_are_not_ranked(session: Session, shelf: Shelf, lines: Lines) -> None:
    _fill(shelf)
    assert list(blockage(session, shelf.actor(), lines).workers.values()) == ["Aija Otra", "Ilze Darbiniece"]


def test_every_number_is_the_length_of_its_list(session: Session, shelf: Shelf, lines: Lines) -> None:
    _fill(shelf)
    actor = shelf.actor("supervisor")
    found = blockage(session, actor, lines)

    def listed(**asked: object) -> int:
        return len(cases_page(session, actor, Filters(**asked), lines).rows)  # type: ignore[arg-type]

    assert {colour: listed(colours=(colour,)) for colour in COLOURS} == {c: found.of_colour(c) for c in COLOURS}
    for (state, colour), number in found.by_state.items():
        assert listed(states=(state,), colours=(colour,)) == number
    for (cause, colour), number in found.by_cause.items():
        assert listed(blockers=(cause,), colours=(colour,)) == number
    for (worker, colour), number in found.by_worker.items():
        assert listed(workers=(worker,), colours=(colour,)) == number
    assert listed(colours=STUCK) == found.stuck


def test_one_statement_for_ten_cases_and_for_two_hundred(session: Session, shelf: Shelf, lines: Lines) -> None:
    for number in (10, 190):
        for offset in range(number):
            shelf.put(due_on=day(offset - 100))
        with statements(session) as sent:
            blockage(session, shelf.actor(), lines)
        assert len(sent) == 1
