"""stop_service: no delivery after the last day, letter L05, the way to compensation (DOMAIN 8.2, 9 and 13)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused
from workflow.models import Case


def stop(office: Office, case: Case, **changes: Any) -> Case:
    given = {"last_day": date(2021, 11, 15), "reason": "goal_reached", "note": None} | changes
    return office.take(case, "stop_service", "social_worker", **given)


def letters(case: Case) -> list[str]:
    return [row.code for row in case.documents if row.code == "L05"]


def revise(office: Office, case: Case) -> Case:
    plan = office.plan(case, drafted_on=date(2021, 11, 12), reason="Mērķi mainās")
    return office.take(case, "revise_plan", "social_worker", **plan)


@pytest.mark.parametrize("place", ["approved", "procurement", "service_delivered"])
def test_stops_and_writes_a_letter(office: Office, place: str) -> None:
    case = office.case_in(place)
    before = case.state
    stop(office, case)
    assert (case.stopped_on, letters(case), case.state) == (date(2021, 11, 15), ["L05"], before)


def test_nobody_writes_to_a_person_who_died(office: Office) -> None:
    case = stop(office, office.case_in("service_delivered"), reason="died")
    assert letters(case) == []
    assert case.stopped_on == date(2021, 11, 15)


def test_everything_settled_goes_to_compensated(office: Office) -> None:
    case = office.case_in("claimed")
    office.take(
        case, "revise_plan", "social_worker", **office.plan(case, drafted_on=date(2021, 11, 12)), reason="Mērķi"
    )
    office.pay(case)
    assert case.state == "plan_drafted"
    assert stop(office, case).state == "compensated"


def test_unsettled_deliveries_go_on_to_the_claim(office: Office) -> None:
    case = office.case_in("service_delivered")
    office.take(
        case, "revise_plan", "social_worker", **office.plan(case, drafted_on=date(2021, 11, 12)), reason="Mērķi"
    )
    assert stop(office, case).state == "service_delivered"
    assert case.next_step == "submit_claim"


def test_case_without_deliveries_is_left_to_close(office: Office) -> None:
    assert stop(office, office.case_in("procurement")).next_step == "close"


def test_nothing_is_accepted_after_the_last_day(office: Office) -> None:
    case = stop(office, office.case_in("assigned"), last_day=date(2021, 10, 6))
    found = refused(office, case, "confirm_delivery", **office.month(case))
    assert [problem.params["date"] for problem in found] == [date(2021, 10, 11)]
    assert codes(found) == ["G50"]
    assert office.take(case, "confirm_delivery", **office.month(case, days=(4, 6))).state == "service_delivered"


def test_supervisor_alone_does_not_stop(office: Office) -> None:
    case = office.case_in("procurement")
    given = {"last_day": date(2021, 11, 15), "reason": "age"}
    assert codes(refused(office, case, "stop_service", "supervisor", **given)) == ["G95"]
