"""start_procurement: the second application, approval, signature, decision, opinion, route (G13, G30, G32–G36)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused, the_one
from workflow.facts import facts
from workflow.models import Case, SpecialCareOpinion, Task
from workflow.stages.procurement import unassigned
from workflow.steps import blockers

LAST_DAY = facts().programmes["CHILD_REHAB"].last_day


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("approved")


def start(office: Office, case: Case, **changes: Any) -> Case:
    return office.take(case, "start_procurement", **office.request(case, **changes))


def problems(office: Office, case: Case, **changes: Any) -> list[Any]:
    return refused(office, case, "start_procurement", **office.request(case, **changes))


def only_assessment(office: Office) -> Case:
    """A case whose family has not applied for the services yet."""
    case = office.case_in("assessed", wanted="assessment")
    office.take(case, "draft_plan", **office.plan(case))
    return office.take(case, "approve_plan", **office.approval())


def test_hands_the_lines_over_and_starts_the_clock(office: Office, case: Case) -> None:
    start(office, case, desired_provider="Kustību centrs")
    assert (case.state, case.route, case.procurement_started_on) == ("procurement", "procure", office.today)
    assert [line.requested for line in case.plan.lines] == [True]
    assert unassigned(case) == case.plan.lines
    assert (case.due_kind, case.due_on) == ("DL-04", office.today + timedelta(days=60))
    assert case.desired_provider == "Kustību centrs"


def test_officers_get_a_task(office: Office, case: Case) -> None:
    start(office, case)
    task = office.session.query(Task).filter_by(case_id=case.id, title="arrange_provider").one()
    assert (task.role, task.due_on, task.done_on) == ("procurement_officer", office.today + timedelta(days=60), None)


def test_officer_may_hand_over_too(office: Office, case: Case) -> None:
    office.take(case, "start_procurement", "procurement_officer", **office.request(case))
    assert case.state == "procurement"


def test_only_some_lines_are_asked_for(office: Office) -> None:
    case = office.case_in("assessed")
    lines = [office.line(case, "REH-15", "10"), office.line(case, "REH-14", "10")]
    office.take(case, "draft_plan", **office.plan(case, lines=lines))
    office.take(case, "approve_plan", **office.approval())
    start(office, case, requested_lines=[case.plan.lines[1]])
    assert [line.service_code for line in unassigned(case)] == ["REH-14"]


def test_without_a_choice_the_whole_plan_is_asked_for(office: Office, case: Case) -> None:
    start(office, case, requested_lines=None)
    assert unassigned(case) == case.plan.lines


def test_application_for_services_is_filed_once(office: Office) -> None:
    case = only_assessment(office)
    start(office, case, service_application_on=date(2021, 9, 21))
    assert [row.received_on for row in case.applications if row.kind == "services"] == [date(2021, 9, 21)]
    assert [row.dated_on for row in case.documents if row.code == "D02"] == [date(2021, 9, 21)]


def test_application_already_filed_is_not_doubled(office: Office, case: Case) -> None:
    start(office, case, service_application_on=case.received_on)
    assert [row.code for row in case.documents].count("D02") == 1


def test_application_for_services_must_be_there(office: Office) -> None:
    problem = the_one(problems(office, only_assessment(office), service_application_on=None))
    assert (problem.code, problem.field) == ("G32", "service_application_on")


def test_application_cannot_come_tomorrow(office: Office, case: Case) -> None:
    tomorrow = office.today + timedelta(days=1)
    assert the_one(problems(office, case, service_application_on=tomorrow)).code == "G32"
    start(office, case, service_application_on=office.today)


def test_missing_application_is_told_before_the_form(office: Office) -> None:
    case = only_assessment(office)
    assert codes(blockers(office.session, case, "start_procurement", None, office.today)) == ["G32"]


def test_unapproved_plan_lists_all_that_is_missing(office: Office) -> None:
    case = office.case_in("plan_drafted")
    assert codes(problems(office, case)) == ["G30", "G33", "G34"]


def test_plan_must_be_signed(office: Office, case: Case) -> None:
    case.plan.representative_signed_on = None
    assert the_one(problems(office, case)).code == "G34"


@pytest.mark.parametrize("missing", ["decision_no", "decision_on"])
def test_decision_needs_number_and_day(office: Office, case: Case, missing: str) -> None:
    setattr(case.plan, missing, None)
    assert the_one(problems(office, case)).code == "G33"


def test_programme_must_still_run(office: Office, case: Case) -> None:
    office.today = LAST_DAY + timedelta(days=1)
    problem = the_one(problems(office, case))
    assert (problem.code, problem.params) == ("G35", {"date": LAST_DAY})


def test_last_day_of_programme_still_counts(office: Office, case: Case) -> None:
    office.today = LAST_DAY
    assert start(office, case).state == "procurement"


@pytest.mark.parametrize("route", [None, "", "barter"])
def test_route_must_be_chosen(office: Office, case: Case, route: str | None) -> None:
    problem = the_one(problems(office, case, route=route))
    assert (problem.code, problem.field) == ("G36", "route")


@pytest.mark.parametrize("route", ["procure", "in_house", "mixed"])
def test_each_route_passes(office: Office, case: Case, route: str) -> None:
    assert start(office, case, route=route).route == route


@pytest.fixture
def respite(office: Office) -> Case:
    case = office.case_in("applied", case_type="RESPITE", wanted="services", documents=["D03", "D04"])
    opinion = {"no": "V-1", "issued_on": date(2021, 8, 1), "valid_to": date(2021, 11, 22)}
    checked = office.assessment(assessment_mode="document_check", special_care_opinion=opinion)
    office.take(case, "record_assessment", **checked)
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, "RSP-01", "10")]))
    return office.take(case, "approve_plan", **office.approval())


def test_opinion_holds_on_its_last_day(office: Office, respite: Case) -> None:
    assert start(office, respite).state == "procurement"


def test_opinion_that_ended_stops_respite(office: Office, respite: Case) -> None:
    office.today += timedelta(days=1)
    assert the_one(problems(office, respite)).code == "G13"
    office.session.add(
        SpecialCareOpinion(person_id=respite.person_id, number="V-2", issued_on=office.today, valid_to=None)
    )
    assert start(office, respite).state == "procurement"


def test_asked_for_anew_stopped_services_go_on(office: Office, case: Case) -> None:
    office.take(case, "stop_service", "social_worker", last_day=date(2021, 11, 1), reason="family_wish")
    start(office, case, service_application_on=date(2021, 11, 2))
    assert case.stopped_on is None


def test_old_application_does_not_lift_the_stop(office: Office, case: Case) -> None:
    office.take(case, "stop_service", "social_worker", last_day=date(2021, 11, 1), reason="family_wish")
    start(office, case)
    assert case.stopped_on == date(2021, 11, 1)


def test_reader_hands_nothing_over(office: Office, case: Case) -> None:
    assert the_one(refused(office, case, "start_procurement", "reader", **office.request(case))).code == "G95"
