"""reassign: the case and its tasks go to a colleague who may see it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused
from workflow.models import Municipality, Task
from workflow.stages.exits import colleagues


def test_case_and_open_tasks_move(office: Office) -> None:
    case = office.case_in("approved")
    colleague = office.hire("social_worker", name="Otra darbiniece")
    office.take(case, "reassign", to_user=colleague, reason="Slimība")
    assert (case.state, case.worker_id) == ("plan_drafted", colleague.id)
    tasks = office.session.execute(sa.select(Task.title, Task.user_id, Task.done_on).where(Task.case_id == case.id))
    assert {title: user_id for title, user_id, done_on in tasks if done_on is None} == {
        "start_procurement": colleague.id
    }


def test_tasks_of_other_people_stay(office: Office) -> None:
    drafter = office.hire("social_worker", name="Plāna autore")
    case = office.case_in("assessed")
    office.take(case, "draft_plan", drafter, **office.plan(case))
    office.take(case, "return_plan", remarks="Precizēt")
    office.take(case, "reassign", to_user=office.hire("social_worker", name="Otra darbiniece"))
    open_task = office.session.scalars(sa.select(Task).where(Task.case_id == case.id, Task.done_on.is_(None))).one()
    assert open_task.user_id == drafter.id


@pytest.mark.parametrize("place", ["applied", "compensated"])
def test_in_every_state(office: Office, place: str) -> None:
    case = office.case_in(place)
    colleague = office.hire("social_worker", name="Otra darbiniece")
    assert office.take(case, "reassign", to_user=colleague).worker == colleague


def test_only_active_social_workers_of_the_place(office: Office) -> None:
    case = office.case_in("applied")
    elsewhere = office.session.scalars(sa.select(Municipality).where(Municipality.code == "ludzas-novads")).one()
    gone = office.hire("social_worker", name="Aizgājusi")
    gone.active = False
    others = [
        gone,
        office.hire("supervisor", name="Vadītāja"),
        office.hire("social_worker", name="Cita vieta", municipality=elsewhere),
    ]
    for user in others:
        assert codes(refused(office, case, "reassign", to_user=user)) == ["G96"]
    assert colleagues(office.session, case) == [office.users["social_worker"]]


def test_workers_of_the_successor_take_over(session: sa.orm.Session) -> None:
    before = Office(session, "vilanu-novads-2009")
    case = before.case_in("applied")
    successor = session.scalars(sa.select(Municipality).where(Municipality.code == "rezeknes-novads")).one()
    heir = before.hire("social_worker", name="Mantiniece", municipality=successor)
    assert before.take(case, "reassign", to_user=heir).worker_id == heir.id
