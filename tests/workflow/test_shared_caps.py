"""One cap, several cases: a person's in two offices, a family's; bands that move (R2, R4, R10, DOMAIN 9.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.workflow.stages.test_revise_plan import approve, revise
from tests.workflow.terms import D, adult, refused, rule, terms, visit, visits
from workflow.calculation import Band, CapKind, Counted, Opening, PlanLine, Reason, calculate, decide_units
from workflow.facts import Facts, Table, facts, holding
from workflow.models import Case, Family
from workflow.stages.settlement import unclaimed_units
from workflow.stages.terms import calculation_of
from workflow.stages.used import used_units

DAY = date(2019, 3, 4)  # a Monday
LATER = DAY + timedelta(days=9)


# --- what another case was granted on a later day stays with it ---


@pytest.mark.parametrize(("cap", "left"), [(2, 0), (3, 1), (4, 2)])
def test_later_units_of_another_case_are_not_taken_away(cap: int, left: int) -> None:
    given = terms(rules=[rule(cap)], counted_elsewhere=[Counted(LATER, D(2))])
    assert sum(unit.quantity for unit in calculate(given, visits(DAY, 4)).units) == left


def test_later_units_under_a_higher_cap_leave_room_for_earlier_ones() -> None:
    rules = [rule(2, valid_to=DAY + timedelta(days=5)), rule(5, valid_from=DAY + timedelta(days=6))]
    given = terms(rules=rules, counted_elsewhere=[Counted(LATER, D(3))])
    assert refused(calculate(given, visits(DAY, 4))) == [(3, D(1), "CAP"), (4, D(1), "CAP")]
    tight = terms(rules=rules, counted_elsewhere=[Counted(LATER, D(4))])
    assert refused(calculate(tight, visits(DAY, 3))) == [(2, D(1), "CAP"), (3, D(1), "CAP")]


def test_the_narrowest_of_several_later_days_decides() -> None:
    low, high = rule(4, valid_to=DAY + timedelta(days=6)), rule(9, valid_from=DAY + timedelta(days=7))
    held = [Counted(DAY + timedelta(days=6), D(3)), Counted(LATER, D(1))]
    given = terms(rules=[low, high], counted_elsewhere=held)
    assert sum(unit.quantity for unit in calculate(given, visits(DAY, 5)).units) == 1
    after = decide_units(given, visits(DAY + timedelta(days=7), 2))
    assert after.refused == ()


def test_units_of_the_same_day_elsewhere_are_counted_once() -> None:
    given = terms(rules=[rule(3)], counted_elsewhere=[Counted(DAY, D(1))])
    assert refused(calculate(given, [visit(1, DAY, 3)])) == [(1, D(1), "CAP")]


@pytest.mark.parametrize(("per_family", "left"), [(True, 1), (False, 4)])
def test_later_units_of_a_sibling_stay_theirs_while_the_cap_is_the_family_s(per_family: bool, left: int) -> None:
    given = terms(rules=[rule(4, per_family=per_family)], counted_elsewhere=[Counted(LATER, D(3), sibling=True)])
    assert sum(unit.quantity for unit in calculate(given, visits(DAY, 5)).units) == left


def test_opening_balance_stands_before_what_others_hold_later() -> None:
    given = terms(rules=[rule(6)], opening=Opening(used=D(3)), counted_elsewhere=[Counted(LATER, D(2))])
    assert sum(unit.quantity for unit in calculate(given, visits(DAY, 5)).units) == 1


@pytest.mark.parametrize(
    ("kind", "other", "left"),
    [
        (CapKind.ISO_WEEK, date(2019, 3, 10), 1),  # the Sunday of the week
        (CapKind.ISO_WEEK, date(2019, 3, 11), 3),
        (CapKind.CALENDAR_MONTH, date(2019, 3, 31), 1),
        (CapKind.CALENDAR_MONTH, date(2019, 4, 1), 3),
        (CapKind.CALENDAR_YEAR, date(2019, 12, 31), 1),
        (CapKind.CALENDAR_YEAR, date(2020, 1, 1), 3),
    ],
)
def test_later_units_leave_less_of_their_own_period_only(kind: CapKind, other: date, left: int) -> None:
    given = terms(rules=[rule(3, cap_kind=kind)], counted_elsewhere=[Counted(other, D(2))])
    assert sum(unit.quantity for unit in calculate(given, [visit(1, DAY, 5)]).units) == left


def test_later_hours_of_an_older_band_leave_those_before_the_birthday_alone() -> None:
    bands = (Band(0, 4, D(50)), Band(5, None, D(10)))
    care = rule(None, cap_kind=CapKind.ISO_WEEK, bands=bands)
    given = terms(birth_date=date(2014, 3, 6), rules=[care], counted_elsewhere=[Counted(date(2019, 3, 6), D(10))])
    assert refused(calculate(given, [visit(1, DAY, 50), visit(2, date(2019, 3, 6), 1)])) == [(2, D(1), "CAP")]


def test_window_begins_in_the_other_case_of_the_person() -> None:
    given = adult(counted_elsewhere=[Counted(date(2019, 3, 1), D(1))])
    late = [visit(1, date(2021, 2, 28)), visit(2, date(2021, 3, 1))]
    assert refused(calculate(given, late)) == [(2, D(1), "WINDOW")]


# --- bands of age from one rule set to the next (9.3) ---


def test_new_bands_see_the_hours_of_the_week_at_the_same_ages() -> None:
    """The child is 5: before the change in the band from 5, after it in the band up to 6. The week is one."""
    change = DAY + timedelta(days=2)
    old = rule(None, cap_kind=CapKind.ISO_WEEK, bands=(Band(0, 4, D(50)), Band(5, 18, D(10))), valid_to=DAY)
    new = replace(old, valid_from=DAY + timedelta(days=1), valid_to=None, bands=(Band(0, 6, D(12)), Band(7, 18, D(10))))
    given = terms(birth_date=date(2013, 9, 1), rules=[old, new])
    assert refused(calculate(given, [visit(1, DAY, 8), visit(2, change, 8)])) == [(2, D(4), "CAP")]


def test_birthday_inside_a_band_does_not_begin_the_week_anew() -> None:
    care = rule(None, cap_kind=CapKind.ISO_WEEK, bands=(Band(0, 4, D(50)), Band(5, 18, D(10))))
    given = terms(birth_date=date(2012, 3, 6), rules=[care])
    assert refused(calculate(given, [visit(1, DAY, 8), visit(2, date(2019, 3, 6), 8)])) == [(2, D(6), "CAP")]


def test_cap_without_bands_counts_the_week_over_the_birthday() -> None:
    given = terms(birth_date=date(2014, 3, 6), rules=[rule(10, cap_kind=CapKind.ISO_WEEK)])
    assert refused(calculate(given, [visit(1, DAY, 8), visit(2, date(2019, 3, 6), 8)])) == [(2, D(6), "CAP")]


# --- a plan line through its versions (R6, 8.2 `revise_plan`) ---


def line(quantity: int | None, *before: tuple[date, int | None]) -> PlanLine:
    given = tuple((day, None if units is None else D(units)) for day, units in before)
    return PlanLine("P1", "REH-11", date(2018, 1, 1), None if quantity is None else D(quantity), before=given)


@pytest.mark.parametrize(
    ("plan", "count"),
    [
        (line(1, (DAY + timedelta(days=3), 5)), 3),  # three days under 5, then nothing is left of 1
        (line(4, (DAY + timedelta(days=3), 5)), 4),
        (line(5, (DAY + timedelta(days=3), 2)), 5),  # a larger quantity reaches back
        (line(1, (DAY + timedelta(days=1), 2), (DAY + timedelta(days=3), 5)), 3),
        (line(None, (DAY + timedelta(days=3), 2)), 6),
        (line(1, (DAY + timedelta(days=3), None)), 3),
        (line(0, (DAY, 9)), 0),  # replaced on the very day
    ],
)
def test_smaller_quantity_takes_nothing_back(plan: PlanLine, count: int) -> None:
    decision = decide_units(terms(plan=[plan]), visits(DAY, 6))
    assert [piece.delivered.key for piece in decision.compensable] == [*range(1, count + 1)]
    assert {unit.reason for unit in decision.refused} <= {Reason.PLAN_QUANTITY}


# --- through the office ---


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def test_a_smaller_plan_leaves_the_accepted_sessions_to_be_claimed(office: Office) -> None:
    case = office.case_in("service_delivered")
    approve(office, revise(office, case, office.line(case, quantity="1")))
    assert sum(unit.quantity for unit in unclaimed_units(office.session, case)) == 3
    assert calculation_of(office.session, case, "CHILD_REHAB").refused == ()


def of_the_family(quantity: str) -> Facts:
    """The rule book with a cap of so many sessions for all children of a family together."""
    book = facts()
    sets = []
    for row in book.rule_sets.rows:
        caps = [
            replace(cap, quantity=Decimal(quantity), scope="per_family") if cap.programme == "CHILD_REHAB" else cap
            for cap in row.caps
        ]
        sets.append(replace(row, caps=tuple(caps)))
    return replace(book, rule_sets=Table(sets, lambda row: row.id))


def a_family(office: Office) -> int:
    made = Family(name="Paraudziņi")
    office.session.add(made)
    office.session.flush()
    return made.id


def plan_of(office: Office, case: Case) -> Case:
    """The case with a provider, for three sessions."""
    office.take(case, "record_assessment", **office.assessment())
    office.take(case, "draft_plan", **office.plan(case, lines=[office.line(case, quantity="3")]))
    for place in ("approved", "procurement", "assigned"):
        office._walk(case, place)
    return case


def test_a_brother_s_earlier_month_takes_nothing_of_what_the_sister_was_paid(office: Office) -> None:
    """Four sessions for the family: two of the sister in October are paid before the brother's earlier ones come."""
    with holding(of_the_family("4")):
        family = {"family_id": a_family(office)}
        sister, brother = (
            plan_of(office, office.take(None, "register_application", **office.application(person=person)))
            for person in (office.person("Anna", **family), office.person("Jānis", **family))
        )
        office.take(sister, "confirm_delivery", **office.month(sister, days=(20, 21)))
        office.take(sister, "submit_claim", **office.claim(sister, amount="47.00"))
        office.pay(sister)
        confirmed = {"G54": "Pašvaldība sedz pati."}
        office.take(brother, "confirm_delivery", **office.month(brother, days=(4, 5, 6)), **confirmed)
        kept = [row for delivery in brother.deliveries for row in delivery.refusals]
        assert [(row.on_day, row.quantity, row.reason) for row in kept] == [(date(2021, 10, 6), Decimal(1), "CAP")]
        for case in (sister, brother):
            assert used_units(office.session, case, "CHILD_REHAB", office.today) == 4
            assert calculation_of(office.session, case, "CHILD_REHAB").compensated == Decimal("47.00")
