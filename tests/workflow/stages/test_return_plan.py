"""return_plan: the supervisor's remarks go to the drafter."""

from __future__ import annotations

import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused
from workflow.models import Task


def test_drafter_gets_the_remarks(office: Office) -> None:
    drafter = office.hire("social_worker", name="Otra darbiniece")
    case = office.case_in("assessed")
    office.take(case, "draft_plan", drafter, **office.plan(case))
    office.take(case, "return_plan", remarks="Precizēt mērķi")
    assert (case.state, case.plan.returned_on, case.plan.remarks) == ("plan_drafted", office.today, "Precizēt mērķi")
    open_task = office.session.scalars(sa.select(Task).where(Task.case_id == case.id, Task.done_on.is_(None))).one()
    assert (open_task.title, open_task.user_id, open_task.detail) == ("revise_plan", drafter.id, "Precizēt mērķi")
    assert case.next_step == "revise_plan"


def test_approved_plan_is_not_returned(office: Office) -> None:
    case = office.case_in("approved")
    assert codes(refused(office, case, "return_plan", remarks="Par vēlu")) == ["G98"]


def test_worker_may_not_return(office: Office) -> None:
    case = office.case_in("plan_drafted")
    assert codes(refused(office, case, "return_plan", "social_worker", remarks="Pati")) == ["G95"]
