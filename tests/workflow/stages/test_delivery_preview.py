"""The month before it is saved: what the preview says is what the step then writes (G50-G59)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.delivering import adult, after, confirm, limited, refusals, respite, row, stay
from workflow.guards import Ask
from workflow.models import Case, Delivery
from workflow.stages.delivery_preview import MonthSeen, month_seen

D = Decimal
OCTOBER = date(2021, 10, 1)


def seen(office: Office, case: Case, *rows: dict[str, Any], **changes: Any) -> MonthSeen:
    given = {"month": OCTOBER, "assignment": case.assignments[0], "deliveries": list(rows)} | changes
    found = month_seen(Ask(office.session, case, "confirm_delivery", office.today, given=given))
    assert found is not None
    return found


def october(*days: int, quantity: str = "1") -> list[dict[str, Any]]:
    return [row(date(2021, 10, day), quantity) for day in days]


def judged(found: MonthSeen) -> list[tuple[int, Decimal, Decimal, list[str]]]:
    return [(one.number, one.compensable, one.refused, [p.code for p in one.problems]) for one in found.rows]


@pytest.mark.parametrize(("used", "days"), [("97", (4, 5, 6, 7, 8)), ("100", (4,)), ("0", (4, 5))])
def test_what_is_seen_is_what_is_written(office: Office, used: str, days: tuple[int, ...]) -> None:
    case = after(office, used)
    found = seen(office, case, *october(*days))
    told = [(one.row.on, one.refused) for one in found.rows if one.refused]
    account = [(one.before, one.after) for one in found.movements]
    assert office.session.scalar(sa.select(sa.func.count(Delivery.id))) == 0
    confirm(office, case, days=days, G54="ģimenes lūgums")
    assert told == [(on, quantity) for on, _, quantity in refusals(case)]
    assert account == [(D(used), min(D(used) + len(days), D(100)))]


def test_each_row_has_its_verdict_and_its_number(office: Office) -> None:
    case = after(office, "99")
    rows = [{**one, "row": number} for one, number in zip(october(4, 5, 5), (0, 2, 7), strict=True)]
    assert judged(seen(office, case, *rows)) == [
        (1, D(1), D(0), []),
        (3, D(0), D(1), ["G54"]),
        (8, D(0), D(1), ["G54", "G55"]),
    ]


def test_sums_leave_out_what_cannot_be_recorded(office: Office) -> None:
    found = seen(office, limited(office, "1"), *october(4, 5), row(date(2021, 9, 1)))
    assert (found.compensable, found.refused) == (1, 1)
    assert [one.in_month for one in found.rows] == [True, True, False]


def test_units_that_lose_their_place_are_told_of_the_table(office: Office) -> None:
    case = confirm(office, limited(office, "1"), days=(11,))
    [problem] = seen(office, case, *october(4)).others
    assert (problem.code, problem.params["quantity"]) == ("G54", 1)


def test_a_stay_over_the_year_end_moves_two_accounts(office: Office) -> None:
    office.today = date(2022, 1, 20)
    case = respite(office, date(2012, 8, 8))
    case.opening_used = {"RESPITE": "27"}
    nights = stay(datetime(2021, 12, 28, 10), datetime(2022, 1, 4, 10))
    found = seen(office, case, nights, month=date(2021, 12, 1))
    assert judged(found) == [(1, D(6), D(1), ["G54"])]
    assert [(one.before, one.after, one.left) for one in found.movements] == [(27, 30, 0), (0, 3, 27)]


def test_the_window_is_told_with_its_days(office: Office) -> None:
    case = adult(office)
    found = seen(office, case, *october(4, quantity="2.50"))
    [moved] = found.movements
    assert (moved.period_from, moved.period_to) == (date(2021, 10, 4), date(2023, 10, 3))
    case.opening_window_start = date(2019, 10, 5)
    assert judged(seen(office, case, *october(4, 5, quantity="2.50"))) == [
        (1, D("2.50"), D(0), []),
        (2, D(0), D("2.50"), ["G58"]),
    ]


def test_half_typed_rows_are_left_out(office: Office) -> None:
    case = respite(office, date(2012, 8, 8))
    begun = stay(datetime(2021, 10, 28, 10), None)
    asked = {"month": OCTOBER, "assignment": case.assignments[0], "deliveries": [begun, row(None)]}
    assert month_seen(Ask(office.session, case, "confirm_delivery", office.today, given=asked)) is None
    assert month_seen(Ask(office.session, case, "confirm_delivery", office.today, given={})) is None


@pytest.mark.parametrize("quantity", ["0", "-1", "1.50", "1000001"])
def test_impossible_quantities_stop_the_row(office: Office, quantity: str) -> None:
    found = seen(office, limited(office, None), row(date(2021, 10, 4), quantity))
    [one] = found.rows
    assert (one.stopped, one.compensable, found.movements) == (True, 0, [])
    assert [problem.code for problem in one.problems] == ["G57"]
