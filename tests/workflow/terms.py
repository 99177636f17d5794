"""Builders for the tests of the calculation: terms read like the sentences of the worked examples."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from workflow.calculation import (
    Arrangement,
    ArrangementKind,
    Band,
    Calculation,
    CapKind,
    Delivered,
    Method,
    Opening,
    PlanLine,
    Rule,
    Terms,
    UnitCost,
)
from workflow.quantities import Key

EXAMPLES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("worked_examples.toml").read_text(encoding="utf-8")
)["example"]

ADULT = Rule(date(2015, 7, 1), method=Method.UNIT_COST, window_months=24, min_age=18)

# The bounds of the services the examples use (DOMAIN section 6).
AGES: dict[str, tuple[int | None, int | None]] = {
    "REH-08": (5, 17),
    "RSP-01": (0, 18),
    "CAR-01": (0, 18),
    "ADL-01": (18, None),
    "ADL-02": (18, None),
    "ADL-06": (18, None),
    **{f"REH-{n}": (0, 17) for n in (11, 14, 15, 25, 26, 34)},
}


def D(value: int | str) -> Decimal:
    return Decimal(value)


def rule(cap: int | None = 40, **changes: Any) -> Rule:
    """A lifetime cap of sessions for ages 0-17 at the price paid, valid from the first day on."""
    kind = CapKind.NONE if cap is None else CapKind.LIFETIME
    quantity = None if cap is None else D(cap)
    return replace(Rule(date(2015, 7, 1), None, kind, quantity, min_age=0, max_age=17), **changes)


def terms(**changes: Any) -> Terms:
    """A child born on 14 May 2010; speech therapy at 20.00 all through 2019."""
    plain = Terms(
        birth_date=date(2010, 5, 14),
        first_day=date(2015, 7, 1),
        last_day=date(2022, 12, 31),
        rules=[rule()],
        plan=[PlanLine("P1", "REH-11", date(2018, 1, 1))],
        arrangements=[bought("A1", "20.00")],
    )
    return replace(plain, **changes)


def bought(key: Key, price: str, **changes: Any) -> Arrangement:
    plain = Arrangement(key, ArrangementKind.PROCURED, date(2019, 1, 1), date(2019, 12, 31), {"REH-11": D(price)})
    return replace(plain, **changes)


def adult(**changes: Any) -> Terms:
    """A grown-up with two years from the first unit, 18.50 a unit, bought at 20.00."""
    given = terms(
        birth_date=date(1985, 7, 3),
        rules=[ADULT],
        arrangements=[bought("A1", "20.00", valid_to=None)],
        unit_costs=[UnitCost("REH-11", D("18.50"), date(2019, 1, 1))],
    )
    return replace(given, **changes)


def visit(key: int, on: date, quantity: int | str = 1, **changes: Any) -> Delivered:
    return replace(Delivered(key, on, "REH-11", D(quantity), "A1"), **changes)


def refused(result: Calculation) -> list[tuple[int, Decimal, str]]:
    """Key, quantity and reason of what is not compensable."""
    return [(unit.delivery, unit.quantity, unit.reason.value) for unit in result.refused]


def visits(first: date, count: int, key: int = 1) -> list[Delivered]:
    """One session a day from a day on."""
    return [visit(key + n, date.fromordinal(first.toordinal() + n)) for n in range(count)]


def terms_of(example: Mapping[str, Any]) -> Terms:
    """The terms of a worked example (DOMAIN 9.6)."""
    return Terms(
        birth_date=example["person"]["birth_date"],
        first_day=example["project"]["first_day"],
        last_day=example["project"]["last_day"],
        rules=[_rule(given) for given in example["rule_set"]],
        plan=[
            PlanLine(line["service"], line["service"], line["approved_on"], _decimal(line.get("quantity")))
            for line in example["plan_line"]
        ],
        arrangements=[_arrangement(given) for given in example["assignment"]],
        service_ages=AGES,
        unit_costs=[
            UnitCost(cost["service"], D(cost["amount"]), cost["valid_from"], cost.get("valid_to"))
            for cost in example["unit_cost"]
        ],
        opening=_opening(example["opening"]),
    )


def deliveries_of(example: Mapping[str, Any]) -> list[Delivered]:
    return [
        Delivered(
            key=given["seq"],
            on=given.get("date"),
            service=given["service"],
            quantity=_decimal(given.get("quantity")),
            arrangement=given["assignment"],
            check_in=given.get("check_in"),
            check_out=given.get("check_out"),
        )
        for given in example["delivery"]
    ]


def stages_of(example: Mapping[str, Any]) -> Iterator[list[Delivered]]:
    """The deliveries as each claim of the example saw them: first as entered, then after every correction."""
    deliveries = {delivered.key: delivered for delivered in deliveries_of(example)}
    yield list(deliveries.values())
    for correction in sorted(example["correction"], key=lambda given: given["step"]):
        changed = deliveries[correction["seq"]]
        deliveries[changed.key] = replace(
            changed,
            quantity=D(correction["new_quantity"]) if "new_quantity" in correction else changed.quantity,
            unit_price=_decimal(correction.get("new_unit_price")) or changed.unit_price,
        )
        yield list(deliveries.values())


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _rule(given: Mapping[str, Any]) -> Rule:
    return Rule(
        valid_from=given["valid_from"],
        valid_to=given.get("valid_to"),
        cap_kind=CapKind(given["cap_kind"]),
        cap_quantity=_decimal(given.get("cap_quantity")),
        bands=tuple(Band(b["min_age"], b.get("max_age"), D(b["quantity"])) for b in given.get("band", ())),
        method=Method(given["method"]),
        ceiling=_decimal(given.get("ceiling")),
        window_months=given.get("window_months"),
        min_age=given.get("min_age"),
        max_age=given.get("max_age"),
    )


def _arrangement(given: Mapping[str, Any]) -> Arrangement:
    return Arrangement(
        key=given["id"],
        kind=ArrangementKind(given["kind"]),
        valid_from=given["valid_from"],
        valid_to=given.get("valid_to"),
        prices={service: D(price) for service, price in given.get("prices", {}).items()},
        registered_until=given.get("registered_until"),
    )


def _opening(given: Mapping[str, Any]) -> Opening:
    return Opening(
        used=D(given.get("used", "0")),
        used_by_service={service: D(used) for service, used in given.get("used_by_service", {}).items()},
        used_year={int(year): D(used) for year, used in given.get("used_year", {}).items()},
        window_start=given.get("window_start"),
    )
