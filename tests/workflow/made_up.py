"""Made-up cases for the laws of the calculation: terms and deliveries as odd as the rule book allows (DOMAIN 4, 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from workflow.calculation import (
    Arrangement,
    ArrangementKind,
    Band,
    CapKind,
    Counted,
    Delivered,
    Method,
    Opening,
    PlanLine,
    Rule,
    Terms,
    UnitCost,
)
from workflow.quantities import COUNTED_KINDS, is_valid

START = date(2018, 12, 10)  # the weeks, the months and the year end inside the fifty days
SPAN = 50
SERVICES = ("REH-11", "REH-15")
NOT_PLANNED = "REH-99"
BIRTH = date(2014, 1, 2)  # five years old in the middle

days = st.integers(0, SPAN).map(lambda n: START + timedelta(days=n))
quarters = st.integers(1, 40).map(lambda n: Decimal(n) / 4)
prices = st.integers(1, 9999).map(lambda cents: Decimal(cents) / 100)
costs = st.integers(1, 999_999).map(lambda parts: Decimal(parts) / 10_000)
kinds = st.sampled_from([*CapKind])
methods = st.sampled_from([Method.ACTUAL_COST, Method.UNIT_COST])
few = st.integers(0, 30).map(Decimal)


def mostly(value: Any, other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The value, and something else now and then: odd in every respect at once, nothing would be compensated."""
    return st.integers(0, 7).flatmap(lambda n: other if n == 7 else st.just(value))


@st.composite
def rules(draw: st.DrawFn, kind: st.SearchStrategy[CapKind] = kinds) -> list[Rule]:
    """One to three versions without gap or overlap; kind, bands, method, ceiling and window change between them."""
    changes = sorted(draw(st.sets(days, max_size=2)))
    begins = [date(2015, 7, 1), *changes]
    ends = [*(day - timedelta(days=1) for day in changes), None]
    return [draw(rule(kind, begin, end)) for begin, end in zip(begins, ends, strict=True)]


@st.composite
def rule(draw: st.DrawFn, kind: st.SearchStrategy[CapKind], begin: date, end: date | None) -> Rule:
    cap_kind = draw(kind)
    counted = cap_kind in COUNTED_KINDS
    bands = draw(st.sampled_from([(), (4,), (6,)])) if counted else ()
    method = draw(methods)
    return Rule(
        valid_from=begin,
        valid_to=end,
        cap_kind=cap_kind,
        cap_quantity=draw(few) if counted else None,
        bands=tuple(Band(low, high, draw(few)) for border in bands for low, high in ((0, border), (border + 1, None))),
        method=method,
        ceiling=draw(st.none() | prices) if method == Method.ACTUAL_COST else None,
        window_months=1 if cap_kind == CapKind.WINDOW else None,
        min_age=draw(mostly(0, st.just(5))),
        max_age=draw(mostly(17, st.just(4))),
        per_family=draw(st.booleans()),
    )


@st.composite
def plans(draw: st.DrawFn) -> list[PlanLine]:
    """Up to three lines of two services, revised once, by the whole or by a period."""
    periods = st.sampled_from(COUNTED_KINDS)
    revised = st.lists(st.tuples(days, st.none() | few), max_size=1).map(tuple)
    return [
        PlanLine(n, service, draw(mostly(START, days)), draw(st.none() | few), draw(periods), draw(revised))
        for n, service in enumerate([*SERVICES, SERVICES[1]])
    ]


@st.composite
def arrangements(draw: st.DrawFn) -> list[Arrangement]:
    """One bought and one of the municipality's own, each with gaps in validity and register."""
    return [
        Arrangement(
            key,
            kind,
            draw(mostly(START, days)),
            draw(mostly(None, days)),
            {service: draw(prices) for service in (*SERVICES, NOT_PLANNED)},
            registered_until=draw(mostly(None, days)),
        )
        for key, kind in (("A1", ArrangementKind.PROCURED), ("A2", ArrangementKind.IN_HOUSE))
    ]


@st.composite
def unit_costs(draw: st.DrawFn) -> list[UnitCost]:
    """Two amounts one after the other for each service."""
    change = draw(days)
    return [
        UnitCost(service, draw(costs), begin, end)
        for service in (*SERVICES, NOT_PLANNED)
        for begin, end in ((date(2015, 7, 1), change - timedelta(days=1)), (change, None))
    ]


@st.composite
def all_terms(draw: st.DrawFn, kind: st.SearchStrategy[CapKind] = kinds) -> Terms:
    """Everything that may decide about a delivery."""
    used, years = draw(mostly(Decimal(0), few)), st.dictionaries(st.sampled_from([2018, 2019]), few)
    elsewhere = st.builds(Counted, days, quarters, st.booleans())
    return Terms(
        birth_date=BIRTH,
        first_day=START,
        last_day=START + timedelta(days=SPAN - 4),
        rules=draw(rules(kind)),
        plan=draw(plans()),
        arrangements=draw(arrangements()),
        service_ages=draw(mostly({}, st.just({SERVICES[0]: (5, 17)}))),
        unit_costs=draw(unit_costs()),
        opening=Opening(used, {}, draw(years), draw(mostly(None, days))),
        counted_elsewhere=draw(st.lists(elsewhere, max_size=4)),
    )


@st.composite
def deliveries(draw: st.DrawFn, most: int = 15) -> list[Delivered]:
    """Sessions, hours and stays, some with a price of their own, of services in and outside the plan."""
    least = draw(st.sampled_from([0, 4, 8]))
    made = draw(st.lists(visits() | visits() | stays(), min_size=least, max_size=most))
    return [replace(delivered, key=n) for n, delivered in enumerate(made)]


some_arrangement = mostly("A1", st.sampled_from(["A2", "A2", None]))


@st.composite
def visits(draw: st.DrawFn, day: st.SearchStrategy[date] = days) -> Delivered:
    price = draw(st.none() | prices)
    service, key = draw(mostly(SERVICES[1], st.sampled_from([SERVICES[0], NOT_PLANNED]))), draw(some_arrangement)
    return Delivered(0, draw(day), service, draw(quarters), key, unit_price=price)


@st.composite
def stays(draw: st.DrawFn) -> Delivered:
    """A stay of up to four started days, perhaps corrected to fewer."""
    begin = datetime.combine(draw(days), time(draw(st.integers(0, 23)), 30))
    end = begin + timedelta(hours=draw(st.integers(1, 96)))
    most = -((begin - end) // timedelta(days=1))
    quantity = draw(st.none() | st.integers(1, most).map(Decimal))
    return Delivered(0, None, draw(st.sampled_from(SERVICES)), quantity, "A1", begin, end)


def on_days_of_their_own() -> st.SearchStrategy[list[Delivered]]:
    """At most one delivery a day, in the order of entry: nothing but the day can put them in order."""
    made = st.lists(visits(), min_size=2, max_size=12, unique_by=lambda delivered: delivered.on)
    return made.map(lambda found: [replace(delivered, key=n) for n, delivered in enumerate(found)])


def price_of(case: Terms, delivered: Delivered) -> Decimal | None:
    """What the municipality pays for a unit."""
    if delivered.unit_price is not None:
        return delivered.unit_price
    known = {arrangement.key: arrangement.prices for arrangement in case.arrangements}
    return known[delivered.arrangement].get(delivered.service) if delivered.arrangement in known else None


def cost_of(case: Terms, service: str, on: date) -> Decimal:
    """The unit cost of the day."""
    return next(
        cost.amount
        for cost in case.unit_costs
        if cost.service == service and is_valid(cost.valid_from, cost.valid_to, on)
    )
