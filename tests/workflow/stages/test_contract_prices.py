"""sign_contract: prices, the wanted provider, care (G45–G47, G49)."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from tests.workflow.stages.contracting import STARTS_ON, contract_of, of_type, price, problems, sign
from workflow.facts import Facts, facts
from workflow.models import Case, Relation, UnitCost


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("procurement")


@pytest.mark.parametrize("unit_price", ["0.00", "-1.00"])
def test_price_must_be_above_zero(office: Office, case: Case, unit_price: str) -> None:
    assert fields(problems(office, case, lines=price(unit_price)), "G45") == ["lines-0-unit_price"]


def test_problem_stands_at_the_row_as_it_was_typed(office: Office, case: Case) -> None:
    lines = [row | {"row": 2} for row in price("0.00")]
    assert fields(problems(office, case, lines=lines), "G45") == ["lines-2-unit_price"]


def test_smallest_price_passes(office: Office, case: Case) -> None:
    assert sign(office, case, lines=price("0.01")).assignments[0].contract_line.unit_price == Decimal("0.01")


def test_contract_needs_prices(office: Office, case: Case) -> None:
    assert fields(problems(office, case, lines=[]), "G45") == ["lines"]
    assert fields(problems(office, case, lines=price("9.00", "REH-14")), "G45") == ["plan_lines"]


def test_price_of_no_service_covers_nothing(office: Office, case: Case) -> None:
    nameless = [{"service": None, "unit_price": Decimal("23.50")}]
    assert codes(problems(office, case, lines=nameless)) == ["G45"]


def unit_cost(office: Office, amount: str, **changes: Any) -> None:
    values = {"service_code": "REH-15", "valid_from": date(2021, 1, 1), "valid_to": None, "source": "tests"}
    office.session.add(UnitCost(amount=Decimal(amount), **values | changes))


def test_price_above_the_unit_cost_is_confirmed(office: Office, case: Case) -> None:
    unit_cost(office, "23.4999")
    problem = the_one(problems(office, case))
    assert (problem.code, problem.field) == ("G46", "lines-0-unit_price")
    assert problem.params == {"price": Decimal("23.50"), "unit_cost": Decimal("23.4999")}
    assert sign(office, case, G46="Cita piedāvājuma nebija").assignments


def test_price_at_the_unit_cost_passes(office: Office, case: Case) -> None:
    unit_cost(office, "23.50")
    assert sign(office, case).assignments


def test_unit_cost_that_ended_does_not_count(office: Office, case: Case) -> None:
    unit_cost(office, "10.00", valid_to=STARTS_ON - timedelta(days=1))
    assert sign(office, case).assignments


def test_unit_cost_is_asked_of_a_joined_contract_too(office: Office, case: Case) -> None:
    contract = contract_of(office)
    unit_cost(office, "10.00")
    given = {"contract": contract, "plan_lines": case.plan.lines}
    assert fields(refused(office, case, "sign_contract", **given), "G46") == ["contract"]


@pytest.fixture
def respite(office: Office) -> Case:
    return of_type(office, "RESPITE", "RSP-01")


@pytest.fixture
def ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule set that compensates respite up to 73.00 EUR (DOMAIN 9.6, W06)."""
    cap = dataclasses.replace(facts().cap_on("RESPITE", STARTS_ON), ceiling=Decimal("73.00"))
    monkeypatch.setattr(Facts, "cap_on", lambda self, programme, day: cap)


@pytest.mark.usefixtures("ceiling")
def test_price_above_the_ceiling_is_confirmed(office: Office, respite: Case) -> None:
    problem = the_one(problems(office, respite, lines=price("73.01", "RSP-01")))
    assert (problem.code, problem.params["unit_cost"]) == ("G46", Decimal("73.00"))


@pytest.mark.usefixtures("ceiling")
def test_price_at_the_ceiling_passes(office: Office, respite: Case) -> None:
    assert sign(office, respite, lines=price("73.00", "RSP-01")).assignments


def test_respite_is_given_by_registered_social_providers(office: Office, respite: Case) -> None:
    clinic = office.provider("Klīnika", "medical_institution", register="medical_institutions")
    assert the_one(problems(office, respite, provider=clinic)).code == "G40"
    assert sign(office, respite, provider=office.provider()).assignments


def test_clinic_may_give_rehabilitation(office: Office, case: Case) -> None:
    clinic = office.provider("Klīnika", "medical_institution", register="medical_institutions")
    assert sign(office, case, provider=clinic).assignments


def test_another_than_the_wanted_provider_is_confirmed(office: Office, case: Case) -> None:
    case.desired_provider = "Cerība"
    problem = the_one(problems(office, case))
    assert (problem.code, problem.params) == ("G47", {"provider": "Cerība"})
    assert sign(office, case, G47="Cerībai nav vietu").assignments


@pytest.mark.parametrize("wanted", ["Kustību centrs", "kustibu CENTRS", "«Kustību»", None])
def test_wanted_provider_is_known_by_its_words(office: Office, case: Case, wanted: str | None) -> None:
    case.desired_provider = wanted
    assert sign(office, case).assignments


@pytest.fixture
def care(office: Office) -> Case:
    return of_type(office, "CHILD_CARE", "CAR-01")


def carer(office: Office, name: str = "Zane Kaimiņa", **values: Any) -> Any:
    provider = office.provider(name, "natural_person")
    provider.address = values.get("address", "Cita iela 9")
    return provider


def test_carer_from_the_same_home_is_confirmed(office: Office, care: Case) -> None:
    provider = carer(office, address="parauga IELA 1")
    assert the_one(problems(office, care, provider=provider)).code == "G49"
    assert sign(office, care, provider=provider, G49="Atsevišķa mājsaimniecība").assignments


def test_carer_among_the_representatives_is_confirmed(office: Office, care: Case) -> None:
    assert the_one(problems(office, care, provider=carer(office, "Māra Paraudziņa"))).code == "G49"
    aunt = office.person("Velta")
    office.session.add(
        Relation(child_id=care.person_id, adult_id=aunt.id, kind="guardian", valid_from=date(2020, 1, 1))
    )
    office.session.flush()
    assert the_one(problems(office, care, provider=carer(office, aunt.name))).code == "G49"


def test_neighbour_may_care(office: Office, care: Case) -> None:
    assert sign(office, care, provider=carer(office)).assignments


def test_company_at_the_same_address_may_care(office: Office, care: Case) -> None:
    provider = office.provider()
    provider.address = "Parauga iela 1"
    assert sign(office, care, provider=provider).assignments


def test_relative_may_give_other_services(office: Office, case: Case) -> None:
    assert sign(office, case, provider=carer(office, "Māra Paraudziņa")).assignments
