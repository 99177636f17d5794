"""sign_contract: register entry, procurement, thresholds, dates (G40–G44)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from tests.workflow.stages.contracting import STARTS_ON, contract_of, join, price, problems, sign
from workflow.facts import facts
from workflow.models import Case, Contract, Task
from workflow.stages.procurement import unassigned

LAST_DAY = facts().programmes["CHILD_REHAB"].last_day


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("procurement")


def test_registers_procurement_contract_and_assignment(office: Office, case: Case) -> None:
    sign(office, case)
    assert case.state == "procurement"
    assert unassigned(case) == []
    row = case.assignments[0]
    contract = row.contract_line.contract
    assert (row.kind, row.starts_on, row.ends_on) == ("procured", STARTS_ON, date(2022, 9, 30))
    assert (contract.municipality_id, row.contract_line.unit_price) == (case.municipality_id, Decimal("23.50"))
    assert contract.procurement.procedure == "market_survey"
    assert contract.register_entry is row.register_entry


def test_referrals_are_numbered_without_gaps(office: Office, case: Case) -> None:
    sign(office, case)
    other = sign(office, office.case_in("procurement"))
    numbers = [row.assignments[0].referral_no for row in (case, other)]
    assert [number.rsplit("-", 1)[1] for number in numbers] == ["00001", "00002"]
    assert [row.number for row in case.documents if row.code == "D13"] == numbers[:1]


def test_worker_is_told_and_officers_are_done(office: Office, case: Case) -> None:
    sign(office, case)
    tasks = {task.title: task for task in office.session.query(Task).filter_by(case_id=case.id)}
    assert tasks["arrange_provider"].done_on == office.today
    assert (tasks["provider_arranged"].user_id, tasks["provider_arranged"].done_on) == (case.worker_id, None)


def test_line_that_is_left_keeps_the_officers_task(office: Office) -> None:
    case = office.case_in("assessed")
    lines = [office.line(case, "REH-15", "10"), office.line(case, "REH-14", "10")]
    office.take(case, "draft_plan", **office.plan(case, lines=lines))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    sign(office, case, lines=price("23.50"), plan_lines=case.plan.lines[:1])
    assert [line.service_code for line in unassigned(case)] == ["REH-14"]
    assert office.session.query(Task).filter_by(case_id=case.id, title="arrange_provider").one().done_on is None


def test_one_contract_serves_many_cases(office: Office, case: Case) -> None:
    contract = contract_of(office)
    join(office, case, contract)
    assert case.assignments[0].contract_line.contract is contract
    assert office.session.query(Contract).count() == 1


def test_joined_contract_serves_from_the_approval(office: Office, case: Case) -> None:
    contract = contract_of(office, starts_on=date(2021, 9, 1))
    join(office, case, contract)
    assert case.assignments[0].starts_on == case.plan.approved_on


def test_joined_contract_may_serve_later(office: Office, case: Case) -> None:
    join(office, case, contract_of(office), assigned_from=date(2021, 11, 1))
    assert case.assignments[0].starts_on == date(2021, 11, 1)


@pytest.mark.parametrize("day", [date(2021, 9, 30), date(2022, 10, 1)])
def test_joined_contract_serves_only_while_in_force(office: Office, case: Case, day: date) -> None:
    given = {"contract": contract_of(office), "plan_lines": case.plan.lines, "assigned_from": day}
    found = refused(office, case, "sign_contract", **given)
    assert fields(found, "G44") == ["assigned_from"]


def test_contract_that_ended_cannot_be_joined(office: Office, case: Case) -> None:
    contract = contract_of(office)
    contract.ended_on = date(2021, 10, 31)
    given = {"contract": contract, "plan_lines": case.plan.lines, "assigned_from": date(2021, 11, 1)}
    assert codes(refused(office, case, "sign_contract", **given)) == ["G44"]


def test_joined_contract_must_have_the_price(office: Office, case: Case) -> None:
    contract = contract_of(office)
    contract.lines[0].service_code = "REH-14"
    given = {"contract": contract, "plan_lines": case.plan.lines}
    assert fields(refused(office, case, "sign_contract", **given), "G45") == ["plan_lines"]


def test_entry_that_ended_the_day_before_refuses(office: Office, case: Case) -> None:
    provider = office.provider(valid_to=STARTS_ON - timedelta(days=1))
    problem = the_one(problems(office, case, provider=provider))
    assert (problem.code, problem.params) == ("G40", {"date": STARTS_ON})


def test_entry_that_ends_on_the_first_day_passes(office: Office, case: Case) -> None:
    assert sign(office, case, provider=office.provider(valid_to=STARTS_ON)).assignments


def test_entry_must_have_begun(office: Office, case: Case) -> None:
    assert (
        the_one(problems(office, case, provider=office.provider(valid_from=STARTS_ON + timedelta(days=1)))).code
        == "G40"
    )
    sign(office, case, provider=office.provider(valid_from=STARTS_ON))


def test_entry_must_be_the_providers_own(office: Office, case: Case) -> None:
    entry = office.provider("Cits sniedzējs").entries[0]
    assert the_one(problems(office, case, register_entry=entry)).code == "G40"
    assert the_one(problems(office, case, register_entry=None)).code == "G40"


def test_entry_without_the_service_is_confirmed(office: Office, case: Case) -> None:
    provider = office.provider(services=["REH-14"])
    assert the_one(problems(office, case, provider=provider)).code == "G41"
    assert sign(office, case, provider=provider, G41="Ieraksts tiek papildināts").assignments


def test_entry_with_the_service_passes(office: Office, case: Case) -> None:
    assert sign(office, case, provider=office.provider(services=["REH-14", "REH-15"])).assignments


@pytest.mark.parametrize("name", ["procedure", "estimated_value_ex_vat", "decision_on", "contract_no"])
def test_procurement_must_be_complete(office: Office, case: Case, name: str) -> None:
    problem = the_one(problems(office, case, **{name: None}))
    assert (problem.code, problem.field) == ("G42", name)


def test_published_procurement_needs_its_number(office: Office, case: Case) -> None:
    published = {"published_on": date(2021, 9, 20)}
    assert fields(problems(office, case, **published), "G42") == ["procurement_ref"]
    sign(office, case, **published, procurement_ref="RNP 2021/7")
    assert case.assignments[0].contract_line.contract.procurement.reference == "RNP 2021/7"


@pytest.mark.parametrize(
    ("procedure", "value", "threshold"),
    [
        ("market_survey", "10000.00", "10000.00"),
        ("small_procurement", "9999.99", "10000.00"),
        ("small_procurement", "42000.00", "42000.00"),
        ("annex_2", "41999.99", "42000.00"),
    ],
)
def test_value_beyond_the_threshold_is_confirmed(
    office: Office, case: Case, procedure: str, value: str, threshold: str
) -> None:
    changes = {"procedure": procedure, "estimated_value_ex_vat": Decimal(value)}
    problem = the_one(problems(office, case, **changes))
    assert (problem.code, problem.params["threshold"]) == ("G43", Decimal(threshold))
    assert sign(office, case, **changes, G43="Vairākas lietas kopā").assignments


@pytest.mark.parametrize(
    ("procedure", "value"),
    [
        ("market_survey", "9999.99"),
        ("small_procurement", "10000.00"),
        ("small_procurement", "41999.99"),
        ("annex_2", "42000.00"),
        ("open_procedure", "1.00"),
        ("delegation", "500000.00"),
    ],
)
def test_value_within_the_thresholds_passes(office: Office, case: Case, procedure: str, value: str) -> None:
    assert sign(office, case, procedure=procedure, estimated_value_ex_vat=Decimal(value)).assignments


def test_thresholds_hold_from_their_day(office: Office, case: Case) -> None:
    before = {"decision_on": date(2017, 2, 28), "estimated_value_ex_vat": Decimal(50000)}
    assert sign(office, case, **before).assignments


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": None}, "starts_on"),
        ({"ends_on": None}, "ends_on"),
        ({"ends_on": STARTS_ON - timedelta(days=1)}, "ends_on"),
        ({"ends_on": LAST_DAY + timedelta(days=1)}, "ends_on"),
        ({"starts_on": date(2015, 6, 30)}, "starts_on"),
        ({"assigned_from": STARTS_ON - timedelta(days=1)}, "assigned_from"),
        ({"assigned_from": date(2022, 10, 1)}, "assigned_from"),
    ],
)
def test_dates_must_be_in_order(office: Office, case: Case, changes: dict[str, Any], field: str) -> None:
    assert fields(problems(office, case, **changes), "G44") == [field]


@pytest.mark.parametrize("ends_on", [STARTS_ON, LAST_DAY])
def test_shortest_and_longest_contract_pass(office: Office, case: Case, ends_on: date) -> None:
    assert sign(office, case, ends_on=ends_on).assignments[0].ends_on == ends_on


def test_worker_signs_no_contract(office: Office, case: Case) -> None:
    found = refused(office, case, "sign_contract", "social_worker", **office.contract(case))
    assert codes(found) == ["G95"]


def test_empty_form_names_everything_missing(office: Office, case: Case) -> None:
    found = refused(office, case, "sign_contract")
    assert set(codes(found)) == {"G40", "G42", "G44", "G45"}
