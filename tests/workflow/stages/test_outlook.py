"""What of a case will end and what its caps leave, kept with its position (DOMAIN 8.4, DL-09 to DL-14)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.factory import Office
from workflow.models import Case
from workflow.stages.outlook import kept, outlook
from workflow.warnings import Told


def told(case: Case, day: date) -> list[str]:
    return [one.code for one in kept(case.warnings).told(day)]


def ends(case: Case) -> dict[str, date]:
    return dict(kept(case.warnings).ends)


def test_contract_ends(office: Office) -> None:
    case = office.case_in("assigned")
    assert ends(case)["DL-14"] == date(2022, 9, 30)
    assert told(case, date(2022, 8, 30)) == []
    assert told(case, date(2022, 8, 31)) == ["DL-14"]
    assert told(case, date(2022, 9, 30)) == ["DL-14"]
    assert told(case, date(2022, 10, 1)) == []


def test_register_entry_of_the_provider_ends(office: Office) -> None:
    case = office.case_in("procurement")
    provider = office.provider(valid_to=date(2022, 1, 31))
    office.take(case, "sign_contract", **office.contract(case, provider=provider))
    assert ends(case)["DL-09"] == date(2022, 1, 31)
    assert told(case, date(2021, 12, 1)) == []
    assert told(case, date(2021, 12, 2)) == ["DL-09"]


def test_longest_contract_of_a_line_counts(office: Office) -> None:
    case = office.case_in("assigned")
    office.take(case, "sign_contract", **office.contract(case, ends_on=date(2022, 12, 31)))
    assert ends(case)["DL-14"] == date(2022, 12, 31)


def test_disability_ends(office: Office) -> None:
    case = office.case_in("applied")
    disability = {"status": "disability", "group": None, "valid_from": date(2020, 1, 1), "valid_to": date(2022, 1, 10)}
    office.take(case, "record_assessment", **office.assessment(disability=disability))
    assert ends(case)["DL-10"] == date(2022, 1, 10)
    assert told(case, date(2021, 11, 10)) == []
    assert told(case, date(2021, 11, 11)) == ["DL-10"]


@pytest.mark.parametrize(("born", "near"), [(date(2004, 2, 21), True), (date(2004, 2, 22), False)])
def test_age_bound_of_the_programme_comes_near(office: Office, born: date, near: bool) -> None:
    case = office.case_in("applied", person=office.person(birth_date=born))
    assert ends(case)["DL-11"] == born.replace(year=2022) - timedelta(days=1)
    assert ("DL-11" in told(case, office.today)) is near


def test_fifth_birthday_matters_to_care(office: Office) -> None:
    born = date(2017, 1, 15)
    given = office.application(case_type="CHILD_CARE", person=office.person(birth_date=born), wanted="services")
    case = office.take(None, "register_application", **given)
    ages = [day for code, day in kept(case.warnings).ends if code == "DL-11"]
    assert ages[0] == date(2022, 1, 14)
    assert date(2035, 1, 14) in ages  # 18, from which on a supervisor confirms (C3)
    assert ages[-1] == date(2036, 1, 14)
    assert told(case, office.today) == ["DL-11"]


def test_window_of_an_adult_ends(office: Office) -> None:
    person = office.person(birth_date=date(1980, 1, 1))
    given = office.application(case_type="ADULT_COMMUNITY", person=person, applicant_kind="self")
    case = office.take(None, "register_application", **given)
    assert "DL-12" not in ends(case)
    case.opening_window_start = date(2020, 2, 29)
    found = outlook(office.session, case, office.today)
    assert dict(found.ends)["DL-12"] == date(2022, 2, 28)
    assert [one.code for one in found.told(date(2021, 11, 30))] == ["DL-12"]


def test_cap_is_nearly_used(office: Office) -> None:
    case = office.case_in("assessed", opening_used=Decimal(92))
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, quantity="8")]))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    office.take(case, "sign_contract", **office.contract(case))
    office.take(case, "confirm_delivery", **office.month(case, days=(4, 6)))
    assert told(case, office.today) == []
    office.take(case, "confirm_delivery", **office.month(case, days=(7,)))
    assert kept(case.warnings).told(office.today) == [Told("DL-13", left=Decimal("5"), unit="SESSION")]


def test_ended_case_has_nothing_ahead(office: Office) -> None:
    case = office.case_in("assigned")
    assert case.warnings
    office.take(case, "withdraw", "social_worker", withdrawn_on=office.today)
    assert case.warnings == []


def test_kept_as_it_was_found(office: Office) -> None:
    case = office.case_in("service_delivered")
    assert kept(case.warnings) == outlook(office.session, case, office.today)
