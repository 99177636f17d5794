"""Under a cap by week, month or year the plan says how much of each such period it grants (DOMAIN 8.2, 2; G26)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.programmes import WAYS, ProgrammeOffice, Way, Wish
from tests.workflow.terms import bought, refused, terms, visit
from workflow.calculation import CapKind, PlanLine
from workflow.compensable import decide_units
from workflow.quantities import Opening, Terms

MONDAY = date(2019, 3, 4)


def planned(quantity: str, per: CapKind, **more: Any) -> Terms:
    line = PlanLine("P1", "REH-11", date(2018, 1, 1), Decimal(quantity), per)
    return terms(plan=[line], **more)


@pytest.mark.parametrize(
    ("per", "last", "next_period"),
    [
        (CapKind.ISO_WEEK, MONDAY + timedelta(days=6), MONDAY + timedelta(days=7)),
        (CapKind.CALENDAR_MONTH, date(2019, 3, 31), date(2019, 4, 1)),
        (CapKind.CALENDAR_YEAR, date(2019, 12, 31), date(2020, 1, 1)),
    ],
)
def test_each_period_begins_anew(per: CapKind, last: date, next_period: date) -> None:
    days = [(1, MONDAY, "4"), (2, last, "3"), (3, next_period, "6")]
    deliveries = [visit(key, day, quantity) for key, day, quantity in days]
    serving = [bought("A1", "20.00", valid_to=None)]
    decision = decide_units(planned("6", per, arrangements=serving), deliveries)
    assert refused(decision) == [(2, Decimal(1), "PLAN_QUANTITY")]


def test_a_lifetime_plan_is_used_up_once() -> None:
    deliveries = [visit(1, MONDAY, "4"), visit(2, MONDAY + timedelta(days=7), "4")]
    assert refused(decide_units(planned("6", CapKind.LIFETIME), deliveries)) == [(2, Decimal(2), "PLAN_QUANTITY")]


@pytest.mark.parametrize(("per", "left"), [(CapKind.LIFETIME, 2), (CapKind.ISO_WEEK, 6)])
def test_the_opening_balance_is_of_no_period(per: CapKind, left: int) -> None:
    before = Opening(used_by_service={"REH-11": Decimal(4)})
    decision = decide_units(planned("6", per, opening=before), [visit(1, MONDAY, "10")])
    assert refused(decision) == [(1, Decimal(10 - left), "PLAN_QUANTITY")]


# Through the office ---------------------------------------------------------------------------------------------------


@pytest.fixture
def office(session: Session) -> ProgrammeOffice:
    return ProgrammeOffice(session)


def test_care_of_six_hours_a_week_goes_on_every_week(office: ProgrammeOffice) -> None:
    plain = WAYS["CHILD_CARE"]
    way = Way((Wish("CAR-01", "6", "7.40"),), application=plain.application, assessment=plain.assessment)
    case = office.case_in("assigned", "CHILD_CARE", way)
    hours = {4: "4.25", 6: "1.5", 11: "6", 18: "6.25"}  # Mondays and a Wednesday of October 2021
    rows = [{"date": date(2021, 10, day), "quantity": Decimal(text)} for day, text in hours.items()]
    office.take(case, "confirm_delivery", **office.month(case, deliveries=rows), G54="Vajadzēja ilgāk.")
    refusals = [(row.on_day, row.quantity, row.reason) for each in case.deliveries for row in each.refusals]
    assert refusals == [(date(2021, 10, 18), Decimal("0.25"), "PLAN_QUANTITY")]


def test_respite_of_two_days_a_year_is_granted_anew_each_year(office: ProgrammeOffice) -> None:
    plain = WAYS["RESPITE"]
    way = Way((Wish("RSP-01", "2", "70.00"),), application=plain.application, assessment=plain.assessment)
    case = office.case_in("assigned", "RESPITE", way)
    refused_units = office.month(case)
    office.take(case, "confirm_delivery", **refused_units, G54="Trešā diennakts.")
    assert [row.reason for each in case.deliveries for row in each.refusals] == ["PLAN_QUANTITY"]
    office.today = date(2022, 2, 1)
    stay = {"check_in": office.at(2022, 1, 4), "check_out": office.at(2022, 1, 6)}
    given = office.month(case, month=date(2022, 1, 1), deliveries=[stay], act_on=office.today)
    office.take(case, "confirm_delivery", **given)
    assert case.deliveries[-1].refusals == []
