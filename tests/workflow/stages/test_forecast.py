"""The days that matter for a case: ages, services, what was granted to the person (5.2, G13; 13.1 story 10)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factory import Office
from tests.workflow.stages.delivering import respite
from workflow.models import Disability, SpecialCareOpinion
from workflow.stages.forecast import bounds_ahead, bounds_of, grants_of

TODAY = date(2021, 11, 22)


def test_ages_of_programme_and_services_and_the_end_of_the_programme(office: Office) -> None:
    case = office.case_in("applied", person=office.person(birth_date=date(2017, 2, 3)))
    found = [(one.on, one.kind) for one in bounds_of(case, ["REH-08"], [], TODAY)]
    assert found == [
        (date(2022, 2, 3), "service_begins"),
        (date(2022, 12, 31), "programme_ends"),
        (date(2035, 2, 2), "age_ends"),
    ]


@pytest.mark.parametrize(
    ("until", "kind"), [(TODAY, "disability_ends"), (date(2021, 11, 21), "disability_ended"), (None, None)]
)
def test_a_disability_that_ended_is_told_too(office: Office, until: date | None, kind: str | None) -> None:
    case = office.case_in("applied")
    kinds = [one.kind for one in bounds_of(case, [], [("disability", until)], TODAY)]
    assert kinds[:1] == ([kind] if kind else ["programme_ends"])


def test_the_opinion_matters_only_where_it_is_asked_for(office: Office) -> None:
    grants = [("opinion", date(2022, 1, 31))]
    child = office.case_in("applied")
    assert "opinion_ends" not in {one.kind for one in bounds_of(child, [], grants, TODAY)}
    care = office.case_in("applied", case_type="CHILD_CARE")
    assert "opinion_ends" in {one.kind for one in bounds_of(care, [], grants, TODAY)}


def test_the_grant_entered_last_holds(office: Office) -> None:
    case = respite(office, date(2012, 8, 8))
    for until in (date(2021, 12, 1), date(2023, 6, 30)):
        renewed = {"person_id": case.person_id, "valid_to": until}
        office.session.add(Disability(status="disability", valid_from=date(2021, 1, 1), **renewed))
        office.session.add(SpecialCareOpinion(number="V-2", issued_on=date(2021, 1, 1), **renewed))
        office.session.flush()
    until = date(2023, 6, 30)
    assert dict(grants_of(office.session, case)) == {"disability": until, "opinion": until}
    ends = {one.kind: one.on for one in bounds_ahead(office.session, case, [], TODAY)}
    assert (ends["disability_ends"], ends["opinion_ends"]) == (until, until)
