"""revise_plan: the next version; what did not change keeps its approval and its contracts (G28, DOMAIN 7.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from workflow.models import Case, Task
from workflow.stages.planning import current_lines, granted_lines

REVISED_ON = date(2021, 11, 15)


def revise(office: Office, case: Case, *lines: dict[str, Any], **changes: Any) -> Case:
    return office.take(case, "revise_plan", "social_worker", **revision(office, case, *lines, **changes))


def revision(office: Office, case: Case, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    given = {"reason": "Bērns pieradis", "drafted_on": REVISED_ON, "lines": list(lines) or [office.line(case)]}
    return given | changes


def approve(office: Office, case: Case) -> Case:
    given = {"approved_on": date(2021, 11, 17), "decision_on": date(2021, 11, 17), "decision_no": "SD-2"}
    return office.take(case, "approve_plan", **office.approval(representative_signed_on=date(2021, 11, 16), **given))


def open_tasks(office: Office, case: Case) -> list[tuple[str, str | None]]:
    rows = sa.select(Task.title, Task.role).where(Task.case_id == case.id, Task.done_on.is_(None)).order_by(Task.id)
    return [tuple(row) for row in office.session.execute(rows)]


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_reason_is_needed(office: Office, reason: str | None) -> None:
    case = office.case_in("plan_drafted")
    problem = the_one(refused(office, case, "revise_plan", "social_worker", **revision(office, case, reason=reason)))
    assert (problem.code, problem.field) == ("G28", "reason")


def test_unapproved_version_is_replaced(office: Office) -> None:
    case = office.case_in("plan_drafted")
    revise(office, case, office.line(case, "REH-11"))
    first, second = case.plans
    assert (first.replaced_on, second.version, second.goals) == (REVISED_ON, 2, first.goals)
    assert [(line.service_code, line.carried_from_id) for line in second.lines] == [("REH-11", None)]
    assert open_tasks(office, case) == [("approve_plan", "supervisor")]


def test_approved_version_holds_until_the_next_is_approved(office: Office) -> None:
    case = office.case_in("assigned")
    revise(office, case, office.line(case, "REH-11"))
    assert (case.state, case.plans[0].replaced_on) == ("plan_drafted", None)
    assert [line.service_code for line in current_lines(case)] == ["REH-15"]
    approve(office, case)
    assert case.plans[0].replaced_on == date(2021, 11, 17)
    assert [line.service_code for line in current_lines(case)] == ["REH-11"]


def test_unchanged_line_keeps_approval_request_and_contract(office: Office) -> None:
    case = office.case_in("assigned")
    old, assignment = case.plan.lines[0], case.assignments[0]
    revise(office, case, office.line(case, quantity="30"), office.line(case, "REH-11", "5"))
    kept, new = case.plan.lines
    assert (kept.carried_from_id, kept.approved_on, kept.requested) == (old.id, date(2021, 9, 20), True)
    assert (new.carried_from_id, new.approved_on, new.requested) == (None, None, False)
    assert assignment.plan_line_id == old.id
    approve(office, case)
    assert (kept.approved_on, new.approved_on) == (date(2021, 9, 20), date(2021, 11, 17))
    assert assignment.plan_line_id == kept.id


def test_another_recipient_is_another_line(office: Office) -> None:
    case = office.case_in("applied")
    office.take(case, "record_assessment", **office.assessment())
    father = office.person("Jānis", date(1980, 1, 1))
    office.session.add(_relation(case, father))
    mother = office.line(case, "GRD-01", "5", recipient_kind="guardian", recipient=case.applicant)
    office.take(case, "draft_plan", **office.plan(case, lines=[mother]))
    office.take(case, "approve_plan", **office.approval())
    revise(office, case, mother | {"recipient": father}, mother)
    assert [line.carried_from_id for line in case.plan.lines] == [None, case.plans[0].lines[0].id]


def _relation(case: Case, adult: Any) -> Any:
    from workflow.models import Relation

    return Relation(child_id=case.person_id, adult_id=adult.id, kind="parent", valid_from=date(2012, 5, 14))


def test_officers_look_at_contracts_of_lines_taken_out(office: Office) -> None:
    case = office.case_in("assigned")
    revise(office, case, office.line(case, "REH-11"))
    approve(office, case)
    assert ("review_assignments", "procurement_officer") in open_tasks(office, case)
    assert case.assignments[0].plan_line_id == case.plans[0].lines[0].id


def test_second_revision_before_approval_still_finds_the_contract(office: Office) -> None:
    case = office.case_in("assigned")
    old = case.plan.lines[0]
    revise(office, case, office.line(case, "REH-11"))
    revise(office, case, office.line(case))
    approve(office, case)
    assert [line.carried_from_id for line in case.plan.lines] == [old.id]
    assert case.assignments[0].plan_line_id == case.plan.lines[0].id


def test_granted_lines_are_told_once_with_those_taken_out(office: Office) -> None:
    case = office.case_in("approved")
    revise(office, case, office.line(case, quantity="30"), office.line(case, "REH-11"))
    approve(office, case)
    office.today = date(2021, 11, 24)
    revise(office, case, office.line(case, "REH-11"), drafted_on=office.today)
    given = {"approved_on": office.today, "decision_on": office.today, "decision_no": "SD-3"}
    office.take(case, "approve_plan", **office.approval(representative_signed_on=office.today, **given))
    told = [(line.service_code, line.plan.version) for line in granted_lines(case)]
    assert told == [("REH-15", 2), ("REH-11", 3)]


@pytest.mark.parametrize(("quantity", "passes"), [("100", True), ("101", False)])
def test_used_units_are_not_planned_twice(office: Office, quantity: str, passes: bool) -> None:
    case = office.case_in("service_delivered")
    if passes:
        assert revise(office, case, office.line(case, quantity=quantity)).state == "plan_drafted"
        return
    problem = the_one(
        refused(
            office,
            case,
            "revise_plan",
            "social_worker",
            **revision(office, case, office.line(case, quantity=quantity)),
        )
    )
    assert (problem.code, problem.params["planned"], problem.params["used"]) == ("G23", Decimal(98), Decimal(3))


def test_used_units_of_a_line_taken_out_still_count(office: Office) -> None:
    case = office.case_in("service_delivered")
    given = revision(office, case, office.line(case, "REH-11", "98"))
    assert codes(refused(office, case, "revise_plan", "social_worker", **given)) == ["G23"]
    assert revise(office, case, office.line(case, "REH-11", "97")).state == "plan_drafted"


def test_case_comes_back_from_compensated(office: Office) -> None:
    case = office.case_in("service_delivered")
    assert (revise(office, case).state, case.next_step) == ("plan_drafted", "approve_plan")


def test_eighteenth_birthday_ends_revisions(office: Office) -> None:
    case = office.case_in("approved", person=office.person(birth_date=date(2003, 11, 15)))
    found = refused(office, case, "revise_plan", "social_worker", **revision(office, case))
    assert fields(found, "G14") == ["drafted_on"]
    assert revise(office, case, drafted_on=date(2021, 11, 14)).plan.version == 2


def test_plan_is_not_emptied(office: Office) -> None:
    case = office.case_in("approved")
    found = refused(office, case, "revise_plan", "social_worker", **revision(office, case, lines=[]))
    assert codes(found) == ["G20"]


def test_revision_after_a_return_finishes_its_task(office: Office) -> None:
    case = office.case_in("plan_drafted")
    office.take(case, "return_plan", remarks="Precizēt")
    revise(office, case)
    assert open_tasks(office, case) == [("approve_plan", "supervisor")]
    assert case.next_step == "approve_plan"


def test_a_larger_quantity_takes_refused_units_back(office: Office) -> None:
    case = office.case_in("assessed")
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, quantity="2")]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    office.take(case, "sign_contract", **office.contract(case))
    office.take(case, "confirm_delivery", **office.month(case), G54="Ģimene piekrita maksāt.")
    assert [row.reason for delivery in case.deliveries for row in delivery.refusals] == ["PLAN_QUANTITY"]
    approve(office, revise(office, case, office.line(case, quantity="5")))
    assert [row.reason for delivery in case.deliveries for row in delivery.refusals] == []
