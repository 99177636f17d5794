"""confirm_delivery: what is recorded but not compensated (G52, G54, G56, G58, G59) and the age of 18 (G15)."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.factory import Office
from tests.workflow.stages.asking import codes, refused, the_one
from tests.workflow.stages.delivering import adult, after, confirm, limited, problems, refusals, respite, row, stay
from workflow.facts import facts
from workflow.models import Case
from workflow.stages.delivery import accepted, rewrite_refusals


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("assigned")


# G52: the register ------------------------------------------------------------------------------------------


def test_days_after_the_entry_ended_are_own_cost(office: Office, case: Case) -> None:
    case.assignments[0].register_entry.valid_to = date(2021, 10, 6)
    problem = the_one(problems(office, case))
    assert (problem.code, problem.field) == ("G52", "deliveries-2-date")
    assert problem.params == {"date": date(2021, 10, 11), "quantity": Decimal(1), "unit": "SESSION"}
    confirm(office, case, G52="Ieraksts tiek atjaunots")
    assert refusals(case) == [(date(2021, 10, 11), "PROVIDER_NOT_REGISTERED", Decimal(1))]


# G54: caps and plan lines -----------------------------------------------------------------------------------


def test_units_above_the_cap_are_own_cost(office: Office) -> None:
    case = after(office, "98")
    problem = the_one(problems(office, case))
    assert (problem.code, problem.field) == ("G54", "deliveries-2-quantity")
    assert problem.params == {"quantity": Decimal(1), "unit": "SESSION"}
    confirm(office, case, G54="Ģimene piekrīt")
    assert refusals(case) == [(date(2021, 10, 11), "CAP", Decimal(1))]


def test_the_last_unit_under_the_cap_passes(office: Office) -> None:
    assert refusals(confirm(office, after(office, "97"))) == []


def test_units_above_the_plan_line_are_own_cost(office: Office) -> None:
    case = limited(office, "2")
    assert codes(problems(office, case)) == ["G54"]
    confirm(office, case, G54="Papildu reize")
    assert refusals(case) == [(date(2021, 10, 11), "PLAN_QUANTITY", Decimal(1))]


def test_who_confirmed_stands_with_the_refusal(office: Office) -> None:
    case = after(office, "99")
    confirm(office, case, G54="Ģimene piekrīt")
    worker = office.users["social_worker"].id
    assert [item.confirmed_by for each in case.deliveries for item in each.refusals] == [worker, worker]


def test_earlier_days_entered_late_push_out_later_ones(office: Office) -> None:
    case = after(office, "97")
    confirm(office, case)
    found = problems(office, case, days=(1, 2))
    assert [(problem.code, problem.field, problem.params["quantity"]) for problem in found] == [
        ("G54", "deliveries", Decimal(2))
    ]
    confirm(office, case, days=(1, 2), G54="Vēlāk iesniegtas lapas")
    assert refusals(case) == [(date(2021, 10, day), "CAP", Decimal(1)) for day in (6, 11)]


# G56, G15: age ----------------------------------------------------------------------------------------------


def test_from_the_18th_birthday_on_it_is_own_cost(office: Office) -> None:
    case = office.case_in("assigned", person=office.person(birth_date=date(2003, 10, 6)))
    problem_1, problem_2 = problems(office, case)
    assert [problem_1.code, problem_2.code] == ["G56", "G56"]
    assert problem_1.params == {"age": 18, "date": date(2021, 10, 6), "quantity": Decimal(1), "unit": "SESSION"}
    confirm(office, case, G56="Pēdējās reizes")
    assert [(day.day, reason) for day, reason, _ in refusals(case)] == [(6, "AGE"), (11, "AGE")]


def test_the_last_day_of_17_passes(office: Office) -> None:
    case = office.case_in("assigned", person=office.person(birth_date=date(2003, 10, 12)))
    assert refusals(confirm(office, case)) == []


def test_at_18_respite_needs_a_supervisor(office: Office) -> None:
    case = respite(office, date(2003, 10, 6))
    stays = [stay(datetime(2021, 10, 6, 10), datetime(2021, 10, 7, 10))]
    assert the_one(problems(office, case, deliveries=stays)).code == "G15"
    worker_only = refused(office, case, "confirm_delivery", **office.month(case, deliveries=stays), G15="Jā")
    assert codes(worker_only) == ["G15"]
    both = office.hire("social_worker", "supervisor")
    assert confirm(office, case, both, deliveries=stays, G15="Apstiprinu").deliveries


def test_office_may_settle_the_question_of_18(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = respite(office, date(2003, 10, 6))
    settled = dataclasses.replace(facts().settings["over_18_needs_supervisor"], value=False)
    monkeypatch.setitem(facts().settings._by_code, "over_18_needs_supervisor", settled)
    stays = [stay(datetime(2021, 10, 6, 10), datetime(2021, 10, 7, 10))]
    assert confirm(office, case, deliveries=stays).deliveries


def test_the_day_before_18_respite_needs_nobody(office: Office) -> None:
    case = respite(office, date(2003, 10, 6))
    stays = [stay(datetime(2021, 10, 5, 10), datetime(2021, 10, 6, 10))]
    assert confirm(office, case, deliveries=stays).deliveries


# G58, G59 ---------------------------------------------------------------------------------------------------


def test_after_two_years_it_is_own_cost(office: Office) -> None:
    case = adult(office)
    case.opening_window_start = date(2019, 10, 7)
    problem = the_one(problems(office, case, days=(4, 6, 7)))
    assert (problem.code, problem.field) == ("G58", "deliveries-2-date")
    assert problem.params == {"date": date(2021, 10, 6), "quantity": Decimal(1), "unit": "HOUR"}
    confirm(office, case, days=(4, 6, 7), G58="Turpina pašvaldība")
    assert refusals(case) == [(date(2021, 10, 7), "WINDOW", Decimal(1))]


def test_service_taken_out_of_the_plan_is_own_cost(office: Office, case: Case) -> None:
    revised = office.plan(case, drafted_on=date(2021, 10, 5), lines=[office.line(case, "REH-14", "10")])
    office.take(case, "revise_plan", "social_worker", **revised, reason="Cits pakalpojums")
    day = date(2021, 10, 6)
    approved = {"approved_on": day, "decision_on": day, "representative_signed_on": day}
    office.take(case, "approve_plan", **office.approval(**approved))
    office.take(case, "start_procurement", **office.request(case))
    found = problems(office, case)
    assert [(problem.code, problem.field) for problem in found] == [
        ("G59", "deliveries-1-date"),
        ("G59", "deliveries-2-date"),
    ]
    confirm(office, case, G59="Iesāktais jāpabeidz")
    assert [(day.day, reason) for day, reason, _ in refusals(case)] == [(6, "NOT_IN_PLAN"), (11, "NOT_IN_PLAN")]


def test_session_belongs_to_the_recipient_of_the_line(office: Office) -> None:
    case = office.case_in("assessed")
    line = office.line(case, "GRD-04", "5", recipient_kind="guardian", recipient=case.applicant)
    office.take(case, "draft_plan", **office.plan(case, lines=[line]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    office.take(case, "sign_contract", **office.contract(case))
    assert {each.recipient_id for each in confirm(office, case).deliveries} == {case.applicant_id}


def test_cancelled_unit_makes_room_for_a_refused_one(office: Office) -> None:
    case = after(office, "98")
    confirm(office, case, G54="Ģimene piekrīt")
    case.deliveries[0].cancelled = True
    confirm(office, case, days=(2,), month=date(2021, 11, 1), G54="Ģimene piekrīt")
    assert refusals(case) == [(date(2021, 11, 2), "CAP", Decimal(1))]
    assert [row.delivered_on.day for row in accepted(case)] == [6, 11, 2]


def test_refusal_shrinks_when_hours_before_it_do(office: Office) -> None:
    case = adult(office)
    both = [row(date(2021, 10, 4), "150"), row(date(2021, 10, 6), "60")]
    confirm(office, case, deliveries=both, G54="Turpina pašvaldība")
    assert refusals(case) == [(date(2021, 10, 6), "PLAN_QUANTITY", Decimal(10))]
    case.deliveries[0].quantity = Decimal(144)
    rewrite_refusals(office.session, case, None)
    assert refusals(case) == [(date(2021, 10, 6), "PLAN_QUANTITY", Decimal(4))]


def test_nothing_is_rewritten_when_nothing_changed(office: Office) -> None:
    case = after(office, "98")
    confirm(office, case, G54="Ģimene piekrīt")
    before = case.deliveries[2].refusals[0]
    rewrite_refusals(office.session, case, None)
    assert case.deliveries[2].refusals == [before]
    assert before.confirmed_by == office.users["social_worker"].id
