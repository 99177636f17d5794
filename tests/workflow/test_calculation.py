"""The compensation: the worked examples W01-W12 to the cent, rates, own cost and corrections (DOMAIN 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter
from typing import Any

import pytest

from tests.workflow.terms import (
    ADULT,
    EXAMPLES,
    D,
    adult,
    bought,
    refused,
    rule,
    stages_of,
    terms,
    terms_of,
    visit,
    visits,
)
from workflow.calculation import (
    Arrangement,
    ArrangementKind,
    Calculation,
    Counted,
    Line,
    Method,
    MissingPrice,
    MissingUnitCost,
    Reason,
    UnitCost,
    calculate,
    decide_units,
    difference,
    missing_unit_costs,
    total,
)

DAY = date(2019, 3, 4)  # a Monday
by_id = [pytest.param(example, id=example["id"]) for example in EXAMPLES]


# --- 9.6: worked examples ---


def final(example: dict[str, Any]) -> Calculation:
    return calculate(terms_of(example), list(stages_of(example))[-1])


def test_all_twelve_examples_are_here() -> None:
    assert [example["id"] for example in EXAMPLES] == [f"W{n:02}" for n in range(1, 13)]


@pytest.mark.parametrize("example", by_id)
def test_example_lines(example: dict[str, Any]) -> None:
    expected = [
        Line(
            date.fromisoformat(f"{line['month']}-01"),
            line["service"],
            line["assignment"],
            D(line["rate"]),
            D(line["quantity"]),
            D(line["amount"]),
        )
        for line in example["expected"]["line"]
    ]
    assert list(final(example).lines) == expected


@pytest.mark.parametrize("example", by_id)
def test_example_money(example: dict[str, Any]) -> None:
    result = final(example)
    assert str(result.compensated) == example["expected"]["compensated"]
    assert str(result.own_cost) == example["expected"]["own_cost"]


@pytest.mark.parametrize("example", by_id)
def test_example_refused_units(example: dict[str, Any]) -> None:
    result = final(example)
    expected = example["expected"]["excluded"]
    assert refused(result) == [(unit["seq"], D(unit["quantity"]), unit["reason"]) for unit in expected]
    days = [(unit["seq"], unit["date"]) for unit in expected if "date" in unit]
    assert set(days) <= {(unit.delivery, unit.on) for unit in result.refused}


@pytest.mark.parametrize("example", by_id)
def test_example_counters(example: dict[str, Any]) -> None:
    result, expected = final(example), example["expected"]
    got = {
        "used_after": result.used,
        "remaining_after": result.remaining,
        "used_year_after": {str(year): used for year, used in result.used_year.items()},
        "window_last_day": result.window_last_day,
    }
    wanted = {name: expected[name] for name in got if name in expected}
    for name in ("used_after", "remaining_after"):
        if name in wanted:
            wanted[name] = D(wanted[name])
    if "used_year_after" in wanted:
        wanted["used_year_after"] = {year: D(used) for year, used in wanted["used_year_after"].items()}
    assert {name: got[name] for name in wanted} == wanted


@pytest.mark.parametrize("example", by_id)
def test_example_claims_through_differences(example: dict[str, Any]) -> None:
    claimed: list[Line] = []
    amounts = []
    for deliveries in stages_of(example):
        claim = difference(claimed, calculate(terms_of(example), deliveries).lines)
        claimed += claim.lines
        amounts.append(str(claim.total))
    assert amounts == example["expected"].get("claim", [example["expected"]["compensated"]])
    assert total(claimed) == D(example["expected"]["compensated"])


# --- rates, rounding, own cost (9.1) ---


def test_lower_of_price_and_unit_cost_is_paid_for_bought_services() -> None:
    assert calculate(adult(), [visit(1, DAY)]).lines[0].rate == D("18.50")
    assert calculate(adult(), [visit(1, DAY, unit_price=D("18.49"))]).lines[0].rate == D("18.49")


def test_missing_unit_cost_is_named() -> None:
    with pytest.raises(MissingUnitCost, match="REH-11 on 2019-03-04") as caught:
        calculate(adult(unit_costs=[]), [visit(1, DAY)])
    assert (caught.value.service, caught.value.on) == ("REH-11", DAY)


def test_all_missing_unit_costs_are_listed_with_their_first_day() -> None:
    ends = UnitCost("REH-11", D(18), date(2019, 1, 1), DAY)
    given = adult(unit_costs=[ends])
    assert missing_unit_costs(given, visits(DAY, 4)) == (("REH-11", DAY + timedelta(days=1)),)
    assert missing_unit_costs(given, visits(DAY, 1)) == ()
    assert missing_unit_costs(adult(arrangements=[bought("A1", "1", prices={})]), visits(DAY, 1)) == ()


def test_refusals_are_known_before_any_unit_cost_is_entered() -> None:
    decision = decide_units(adult(unit_costs=[]), [visit(1, DAY), visit(2, date(2021, 3, 4))])
    assert [unit.reason for unit in decision.refused] == [Reason.WINDOW]


def test_missing_price_of_a_compensable_unit_is_named() -> None:
    with pytest.raises(MissingPrice, match="arrangement A1"):
        calculate(terms(arrangements=[bought("A1", "20.00", prices={})]), [visit(1, DAY)])


def test_refused_unit_without_a_price_is_reported_and_costs_nothing() -> None:
    result = calculate(terms(), [visit(7, DAY, arrangement="A9"), visit(8, DAY, arrangement=None)])
    assert (result.own_cost, result.unpriced) == (0, (7, 8))


def test_refused_unit_costs_its_own_price_even_without_assignment() -> None:
    result = calculate(terms(), [visit(1, DAY, arrangement=None, unit_price=D("12.30"))])
    assert (result.own_cost, result.compensated, result.unpriced) == (D("12.30"), 0, ())


def test_own_tariff_of_a_childrens_service_is_paid_up_to_the_ceiling() -> None:
    own = bought("A1", "20.00", kind=ArrangementKind.IN_HOUSE)
    result = calculate(terms(arrangements=[own], rules=[rule(ceiling=D("17.50"))]), visits(DAY, 2))
    assert (result.compensated, result.own_cost) == (D("35.00"), D("5.00"))


def test_in_house_service_under_the_unit_cost_has_no_own_cost() -> None:
    own = Arrangement("A1", ArrangementKind.IN_HOUSE, date(2019, 1, 1), None, {"REH-11": D("25.00")})
    result = calculate(adult(arrangements=[own]), visits(DAY, 2))
    assert (result.compensated, result.own_cost, result.unpriced) == (D("37.00"), 0, ())


def test_in_house_and_bought_services_of_one_case_are_compared_apart() -> None:
    own = Arrangement("A2", ArrangementKind.IN_HOUSE, date(2019, 1, 1))
    given = adult(arrangements=[bought("A1", "20.00"), own])
    result = calculate(given, [visit(1, DAY), visit(2, DAY, arrangement="A2")])
    assert (result.compensated, result.own_cost) == (D("37.00"), D("1.50"))


def test_own_cost_is_rounded_once_per_assignment() -> None:
    arrangements = [bought(key, "7.37", valid_to=date(2019, 1, 1)) for key in ("A1", "A2")]
    deliveries = [visit(1, DAY, "2.5"), visit(2, DAY, "2.5", arrangement="A2")]
    assert calculate(terms(arrangements=arrangements), deliveries).own_cost == D("36.86")


def test_day_before_all_rule_sets_follows_the_method_of_the_first() -> None:
    own = Arrangement("A1", ArrangementKind.IN_HOUSE, date(2019, 1, 1), None, {"REH-11": D(25)})
    first = replace(ADULT, valid_from=DAY, valid_to=date(2019, 6, 30))
    second = replace(ADULT, valid_from=date(2019, 7, 1), method=Method.ACTUAL_COST)
    given = adult(arrangements=[own], first_day=DAY, rules=[first, second])
    assert calculate(given, [visit(1, date(2019, 2, 1))]).own_cost == 0


def test_programme_without_compensation_pays_nothing() -> None:
    result = calculate(terms(rules=[rule(method=Method.NONE)]), visits(DAY, 1))
    assert (result.compensated, result.own_cost) == (0, D("20.00"))


def test_price_of_a_delivery_makes_its_own_line() -> None:
    result = calculate(terms(), [visit(1, DAY), visit(2, DAY, unit_price=D("19.00")), visit(3, DAY)])
    assert [(line.rate, line.quantity) for line in result.lines] == [(D(19), 1), (D(20), 2)]


def test_delivery_for_nothing_is_not_paid_at_the_price_of_the_contract() -> None:
    result = calculate(terms(), [visit(1, DAY, unit_price=D(0))])
    assert (result.compensated, result.own_cost, result.unpriced) == (0, 0, ())


def test_lines_of_numbered_assignments_stand_in_the_order_of_numbers() -> None:
    arrangements = [bought(key, "20.00") for key in (10, 9)]
    deliveries = [visit(key, DAY, arrangement=key) for key in (9, 10)]
    lines = calculate(terms(arrangements=arrangements), deliveries).lines
    assert [line.arrangement for line in lines] == [9, 10]


def test_units_tell_the_line_they_go_into() -> None:
    result = calculate(terms(), [visit(5, date(2019, 3, 31)), visit(6, date(2019, 4, 1))])
    assert [(unit.delivery, unit.month, unit.rate) for unit in result.units] == [
        (5, date(2019, 3, 1), D(20)),
        (6, date(2019, 4, 1), D(20)),
    ]


# --- corrections (9.5) ---


def line(quantity: int | str, amount: str, rate: str = "7.37") -> Line:
    return Line(date(2019, 10, 1), "ADL-01", "A1", D(rate), D(quantity), D(amount))


def test_equal_lines_cancel() -> None:
    correction = difference([line("2.5", "18.43")], [line("2.50", "18.43")])
    assert (correction.lines, correction.total) == ((), 0)


def test_changed_line_is_taken_back_and_claimed_anew() -> None:
    correction = difference([line("2.5", "18.43")], [line(5, "36.85")])
    assert correction.lines == (line("-2.5", "-18.43"), line(5, "36.85"))
    assert correction.total == D("18.42")


def test_units_that_change_no_cent_are_corrected_all_the_same() -> None:
    correction = difference([line("0.25", "0.00", rate="0.01")], [line("0.25", "0.00", rate="0.01"), line(1, "7.37")])
    assert correction.lines == (line(1, "7.37"),)
    correction = difference([line("0.25", "0.00", rate="0.01")], [line("0.49", "0.00", rate="0.01")])
    assert correction.lines == (line("-0.25", "0.00", rate="0.01"), line("0.49", "0.00", rate="0.01"))


def test_earlier_corrections_are_netted_first() -> None:
    earlier = [line(3, "22.11"), line(-3, "-22.11"), line(2, "14.74"), line(1, "8.00", rate="8.00")]
    correction = difference(earlier, [line(2, "14.74")])
    assert correction.lines == (line(-1, "-8.00", rate="8.00"),)


def test_line_taken_back_completely_leaves_nothing_to_take_back() -> None:
    assert difference([line(3, "22.11"), line(-3, "-22.11")], []).lines == ()


def test_cent_lost_by_claiming_a_month_in_two_parts_is_given_back() -> None:
    correction = difference([line("2.5", "18.43"), line("2.5", "18.43")], [line(5, "36.85")])
    assert correction.total == D("-0.01")


# --- speed ---


def test_five_hundred_deliveries_take_milliseconds() -> None:
    given = terms(
        rules=[rule(400)],
        counted_elsewhere=[Counted(DAY + timedelta(days=n), D(1)) for n in range(100)],
    )
    deliveries = [visit(n, DAY + timedelta(days=n % 300), "1") for n in range(500)]
    times = []
    for _ in range(5):
        begun = perf_counter()
        calculate(given, deliveries)
        times.append(perf_counter() - begun)
    assert min(times) < 0.1  # about 0.01 on a quiet machine
