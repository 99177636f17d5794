"""approve_plan: four eyes, a signature, and a frozen version (G31, G34)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused, the_one
from workflow.models import Case, PlanLine, Task
from workflow.models.plans import PlanFrozen


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("plan_drafted")


def approve(office: Office, case: Case, **changes: Any) -> Case:
    return office.take(case, "approve_plan", **office.approval(**changes))


def test_grants_the_lines_with_a_decision(office: Office, case: Case) -> None:
    approve(office, case, decision_no="SD-7")
    plan = case.plan
    assert (case.state, plan.approved_on, plan.approved_by) == (
        "plan_drafted",
        date(2021, 9, 20),
        office.users["supervisor"].id,
    )
    assert [line.approved_on for line in plan.lines] == [date(2021, 9, 20)]
    assert [(row.kind, row.number, row.dated_on) for row in case.decisions] == [("grant", "SD-7", date(2021, 9, 20))]
    assert [row.number for row in case.documents if row.code == "D11"] == ["SD-7"]


def test_hands_the_work_back_to_the_worker(office: Office, case: Case) -> None:
    approve(office, case)
    tasks = office.session.execute(
        sa.select(Task.title, Task.user_id, Task.done_on).where(Task.case_id == case.id).order_by(Task.id)
    )
    assert list(tasks) == [("approve_plan", None, office.today), ("start_procurement", case.worker_id, None)]


def test_drafter_cannot_approve_own_plan(office: Office) -> None:
    both = office.hire("social_worker", "supervisor", name="Abi amati")
    case = office.case_in("assessed")
    office.take(case, "draft_plan", both, **office.plan(case))
    problem = the_one(refused(office, case, "approve_plan", both, **office.approval()))
    assert (problem.code, problem.field) == ("G31", None)
    assert approve(office, case).plan.approved_on == date(2021, 9, 20)


def test_another_supervisor_with_both_roles_may(office: Office, case: Case) -> None:
    both = office.hire("social_worker", "supervisor", name="Abi amati")
    assert office.take(case, "approve_plan", both, **office.approval()).plan.approved_by == both.id


@pytest.mark.parametrize("signed_on", [None, date(2021, 9, 14), date(2021, 11, 23)])
def test_this_version_is_signed(office: Office, case: Case, signed_on: date | None) -> None:
    given = office.approval(representative_signed_on=signed_on)
    problem = the_one(refused(office, case, "approve_plan", **given))
    assert (problem.code, problem.field) == ("G34", "representative_signed_on")


@pytest.mark.parametrize("signed_on", [date(2021, 9, 15), date(2021, 11, 22)])
def test_signed_between_drafting_and_today(office: Office, case: Case, signed_on: date) -> None:
    assert approve(office, case, representative_signed_on=signed_on).plan.representative_signed_on == signed_on


def test_approved_plan_is_not_approved_again(office: Office, case: Case) -> None:
    approve(office, case)
    assert codes(refused(office, case, "approve_plan", **office.approval())) == ["G98"]


def test_returned_plan_waits_for_its_revision(office: Office, case: Case) -> None:
    office.take(case, "return_plan", remarks="Precizēt mērķi")
    assert codes(refused(office, case, "approve_plan", **office.approval())) == ["G98"]


def test_worker_may_not_approve(office: Office, case: Case) -> None:
    assert codes(refused(office, case, "approve_plan", "social_worker", **office.approval())) == ["G95"]


def test_plan_of_children_in_institutions_is_closed_next(office: Office) -> None:
    application = office.application(case_type="INSTITUTION_CHILD", applicant_kind="institution", wanted="assessment")
    case = office.take(None, "register_application", **application)
    office.take(case, "record_assessment", **office.assessment(living="institution", disability=None))
    office.take(case, "draft_plan", **office.plan(case, lines=[]))
    approve(office, case)
    open_task = office.session.scalars(sa.select(Task).where(Task.case_id == case.id, Task.done_on.is_(None))).one()
    assert (open_task.title, open_task.role, case.next_step) == ("close_case", "supervisor", "close")


# A frozen version -----------------------------------------------------------------------------------------------------


def test_approved_plan_keeps_its_goals(office: Office, case: Case) -> None:
    approve(office, case).plan.goals = "Citi mērķi"
    with pytest.raises(PlanFrozen):
        office.session.flush()


def test_approval_is_not_taken_back(office: Office, case: Case) -> None:
    approve(office, case).plan.approved_on = None
    with pytest.raises(PlanFrozen):
        office.session.flush()


def test_approved_line_keeps_its_quantity(office: Office, case: Case) -> None:
    approve(office, case).plan.lines[0].quantity = 99
    with pytest.raises(PlanFrozen):
        office.session.flush()


def test_nothing_is_added_to_an_approved_plan(office: Office, case: Case) -> None:
    line = PlanLine(service_code="REH-11", recipient_kind="child", recipient=case.person)
    approve(office, case).plan.lines.append(line)
    with pytest.raises(PlanFrozen):
        office.session.flush()


def test_nothing_is_taken_from_an_approved_plan(office: Office, case: Case) -> None:
    office.session.delete(approve(office, case).plan.lines[0])
    with pytest.raises(PlanFrozen):
        office.session.flush()


def test_lines_of_an_approved_plan_may_be_requested(office: Office, case: Case) -> None:
    approve(office, case)
    office.take(case, "start_procurement", **office.request(case))
    assert [line.requested for line in case.plan.lines] == [True]
