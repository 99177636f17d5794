"""The accounts of a case from its rows: parts, plans of brothers and sisters, periods, windows (R2, R4, R10)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.factory import Office
from workflow.models import Case, Family
from workflow.quantities import CapKind
from workflow.stages.accounts import CapAccount, accounts_of
from workflow.stages.used import shared_units
from workflow.warnings import Told

D = Decimal
EARLY = date(2020, 5, 4)  # while the guardians' cap is the family's


def of(office: Office, case: Case, today: date, *lines: tuple[str, str]) -> dict[str, CapAccount]:
    planned = [(service, case.person_id, D(quantity)) for service, quantity in lines]
    return {one.programme: one for one in accounts_of(shared_units(office.session, case), planned, today)}


def test_opening_balance_units_and_plan_of_one_case(office: Office) -> None:
    case = office.case_in("service_delivered", opening_used=D(10))
    one = of(office, case, office.today, ("REH-15", "20"))["CHILD_REHAB"]
    assert one.parts is not None
    assert (one.parts.opening, one.parts.here, one.parts.elsewhere) == (10, 3, 0)
    assert (one.state.cap, one.state.used, one.state.reserved, one.state.left) == (100, 13, 17, 70)
    assert (one.unit, one.over, one.used_up, one.told) == ("SESSION", 0, False, ())


def test_units_of_an_earlier_case_are_a_part_of_their_own(office: Office) -> None:
    before = office.case_in("compensated")
    office.take(before, "close", reason="completed", closed_on=date(2021, 11, 20))
    case = office.case_in("applied", person=before.person)
    parts = of(office, case, office.today)["CHILD_REHAB"].parts
    assert parts is not None
    assert (parts.here, parts.elsewhere) == (0, 3)


def siblings(office: Office) -> tuple[Case, Case]:
    """Two children of a family; the elder's approved plan holds six sessions for the mother."""
    family = Family(name="Paraudziņi")
    office.session.add(family)
    office.session.flush()
    younger = office.case_in("assessed", person=office.person("Jānis", family_id=family.id))
    elder = office.case_in("assessed", person=office.person("Pēteris", family_id=family.id))
    mother = elder.applicant
    line = office.line(elder, "GRD-01", "6", recipient=mother, recipient_kind="guardian")
    office.take(elder, "draft_plan", **office.plan(elder, lines=[line]))
    office.take(elder, "approve_plan", **office.approval())
    return younger, elder


def test_plans_of_siblings_keep_of_a_cap_of_the_family(office: Office) -> None:
    younger, _ = siblings(office)
    then, now = of(office, younger, EARLY)["GUARDIAN_SUPPORT"], of(office, younger, office.today)["GUARDIAN_SUPPORT"]
    assert (then.per_family, then.reserved_elsewhere, then.state.reserved, then.state.left) == (True, 6, 6, 14)
    assert (now.per_family, now.reserved_elsewhere, now.state.left) == (False, 0, 40)


def test_a_plan_that_ended_or_was_replaced_keeps_nothing(office: Office) -> None:
    younger, elder = siblings(office)
    lines = [office.line(elder, "REH-15", "4")]
    revised: dict[str, Any] = {**office.plan(elder, lines=lines), "reason": "Vairs nevajag", "drafted_on": office.today}
    office.take(elder, "revise_plan", "social_worker", **revised)
    assert of(office, younger, EARLY)["GUARDIAN_SUPPORT"].reserved_elsewhere == 6  # not approved yet
    office.take(
        elder, "approve_plan", **office.approval(approved_on=office.today, representative_signed_on=office.today)
    )
    assert of(office, younger, EARLY)["GUARDIAN_SUPPORT"].reserved_elsewhere == 0


def test_too_much_planned_is_told_by_how_much(office: Office) -> None:
    case = office.case_in("assessed", opening_used=D(90))
    one = of(office, case, office.today, ("REH-15", "14"))["CHILD_REHAB"]
    assert (one.over, one.state.left) == (4, 0)


@pytest.mark.parametrize(("used", "told"), [("94", ()), ("95", (Told("DL-13", left=D(5), unit="SESSION"),))])
def test_a_nearly_used_cap_is_told(office: Office, used: str, told: tuple[Told, ...]) -> None:
    case = office.case_in("assessed", opening_used=D(used))
    assert of(office, case, office.today)["CHILD_REHAB"].told == told


def test_care_is_counted_by_week_and_band(office: Office) -> None:
    case = office.case_in("applied", case_type="CHILD_CARE", person=office.person(birth_date=date(2016, 11, 26)))
    one = of(office, case, office.today, ("CAR-01", "50"))["CHILD_CARE"]
    assert (one.state.kind, one.state.cap, one.state.reserved) == (CapKind.ISO_WEEK, 50, 50)
    assert (one.state.period_from, one.state.period_to) == (date(2021, 11, 22), date(2021, 11, 25))
    assert one.next_band is not None
    assert (one.next_band.on, one.next_band.cap) == (date(2021, 11, 26), 10)


@pytest.mark.parametrize(
    ("begun", "days", "warned"), [(date(2020, 2, 20), 89, True), (date(2020, 2, 22), 91, False), (None, None, False)]
)
def test_the_two_years_are_counted_in_days(office: Office, begun: date | None, days: int, warned: bool) -> None:
    case = office.case_in("applied")
    case.case_type, case.opening_window_start = "ADULT_COMMUNITY", begun
    one = of(office, case, office.today)["ADULT_COMMUNITY"]
    assert (one.state.kind, one.months, one.days_left) == (CapKind.WINDOW, 24, days)
    assert bool(one.told) is warned


def test_after_the_programme_its_last_day_is_shown(office: Office) -> None:
    case = office.case_in("applied")
    assert of(office, case, date(2023, 5, 1))["CHILD_REHAB"].on == date(2022, 12, 31)
