"""terminate_contract: last day and ground, nothing delivered afterwards, letters, the search begins anew (G89)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from workflow.models import Case, Contract, Task
from workflow.stages.procurement import unassigned

DELIVERED_LAST = date(2021, 10, 11)


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("service_delivered")


def contract_of(case: Case) -> Contract:
    line = case.assignments[0].contract_line
    assert line is not None
    return line.contract


def given(case: Case, **changes: Any) -> dict[str, Any]:
    return {
        "contract": contract_of(case),
        "last_day": date(2021, 10, 31),
        "ground": "provider_fault",
        "note": "Sniedzējs nenodrošina speciālistu.",
        "reprocure": True,
    } | changes


def problems(office: Office, case: Case, **changes: Any) -> list[Any]:
    return refused(office, case, "terminate_contract", "procurement_officer", **given(case, **changes))


def end(office: Office, case: Case, **changes: Any) -> Case:
    return office.take(case, "terminate_contract", "procurement_officer", **given(case, **changes))


def test_returns_to_procurement_when_another_is_sought(office: Office, case: Case) -> None:
    end(office, case)
    assert (case.state, case.procurement_started_on) == ("procurement", office.today)
    due = {one["code"]: one["due_on"] for one in case.deadlines}
    assert due["DL-04"] == (office.today + timedelta(days=60)).isoformat()
    assert (case.due_kind, case.due_on) == ("DL-05", date(2021, 11, 15))  # October is still to be claimed (8.2, 4)
    assert unassigned(case) == case.plan.lines
    tasks = office.session.query(Task).filter_by(case_id=case.id, title="arrange_provider", done_on=None)
    assert tasks.one().role == "procurement_officer"


def test_state_stays_when_nobody_is_sought(office: Office, case: Case) -> None:
    end(office, case, reprocure=False)
    assert case.state == "service_delivered"


def test_ends_contract_and_assignment_on_the_last_day(office: Office, case: Case) -> None:
    end(office, case)
    assert (contract_of(case).ended_on, contract_of(case).end_ground) == (date(2021, 10, 31), "provider_fault")
    assert case.assignments[0].ends_on == date(2021, 10, 31)


def test_family_and_provider_get_a_letter(office: Office, case: Case) -> None:
    end(office, case)
    letters = [row.note for row in case.documents if row.code == "L06"]
    assert letters == [case.applicant.name, case.assignments[0].provider.name]


def test_other_assignments_go_on(office: Office, case: Case) -> None:
    centre = office.provider("Dienas centrs", "municipal_institution")
    own = {"provider": centre, "register_entry": centre.entries[0], "starts_on": date(2021, 10, 1)}
    office.take(case, "assign_in_house", **own, lines=[{"service": "REH-15", "own_tariff": None}])
    end(office, case)
    assert [row.ends_on for row in case.assignments] == [date(2021, 10, 31), None]
    assert unassigned(case) == []


def test_deliveries_after_the_last_day_are_listed(office: Office, case: Case) -> None:
    problem = the_one(problems(office, case, last_day=date(2021, 10, 5)))
    assert (problem.code, problem.field) == ("G89", "last_day")
    assert problem.params["dates"] == [date(2021, 10, 6), DELIVERED_LAST]


def test_cancelled_delivery_does_not_count(office: Office, case: Case) -> None:
    case.deliveries[-1].cancelled = True
    end(office, case, last_day=DELIVERED_LAST - timedelta(days=1))
    assert contract_of(case).ended_on == DELIVERED_LAST - timedelta(days=1)


def test_contract_may_end_on_the_day_of_the_last_delivery(office: Office, case: Case) -> None:
    assert end(office, case, last_day=DELIVERED_LAST).state == "procurement"


@pytest.mark.parametrize("missing", ["contract", "last_day", "ground"])
def test_everything_is_needed(office: Office, case: Case, missing: str) -> None:
    problem = the_one(problems(office, case, **{missing: None}))
    assert (problem.code, problem.field) == ("G89", missing)


def test_last_day_lies_in_the_contract(office: Office) -> None:
    case = office.case_in("assigned")
    begins, ends = contract_of(case).starts_on, contract_of(case).ends_on
    for day in (begins - timedelta(days=1), ends + timedelta(days=1)):
        assert fields(problems(office, case, last_day=day), "G89") == ["last_day"]
    assert end(office, case, last_day=begins).assignments[0].ends_on == begins


def test_assignment_that_was_to_begin_later_never_serves(office: Office) -> None:
    case = office.case_in("procurement")
    office.take(case, "sign_contract", **office.contract(case, assigned_from=date(2021, 12, 1)))
    end(office, case, last_day=date(2021, 11, 15))
    assert (case.assignments[0].starts_on, case.assignments[0].ends_on) == (date(2021, 11, 15), date(2021, 11, 15))


def test_contract_ended_for_one_case_serves_no_other(office: Office, case: Case) -> None:
    other = office.case_in("procurement")
    office.take(other, "sign_contract", contract=contract_of(case), plan_lines=other.plan.lines)
    end(office, case)
    assert unassigned(other) == other.plan.lines


def test_worker_ends_no_contract(office: Office, case: Case) -> None:
    assert codes(refused(office, case, "terminate_contract", "social_worker", **given(case))) == ["G95"]
