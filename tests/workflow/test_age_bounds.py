"""The table of age bounds, row by row and for each of the 55 services: the first and the last compensable day (5.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.workflow.terms import bought, visit
from workflow.calculation import PlanLine, Reason, Terms, decide_units
from workflow.calendar import birthday, last_day_of_age
from workflow.facts import facts
from workflow.stages.terms import rules_of

ONE_DAY = timedelta(days=1)
BOUNDS: dict[str, tuple[int | None, int | None]] = {
    **{f"REH-{n:02}": (0, 17) for n in range(1, 41)},
    "REH-08": (5, 17),
    **{f"GRD-{n:02}": (0, 17) for n in range(1, 5)},  # the age of the child, not of the recipient
    "RSP-01": (0, 18),
    "CAR-01": (0, 18),
    **{f"ADL-{n:02}": (18, None) for n in range(1, 8)},
    "ASD-01": (0, 17),
    "FAM-01": (None, None),
}


def terms_for(service: str, birth: date) -> Terms:
    """One service under the shipped rules, for as long as anything may be given."""
    fact = facts().programmes[facts().services[service].programme]
    found = facts().services[service]
    return Terms(
        birth_date=birth,
        first_day=fact.first_day,
        last_day=fact.last_day,
        rules=rules_of(fact.code),
        plan=[PlanLine("P1", service, fact.first_day)],
        arrangements=[bought("A1", "1.00", valid_from=fact.first_day, valid_to=None, prices={service: Decimal(1)})],
        service_ages={service: (found.min_age, found.max_age)},
    )


def reason_on(service: str, birth: date, on: date) -> Reason | None:
    refused = decide_units(terms_for(service, birth), [visit(1, on, service=service)]).refused
    return refused[0].reason if refused else None


def turning(age: int, on: date) -> date:
    """Born so that the age is reached on the day."""
    return on.replace(year=on.year - age)


def test_the_table_names_every_service() -> None:
    assert set(BOUNDS) == {row.code for row in facts().services.rows}


@pytest.mark.parametrize("service", BOUNDS)
def test_service_ends_the_day_before_the_birthday_after_its_upper_bound(service: str) -> None:
    upper, day = BOUNDS[service][1], date(2022, 10, 12)
    if upper is None:
        assert reason_on(service, turning(90, day), day) is None
        return
    birth = turning(upper + 1, day)
    assert last_day_of_age(birth, upper) == day - ONE_DAY
    assert (reason_on(service, birth, day - ONE_DAY), reason_on(service, birth, day)) == (None, Reason.AGE)


@pytest.mark.parametrize("service", BOUNDS)
def test_service_begins_on_the_birthday_of_its_lower_bound(service: str) -> None:
    lower, day = BOUNDS[service][0], date(2022, 10, 12)
    if lower is None:
        assert reason_on(service, turning(0, day), day) is None
        return
    birth = turning(lower, day)
    assert birthday(birth, lower) == day
    assert (reason_on(service, birth, day - ONE_DAY), reason_on(service, birth, day)) == (Reason.AGE, None)


@pytest.mark.parametrize(
    ("service", "birth", "day", "reason"),
    [
        ("REH-15", date(2003, 10, 16), date(2021, 10, 15), None),
        ("REH-15", date(2003, 10, 16), date(2021, 10, 16), Reason.AGE),
        ("REH-08", date(2014, 9, 10), date(2019, 9, 9), Reason.AGE),
        ("REH-08", date(2014, 9, 10), date(2019, 9, 10), None),
        ("RSP-01", date(2003, 10, 16), date(2022, 10, 15), None),
        ("RSP-01", date(2003, 10, 16), date(2022, 10, 16), Reason.AGE),
        ("CAR-01", date(2003, 10, 16), date(2022, 10, 15), None),
        ("CAR-01", date(2003, 10, 16), date(2022, 10, 16), Reason.AGE),
        ("GRD-01", date(2003, 10, 16), date(2021, 10, 15), None),
        ("GRD-01", date(2003, 10, 16), date(2021, 10, 16), Reason.AGE),
    ],
)
def test_the_examples_of_the_table(service: str, birth: date, day: date, reason: Reason | None) -> None:
    assert reason_on(service, birth, day) == reason


@pytest.mark.parametrize(("day", "hours"), [(date(2021, 3, 16), 50), (date(2021, 3, 17), 10)])
def test_hours_of_care_change_on_the_fifth_birthday(day: date, hours: int) -> None:
    """Born 17.03.2016: 50 hours until 16.03.2021, 10 from 17.03.2021."""
    decision = decide_units(terms_for("CAR-01", date(2016, 3, 17)), [visit(1, day, 60, service="CAR-01")])
    assert [piece.quantity for piece in decision.compensable] == [hours]


@pytest.mark.parametrize(
    ("of_rule", "of_service", "first", "last"),
    [
        ((0, 17), (5, 18), 5, 17),
        ((5, 17), (0, None), 5, 17),
        ((None, 18), (3, 17), 3, 17),
        ((3, None), (None, 18), 3, 18),
    ],
)
def test_the_narrower_of_the_bounds_of_programme_and_service_wins(
    of_rule: tuple[int | None, int | None], of_service: tuple[int | None, int | None], first: int, last: int
) -> None:
    shipped = terms_for("REH-15", date(2000, 1, 1))
    day = date(2022, 10, 12)
    rules = [replace(rule, min_age=of_rule[0], max_age=of_rule[1]) for rule in shipped.rules]
    given = replace(shipped, rules=rules, service_ages={"REH-15": of_service})

    def passes(birth: date, on: date) -> bool:
        return not decide_units(replace(given, birth_date=birth), [visit(1, on, service="REH-15")]).refused

    young, old = turning(first, day), turning(last + 1, day)
    assert [passes(young, day - ONE_DAY), passes(young, day)] == [False, True]
    assert [passes(old, day - ONE_DAY), passes(old, day)] == [True, False]
