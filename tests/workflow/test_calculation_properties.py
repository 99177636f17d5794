"""What holds for every case, however odd: laws of the calculation tried on thousands of made-up cases (DOMAIN 9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflow.made_up import (
    SPAN,
    START,
    all_terms,
    cost_of,
    days,
    deliveries,
    on_days_of_their_own,
    price_of,
    prices,
)
from workflow.calculation import (
    Calculation,
    CapKind,
    Counted,
    Delivered,
    Line,
    Method,
    Reason,
    Rule,
    Terms,
    calculate,
    decide_units,
    difference,
    lines_of,
    total,
)
from workflow.calendar import age_on, iso_week, month_of
from workflow.quantities import COUNTED_KINDS, rule_on

HALF_A_CENT = Decimal("0.005")
ZERO = Decimal(0)
CHECKS = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
often = settings(max_examples=60, deadline=None, suppress_health_check=CHECKS)
seldom = settings(max_examples=30, deadline=None, suppress_health_check=CHECKS)

made_cases, made_deliveries = all_terms(), deliveries()


# --- every unit has one fate ---


@often
@given(made_cases, made_deliveries)
def test_every_unit_is_either_compensable_or_refused(case: Terms, entered: list[Delivered]) -> None:
    decision = decide_units(case, entered)
    given_units, fates = sums(decision.pieces), sums(decision.compensable)
    for unit in decision.refused:
        fates[unit.delivery, unit.on] += unit.quantity
    assert fates == given_units
    assert all(unit.quantity > 0 for unit in (*decision.compensable, *decision.refused))


def sums(pieces: Iterable[Any]) -> dict[tuple[int, date], Decimal]:
    found: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
    for piece in pieces:
        found[piece.delivered.key, piece.on] += piece.quantity
    return found


@often
@given(made_cases, made_deliveries)
def test_nothing_is_compensated_twice(case: Terms, entered: list[Delivered]) -> None:
    result, accepted = calculate(case, entered), sums(decide_units(case, entered).pieces)
    days_of = [(unit.delivery, unit.on) for unit in result.units]
    assert len(days_of) == len(set(days_of))
    assert all(unit.quantity <= accepted[unit.delivery, unit.on] for unit in result.units)


# --- compensated ≤ cap (R1-R10) ---


@often
@given(made_cases, made_deliveries)
def test_no_cap_is_ever_passed(case: Terms, entered: list[Delivered]) -> None:
    """Neither on a day of this case nor, because of it, on a day of another case."""
    own = [Counted(unit.on, unit.quantity) for unit in calculate(case, entered).units]
    for unit in own:
        rule = rule_on(case.rules, unit.on)
        if rule.cap_kind in COUNTED_KINDS:
            assert used_by(case, rule, own, unit.on) <= cap_of(case, rule, unit.on)
    for held in case.counted_elsewhere:
        rule = rule_on(case.rules, held.on)
        if rule.cap_kind in COUNTED_KINDS and (rule.per_family or not held.sibling):
            without = used_by(case, rule, [], held.on)
            assert used_by(case, rule, own, held.on) <= max(cap_of(case, rule, held.on), without)


def cap_of(case: Terms, rule: Rule, on: date) -> Decimal:
    """The cap of a day, looked up once more in another way."""
    if not rule.bands:
        return rule.cap_quantity or ZERO
    return sum((band.quantity for band in rule.bands if same_band(band, age_on(case.birth_date, on))), ZERO)


def same_band(band: Any, age: int) -> bool:
    return band.min_age <= age <= (band.max_age if band.max_age is not None else 999)


def used_by(case: Terms, rule: Rule, own: list[Counted], on: date) -> Decimal:
    """What stands against the cap up to a day, added up without any counter."""
    counted = [units for units in (*own, *case.counted_elsewhere) if rule.per_family or not units.sibling]
    units = [one for one in counted if one.on <= on and in_one_period(case, rule, one.on, on)]
    opening = case.opening.total if rule.cap_kind == CapKind.LIFETIME else ZERO
    if rule.cap_kind == CapKind.CALENDAR_YEAR:
        opening = case.opening.used_year.get(on.year, ZERO)
    return opening + sum((one.quantity for one in units), ZERO)


def in_one_period(case: Terms, rule: Rule, a: date, b: date) -> bool:
    match rule.cap_kind:
        case CapKind.CALENDAR_YEAR:
            return a.year == b.year
        case CapKind.CALENDAR_MONTH:
            return month_of(a) == month_of(b) and in_one_band(case, rule, a, b)
        case CapKind.ISO_WEEK:
            return iso_week(a) == iso_week(b) and in_one_band(case, rule, a, b)
    return True


def in_one_band(case: Terms, rule: Rule, a: date, b: date) -> bool:
    ages = age_on(case.birth_date, a), age_on(case.birth_date, b)
    return not rule.bands or any(all(same_band(band, age) for age in ages) for band in rule.bands)


@often
@given(made_cases, made_deliveries)
def test_where_nothing_limits_nothing_is_refused_for_a_limit(case: Terms, entered: list[Delivered]) -> None:
    free = [replace(rule, cap_kind=CapKind.NONE, cap_quantity=None, bands=()) for rule in case.rules]
    plan = [replace(line, quantity=None, before=()) for line in case.plan]
    refused = decide_units(replace(case, rules=free, plan=plan), entered).refused
    assert not {unit.reason for unit in refused} & {Reason.CAP, Reason.PLAN_QUANTITY}


@often
@given(made_cases, made_deliveries)
def test_no_plan_line_gives_more_than_its_largest_quantity(case: Terms, entered: list[Delivered]) -> None:
    case = replace(case, plan=[replace(line, per=CapKind.LIFETIME) for line in case.plan])
    named = [replace(delivered, plan_line=delivered.key % len(case.plan)) for delivered in entered]
    used: dict[Any, Decimal] = defaultdict(Decimal)
    for unit in calculate(case, named).units:
        used[unit.delivery % len(case.plan)] += unit.quantity
    for line in case.plan:
        quantities = [line.quantity, *(quantity for _, quantity in line.before)]
        if None not in quantities:
            assert used[line.key] <= max(quantity for quantity in quantities if quantity is not None)


@often
@given(all_terms(st.just(CapKind.LIFETIME)), made_deliveries, st.integers(0, 40))
def test_higher_cap_never_pays_fewer_units(case: Terms, entered: list[Delivered], more: int) -> None:
    plain = replace(case, plan=[replace(line, quantity=None, before=()) for line in case.plan])
    plain = replace(plain, rules=[replace(rule, bands=()) for rule in plain.rules])
    raised = [replace(rule, cap_quantity=(rule.cap_quantity or ZERO) + more) for rule in plain.rules]
    before = sum(unit.quantity for unit in calculate(plain, entered).units)
    after = sum(unit.quantity for unit in calculate(replace(plain, rules=raised), entered).units)
    assert before <= after


# --- compensated ≤ quantity × unit cost, ≤ price paid where bought (9.1) ---


@often
@given(made_cases, made_deliveries)
def test_no_unit_is_paid_above_its_price_its_unit_cost_or_its_ceiling(case: Terms, entered: list[Delivered]) -> None:
    by_key = {delivered.key: delivered for delivered in entered}
    for unit in calculate(case, entered).units:
        rule, price = rule_on(case.rules, unit.on), price_of(case, by_key[unit.delivery])
        if rule.method == Method.UNIT_COST:
            cost = cost_of(case, unit.service, unit.on)
            assert unit.rate == (cost if unit.arrangement == "A2" else min(cost, price or ZERO))
        else:
            assert unit.rate == min(amount for amount in (price, rule.ceiling) if amount is not None)


@often
@given(made_cases, made_deliveries)
def test_lines_are_the_units_and_their_sum_is_the_compensation(case: Terms, entered: list[Delivered]) -> None:
    result = calculate(case, entered)
    assert lines_of(result.units) == result.lines
    assert sum(line.quantity for line in result.lines) == sum(unit.quantity for unit in result.units)
    assert all(abs(line.amount - line.quantity * line.rate) <= HALF_A_CENT for line in result.lines)
    assert result.compensated == total(result.lines) == sum((line.amount for line in result.lines), ZERO)


@often
@given(made_cases, made_deliveries)
def test_compensation_and_own_cost_are_what_was_paid_for_bought_services(case: Terms, entered: list[Delivered]) -> None:
    bought = [delivered for delivered in entered if delivered.arrangement == "A1"]
    result = calculate(case, bought)
    groups: dict[Any, Decimal] = defaultdict(Decimal)
    for piece in decide_units(case, bought).pieces:
        groups[month_of(piece.on), piece.delivered.service, price_of(case, piece.delivered)] += piece.quantity
    paid = sum((key[2] * quantity for key, quantity in groups.items()), ZERO)
    assert abs(result.compensated + result.own_cost - paid) <= HALF_A_CENT * len(groups)
    assert result.own_cost >= -2 * HALF_A_CENT * (len(groups) + len(result.lines))


# --- orders of entry, cancelling, corrections, suspensions (9.5) ---


@often
@given(made_cases, made_deliveries, st.randoms(use_true_random=False))
def test_order_of_reading_changes_nothing(case: Terms, entered: list[Delivered], random: Random) -> None:
    shuffled = random.sample(entered, len(entered))
    assert calculate(case, shuffled) == calculate(case, entered)


@often
@given(made_cases, on_days_of_their_own(), st.randoms(use_true_random=False))
def test_same_days_entered_in_another_order_give_the_same_total(
    case: Terms, entered: list[Delivered], random: Random
) -> None:
    """The sequence numbers change with the order of entry; the days decide."""
    numbers = random.sample(range(100), len(entered))
    again = [replace(delivered, key=number) for delivered, number in zip(entered, numbers, strict=True)]
    first, second = calculate(case, entered), calculate(case, again)
    assert (first.lines, first.own_cost, first.used) == (second.lines, second.own_cost, second.used)


@often
@given(made_cases, made_deliveries, st.integers(0, 19))
def test_cancelling_is_like_never_entering(case: Terms, entered: list[Delivered], which: int) -> None:
    cancelled = [replace(d, quantity=ZERO) if d.key == which else d for d in entered]
    assert calculate(case, cancelled) == calculate(case, [d for d in entered if d.key != which])


@often
@given(made_cases, on_days_of_their_own(), st.integers(0, 14))
def test_cancelling_and_entering_again_is_neutral(case: Terms, entered: list[Delivered], which: int) -> None:
    """The delivery comes back under a new number; three claims later the money is what it was."""
    again = [replace(d, key=100 + d.key) for d in entered if d.key == which]
    cancelled = [replace(d, quantity=ZERO) if d.key == which else d for d in entered]
    claimed: list[Line] = []
    for version in (entered, cancelled, [*cancelled, *again]):
        claimed += difference(claimed, calculate(case, version).lines).lines
    before = calculate(case, entered)
    assert total(claimed) == before.compensated
    assert calculate(case, [*cancelled, *again]).lines == before.lines


@often
@given(made_cases, made_deliveries, days)
def test_later_deliveries_change_nothing_before_them(case: Terms, entered: list[Delivered], until: date) -> None:
    """So a suspension, which only takes days away, moves neither a window nor a cap of the days before it."""
    early = [d for d in entered if d.on is not None and d.on < until]
    alone, all_of_them = decide_units(case, early), decide_units(case, entered_before_stays(entered))
    kept = [piece for piece in all_of_them.compensable if piece.on < until]
    assert list(alone.compensable) == kept
    assert list(alone.refused) == [unit for unit in all_of_them.refused if unit.on < until]


def entered_before_stays(entered: list[Delivered]) -> list[Delivered]:
    return [delivered for delivered in entered if delivered.on is not None]


@seldom
@given(made_cases, st.lists(made_deliveries, max_size=4), made_deliveries)
def test_claims_one_after_another_make_the_calculation_of_the_whole(
    case: Terms, versions: list[list[Delivered]], last: list[Delivered]
) -> None:
    claimed: list[Line] = []
    for version in [*versions, last]:
        claimed += difference(claimed, calculate(case, version).lines).lines
    whole = calculate(case, last)
    assert total(claimed) == whole.compensated
    assert difference(claimed, whole.lines).lines == ()


steps = st.one_of(
    st.tuples(st.just("enter"), st.integers(0, 19)),
    st.tuples(st.just("cancel"), st.integers(0, 19)),
    st.tuples(st.just("price"), st.tuples(st.integers(0, 19), prices)),
    st.tuples(st.just("claim"), st.integers(0, SPAN).map(lambda n: month_of(START + timedelta(days=n)))),
)


@seldom
@given(made_cases, made_deliveries, st.lists(steps, max_size=25))
def test_months_claimed_between_entries_and_corrections_make_the_whole(
    case: Terms, entered: list[Delivered], taken: list[tuple[str, Any]]
) -> None:
    """Like an office: deliveries come, are cancelled and repriced; a month is claimed, the claimed ones corrected."""
    book: dict[int, Delivered] = {}
    claimed: list[Line] = []
    months: set[date] = set()
    for kind, what in [*taken, *(("claim", line.month) for line in calculate(case, entered).lines)]:
        known = [delivered for delivered in entered if delivered.key == (what[0] if kind == "price" else what)]
        if kind == "claim":
            months.add(what)
        elif known and kind == "enter":
            book.setdefault(known[0].key, known[0])
        elif known and known[0].key in book:
            change: dict[str, Any] = {"quantity": ZERO} if kind == "cancel" else {"unit_price": what[1]}
            book[known[0].key] = replace(book[known[0].key], **change)
        now = calculate(case, book.values())
        claimed += difference(claimed, in_months(now, months)).lines
        assert total(claimed) == total(in_months(now, months))
    whole = calculate(case, book.values())
    everything = difference(claimed, whole.lines)
    assert total([*claimed, *everything.lines]) == whole.compensated
    held: dict[Any, Decimal] = defaultdict(Decimal)
    for line in (*claimed, *everything.lines):
        held[line.month, line.service, line.arrangement, line.rate] += line.quantity
    assert {key: units for key, units in held.items() if units} == {
        (line.month, line.service, line.arrangement, line.rate): line.quantity for line in whole.lines
    }


def in_months(result: Calculation, months: set[date]) -> list[Line]:
    return [line for line in result.lines if line.month in months]


# --- the window (5.1, 9.4) ---


@often
@given(all_terms(st.just(CapKind.WINDOW)), made_deliveries)
def test_no_unit_lies_after_the_window(case: Terms, entered: list[Delivered]) -> None:
    result = calculate(case, entered)
    own = [unit.on for unit in result.units]
    starts = [*own, *(units.on for units in case.counted_elsewhere if not units.sibling)]
    starts += [case.opening.window_start] if case.opening.window_start else []
    for on in own:
        before = min(start for start in starts if start <= on)
        assert on < before.replace(year=before.year + before.month // 12, month=before.month % 12 + 1, day=1) + (
            timedelta(days=before.day - 1)
        )
