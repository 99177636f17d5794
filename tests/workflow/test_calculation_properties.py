"""What holds for every case, however odd: laws of the calculation tried on thousands of made-up cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.terms import D, bought, rule, terms
from workflow.calculation import (
    Band,
    CapKind,
    Counted,
    Delivered,
    Line,
    Opening,
    PlanLine,
    Rule,
    Terms,
    calculate,
    difference,
    total,
)
from workflow.calendar import iso_week

START = date(2019, 1, 28)
CHANGE = START + timedelta(days=20)

days = st.integers(0, 45).map(lambda n: START + timedelta(days=n))
quarters = st.integers(1, 40).map(lambda n: Decimal(n) / 4)
prices = st.integers(1, 9999).map(lambda cents: Decimal(cents) / 100)


@st.composite
def cases(draw: st.DrawFn, kind: CapKind | None = None) -> tuple[Terms, list[Delivered]]:
    """Two rule sets, two services in up to three lines, two assignments with gaps, an opening, other cases."""
    kind = kind or draw(
        st.sampled_from(
            [CapKind.LIFETIME, CapKind.CALENDAR_YEAR, CapKind.CALENDAR_MONTH, CapKind.ISO_WEEK, CapKind.NONE]
        )
    )
    old, new = draw(st.integers(0, 30)), draw(st.integers(0, 60))
    rules = [
        rule(old, cap_kind=kind, valid_to=CHANGE - timedelta(days=1)),
        rule(new, cap_kind=kind, valid_from=CHANGE, ceiling=draw(st.none() | prices)),
    ]
    plan = [
        PlanLine(n, service, draw(days), draw(st.none() | st.integers(0, 20).map(Decimal)))
        for n, service in enumerate(["REH-11", "REH-15", "REH-15"])
    ]
    arrangements = [
        replace(
            bought(key, "1.00"),
            valid_from=draw(days),
            registered_until=draw(st.none() | days),
            prices={"REH-11": draw(prices), "REH-15": draw(prices)},
        )
        for key in ("A1", "A2")
    ]
    elsewhere = draw(st.lists(st.builds(Counted, days, quarters), max_size=4))
    opening = Opening(used=draw(st.integers(0, 20).map(Decimal)))
    case = terms(
        rules=rules,
        plan=plan,
        arrangements=arrangements,
        opening=opening,
        counted_elsewhere=elsewhere,
        last_day=START + timedelta(days=40),
    )
    return case, draw(deliveries())


@st.composite
def deliveries(draw: st.DrawFn) -> list[Delivered]:
    services, keys = st.sampled_from(["REH-11", "REH-15", "REH-99"]), st.sampled_from(["A1", "A2"])
    made = st.builds(Delivered, st.just(0), days, services, quarters, keys, unit_price=st.none() | prices)
    drawn = draw(st.lists(made, max_size=25))
    return [replace(delivered, key=n) for n, delivered in enumerate(drawn)]


def price_of(case: Terms, delivered: Delivered) -> Decimal:
    if delivered.unit_price is not None:
        return delivered.unit_price
    prices_of = {a.key: a.prices for a in case.arrangements}
    return prices_of[str(delivered.arrangement)].get(delivered.service, Decimal(0))


@given(cases())
def test_every_unit_is_either_compensable_or_refused(made: tuple[Terms, list[Delivered]]) -> None:
    case, given_deliveries = made
    result = calculate(case, given_deliveries)
    for delivered in given_deliveries:
        counted = sum(unit.quantity for unit in result.units if unit.delivery == delivered.key)
        refused = sum(unit.quantity for unit in result.refused if unit.delivery == delivered.key)
        assert counted + refused == delivered.quantity
    assert all(unit.quantity > 0 for unit in (*result.units, *result.refused))


@given(cases(CapKind.LIFETIME))
def test_lifetime_units_never_pass_the_highest_cap(made: tuple[Terms, list[Delivered]]) -> None:
    case, given_deliveries = made
    cap = max(rule.cap_quantity or D(0) for rule in case.rules)
    counted = sum(unit.quantity for unit in calculate(case, given_deliveries).units)
    assert counted <= max(cap - case.opening.used, D(0))


@given(cases(CapKind.ISO_WEEK))
def test_no_week_passes_its_cap(made: tuple[Terms, list[Delivered]]) -> None:
    case, given_deliveries = made
    cap = max(rule.cap_quantity or D(0) for rule in case.rules)
    weeks: dict[tuple[int, int], Decimal] = {}
    for unit in calculate(case, given_deliveries).units:
        weeks[iso_week(unit.on)] = weeks.get(iso_week(unit.on), D(0)) + unit.quantity
    assert all(quantity <= cap for quantity in weeks.values())


@given(cases())
def test_no_plan_line_gives_more_than_its_quantity(made: tuple[Terms, list[Delivered]]) -> None:
    case, given_deliveries = made
    named = [replace(delivered, plan_line=delivered.key % len(case.plan)) for delivered in given_deliveries]
    units = calculate(case, named).units
    for line in case.plan:
        used = sum(unit.quantity for unit in units if unit.delivery % len(case.plan) == line.key)
        assert line.quantity is None or used <= line.quantity


@given(cases())
def test_money_is_at_most_what_was_paid(made: tuple[Terms, list[Delivered]]) -> None:
    case, given_deliveries = made
    result = calculate(case, given_deliveries)
    paid = {delivered.key: price_of(case, delivered) for delivered in given_deliveries}
    assert all(unit.rate <= paid[unit.delivery] for unit in result.units)
    whole = sum((unit.quantity * paid[unit.delivery] for unit in result.units), D(0))
    assert result.compensated <= whole + len(result.lines) * D("0.005")


@given(cases())
def test_lines_are_the_units_and_their_sum_is_the_compensation(made: tuple[Terms, list[Delivered]]) -> None:
    result = calculate(*made)
    assert sum(line.quantity for line in result.lines) == sum(unit.quantity for unit in result.units)
    assert all(abs(line.amount - line.quantity * line.rate) <= D("0.005") for line in result.lines)
    assert result.compensated == total(result.lines)


@given(cases(), st.randoms(use_true_random=False))
def test_order_of_entry_changes_nothing(made: tuple[Terms, list[Delivered]], random: Random) -> None:
    case, given_deliveries = made
    shuffled = list(given_deliveries)
    random.shuffle(shuffled)
    assert calculate(case, shuffled) == calculate(case, given_deliveries)


@given(cases(), st.integers(0, 24))
def test_cancelling_is_like_never_entering_and_entering_again_restores(
    made: tuple[Terms, list[Delivered]], which: int
) -> None:
    case, given_deliveries = made
    cancelled = [replace(d, quantity=D(0)) if d.key == which else d for d in given_deliveries]
    absent = [d for d in given_deliveries if d.key != which]
    before, without = calculate(case, given_deliveries), calculate(case, cancelled)
    assert without == calculate(case, absent)
    back = difference(without.lines, before.lines)
    assert back.total == -difference(before.lines, without.lines).total


@given(cases(), st.lists(deliveries(), max_size=4))
@settings(max_examples=60)
def test_claims_one_after_another_make_the_calculation_of_the_whole(
    made: tuple[Terms, list[Delivered]], versions: list[list[Delivered]]
) -> None:
    case, last = made
    claimed: list[Line] = []
    for version in [*versions, last]:
        claimed += difference(claimed, calculate(case, version).lines).lines
    whole = calculate(case, last)
    assert total(claimed) == whole.compensated
    assert difference(claimed, whole.lines).lines == ()


@given(cases(CapKind.LIFETIME), st.integers(0, 40))
def test_higher_cap_never_pays_fewer_units(made: tuple[Terms, list[Delivered]], more: int) -> None:
    case, given_deliveries = made
    raised = [replace(rule, cap_quantity=(rule.cap_quantity or D(0)) + more) for rule in case.rules]
    plain = replace(case, plan=[replace(line, quantity=None) for line in case.plan])
    before = sum(unit.quantity for unit in calculate(plain, given_deliveries).units)
    after = sum(unit.quantity for unit in calculate(replace(plain, rules=raised), given_deliveries).units)
    assert before <= after


@given(st.integers(0, 30), st.integers(0, 30), deliveries())
def test_hours_before_and_after_the_birthday_use_their_own_band(
    young: int, old: int, given_deliveries: list[Delivered]
) -> None:
    fifth = CHANGE
    care = Rule(
        date(2015, 7, 1),
        cap_kind=CapKind.ISO_WEEK,
        bands=(Band(0, 4, D(young)), Band(5, 18, D(old))),
    )
    case = terms(birth_date=fifth.replace(year=fifth.year - 5), rules=[care])
    sums: dict[tuple[tuple[int, int], bool], Decimal] = {}
    for unit in calculate(case, [replace(d, service="REH-11", arrangement="A1") for d in given_deliveries]).units:
        key = iso_week(unit.on), unit.on >= fifth
        sums[key] = sums.get(key, D(0)) + unit.quantity
    assert all(quantity <= (old if grown else young) for (_, grown), quantity in sums.items())
