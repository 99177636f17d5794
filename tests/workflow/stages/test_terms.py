"""From rows to the calculation: revised plans, assignments that ended, opening balances, rule sets (DOMAIN 4, 9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.programmes import ProgrammeOffice
from tests.workflow.stages.test_revise_plan import approve, revise
from workflow.calculation import CapKind, Method, Reason
from workflow.models import Case
from workflow.stages.terms import (
    DROPPED,
    calculation_of,
    calculations,
    decision_of,
    delivered_of,
    plan_key_on,
    rules_of,
    terms_of,
)

REHAB = "CHILD_REHAB"


@pytest.fixture
def case(office: Office) -> Case:
    """Three sessions of physiotherapy accepted in October; the plan of 20 September allows twenty."""
    return office.case_in("service_delivered")


def revised(office: Office, case: Case, *services: tuple[str, str]) -> Case:
    """A new version with these services and quantities, approved on 17 November."""
    revise(office, case, *(office.line(case, code, quantity) for code, quantity in services))
    return approve(office, case)


def test_a_revised_line_keeps_its_first_approval_and_takes_the_new_quantity(office: Office, case: Case) -> None:
    [before] = terms_of(office.session, case, REHAB).plan
    revised(office, case, ("REH-15", "25"))
    [after] = terms_of(office.session, case, REHAB).plan
    assert (before.approved_on, before.quantity) == (date(2021, 9, 20), Decimal(20))
    assert (after.key, after.approved_on, after.quantity) == (before.key, date(2021, 9, 20), Decimal(25))


def test_a_version_that_nobody_approved_decides_nothing(office: Office, case: Case) -> None:
    revise(office, case, office.line(case, "REH-15", "3"))
    [line] = terms_of(office.session, case, REHAB).plan
    assert line.quantity == Decimal(20)
    revised(office, case, ("REH-15", "30"))
    [line] = terms_of(office.session, case, REHAB).plan
    assert (line.approved_on, line.quantity) == (date(2021, 9, 20), Decimal(30))


def test_a_service_taken_out_counts_until_the_new_version(office: Office, case: Case) -> None:
    line = case.assignments[0].plan_line_id
    revised(office, case, ("REH-14", "10"))
    assert plan_key_on(case, line, date(2021, 11, 16)) != DROPPED
    assert plan_key_on(case, line, date(2021, 11, 17)) == DROPPED
    assert decision_of(office.session, case, REHAB).refused == ()
    case.deliveries[0].delivered_on = date(2021, 11, 18)
    [refused] = decision_of(office.session, case, REHAB).refused
    assert refused.reason is Reason.NOT_IN_PLAN


def test_a_line_granted_later_is_too_early_not_outside_the_plan(office: Office, case: Case) -> None:
    revised(office, case, ("REH-15", "20"), ("REH-14", "10"))
    late = case.plan.lines[1]
    assert plan_key_on(case, late.id, date(2021, 10, 4)) == late.id
    assert plan_key_on(case, late.id, date(2021, 9, 1)) == late.id


def test_a_line_entered_anew_stands_for_the_old_one(office: Office, case: Case) -> None:
    """Without the link, the same service for the same person is the same line."""
    line = case.assignments[0].plan_line_id
    revised(office, case, ("REH-15", "25"))
    new = case.plan.lines[0]
    new.carried_from_id = None
    assert plan_key_on(case, line, date(2021, 11, 18)) == new.id


def test_an_ended_contract_ends_the_assignment(office: Office, case: Case) -> None:
    [row] = case.assignments
    assert terms_of(office.session, case, REHAB).arrangements[0].valid_to == date(2022, 9, 30)
    row.contract_line.contract.ended_on = date(2021, 10, 5)
    [found] = terms_of(office.session, case, REHAB).arrangements
    assert (found.valid_from, found.valid_to) == (date(2021, 10, 1), date(2021, 10, 5))
    reasons = [unit.reason for unit in decision_of(office.session, case, REHAB).refused]
    assert reasons == [Reason.NO_ASSIGNMENT, Reason.NO_ASSIGNMENT]


def test_the_register_entry_comes_along(office: Office, case: Case) -> None:
    [found] = terms_of(office.session, case, REHAB).arrangements
    assert (found.registered_from, found.registered_until) == (date(2019, 1, 1), date(2023, 12, 31))
    assert found.prices == {"REH-15": Decimal("23.50")}


def test_the_opening_balance_is_of_its_programme(office: Office, case: Case) -> None:
    case.opening_used = {REHAB: "12", "REH-15": "4", "GUARDIAN_SUPPORT": "7"}
    assert terms_of(office.session, case, REHAB).opening.total == Decimal(12)
    assert terms_of(office.session, case, "GUARDIAN_SUPPORT").opening.total == Decimal(7)


def test_only_programmes_with_deliveries_are_calculated(office: Office, case: Case) -> None:
    assert list(calculations(office.session, case)) == [REHAB]
    for row in case.deliveries:
        row.cancelled = True
    assert calculations(office.session, case) == {}
    assert delivered_of(case, REHAB) == []


def test_a_person_without_birth_date_cannot_be_judged(office: Office, case: Case) -> None:
    case.person.birth_date = None
    with pytest.raises(ValueError, match=case.case_no):
        terms_of(office.session, case, REHAB)
    office.session.rollback()


def test_the_rule_sets_follow_one_another() -> None:
    caps = [(rule.valid_from, rule.cap_quantity, rule.per_family) for rule in rules_of("GUARDIAN_SUPPORT")]
    assert caps == [
        (date(2015, 7, 1), Decimal(20), True),
        (date(2020, 6, 9), Decimal(20), False),
        (date(2021, 7, 1), Decimal(40), False),
    ]


def test_every_programme_has_its_method() -> None:
    adults, care, pilot = (rules_of(code)[-1] for code in ("ADULT_COMMUNITY", "CHILD_CARE", "ASD_PILOT"))
    assert (adults.method, adults.window_months, adults.cap_kind) == (Method.UNIT_COST, 24, CapKind.WINDOW)
    assert [band.quantity for band in care.bands] == [Decimal(50), Decimal(10)]
    assert (pilot.cap_kind, pilot.min_age, pilot.max_age) == (CapKind.NONE, 0, 17)


def test_two_years_run_on_while_the_case_rests(office: Office, session: Session) -> None:
    """A suspension does not stop the window (DOMAIN 5.1)."""
    adults = ProgrammeOffice(session)
    case = adults.case_in("service_delivered", "ADULT_COMMUNITY")
    before = calculation_of(session, case, "ADULT_COMMUNITY").window_last_day
    rest = {"reason": "hospital", "note": "", "from_on": adults.today, "expected_resume_on": date(2021, 12, 20)}
    adults.take(case, "suspend", "social_worker", **rest)
    adults.today = date(2021, 12, 20)
    adults.take(case, "resume", "social_worker", resumed_on=adults.today)
    assert calculation_of(session, case, "ADULT_COMMUNITY").window_last_day == before == date(2023, 10, 3)


def test_more_deliveries_cost_no_more_statements(office: Office, case: Case) -> None:
    """Neither the terms nor the deliveries are read one by one: what a case costs does not grow with its length."""
    few = statements_of(office, case)
    november = {"month": date(2021, 11, 1), "act_on": date(2021, 11, 22)}
    office.take(case, "confirm_delivery", **office.month(case, days=tuple(range(1, 22)), **november), G54="Daudz.")
    assert len(case.deliveries) == 24
    assert statements_of(office, case) == few


def statements_of(office: Office, case: Case) -> int:
    """How many statements the terms and the deliveries of the case take."""
    session, sent = office.session, []
    session.commit()
    session.expire_all()

    def note(*parts: object) -> None:
        sent.append(str(parts[2]))

    sa.event.listen(session.get_bind(), "before_cursor_execute", note)
    terms_of(session, case, REHAB)
    delivered_of(case, REHAB)
    sa.event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(sent)
