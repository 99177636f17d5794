"""A personal code alone opens nothing that another office keeps (TRUST 2), and caps still follow the person (R10)."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factory import Office
from tests.workflow.stages.asking import codes
from workflow.guards import Ask
from workflow.machine import refusals
from workflow.models import Case

CODE = "32867300679"


def elsewhere(office: Office) -> Case:
    """A child with that code whom only Ludza knows."""
    there = Office(office.session, "ludzas-novads")
    return there.case_in("applied", person=there.person("Liene", personal_code=CODE, phone="20000000"))


def typed(office: Office, case: Case, **changes: Any) -> dict[str, Any]:
    person = {
        "first_name": case.person.first_name,
        "last_name": case.person.last_name,
        "birth_date": case.person.birth_date,
        "personal_code": CODE,
        "language": "lv",
        "declared_municipality": office.municipality.id,
    }
    return office.application(person=person | changes)


def problems(office: Office, given: dict[str, Any]) -> list[Any]:
    ask = Ask(office.session, None, "register_application", office.today, office.actor("social_worker"), given)  # type: ignore[arg-type]
    return refusals(ask)


def test_an_invented_name_does_not_reach_the_person(office: Office) -> None:
    foreign = elsewhere(office)
    given = typed(office, foreign, first_name="Izdomāta")
    assert codes(problems(office, given)) == ["G03"]
    case = office.take(None, "register_application", **given, G03="Kods pārbaudīts dokumentā.")
    assert (case.person.id != foreign.person.id, case.person.phone) == (True, None)


def test_another_birth_date_does_not_reach_the_person(office: Office) -> None:
    given = typed(office, elsewhere(office), birth_date=date(2012, 5, 15))
    assert codes(problems(office, given)) == ["G03"]


def test_the_same_person_is_found_and_the_foreign_number_is_not_told(office: Office) -> None:
    foreign = elsewhere(office)
    (problem,) = problems(office, typed(office, foreign))
    assert (problem.code, problem.params["case_no"]) == ("G06", "…")
    assert foreign.case_no not in problem.text("lv")


def test_the_own_offices_number_is_told(office: Office) -> None:
    case = office.case_in("applied", person=office.person("Liene", personal_code=CODE))
    (problem,) = problems(office, typed(office, case))
    assert (problem.code, problem.params["case_no"]) == ("G06", case.case_no)
