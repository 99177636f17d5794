"""The explanation of an amount: it is the calculation itself, opened, and adds up to the cent (DOMAIN 9.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.workflow.made_up import all_terms, deliveries
from tests.workflow.terms import EXAMPLES, D, adult, bought, rule, stages_of, terms, terms_of, visit
from workflow.calculation import ArrangementKind, Delivered, Method, MissingUnitCost, Terms, calculate
from workflow.explain import Explanation, explain, in_month
from workflow.rates import Basis, basis_of

DAY = date(2019, 3, 4)


def opened(given: Terms, *deliveries: Delivered) -> Explanation:
    return explain(given, deliveries, lambda day: f"set of {day.year}")


def adds_up(found: Explanation) -> None:
    """Every sum that a page shows."""
    result = found.calculation
    assert sum((line.amount for line in found.lines), Decimal(0)) == result.compensated
    assert sum((row.own for row in found.own), Decimal(0)) == result.own_cost
    for line in found.lines:
        assert sum(unit.quantity for unit in line.units) == line.quantity
        assert all(line.alone for line in found.lines)
        for unit in line.units:
            amounts = {"price": unit.price, "unit_cost": unit.unit_cost, "ceiling": unit.ceiling}
            assert amounts[unit.because] == line.rate
            assert all(amount is None or amount >= line.rate for amount in amounts.values())


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["id"] for example in EXAMPLES])
def test_worked_examples_add_up_at_every_stage(example: dict[str, Any]) -> None:
    for stage in stages_of(example):
        found = opened(terms_of(example), *stage)
        assert found.calculation == calculate(terms_of(example), stage)
        assert len(found.refused) == len(found.calculation.refused)
        adds_up(found)


@given(all_terms(), deliveries())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_case_adds_up(case: Terms, entered: list[Delivered]) -> None:
    adds_up(opened(case, *entered))


@pytest.mark.parametrize(
    ("price", "because", "rate"),
    [("18.00", "price", "18.00"), ("18.50", "price", "18.50"), ("20.00", "unit_cost", "18.50")],
)
def test_the_lower_of_price_and_unit_cost_is_named(price: str, because: str, rate: str) -> None:
    found = opened(adult(arrangements=[bought("A1", price)]), visit(1, DAY))
    unit = found.lines[0].units[0]
    assert (unit.because, found.lines[0].rate, unit.rule_set) == (because, D(rate), "set of 2019")
    assert (unit.price, unit.unit_cost, unit.ceiling) == (D(price), D("18.50"), None)


def test_the_ceiling_is_named_when_it_bites() -> None:
    given = terms(rules=[rule(40, ceiling=D("19.00"))])
    unit = opened(given, visit(1, DAY)).lines[0].units[0]
    assert (unit.because, unit.price, unit.ceiling) == ("ceiling", D("20.00"), D("19.00"))


def test_days_left_of_the_two_years_are_counted_from_each_unit() -> None:
    units = opened(adult(), visit(1, DAY), visit(2, date(2019, 3, 11))).lines[0].units
    assert [unit.window_left for unit in units] == [730, 723]  # the last day is 3 March 2021
    assert opened(terms(), visit(1, DAY)).lines[0].units[0].window_left is None


def test_own_cost_stands_by_price_and_less_what_is_compensated() -> None:
    found = opened(adult(), visit(1, DAY, 2), visit(2, date(2019, 3, 5), 1, unit_price=D("30.00")))
    (row,) = found.own
    assert [(paid.price, paid.quantity, paid.amount) for paid in row.paid] == [
        (D("20.00"), 2, D("40.00")),
        (D("30.00"), 1, D("30.00")),
    ]
    assert (row.cost, row.compensated, row.own) == (D("70.00"), D("55.50"), D("14.50"))


def test_in_house_under_the_unit_cost_has_no_own_cost_to_show() -> None:
    given = adult(arrangements=[bought("A1", "20.00", kind=ArrangementKind.IN_HOUSE)])
    assert opened(given, visit(1, DAY)).own == ()


def test_refused_units_name_service_and_month() -> None:
    found = opened(terms(rules=[rule(1)]), visit(1, DAY), visit(2, date(2019, 4, 1)))
    assert [(row.service, row.quantity, row.reason.value) for row in found.refused] == [("REH-11", 1, "CAP")]
    assert in_month(found.refused, DAY) == []
    assert in_month(found.refused, date(2019, 4, 30)) == list(found.refused)


def test_a_missing_unit_cost_is_told_as_the_calculation_tells_it() -> None:
    with pytest.raises(MissingUnitCost):
        opened(adult(unit_costs=[]), visit(1, DAY))


def test_a_rate_claimed_before_the_price_changed_is_none_of_the_amounts() -> None:
    assert Basis(price=D("24.10")).because(D("25.00")) == "earlier"


def test_what_compensates_nothing_has_the_rate_0() -> None:
    assert basis_of(Method.NONE, False, D(5), None, D(3)).rate == 0
