"""draft_plan: services, ages, recipients, caps, and the assessment beneath (G14, G20–G29)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from workflow.models import Case, Person, Relation, Task

DRAFTED_ON = date(2021, 9, 15)


def draft(office: Office, case: Case, **changes: Any) -> Case:
    return office.take(case, "draft_plan", **office.plan(case, **changes))


def problems(office: Office, case: Case, **changes: Any) -> list[Any]:
    return refused(office, case, "draft_plan", **office.plan(case, **changes))


def for_mother(
    office: Office, case: Case, quantity: str = "10", service: str = "GRD-01", **changes: Any
) -> dict[str, Any]:
    given = {"recipient_kind": "guardian", "recipient": case.applicant}
    return office.line(case, service, quantity, **given | changes)


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("assessed")


def test_writes_version_one_with_its_lines(office: Office, case: Case) -> None:
    draft(office, case, lines=[office.line(case, frequency="2 reizes nedēļā"), for_mother(office, case)])
    assert (case.state, case.plan.version, case.plan.drafted_by) == (
        "plan_drafted",
        1,
        office.users["social_worker"].id,
    )
    first, second = case.plan.lines
    assert (first.service_code, first.quantity, first.frequency) == ("REH-15", 20, "2 reizes nedēļā")
    assert (second.recipient, second.recipient_kind) == (case.applicant, "guardian")
    assert first.approved_on is None


def test_brings_document_and_task_for_the_supervisor(office: Office, case: Case) -> None:
    draft(office, case)
    assert [row.dated_on for row in case.documents if row.code == "D10"] == [DRAFTED_ON]
    task = office.session.scalars(sa.select(Task).where(Task.case_id == case.id)).one()
    assert (task.title, task.role, task.due_on) == ("approve_plan", "supervisor", date(2021, 12, 6))


def test_plan_needs_a_service(office: Office, case: Case) -> None:
    problem = the_one(problems(office, case, lines=[]))
    assert (problem.code, problem.field) == ("G20", "lines")


def test_line_needs_a_known_service(office: Office, case: Case) -> None:
    assert fields(problems(office, case, lines=[office.line(case, "REH-99")]), "G20") == ["lines-0-service"]


def test_finding_stands_at_the_row_of_the_form(office: Office, case: Case) -> None:
    found = problems(office, case, lines=[office.line(case), office.line(case, "REH-40", "1", row=5)])
    assert fields(found, "G25") == ["lines-5-description"]


def test_service_of_another_programme_is_refused(office: Office, case: Case) -> None:
    found = problems(office, case, lines=[office.line(case, "CAR-01", "5")])
    assert fields(found, "G21") == ["lines-0-service"]


@pytest.mark.parametrize(("day", "passes"), [(date(2022, 12, 31), True), (date(2023, 1, 1), False)])
def test_programme_lasts_on_the_day(office: Office, case: Case, day: date, passes: bool) -> None:
    office.today = day
    given = office.plan(case, drafted_on=day)
    if passes:
        assert office.take(case, "draft_plan", **given, G27="Joprojām aktuāls").state == "plan_drafted"
    else:
        found = refused(office, case, "draft_plan", **given, G27="Joprojām aktuāls")
        assert (codes(found), found[0].params["date"]) == (["G21"], day)


@pytest.mark.parametrize(("born", "passes"), [(date(2016, 9, 15), True), (date(2016, 9, 16), False)])
def test_assistant_from_the_fifth_birthday(office: Office, born: date, passes: bool) -> None:
    case = office.case_in("assessed", person=office.person(birth_date=born))
    lines = [office.line(case, "REH-08")]
    if passes:
        assert draft(office, case, lines=lines).state == "plan_drafted"
    else:
        problem = the_one(problems(office, case, lines=lines))
        assert (problem.code, problem.params["age"], problem.params["min"]) == ("G22", 4, 5)


def test_line_that_starts_on_the_birthday_is_in_time(office: Office) -> None:
    case = office.case_in("assessed", person=office.person(birth_date=date(2016, 9, 16)))
    draft(office, case, lines=[office.line(case, "REH-08", starts_on=date(2021, 9, 16))])
    assert case.state == "plan_drafted"


@pytest.mark.parametrize(("born", "passes"), [(date(2003, 9, 16), True), (date(2003, 9, 15), False)])
def test_plan_until_the_day_before_the_eighteenth_birthday(office: Office, born: date, passes: bool) -> None:
    case = office.case_in("assessed", person=office.person(birth_date=born))
    if passes:
        assert draft(office, case).state == "plan_drafted"
    else:
        assert codes(problems(office, case)) == ["G14", "G22"]


# Caps -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", ["99", "100"])
def test_up_to_the_cap_may_be_planned(office: Office, case: Case, quantity: str) -> None:
    assert draft(office, case, lines=[office.line(case, quantity=quantity)]).state == "plan_drafted"


def test_one_above_the_cap_is_refused(office: Office, case: Case) -> None:
    lines = [office.line(case, quantity="60"), office.line(case, "REH-11", "41")]
    problem = the_one(problems(office, case, lines=lines))
    assert (problem.code, problem.field) == ("G23", "lines")
    assert problem.params == {"planned": 101, "used": 0, "cap": 100, "unit": "SESSION"}


@pytest.mark.parametrize(("quantity", "passes"), [("64", True), ("65", False)])
def test_opening_balance_counts(office: Office, quantity: str, passes: bool) -> None:
    case = office.case_in("assessed", opening_used=Decimal(36))
    lines = [office.line(case, quantity=quantity)]
    if passes:
        assert draft(office, case, lines=lines).state == "plan_drafted"
    else:
        assert the_one(problems(office, case, lines=lines)).params["used"] == 36


@pytest.mark.parametrize(("quantity", "passes"), [("40", True), ("41", False)])
def test_representatives_have_their_own_cap(office: Office, case: Case, quantity: str, passes: bool) -> None:
    lines = [office.line(case, quantity="100"), for_mother(office, case, quantity)]
    if passes:
        assert draft(office, case, lines=lines).state == "plan_drafted"
    else:
        assert the_one(problems(office, case, lines=lines)).params["cap"] == 40


def earlier(office: Office, **application: Any) -> Case:
    """A case of 2020, when the cap was still 40."""
    office.today = date(2020, 6, 30)
    case = office.take(None, "register_application", **office.application(received_on=date(2020, 5, 4), **application))
    given = office.assessment(assessed_on=date(2020, 5, 20))
    return office.take(case, "record_assessment", **given)


@pytest.mark.parametrize(
    ("day", "quantity", "passes"),
    [
        (date(2020, 6, 8), "40", True),
        (date(2020, 6, 8), "41", False),
        (date(2020, 6, 9), "41", True),
        (date(2020, 6, 9), "100", True),
        (date(2020, 6, 9), "101", False),
    ],
)
def test_rule_set_of_the_day_decides(office: Office, day: date, quantity: str, passes: bool) -> None:
    case = earlier(office)
    given = {"drafted_on": day, "lines": [office.line(case, quantity=quantity)]}
    if passes:
        assert draft(office, case, **given).state == "plan_drafted"
    else:
        assert codes(problems(office, case, **given)) == ["G23"]


@pytest.mark.parametrize(("quantity", "passes"), [("30", True), ("31", False)])
def test_respite_thirty_days_a_year(office: Office, quantity: str, passes: bool) -> None:
    case = office.take(
        None,
        "register_application",
        **office.application(case_type="RESPITE", wanted="services", documents=["D03", "D04"]),
    )
    opinion = {"no": "V-1", "issued_on": date(2021, 8, 1), "valid_to": None}
    office.take(case, "record_assessment", **office.assessment(special_care_opinion=opinion))
    lines = [office.line(case, "RSP-01", quantity)]
    if passes:
        assert draft(office, case, lines=lines).state == "plan_drafted"
    else:
        problem = the_one(problems(office, case, lines=lines))
        assert (problem.code, problem.params["period"], problem.params["unit"]) == ("G26", "calendar_year", "DAY24")


@pytest.mark.parametrize(
    ("born", "quantity", "passes"),
    [
        (date(2016, 9, 16), "50", True),
        (date(2016, 9, 16), "50.25", False),
        (date(2016, 9, 15), "10", True),
        (date(2016, 9, 15), "10.25", False),
    ],
)
def test_care_hours_a_week_by_age(office: Office, born: date, quantity: str, passes: bool) -> None:
    application = office.application(
        case_type="CHILD_CARE",
        wanted="services",
        documents=["D03", "D04"],
        person=office.person(birth_date=born),
    )
    case = office.take(None, "register_application", **application)
    opinion = {"no": "V-1", "issued_on": date(2021, 8, 1), "valid_to": None}
    office.take(case, "record_assessment", **office.assessment(special_care_opinion=opinion))
    lines = [office.line(case, "CAR-01", quantity)]
    if passes:
        assert draft(office, case, lines=lines).state == "plan_drafted"
    else:
        assert codes(problems(office, case, lines=lines)) == ["G26"]


# Recipients and description -------------------------------------------------------------------------------------------


def test_mother_receives_only_the_four_services(office: Office, case: Case) -> None:
    line = office.line(case, "REH-14", recipient_kind="guardian", recipient=case.applicant)
    problem = the_one(problems(office, case, lines=[line]))
    assert (problem.code, problem.field) == ("G24", "lines-0-recipient")


@pytest.mark.parametrize("service", ["GRD-01", "GRD-02", "GRD-03", "GRD-04"])
def test_mother_receives_each_of_the_four(office: Office, case: Case, service: str) -> None:
    assert draft(office, case, lines=[for_mother(office, case, service=service)]).state == "plan_drafted"


def test_child_does_not_receive_them(office: Office, case: Case) -> None:
    assert codes(problems(office, case, lines=[office.line(case, "GRD-01")])) == ["G24"]


def test_stranger_receives_nothing(office: Office, case: Case) -> None:
    stranger = office.person("Svešs", date(1980, 1, 1))
    assert codes(problems(office, case, lines=[for_mother(office, case, recipient=stranger)])) == ["G24"]


@pytest.mark.parametrize(("ended_on", "passes"), [(DRAFTED_ON, True), (date(2021, 9, 14), False)])
def test_relation_holds_until_its_last_day(office: Office, case: Case, ended_on: date, passes: bool) -> None:
    relation = office.session.scalars(sa.select(Relation).where(Relation.child_id == case.person_id)).one()
    relation.valid_to = ended_on
    lines = [for_mother(office, case)]
    if passes:
        assert draft(office, case, lines=lines).state == "plan_drafted"
    else:
        assert codes(problems(office, case, lines=lines)) == ["G24"]


@pytest.mark.parametrize("description", [None, "", "  "])
def test_other_service_is_described(office: Office, case: Case, description: str | None) -> None:
    line = office.line(case, "REH-40", description=description)
    assert the_one(problems(office, case, lines=[line])).code == "G25"


def test_described_other_service_is_planned(office: Office, case: Case) -> None:
    draft(office, case, lines=[office.line(case, "REH-40", description="Hidroterapija")])
    assert case.plan.lines[0].description == "Hidroterapija"


# The assessment -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "passes"), [(date(2021, 9, 10), True), (date(2021, 9, 9), False), (None, False)])
def test_plan_is_not_older_than_the_assessment(office: Office, case: Case, day: date | None, passes: bool) -> None:
    if passes:
        assert draft(office, case, drafted_on=day).state == "plan_drafted"
    else:
        assert the_one(problems(office, case, drafted_on=day)).code == "G29"


def test_assessment_of_twelve_months_still_holds(office: Office, case: Case) -> None:
    office.today = date(2022, 9, 10)
    assert draft(office, case, drafted_on=office.today).state == "plan_drafted"


def test_older_assessment_is_confirmed(office: Office, case: Case) -> None:
    office.today = date(2022, 9, 11)
    problem = the_one(problems(office, case, drafted_on=office.today))
    assert (problem.code, problem.params) == ("G27", {"months": 12})
    given = office.plan(case, drafted_on=office.today)
    assert office.take(case, "draft_plan", **given, G27="Vajadzības nav mainījušās").state == "plan_drafted"


def test_every_failing_guard_is_told_at_once(office: Office, case: Case) -> None:
    lines = [office.line(case, "REH-40", "101"), office.line(case, "GRD-01", "1")]
    assert codes(problems(office, case, lines=lines, drafted_on=date(2021, 9, 1))) == ["G23", "G24", "G25", "G29"]


def test_recipient_is_a_person(office: Office, case: Case) -> None:
    draft(office, case)
    assert isinstance(case.plan.lines[0].recipient, Person)
