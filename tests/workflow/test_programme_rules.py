"""Each programme's own conditions at their bounds: who, with which papers, when, and from whom (DOMAIN 3, 5.2, 8.3)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.programmes import DISABILITY, OPINION, WAYS, ProgrammeOffice
from tests.workflow.stages.asking import codes, fields, refused, the_one
from tests.workflow.terms import bought, terms, visit
from workflow.calculation import PlanLine, Reason
from workflow.compensable import decide_units
from workflow.facts import facts
from workflow.models import Case, Person, SpecialCareOpinion
from workflow.stages.common import main_programme
from workflow.stages.terms import rules_of
from workflow.steps import problems_with

DAY_ONE = timedelta(days=1)
SPECIAL_CARE = ("RESPITE", "CHILD_CARE")
ASSESSED = {0: date(2021, 9, 10), 1: date(2022, 9, 10)}
KINDS = ("self", "parent", "guardian", "foster_parent", "trustee", "authorised_person", "institution")
PAPERS = ["D03", "D04", "D05", "D06", "D07", "D08"]


@pytest.fixture
def office(session: Session) -> ProgrammeOffice:
    return ProgrammeOffice(session)


def assess(office: ProgrammeOffice, case: Case, **changes: Any) -> list[str]:
    """The guards that refuse the assessment; none when it is recorded."""
    confirmed = {key: changes.pop(key) for key in [*changes] if key == "G15"}
    given = office.assessment(**changes)
    actor = office.actor("social_worker")
    return codes(problems_with(office.session, case, "record_assessment", actor, given, confirmed, office.today))


# Who may apply (G01) --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case_type", WAYS)
def test_only_the_programme_s_applicants_may_apply(office: ProgrammeOffice, case_type: str) -> None:
    office.way = WAYS[case_type]
    office.today = office.later(office.today)
    actor, person = office.actor("social_worker"), office.person(birth_date=office.way.born)
    for kind in KINDS:
        mother = {"first_name": "Māra", "last_name": "Paraudziņa"} if kind != "self" else None
        given = office.application(case_type=case_type, person=person, applicant_kind=kind, applicant=mother)
        found = problems_with(office.session, None, "register_application", actor, given, {}, office.today)  # type: ignore[arg-type]
        assert fields(found, "G01") == ([] if kind in main_programme(case_type).applicant else ["applicant_kind"]), kind


def test_who_applies_for_oneself_is_the_applicant(office: ProgrammeOffice) -> None:
    case = office.case_in("applied", "ADULT_COMMUNITY")
    assert case.applicant is case.person


@pytest.mark.parametrize("kind", ["trustee", "authorised_person"])
def test_who_speaks_for_an_adult_proves_it(office: ProgrammeOffice, kind: str) -> None:
    trustee = {"first_name": "Ainis", "last_name": "Aizgādnis", "address": "Parauga iela 1"}
    applied = {"case_type": "ADULT_COMMUNITY", "applicant_kind": kind, "applicant": trustee}
    assert assess(office, office.case_in("applied", **applied)) == ["G10"]
    assert assess(office, office.case_in("applied", **applied, documents=["D03", "D05", "D06", "D07"])) == []


# Papers (G10) ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case_type", "paper"),
    [
        ("RESPITE", "D03"),
        ("RESPITE", "D04"),
        ("CHILD_CARE", "D03"),
        ("CHILD_CARE", "D04"),
        ("ADULT_COMMUNITY", "D03"),
        ("ADULT_COMMUNITY", "D06"),
        ("ADULT_COMMUNITY", "D07"),
        ("ASD_PILOT", "D03"),
        ("ASD_PILOT", "D08"),
    ],
)
def test_each_paper_of_the_programme_is_needed(office: ProgrammeOffice, case_type: str, paper: str) -> None:
    papers = [code for code in WAYS[case_type].application["documents"] if code != paper]
    case = office.case_in("applied", case_type, documents=papers)
    problem = the_one(refused(office, case, "record_assessment", **office.assessment()))
    assert (problem.code, problem.params["documents"]) == ("G10", [paper])


@pytest.mark.parametrize("case_type", ["RESPITE", "CHILD_CARE", "ASD_PILOT", "FAMILY_ASSISTANT"])
def test_application_for_services_is_needed(office: ProgrammeOffice, case_type: str) -> None:
    case = office.case_in("applied", case_type, wanted="assessment")
    assert assess(office, case) == ["G10"]


def test_institution_applies_for_the_assessment(office: ProgrammeOffice) -> None:
    case = office.case_in("applied", "INSTITUTION_CHILD", wanted="services")
    assert the_one(refused(office, case, "record_assessment", **office.assessment())).params["documents"] == ["D01"]


def test_leaving_an_institution_needs_no_proof_of_disability(office: ProgrammeOffice) -> None:
    case = office.case_in("applied", "ADULT_COMMUNITY", documents=["D06", "D07"])
    leaves = {"target_ground": "leaving_institution", "living": "institution", "disability": None}
    assert assess(office, case) == ["G10"]
    assert assess(office, case, **leaves) == []


@pytest.mark.parametrize(("ground", "found"), [("leaving_institution", []), ("at_risk_group_1_or_2", ["G16"])])
def test_group_three_is_enough_only_from_an_institution(office: ProgrammeOffice, ground: str, found: list[str]) -> None:
    case = office.case_in("applied", "ADULT_COMMUNITY")
    assert assess(office, case, target_ground=ground, disability=DISABILITY | {"group": "III"}) == found


# Home, opinion, disability, age (G11–G15) -----------------------------------------------------------------------------


@pytest.mark.parametrize("case_type", ["RESPITE", "CHILD_CARE", "ASD_PILOT"])
@pytest.mark.parametrize("living", ["family", "guardian_family", "foster_family", "institution", "own_home"])
def test_children_of_the_programme_live_in_families(office: ProgrammeOffice, case_type: str, living: str) -> None:
    case = office.case_in("applied", case_type)
    assert assess(office, case, living=living) == ([] if living in main_programme(case_type).living else ["G12"])


@pytest.mark.parametrize("case_type", ["ADULT_COMMUNITY", "INSTITUTION_CHILD", "FAMILY_ASSISTANT"])
def test_others_live_where_their_programme_says(office: ProgrammeOffice, case_type: str) -> None:
    case = office.case_in("applied", case_type)
    for living in main_programme(case_type).living:
        assert assess(office, case, living=living) == []
    assert assess(office, case, living=None) == ["G12"]


@pytest.mark.parametrize("case_type", WAYS)
def test_disability_is_asked_where_the_programme_needs_it(office: ProgrammeOffice, case_type: str) -> None:
    case = office.case_in("applied", case_type)
    asked = case_type not in ("INSTITUTION_CHILD", "FAMILY_ASSISTANT")
    assert ("G11" in assess(office, case, disability={"status": "none"})) is asked


@pytest.mark.parametrize("case_type", WAYS)
def test_opinion_is_asked_for_respite_and_care(office: ProgrammeOffice, case_type: str) -> None:
    case = office.case_in("applied", case_type)
    expected = ["G13"] if case_type in SPECIAL_CARE else []
    assert assess(office, case, special_care_opinion=None) == expected


def test_opinion_holds_when_care_is_arranged(office: ProgrammeOffice) -> None:
    case = office.case_in("applied", "CHILD_CARE")
    ends_on = office.today
    office.take(case, "record_assessment", **office.assessment(special_care_opinion=OPINION | {"valid_to": ends_on}))
    office.take(case, "draft_plan", **office.plan(case))
    office.take(case, "approve_plan", **office.approval())
    office.today += DAY_ONE
    assert the_one(refused(office, case, "start_procurement", **office.request(case))).code == "G13"
    office.session.add(SpecialCareOpinion(person_id=case.person_id, number="V-2", issued_on=office.today))
    office.session.flush()
    assert office.take(case, "start_procurement", **office.request(case)).state == "procurement"


@pytest.mark.parametrize("case_type", WAYS)
def test_ages_of_the_programme_include_both_bounds(office: ProgrammeOffice, case_type: str) -> None:
    programme, way = main_programme(case_type), WAYS[case_type]
    case = office.case_in("applied", case_type)
    for age in (0, 4, 5, 17, 18, 19, 64):
        of_age(case.person, age, ASSESSED[way.years])
        low, high = programme.min_age or 0, programme.max_age if programme.max_age is not None else 200
        wanted = [] if low <= age <= high else ["G14"]
        assert [code for code in assess(office, case) if code != "G15"] == wanted, age


def of_age(person: Person, age: int, day: date) -> None:
    """The person turns so old on the day."""
    person.birth_date = day.replace(year=day.year - age)


@pytest.mark.parametrize("case_type", WAYS)
def test_age_18_is_contested_in_respite_and_care(office: ProgrammeOffice, case_type: str) -> None:
    case, day = office.case_in("applied", case_type), ASSESSED[WAYS[case_type].years]
    of_age(case.person, 18, day)
    assert ("G15" in assess(office, case)) is (case_type in SPECIAL_CARE)
    assert case.person.birth_date is not None
    case.person.birth_date += DAY_ONE
    assert "G15" not in assess(office, case)


# What may be planned (G21, G24) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case_type", [code for code in WAYS if code != "INSTITUTION_CHILD"])
def test_services_of_other_programmes_are_refused(office: ProgrammeOffice, case_type: str) -> None:
    case = office.case_in("assessed", case_type)
    own = facts().service_codes_of(case_type)
    for service in ("REH-15", "GRD-01", "RSP-01", "CAR-01", "ADL-01", "ASD-01", "FAM-01"):
        line = {"service": service, "recipient_kind": "child", "recipient": case.person, "quantity": Decimal(1)}
        given = office.plan(case, lines=[line])
        found = problems_with(
            office.session, case, "draft_plan", office.actor("social_worker"), given, {}, office.today
        )
        assert ("G21" in codes(found)) is (service not in own), service


def test_plan_only_has_no_services(office: ProgrammeOffice) -> None:
    case = office.case_in("assessed", "INSTITUTION_CHILD")
    line = {"service": "REH-15", "recipient_kind": "child", "recipient": case.person, "quantity": Decimal(1)}
    assert codes(refused(office, case, "draft_plan", **office.plan(case, lines=[line]))) == ["G21"]


# Who provides (G36, G40) ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case_type", ["REHAB", "RESPITE", "CHILD_CARE", "ADULT_COMMUNITY", "ASD_PILOT"])
@pytest.mark.parametrize("register", ["social_providers", "medical_practitioners", "medical_institutions"])
def test_registers_of_the_programme(office: ProgrammeOffice, case_type: str, register: str) -> None:
    case = office.case_in("procurement", case_type)
    provider = office.provider("Prakse", register=register)
    given, actor = office.contract(case, provider=provider), office.actor("procurement_officer")
    found = problems_with(office.session, case, "sign_contract", actor, given, {}, office.today)
    accepted = case_type in ("REHAB", "ASD_PILOT") or register == "social_providers"
    assert ("G40" in codes(found)) is not accepted


@pytest.mark.parametrize("route", ["procure", "mixed"])
def test_family_assistants_are_not_bought(office: ProgrammeOffice, route: str) -> None:
    """Only specialists of the municipal social service give it [004]."""
    case = office.case_in("approved", "FAMILY_ASSISTANT")
    assert fields(refused(office, case, "start_procurement", **office.request(case, route=route)), "G36") == ["route"]
    office.take(case, "start_procurement", **office.request(case))
    assert (case.next_step, "sign_contract" in case.offered) == ("assign_in_house", False)
    prices = [{"service": "FAM-01", "unit_price": Decimal("11.20")}]
    assert codes(refused(office, case, "sign_contract", **office.contract(case, lines=prices))) == ["G40"]
    company = office.provider("SIA «Palīgs»")
    assert codes(refused(office, case, "assign_in_house", **office.in_house(case, provider=company))) == ["G48"]


# The days of the programme (G04, G35, OUTSIDE_PROJECT) ----------------------------------------------------------------


@pytest.mark.parametrize("case_type", WAYS)
def test_applications_are_taken_until_the_last_day(office: ProgrammeOffice, case_type: str) -> None:
    office.way, last_day = WAYS[case_type], main_programme(case_type).last_day
    office.today, actor = last_day + DAY_ONE, office.actor("social_worker")
    for day, late in ((last_day, []), (last_day + DAY_ONE, ["received_on"])):
        given = office.application(case_type=case_type, received_on=day)
        found = problems_with(office.session, None, "register_application", actor, given, {}, office.today)  # type: ignore[arg-type]
        assert fields(found, "G04") == late


@pytest.mark.parametrize("case_type", [code for code in WAYS if code not in ("REHAB", "INSTITUTION_CHILD")])
def test_services_start_until_the_last_day(office: ProgrammeOffice, case_type: str) -> None:
    case, last_day = office.case_in("approved", case_type), main_programme(case_type).last_day
    office.today = last_day + DAY_ONE
    problem = the_one(refused(office, case, "start_procurement", **office.request(case)))
    assert (problem.code, problem.params) == ("G35", {"date": last_day})
    office.today = last_day
    assert office.take(case, "start_procurement", **office.request(case)).state == "procurement"


@pytest.mark.parametrize("code", [row.code for row in facts().programmes.rows if not row.plan_only])
def test_units_count_from_the_first_to_the_last_day(code: str) -> None:
    programme = facts().programmes[code]
    first, last = programme.first_day, programme.last_day
    given = terms(
        first_day=first,
        last_day=last,
        rules=rules_of(code),
        plan=[PlanLine("P1", "REH-11", date(2015, 1, 1))],
        arrangements=[bought("A1", "20.00", valid_from=date(2015, 1, 1), valid_to=None)],
        birth_date=first.replace(year=first.year - 30 if programme.min_age else first.year - 5),
    )
    for day, outside in ((first - DAY_ONE, True), (first, False), (last, False), (last + DAY_ONE, True)):
        refusals = decide_units(given, [visit(1, day)]).refused
        expected = [Reason.OUTSIDE_PROJECT] if outside else []
        assert [row.reason for row in refusals] == expected, day
