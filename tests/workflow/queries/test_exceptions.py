"""The list of confirmed soft guards."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.workflow.queries.shelf import Shelf, statements
from workflow.queries.exceptions import confirmed_page


def test_the_newest_confirmation_stands_first_with_who_and_why(session: Session, shelf: Shelf) -> None:
    case = shelf.put()
    shelf.confirm(case, "G27")
    newest = shelf.confirm(case, "G18", reason="Izvērtēts projektā 2017. gadā.")
    first, second = confirmed_page(session, shelf.actor()).rows
    assert (first.id, first.guard, first.reason, first.confirmed_by, first.person, first.case_no) == (
        newest.id,
        "G18",
        "Izvērtēts projektā 2017. gadā.",
        "Ilze Darbiniece",
        "Anna P.",
        "REZ-00001",
    )
    assert second.guard == "G27"


def test_confirmations_of_other_municipalities_are_not_shown(session: Session, shelf: Shelf) -> None:
    elsewhere = Shelf(session, "ludzas-novads")
    elsewhere.confirm(elsewhere.put())
    assert confirmed_page(session, shelf.actor()).rows == []


def test_one_guard_alone(session: Session, shelf: Shelf) -> None:
    case = shelf.put()
    shelf.confirm(case, "G27")
    shelf.confirm(case, "G18")
    assert [row.guard for row in confirmed_page(session, shelf.actor(), guard="G18").rows] == ["G18"]


def test_pages_forward_and_back_in_one_statement_each(session: Session, shelf: Shelf) -> None:
    case = shelf.put()
    made = [shelf.confirm(case).id for _ in range(7)]
    first = confirmed_page(session, shelf.actor(), size=3)
    second = confirmed_page(session, shelf.actor(), first.after, size=3)
    with statements(session) as sent:
        third = confirmed_page(session, shelf.actor(), second.after, size=3)
    assert len(sent) == 1
    assert [row.id for page in (first, second, third) for row in page.rows] == made[::-1]
    assert (first.before, third.after) == (None, None)
    back = confirmed_page(session, shelf.actor(), third.before, size=3)
    assert back.rows == second.rows
    assert confirmed_page(session, shelf.actor(), back.before, size=3).rows == first.rows
