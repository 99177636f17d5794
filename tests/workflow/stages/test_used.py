"""Units counted so far: over all cases of the person, and of the family where the cap is the family's (R1–R10)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.factory import Office
from workflow.models import Case, Family, Municipality, Person, RefusalOfUnits
from workflow.quantities import Counted
from workflow.stages.used import counted_elsewhere, opening_of, shared_units, used_units

DAY = date(2021, 11, 22)


def of_sibling(case: Case, office: Office) -> Case:
    """Brother or sister of the child of the case, applied for."""
    family = Family(name="Paraudziņi")
    office.session.add(family)
    office.session.flush()
    case.person.family_id = family.id
    return office.case_in("applied", person=office.person("Pēteris", family_id=family.id))


def again(office: Office, person: Person, **application: Any) -> Case:
    return office.case_in("applied", person=person, **application)


def ended(office: Office, **application: Any) -> Case:
    """A case with three paid sessions, closed."""
    case = office.case_in("compensated", **application)
    return office.take(case, "close", reason="completed", closed_on=date(2021, 11, 20))


def test_units_of_the_case_itself(office: Office) -> None:
    case = office.case_in("service_delivered")
    one = Decimal(1)
    expected = [Counted(date(2021, 10, day), one) for day in (4, 6, 11)]
    assert shared_units(office.session, case).here("CHILD_REHAB") == expected
    assert shared_units(office.session, case).here("GUARDIAN_SUPPORT") == []
    assert used_units(office.session, case, "CHILD_REHAB", DAY) == 3


def test_refused_and_cancelled_units_are_not_used(office: Office) -> None:
    case = office.case_in("service_delivered")
    first, second, _ = case.deliveries
    first.refusals.append(RefusalOfUnits(on_day=first.delivered_on, quantity=Decimal(1), reason="CAP"))
    second.cancelled = True
    office.session.flush()
    assert used_units(office.session, case, "CHILD_REHAB", DAY) == 1


def test_opening_balance_stands_before_everything(office: Office) -> None:
    case = office.case_in("applied", opening_used=Decimal(36))
    assert opening_of(case, "CHILD_REHAB").total == 36
    assert used_units(office.session, case, "CHILD_REHAB", DAY) == 36
    assert used_units(office.session, case, "GUARDIAN_SUPPORT", DAY) == 0


def test_units_of_an_earlier_case_count(office: Office) -> None:
    before = ended(office, opening_used=Decimal(10))
    case = again(office, before.person)
    assert used_units(office.session, case, "CHILD_REHAB", DAY) == 13
    assert counted_elsewhere(office.session, case, "CHILD_REHAB")[0] == Counted(date(2015, 7, 1), Decimal(10))


def moved(office: Office, case: Case) -> Office:
    """The municipality to which the family moves."""
    there = Office(office.session, "ludzas-novads")
    assert there.municipality.id != case.municipality_id
    assert isinstance(there.municipality, Municipality)
    return there


@pytest.mark.parametrize(("certified", "used"), [("3", 3), ("5", 5), ("1", 3), ("0", 3)])
def test_certificate_of_the_former_office_is_not_counted_twice(office: Office, certified: str, used: int) -> None:
    before = ended(office)
    there = moved(office, before)
    given = {"person": before.person, "received_on": date(2021, 11, 15), "opening_used": Decimal(certified)}
    case = there.take(None, "register_application", G05="Pārcēlās", **there.application(**given))
    assert used_units(office.session, case, "CHILD_REHAB", DAY) == used


def test_siblings_share_only_a_cap_of_the_family(office: Office) -> None:
    case = office.case_in("service_delivered")
    sibling = of_sibling(case, office)
    units = counted_elsewhere(office.session, sibling, "CHILD_REHAB")
    assert [(one.quantity, one.sibling) for one in units] == [(Decimal(1), True)] * 3
    assert used_units(office.session, sibling, "CHILD_REHAB", DAY) == 0
    assert counted_elsewhere(office.session, sibling, "CHILD_REHAB", "per_child") == []


def for_mother(office: Office, case: Case) -> None:
    line = office.line(case, "GRD-01", "10", recipient_kind="guardian", recipient=case.applicant)
    office.take(case, "record_assessment", **office.assessment())
    office.take(case, "draft_plan", **office.plan(case, lines=[line]))
    for step in ("approved", "procurement", "assigned", "service_delivered"):
        office._walk(case, step)


@pytest.mark.parametrize(("day", "used"), [(date(2020, 6, 8), 3), (date(2020, 6, 9), 0), (DAY, 0)])
def test_guardians_cap_was_the_family_s_until_june_2020(office: Office, day: date, used: int) -> None:
    case = office.case_in("applied")
    for_mother(office, case)
    sibling = of_sibling(case, office)
    assert used_units(office.session, case, "GUARDIAN_SUPPORT", DAY) == 3
    assert used_units(office.session, sibling, "GUARDIAN_SUPPORT", day) == used
