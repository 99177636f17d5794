"""assign_in_house: the municipality's own provider, registered, at its own tariff (G40, G41, G44, G47, G48)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from workflow.facts import facts
from workflow.models import Case, Municipality, Provider, Task, TransitionLog
from workflow.stages.procurement import unassigned

STARTS_ON = date(2021, 10, 1)
LAST_DAY = facts().programmes["CHILD_REHAB"].last_day


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("procurement")


@pytest.fixture
def centre(office: Office) -> Provider:
    return office.provider("Dienas centrs", "municipal_institution")


def given(provider: Provider, **changes: Any) -> dict[str, Any]:
    return {
        "provider": provider,
        "register_entry": provider.entries[0],
        "starts_on": STARTS_ON,
        "ends_on": None,
        "lines": [{"service": "REH-15", "own_tariff": Decimal("18.00"), "row": 0}],
    } | changes


def problems(office: Office, case: Case, provider: Provider, **changes: Any) -> list[Any]:
    return refused(office, case, "assign_in_house", **given(provider, **changes))


def test_assigns_at_the_own_tariff(office: Office, case: Case, centre: Provider) -> None:
    office.take(case, "assign_in_house", **given(centre))
    row = case.assignments[0]
    assert (row.kind, row.contract_line, row.own_tariff) == ("in_house", None, Decimal("18.00"))
    assert (row.starts_on, row.ends_on, row.provider) == (STARTS_ON, None, centre)
    assert (case.state, unassigned(case)) == ("procurement", [])


def test_leaves_referral_and_notice(office: Office, case: Case, centre: Provider) -> None:
    office.take(case, "assign_in_house", "supervisor", **given(centre))
    assert [row.number for row in case.documents if row.code == "D13"] == [case.assignments[0].referral_no]
    tasks = {task.title: task.done_on for task in office.session.query(Task).filter_by(case_id=case.id)}
    assert tasks["arrange_provider"] == office.today
    assert tasks["provider_arranged"] is None


def test_without_lines_it_takes_all_that_is_open(office: Office, case: Case, centre: Provider) -> None:
    office.take(case, "assign_in_house", **given(centre, lines=[]))
    assert [(row.plan_line.service_code, row.own_tariff) for row in case.assignments] == [("REH-15", None)]


def test_takes_only_the_services_named(office: Office, centre: Provider) -> None:
    case = office.case_in("assessed")
    lines = [office.line(case, "REH-15", "10"), office.line(case, "REH-14", "10")]
    office.take(case, "draft_plan", **office.plan(case, lines=lines))
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case, route="mixed"))
    office.take(case, "assign_in_house", **given(centre))
    assert [line.service_code for line in unassigned(case)] == ["REH-14"]


def test_history_does_not_keep_the_place_of_a_row(office: Office, case: Case, centre: Provider) -> None:
    office.take(case, "assign_in_house", **given(centre))
    row = office.session.query(TransitionLog).filter_by(case_id=case.id, event="assign_in_house").one()
    assert row.data["lines"] == [{"service": "REH-15", "own_tariff": "18.00"}]


@pytest.mark.parametrize("kind", ["municipal_institution", "created_by_municipality"])
def test_own_institutions_pass(office: Office, case: Case, kind: str) -> None:
    assert office.take(case, "assign_in_house", **given(office.provider("Centrs", kind))).assignments


def test_company_is_not_in_house(office: Office, case: Case) -> None:
    assert the_one(problems(office, case, office.provider())).code == "G48"


def test_institution_of_a_neighbour_is_not_in_house(office: Office, case: Case, centre: Provider) -> None:
    neighbour = office.session.query(Municipality).filter(Municipality.id != case.municipality_id).first()
    centre.municipality_id = neighbour.id
    assert the_one(problems(office, case, centre)).code == "G48"


def test_institution_of_nobody_known_is_not_in_house(office: Office, case: Case, centre: Provider) -> None:
    centre.municipality_id = None
    assert the_one(problems(office, case, centre)).code == "G48"


def test_entry_must_be_valid_on_the_first_day(office: Office, case: Case) -> None:
    ended = office.provider("Centrs", "municipal_institution", valid_to=STARTS_ON - timedelta(days=1))
    problem = the_one(problems(office, case, ended))
    assert (problem.code, problem.params) == ("G40", {"date": STARTS_ON})
    ended.entries[0].valid_to = STARTS_ON
    assert office.take(case, "assign_in_house", **given(ended)).assignments


def test_entry_without_the_service_is_confirmed(office: Office, case: Case) -> None:
    other = office.provider("Centrs", "municipal_institution", services=["REH-14"])
    assert the_one(problems(office, case, other)).code == "G41"
    assert office.take(case, "assign_in_house", **given(other), G41="Ieraksts tiek papildināts").assignments


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": None}, "starts_on"),
        ({"starts_on": date(2015, 6, 30)}, "starts_on"),
        ({"ends_on": STARTS_ON - timedelta(days=1)}, "ends_on"),
        ({"ends_on": LAST_DAY + timedelta(days=1)}, "ends_on"),
    ],
)
def test_dates_must_be_in_order(
    office: Office, case: Case, centre: Provider, changes: dict[str, Any], field: str
) -> None:
    assert fields(problems(office, case, centre, **changes), "G44") == [field]


@pytest.mark.parametrize("ends_on", [STARTS_ON, LAST_DAY, None])
def test_any_end_inside_the_programme_passes(
    office: Office, case: Case, centre: Provider, ends_on: date | None
) -> None:
    assert office.take(case, "assign_in_house", **given(centre, ends_on=ends_on)).assignments


def test_another_than_the_wanted_provider_is_confirmed(office: Office, case: Case, centre: Provider) -> None:
    case.desired_provider = "Cerība"
    assert the_one(problems(office, case, centre)).code == "G47"
    assert office.take(case, "assign_in_house", **given(centre), G47="Cerībai nav vietu").assignments


def test_wanted_provider_passes(office: Office, case: Case, centre: Provider) -> None:
    case.desired_provider = "dienas CENTRS"
    assert office.take(case, "assign_in_house", **given(centre)).assignments


def test_empty_form_names_everything_missing(office: Office, case: Case) -> None:
    assert codes(refused(office, case, "assign_in_house")) == ["G40", "G44", "G48"]


def test_worker_assigns_nobody(office: Office, case: Case, centre: Provider) -> None:
    assert codes(refused(office, case, "assign_in_house", "social_worker", **given(centre))) == ["G95"]
