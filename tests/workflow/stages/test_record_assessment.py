"""record_assessment: papers, disability, home, age, assessor (G10–G18)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from workflow.models import Case, Disability, SpecialCareOpinion

ASSESSED_ON = date(2021, 9, 10)
CARE = {"no": "V-1", "issued_on": date(2021, 8, 1), "valid_to": None}


def record(office: Office, case: Case, who: Any = None, **changes: Any) -> Case:
    confirmed = {key: changes.pop(key) for key in [*changes] if key in ("G15", "G18")}
    return office.take(case, "record_assessment", who, **office.assessment(**changes), **confirmed)


def problems(office: Office, case: Case, **changes: Any) -> list[Any]:
    return refused(office, case, "record_assessment", **office.assessment(**changes))


def disability(**changes: Any) -> dict[str, Any]:
    return {"status": "disability", "group": None, "valid_from": date(2020, 1, 1), "valid_to": None} | changes


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("applied")


def test_writes_assessment_disability_and_document(office: Office, case: Case) -> None:
    record(office, case, earlier_in_project=False)
    assert case.state == "assessed"
    assert (case.assessment.assessed_on, case.assessment.living) == (ASSESSED_ON, "family")
    kept = office.session.scalars(sa.select(Disability).where(Disability.person_id == case.person_id)).one()
    assert (kept.status, kept.valid_from) == ("disability", date(2020, 1, 1))
    document = next(row for row in case.documents if row.code == "D09")
    assert (case.assessment.document_id, document.dated_on) == (document.id, ASSESSED_ON)


def test_proof_of_disability_must_be_there(office: Office) -> None:
    case = office.case_in("applied", documents=[])
    problem = the_one(problems(office, case))
    assert (problem.code, problem.params["documents"]) == ("G10", ["D03"])


def test_guardian_proves_representation(office: Office) -> None:
    case = office.case_in("applied", applicant_kind="guardian")
    assert the_one(problems(office, case, living="guardian_family")).params["documents"] == ["D05"]


def test_parent_at_another_address_proves_representation(office: Office) -> None:
    mother = {"first_name": "Māra", "last_name": "Paraudziņa", "address": "Cita iela 9"}
    case = office.case_in("applied", applicant=mother)
    assert codes(problems(office, case)) == ["G10"]


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (disability(status="none"), "disability-status"),
        (disability(valid_from=date(2021, 9, 11)), "disability-valid_from"),
        (disability(valid_to=date(2021, 9, 9)), "disability-valid_to"),
        (None, "disability-status"),
    ],
)
def test_disability_must_be_valid_on_the_day(office: Office, case: Case, entry: Any, field: str) -> None:
    problem = the_one(problems(office, case, disability=entry))
    assert (problem.code, problem.field, problem.params["date"]) == ("G11", field, ASSESSED_ON)


@pytest.mark.parametrize("entry", [disability(valid_from=ASSESSED_ON), disability(valid_to=ASSESSED_ON)])
def test_first_and_last_day_of_disability_count(office: Office, case: Case, entry: Any) -> None:
    assert record(office, case, disability=entry).state == "assessed"


@pytest.mark.parametrize("living", ["institution", "own_home", "other", None])
def test_child_lives_in_a_family(office: Office, case: Case, living: str | None) -> None:
    assert the_one(problems(office, case, living=living)).code == "G12"


@pytest.mark.parametrize("living", ["family", "guardian_family", "foster_family"])
def test_three_kinds_of_family(office: Office, case: Case, living: str) -> None:
    assert record(office, case, living=living).state == "assessed"


def test_eighteenth_birthday_is_too_late(office: Office) -> None:
    case = office.case_in("applied", person=office.person(birth_date=date(2003, 9, 10)))
    problem = the_one(problems(office, case))
    assert (problem.code, problem.field) == ("G14", "assessed_on")
    assert problem.params == {"age": 18, "date": ASSESSED_ON, "min": 0, "max": 17}


def test_day_before_eighteenth_birthday_is_in_time(office: Office) -> None:
    case = office.case_in("applied", person=office.person(birth_date=date(2003, 9, 11)))
    assert record(office, case).state == "assessed"


def test_assessor_profession_and_day_are_needed(office: Office, case: Case) -> None:
    found = problems(office, case, assessor_name="", assessor_profession=None, assessed_on=None)
    assert fields(found, "G17") == ["assessed_on", "assessor_name", "assessor_profession"]


def test_assessment_is_not_in_the_future(office: Office, case: Case) -> None:
    assert fields(problems(office, case, assessed_on=date(2021, 11, 23)), "G17") == ["assessed_on"]
    assert record(office, case, assessed_on=office.today).state == "assessed"


def test_assessment_before_application_is_confirmed(office: Office, case: Case) -> None:
    assert the_one(problems(office, case, assessed_on=date(2021, 8, 31))).code == "G18"
    record(office, case, assessed_on=date(2021, 8, 31), earlier_in_project=True, G18="Veikts projektā 2021. gadā")
    assert case.assessment.earlier_in_project


def test_day_of_application_needs_no_confirmation(office: Office, case: Case) -> None:
    assert record(office, case, assessed_on=case.received_on).state == "assessed"


def test_all_failing_guards_stand_together(office: Office) -> None:
    case = office.case_in("applied", documents=[])
    found = problems(office, case, disability=None, living=None, assessor_name=None)
    assert codes(found) == ["G10", "G11", "G12", "G17"]


def test_procurement_officer_may_not_assess(office: Office, case: Case) -> None:
    found = refused(office, case, "record_assessment", "procurement_officer", **office.assessment())
    assert codes(found) == ["G95"]


# Other case types -----------------------------------------------------------------------------------------------------


def respite(office: Office, birth_date: date = date(2012, 5, 14)) -> Case:
    return office.case_in(
        "applied",
        case_type="RESPITE",
        wanted="services",
        documents=["D03", "D04"],
        person=office.person(birth_date=birth_date),
    )


CHECK = {"assessment_mode": "document_check", "assessor_name": None, "assessor_profession": None}


def test_respite_needs_the_opinion(office: Office) -> None:
    assert the_one(problems(office, respite(office), **CHECK)).code == "G13"


@pytest.mark.parametrize(("valid_to", "passes"), [(ASSESSED_ON, True), (date(2021, 9, 9), False)])
def test_opinion_holds_until_its_last_day(office: Office, valid_to: date, passes: bool) -> None:
    case, opinion = respite(office), CARE | {"valid_to": valid_to}
    if passes:
        record(office, case, special_care_opinion=opinion, **CHECK)
        kept = office.session.scalars(sa.select(SpecialCareOpinion)).one()
        assert (kept.number, kept.valid_to) == ("V-1", valid_to)
    else:
        assert the_one(problems(office, case, special_care_opinion=opinion, **CHECK)).code == "G13"


def test_check_of_documents_has_no_assessor_and_no_d09(office: Office) -> None:
    case = record(office, respite(office), special_care_opinion=CARE, **CHECK)
    assert case.assessment.assessor_name == "Tests social_worker"
    assert "D09" not in {row.code for row in case.documents}


def test_age_eighteen_is_confirmed_by_a_supervisor_only(office: Office) -> None:
    case = respite(office, birth_date=date(2003, 9, 10))
    given = office.assessment(special_care_opinion=CARE, **CHECK)
    assert codes(refused(office, case, "record_assessment", G15="Redzēju", **given)) == ["G15"]
    both = office.hire("social_worker", "supervisor", name="Abi amati")
    assert office.take(case, "record_assessment", both, G15="Latviešu teksts", **given).state == "assessed"


def test_age_nineteen_is_over(office: Office) -> None:
    case = respite(office, birth_date=date(2002, 9, 10))
    found = problems(office, case, special_care_opinion=CARE, **CHECK)
    assert (codes(found), found[0].params["max"]) == (["G14"], 18)


def adult(office: Office) -> Case:
    return office.case_in(
        "applied",
        case_type="ADULT_COMMUNITY",
        applicant_kind="self",
        documents=["D03", "D06", "D07"],
        person=office.person(birth_date=date(1985, 7, 3)),
    )


def test_adult_names_a_ground(office: Office) -> None:
    problem = the_one(problems(office, adult(office), living="own_home"))
    assert (problem.code, problem.field) == ("G16", "target_ground")


@pytest.mark.parametrize(("group", "passes"), [("I", True), ("II", True), ("III", False), (None, False)])
def test_ground_of_risk_asks_for_group_one_or_two(office: Office, group: str | None, passes: bool) -> None:
    given = {"living": "own_home", "target_ground": "at_risk_group_1_or_2", "disability": disability(group=group)}
    case = adult(office)
    if passes:
        assert record(office, case, **given).state == "assessed"
    else:
        assert fields(problems(office, case, **given), "G16") == ["disability-group"]


def test_leaving_an_institution_asks_for_no_disability(office: Office) -> None:
    case = record(
        office, adult(office), living="institution", target_ground="leaving_institution", disability={"status": "none"}
    )
    assert case.state == "assessed"
