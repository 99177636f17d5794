"""The calculation of one case with 500 deliveries against adding up the same rows in plain Python (DOMAIN 9)."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from workflow.calculation import (
    Arrangement,
    ArrangementKind,
    Band,
    CapKind,
    Counted,
    Delivered,
    Method,
    PlanLine,
    Rule,
    Terms,
    UnitCost,
    calculate,
)

DELIVERIES, ROUNDS = 500, 40
FIRST, CHANGE, LAST = date(2019, 1, 1), date(2020, 6, 9), date(2022, 12, 31)
SERVICES = ("S-1", "S-2", "S-3")
PRICE, CENT = Decimal("23.50"), Decimal("0.01")
BANDS = (Band(0, 4, Decimal(5)), Band(5, 18, Decimal(3)))


def arithmetic() -> Iterator[str]:
    """A line for each kind of cap: milliseconds of both, and their ratio."""
    yield f"The calculation of a case with {DELIVERIES} deliveries against adding them up"
    yield "fastest tenth, CPU ms".ljust(28) + "calculation   adding up   ratio"
    for what, terms, rows in _cases():
        timed = _interleaved(partial(calculate, terms, rows), partial(_added_up, rows))
        whole, floor = (1000 * sorted(seconds)[ROUNDS // 10] for seconds in timed)
        yield f"  {what:<26}{whole:11.2f} {floor:11.2f} {whole / floor:7.1f}"


def _added_up(rows: Sequence[Delivered]) -> Decimal:
    """What a spreadsheet would do: quantity times price by month and service, rounded, added."""
    sums: dict[tuple[int, int, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        day = row.on or row.check_in
        if day is not None:
            sums[day.year, day.month, row.service] += (row.quantity or 1) * PRICE
    return sum((amount.quantize(CENT, ROUND_HALF_UP) for amount in sums.values()), Decimal(0))


def _interleaved(*actions: Callable[[], object]) -> list[list[float]]:
    """CPU seconds of each, turn by turn, so that a slow moment hits all alike."""
    seconds: list[list[float]] = [[] for _ in actions]
    gc.collect()
    for _ in range(ROUNDS):
        for found, action in zip(seconds, actions, strict=True):
            began = time.process_time()
            action()
            found.append(time.process_time() - began)
    return seconds


def _cases() -> Iterator[tuple[str, Terms, list[Delivered]]]:
    visits = [_visit(number) for number in range(DELIVERIES)]
    others = [Counted(FIRST + timedelta(days=9 * n), Decimal(1)) for n in range(100)]
    yield "sessions, lifetime", _terms(CapKind.LIFETIME, Decimal(400)), visits
    yield "shared with other cases", _terms(CapKind.LIFETIME, Decimal(400), others=others), visits
    yield "hours, by week and age", _terms(CapKind.ISO_WEEK, None, bands=BANDS), visits
    yield "stays, by year", _terms(CapKind.CALENDAR_YEAR, Decimal(90)), [_stay(n) for n in range(DELIVERIES // 2)]
    yield "adults, two years", _terms(CapKind.WINDOW, None, months=24), visits


def _visit(number: int) -> Delivered:
    day = FIRST + timedelta(days=number * 2)
    return Delivered(
        number, day, SERVICES[number % len(SERVICES)], Decimal("1.25"), 1, plan_line=number % len(SERVICES)
    )


def _stay(number: int) -> Delivered:
    """Two started days."""
    begin = datetime(2019, 1, 1, 10) + timedelta(days=4 * number)
    return Delivered(number, None, SERVICES[0], None, 1, begin, begin + timedelta(hours=30))


def _terms(
    kind: CapKind,
    cap: Decimal | None,
    *,
    bands: tuple[Band, ...] = (),
    months: int | None = None,
    others: Sequence[Counted] = (),
) -> Terms:
    """Three services of one provider under two rule sets; the unit costs change every year."""
    method = Method.UNIT_COST if months else Method.ACTUAL_COST
    rules = [
        Rule(begin, end, kind, cap, bands, method, None, months, 0, None)
        for begin, end in ((FIRST, CHANGE - timedelta(days=1)), (CHANGE, None))
    ]
    return Terms(
        birth_date=date(2016, 3, 17),
        first_day=FIRST,
        last_day=LAST,
        rules=rules,
        plan=[PlanLine(number, code, FIRST, Decimal(900)) for number, code in enumerate(SERVICES)],
        arrangements=[Arrangement(1, ArrangementKind.PROCURED, FIRST, None, dict.fromkeys(SERVICES, PRICE))],
        service_ages=dict.fromkeys(SERVICES, (0, 18)),
        unit_costs=[
            UnitCost(code, Decimal("22.4567"), date(year, 1, 1), date(year, 12, 31))
            for code in SERVICES
            for year in range(2022, 2018, -1)
        ],
        counted_elsewhere=others,
    )
