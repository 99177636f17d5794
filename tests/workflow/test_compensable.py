"""Which units are compensable: both sides of every boundary of DOMAIN 9.2 and 9.3, splits, stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.workflow.terms import (
    D,
    bought,
    refused,
    rule,
    terms,
    visit,
    visits,
)
from workflow.calculation import (
    Counted,
    Delivered,
    NoRuleSet,
    Opening,
    PlanLine,
    Reason,
    Terms,
    calculate,
    decide_units,
)

DAY = date(2019, 3, 4)  # a Monday


def reason_of(given: Terms, delivered: Delivered) -> Reason | None:
    """The reason a single delivery is refused for; None when it is compensable."""
    found = decide_units(given, [delivered]).refused
    return found[0].reason if found else None


# --- 9.2: the reasons, each on both sides of its boundary ---


def test_reasons_stand_in_the_order_of_the_tests() -> None:
    assert [reason.value for reason in Reason] == [
        "NOT_IN_PLAN",
        "BEFORE_PLAN",
        "OUTSIDE_PROJECT",
        "AGE",
        "WINDOW",
        "NO_ASSIGNMENT",
        "PROVIDER_NOT_REGISTERED",
        "PLAN_QUANTITY",
        "CAP",
    ]


def everything_wrong() -> tuple[Terms, Delivered, list[tuple[Reason, dict[str, Any]]]]:
    """Terms under which all nine tests fail, and what to change to pass them one after another."""
    given = terms(
        birth_date=date(2000, 1, 1),
        last_day=DAY - timedelta(days=1),
        rules=[rule(0, window_months=24)],
        plan=[],
        arrangements=[],
        opening=Opening(window_start=date(2017, 1, 1)),
    )
    late, line = PlanLine("P1", "REH-11", date(2020, 1, 1), D(0)), PlanLine("P1", "REH-11", DAY, D(0))
    unregistered = bought("A1", "20.00", registered_until=DAY - timedelta(days=1))
    return (
        given,
        visit(1, DAY),
        [
            (Reason.NOT_IN_PLAN, {"plan": [late]}),
            (Reason.BEFORE_PLAN, {"plan": [line]}),
            (Reason.OUTSIDE_PROJECT, {"last_day": DAY}),
            (Reason.AGE, {"birth_date": date(2010, 1, 1)}),
            (Reason.WINDOW, {"opening": Opening(window_start=date(2018, 1, 1))}),
            (Reason.NO_ASSIGNMENT, {"arrangements": [unregistered]}),
            (Reason.PROVIDER_NOT_REGISTERED, {"arrangements": [bought("A1", "20.00")]}),
            (Reason.PLAN_QUANTITY, {"plan": [PlanLine("P1", "REH-11", DAY)]}),
            (Reason.CAP, {"rules": [rule(1, window_months=24)]}),
        ],
    )


def test_first_failing_test_gives_the_reason() -> None:
    given, delivered, repairs = everything_wrong()
    for reason, repair in repairs:
        assert reason_of(given, delivered) == reason
        given = replace(given, **repair)
    assert reason_of(given, delivered) is None


def test_plan_line_counts_from_the_day_of_its_approval() -> None:
    given = terms(plan=[PlanLine("P1", "REH-11", DAY)])
    assert reason_of(given, visit(1, DAY)) is None
    assert reason_of(given, visit(1, DAY - timedelta(days=1))) == Reason.BEFORE_PLAN


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (date(2019, 3, 3), Reason.OUTSIDE_PROJECT),
        (date(2019, 3, 4), None),
        (date(2019, 5, 31), None),
        (date(2019, 6, 1), Reason.OUTSIDE_PROJECT),
    ],
)
def test_first_and_last_day_of_the_programme_count(on: date, reason: Reason | None) -> None:
    assert reason_of(terms(first_day=DAY, last_day=date(2019, 5, 31)), visit(1, on)) == reason


def test_delivery_after_the_programme_needs_no_rule_set() -> None:
    given = terms(last_day=DAY, rules=[rule(valid_to=DAY)])
    assert reason_of(given, visit(1, DAY + timedelta(days=1))) == Reason.OUTSIDE_PROJECT


@pytest.mark.parametrize(("on", "reason"), [(date(2019, 9, 9), Reason.AGE), (date(2019, 9, 10), None)])
def test_lower_bound_of_the_service_is_narrower_than_that_of_the_programme(on: date, reason: Reason | None) -> None:
    given = terms(birth_date=date(2014, 9, 10), service_ages={"REH-11": (5, 17)})
    assert reason_of(given, visit(1, on)) == reason


@pytest.mark.parametrize(("on", "reason"), [(DAY - timedelta(days=1), None), (DAY, Reason.AGE)])
def test_upper_bound_ends_before_the_birthday(on: date, reason: Reason | None) -> None:
    given = terms(birth_date=date(2001, 3, 4), service_ages={"REH-11": (0, None)})
    assert reason_of(given, visit(1, on)) == reason


def test_upper_bound_of_the_service_is_narrower_than_that_of_the_programme() -> None:
    given = terms(birth_date=date(2002, 3, 4), service_ages={"REH-11": (0, 16)})
    assert reason_of(given, visit(1, DAY - timedelta(days=1))) is None
    assert reason_of(given, visit(1, DAY)) == Reason.AGE


def test_ages_without_bounds_are_not_tested() -> None:
    given = terms(birth_date=date(1940, 1, 1), rules=[rule(min_age=None, max_age=None)])
    assert reason_of(given, visit(1, DAY)) is None


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (date(2018, 12, 31), Reason.NO_ASSIGNMENT),
        (date(2019, 1, 1), None),
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), Reason.NO_ASSIGNMENT),
    ],
)
def test_assignment_holds_on_its_first_and_last_day(on: date, reason: Reason | None) -> None:
    assert reason_of(terms(), visit(1, on)) == reason


def test_delivery_without_or_with_a_foreign_assignment_is_refused() -> None:
    assert reason_of(terms(), visit(1, DAY, arrangement=None)) == Reason.NO_ASSIGNMENT
    assert reason_of(terms(), visit(1, DAY, arrangement="A9")) == Reason.NO_ASSIGNMENT


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (-1, Reason.PROVIDER_NOT_REGISTERED),
        (0, None),
        (7, None),
        (8, Reason.PROVIDER_NOT_REGISTERED),
    ],
)
def test_register_entry_holds_on_its_first_and_last_day(days: int, reason: Reason | None) -> None:
    entry = bought("A1", "20.00", registered_from=DAY, registered_until=DAY + timedelta(days=7))
    given = terms(arrangements=[entry])
    assert reason_of(given, visit(1, DAY + timedelta(days=days))) == reason


# --- plan quantity (R6, R7) and splits ---


@pytest.mark.parametrize(("quantity", "over"), [("2", "0"), ("3", "0"), ("4", "1")])
def test_plan_quantity_splits_a_delivery(quantity: str, over: str) -> None:
    given = terms(plan=[PlanLine("P1", "REH-11", date(2018, 1, 1), D(3))])
    result = calculate(given, [visit(1, DAY, quantity)])
    assert result.compensated == (D(quantity) - D(over)) * 20
    assert sum(unit.quantity for unit in result.refused) == D(over)
    assert {unit.reason for unit in result.refused} <= {Reason.PLAN_QUANTITY}


@pytest.mark.parametrize(
    ("planned", "cap", "reason"),
    [(2, 3, "PLAN_QUANTITY"), (3, 2, "CAP"), (2, 2, "PLAN_QUANTITY")],
)
def test_smaller_limit_decides_and_equal_ones_blame_the_plan(planned: int, cap: int, reason: str) -> None:
    given = terms(plan=[PlanLine("P1", "REH-11", date(2018, 1, 1), D(planned))], rules=[rule(cap)])
    assert refused(calculate(given, [visit(1, DAY, 5)])) == [(1, D(3), reason)]


def test_each_parent_has_an_own_plan_line_for_the_same_service() -> None:
    mother, father = (PlanLine(key, "REH-11", date(2018, 1, 1), D(1)) for key in ("mother", "father"))
    deliveries = [visit(n, DAY, plan_line=who) for n, who in enumerate(["mother", "father", "father"])]
    assert refused(calculate(terms(plan=[mother, father]), deliveries)) == [(2, D(1), "PLAN_QUANTITY")]


def test_delivery_without_a_line_takes_the_one_approved_first() -> None:
    lines = [PlanLine("new", "REH-11", date(2019, 6, 1)), PlanLine("old", "REH-11", date(2018, 1, 1))]
    assert reason_of(terms(plan=lines), visit(1, DAY)) is None
    assert reason_of(terms(plan=lines), visit(1, DAY, plan_line="new")) == Reason.BEFORE_PLAN


def test_line_of_another_service_is_not_in_the_plan() -> None:
    lines = [PlanLine("P1", "REH-11", date(2018, 1, 1)), PlanLine("P2", "REH-15", date(2018, 1, 1))]
    assert reason_of(terms(plan=lines), visit(1, DAY, plan_line="P2")) == Reason.NOT_IN_PLAN


def test_opening_balance_of_the_service_stands_against_its_plan_line() -> None:
    opening = Opening(used=D(12), used_by_service={"REH-11": D(8)})
    given = terms(plan=[PlanLine("P1", "REH-11", date(2018, 1, 1), D(10))], opening=opening)
    result = calculate(given, visits(DAY, 3))
    assert refused(result) == [(3, D(1), "PLAN_QUANTITY")]
    assert result.used == 14
    assert result.used_by_service == {"REH-11": 10}


def test_opening_balance_of_a_service_fills_its_lines_in_order() -> None:
    lines = [PlanLine(key, "REH-11", date(2018, 1, day), D(3)) for day, key in enumerate(["a", "b"], 1)]
    given = terms(plan=lines, opening=Opening(used_by_service={"REH-11": D(4)}))
    deliveries = [visit(1, DAY, plan_line="a"), visit(2, DAY, 3, plan_line="b")]
    assert refused(calculate(given, deliveries)) == [(1, D(1), "PLAN_QUANTITY"), (2, D(1), "PLAN_QUANTITY")]


# --- deliveries: order, stays, what is refused as input ---


def test_same_day_goes_by_key_whatever_the_order_of_entry() -> None:
    given = terms(rules=[rule(2)])
    deliveries = [visit(3, DAY), visit(1, DAY), visit(2, DAY)]
    assert refused(calculate(given, deliveries)) == [(3, D(1), "CAP")]


def stay(quantity: int | str | None = None) -> Delivered:
    check_in, check_out = datetime(2019, 3, 4, 10), datetime(2019, 3, 7, 9)
    given = None if quantity is None else D(quantity)
    return replace(visit(1, DAY), on=None, check_in=check_in, check_out=check_out, quantity=given)


@pytest.mark.parametrize(("quantity", "units"), [(None, 3), (3, 3), (2, 2), (0, 0)])
def test_stay_counts_its_first_units(quantity: int | None, units: int) -> None:
    result = calculate(terms(), [stay(quantity)])
    assert [unit.on for unit in result.units] == [DAY + timedelta(days=n) for n in range(units)]


@pytest.mark.parametrize("quantity", ["4", "1.5"])
def test_stay_does_not_take_a_quantity_it_cannot_hold(quantity: str) -> None:
    with pytest.raises(ValueError, match="do not fit a stay of 3"):
        calculate(terms(), [stay(quantity)])


@pytest.mark.parametrize(
    ("deliveries", "message"),
    [
        ([visit(1, DAY), visit(1, DAY)], "given twice"),
        ([visit(1, DAY, "-1")], "negative"),
        ([replace(visit(1, DAY), on=None)], "neither a day"),
        ([replace(visit(1, DAY), quantity=None)], "neither a day"),
        ([replace(visit(1, DAY), on=None, check_in=datetime(2019, 3, 4, 10))], "neither a day"),
    ],
)
def test_impossible_deliveries_are_errors(deliveries: list[Delivered], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        calculate(terms(), deliveries)


def test_day_without_a_rule_set_is_an_error_and_not_a_refusal() -> None:
    with pytest.raises(NoRuleSet, match="2019-03-05") as caught:
        calculate(terms(rules=[rule(valid_to=DAY)]), visits(DAY, 2))
    assert caught.value.on == DAY + timedelta(days=1)


def test_case_without_deliveries_shows_the_cap_of_the_last_day() -> None:
    result = calculate(terms(opening=Opening(used=D(3))), [])
    assert (result.lines, result.compensated, result.own_cost) == ((), 0, 0)
    assert (result.used, result.remaining) == (3, 37)


def test_programme_without_rule_sets_counts_nothing_until_something_is_delivered() -> None:
    elsewhere = [Counted(DAY, D(1))]
    assert calculate(terms(rules=[], counted_elsewhere=elsewhere), []).used is None


def test_delivery_before_every_rule_set_is_outside_the_programme() -> None:
    given = terms(rules=[rule(valid_from=DAY)], first_day=DAY)
    result = calculate(given, [visit(1, DAY - timedelta(days=1))])
    assert refused(result) == [(1, D(1), "OUTSIDE_PROJECT")]
    assert result.own_cost == 20
