"""confirm_delivery: a month is accepted, row by row judged (G50, G51, G53, G55, G57)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from tests.factory import Office, Upload
from tests.workflow.stages.asking import codes, fields, refused, the_one
from tests.workflow.stages.delivering import adult, confirm, problems, respite, row, stay
from workflow.facts import facts
from workflow.models import Case, TransitionLog
from workflow.steps import blockers
from workflow.wording import RIGA

OCTOBER = date(2021, 10, 1)


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("assigned")


# What it writes ---------------------------------------------------------------------------------------------


def test_writes_deliveries_with_their_act(office: Office, case: Case) -> None:
    confirm(office, case, signed_by="Ilze Sniedzēja")
    assert case.state == "service_delivered"
    assert [each.delivered_on.day for each in case.deliveries] == [4, 6, 11]
    act = case.deliveries[0].act
    assert (act.month, act.act_on, act.signed_by) == (OCTOBER, date(2021, 11, 2), "Ilze Sniedzēja")
    assert {each.act_id for each in case.deliveries} == {act.id}
    assert (case.due_kind, case.due_on) == ("DL-05", date(2021, 11, 15))


def test_files_the_sheet_under_a_name_of_ours(office: Office, case: Case) -> None:
    confirm(office, case, attendance_sheet=Upload("../../Anna Paraudziņa.pdf"))
    sheet = case.deliveries[0].act.attendance_document
    assert (sheet.code, sheet.direction, sheet.file.media_type) == ("D14", "in", "application/pdf")
    assert sheet.file.name == f"{sheet.file.sha256[:16]}.pdf"
    assert [paper.number for paper in case.documents if paper.code == "D15"] == [case.deliveries[0].act.act_no]


def test_history_keeps_the_hash_of_the_sheet(office: Office, case: Case) -> None:
    confirm(office, case)
    entry = office.session.query(TransitionLog).filter_by(case_id=case.id, event="confirm_delivery").one()
    assert entry.data["attendance_sheet"]["sha256"] == case.deliveries[0].act.attendance_document.file.sha256


def test_further_month_joins_the_first(office: Office) -> None:
    case = office.case_in("service_delivered")
    confirm(office, case, days=(2,), month=date(2021, 11, 1))
    assert len(case.deliveries) == 4
    assert case.state == "service_delivered"


def test_delivery_after_compensation_reopens_the_account(office: Office) -> None:
    case = office.case_in("compensated")
    assert confirm(office, case, days=(2,), month=date(2021, 11, 1)).state == "service_delivered"


def test_officer_accepts_nothing(office: Office, case: Case) -> None:
    found = refused(office, case, "confirm_delivery", "procurement_officer", **office.month(case))
    assert codes(found) == ["G95"]


# G50: the assignment and the month --------------------------------------------------------------------------


def test_day_outside_the_month_is_refused_at_its_row(office: Office, case: Case) -> None:
    problem = the_one(problems(office, case, deliveries=[row(date(2021, 10, 31)), row(date(2021, 11, 1), row=5)]))
    assert (problem.code, problem.field) == ("G50", "deliveries-5-date")
    assert problem.params == {"service": "REH-15", "date": date(2021, 11, 1)}


@pytest.mark.parametrize(("day", "covered"), [(5, False), (6, True), (11, True), (12, False)])
def test_assignment_covers_its_first_and_last_day(office: Office, case: Case, day: int, covered: bool) -> None:
    case.assignments[0].starts_on, case.assignments[0].ends_on = date(2021, 10, 6), date(2021, 10, 11)
    if covered:
        assert confirm(office, case, days=(day,)).deliveries
    else:
        assert "G50" in codes(problems(office, case, days=(day,)))


def test_contract_that_ended_covers_nothing_later(office: Office, case: Case) -> None:
    case.assignments[0].contract_line.contract.ended_on = date(2021, 10, 6)
    assert [problem.params["date"].day for problem in problems(office, case)] == [11]


def test_open_assignment_lasts_as_long_as_the_programme(office: Office, case: Case) -> None:
    last = facts().programmes["CHILD_REHAB"].last_day
    case.assignments[0].ends_on = None
    case.assignments[0].contract_line.contract.ends_on = last + timedelta(days=30)
    office.today = last + timedelta(days=20)
    later = {"month": date(2023, 1, 1), "deliveries": [row(last + timedelta(days=1))]}
    assert codes(problems(office, case, **later)) == ["G50"]
    assert confirm(office, case, month=last.replace(day=1), deliveries=[row(last)]).deliveries


def test_days_of_a_pause_are_not_covered(office: Office, case: Case) -> None:
    case.pauses = [["2021-10-05", "2021-10-11"]]
    assert [problem.params["date"].day for problem in problems(office, case)] == [6]
    assert confirm(office, case, days=(4, 11)).deliveries


def test_assignment_of_another_case_covers_nothing(office: Office, case: Case) -> None:
    other = office.case_in("assigned")
    given = office.month(case) | {"assignment": other.assignments[0]}
    assert codes(refused(office, case, "confirm_delivery", **given)) == ["G50"] * 3


def test_assignment_covers_its_own_service_only(office: Office, case: Case) -> None:
    found = problems(office, case, deliveries=[row(date(2021, 10, 4), service="REH-14")])
    assert "G50" in codes(found)


@pytest.mark.parametrize("missing", ["assignment", "month"])
def test_month_and_assignment_are_needed(office: Office, case: Case, missing: str) -> None:
    given = office.month(case) | {missing: None}
    assert fields(refused(office, case, "confirm_delivery", **given), "G50") == [missing]


def test_missing_provider_is_told_before_the_form(office: Office, case: Case) -> None:
    waiting = office.case_in("procurement")
    found = blockers(office.session, waiting, "confirm_delivery", None, office.today)
    assert [(problem.code, problem.params["service"]) for problem in found] == [("G50", "REH-15")]
    assert blockers(office.session, case, "confirm_delivery", None, office.today) == []


# G51: neither in the future nor before the plan -------------------------------------------------------------


def test_tomorrow_is_refused_and_today_is_not(office: Office, case: Case) -> None:
    november = {"month": date(2021, 11, 1)}
    tomorrow = {"deliveries": [row(office.today + timedelta(days=1))]}
    assert the_one(problems(office, case, **november, **tomorrow)).code == "G51"
    assert confirm(office, case, **november, deliveries=[row(office.today)]).deliveries


def test_day_before_the_approval_is_refused(office: Office, case: Case) -> None:
    case.assignments[0].starts_on = date(2021, 9, 1)
    september = {"month": date(2021, 9, 1)}
    found = problems(office, case, **september, deliveries=[row(date(2021, 9, 19))])
    assert fields(found, "G51") == ["deliveries-0-date"]
    assert confirm(office, case, **september, deliveries=[row(date(2021, 9, 20))]).deliveries


def test_row_needs_its_day(office: Office, case: Case) -> None:
    assert fields(problems(office, case, deliveries=[row(None)]), "G51") == ["deliveries-0-date"]


# G53: act and sheet -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["act_no", "act_on", "attendance_sheet"])
def test_act_and_sheet_are_needed(office: Office, case: Case, missing: str) -> None:
    problem = the_one(problems(office, case, **{missing: None}))
    assert (problem.code, problem.field) == ("G53", missing)


def test_act_cannot_be_dated_tomorrow(office: Office, case: Case) -> None:
    assert fields(problems(office, case, act_on=office.today + timedelta(days=1)), "G53") == ["act_on"]
    assert confirm(office, case, act_on=office.today).deliveries


@pytest.mark.parametrize("content", [b"", b"<html><script>alert(1)</script>", b"PK\x03\x04"])
def test_sheet_must_be_of_a_known_kind(office: Office, case: Case, content: bytes) -> None:
    found = problems(office, case, attendance_sheet=Upload("lapa.pdf", content))
    assert fields(found, "G53") == ["attendance_sheet"]


def test_number_of_an_act_stands_once_in_a_case(office: Office) -> None:
    case = office.case_in("service_delivered")
    again = {"act_no": case.deliveries[0].act.act_no, "month": date(2021, 11, 1), "days": (2,)}
    assert fields(problems(office, case, **again), "G53") == ["act_no"]


# G55: once --------------------------------------------------------------------------------------------------


def test_same_day_twice_in_the_form_is_refused(office: Office, case: Case) -> None:
    day = date(2021, 10, 4)
    assert fields(problems(office, case, deliveries=[row(day), row(day)]), "G55") == ["deliveries-1-date"]


def test_two_sessions_of_a_day_need_their_times(office: Office, case: Case) -> None:
    day = date(2021, 10, 4)
    rows = [row(day, started_at=time(9)), row(day, started_at=time(15, 30))]
    assert [each.slot for each in confirm(office, case, deliveries=rows).deliveries] == ["09:00", "15:30"]


def test_month_entered_twice_is_refused(office: Office) -> None:
    case = office.case_in("service_delivered")
    assert codes(problems(office, case)) == ["G55"] * 3


def test_cancelled_delivery_may_be_entered_anew(office: Office) -> None:
    case = office.case_in("service_delivered")
    for each in case.deliveries:
        each.cancelled = True
    office.session.flush()
    assert len(confirm(office, case, act_no="A-2").deliveries) == 6


# G57: quantities and stays ----------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", ["0", "-1", "0.5", "1.25", "1000001", None])
def test_sessions_are_whole(office: Office, case: Case, quantity: str | None) -> None:
    found = problems(office, case, deliveries=[row(date(2021, 10, 4), quantity)])
    assert fields(found, "G57") == ["deliveries-0-quantity"]
    assert found[0].params == {"step": Decimal(1)}


def test_month_without_rows_is_refused(office: Office, case: Case) -> None:
    assert fields(problems(office, case, deliveries=[]), "G57") == ["deliveries"]


def test_stay_counts_every_started_day(office: Office) -> None:
    case = respite(office, date(2012, 5, 14))
    stays = [stay(datetime(2021, 10, 28, 10), datetime(2021, 10, 30, 10, 1))]
    delivery = confirm(office, case, deliveries=stays).deliveries[0]
    assert (delivery.quantity, delivery.delivered_on, delivery.slot) == (Decimal(3), date(2021, 10, 28), "10:00")


def test_stay_is_counted_by_the_clocks_of_riga(office: Office) -> None:
    case = respite(office, date(2012, 5, 14))
    # The clocks went back on 31 October: 25 hours pass, but the clock on the wall shows 24.
    stays = [stay(datetime(2021, 10, 30, 12, tzinfo=RIGA), datetime(2021, 10, 31, 12, tzinfo=RIGA))]
    assert confirm(office, case, deliveries=stays).deliveries[0].quantity == Decimal(1)


@pytest.mark.parametrize("ends", [None, datetime(2021, 10, 28, 10), datetime(2021, 10, 27)])
def test_stay_must_end_after_it_begins(office: Office, ends: datetime | None) -> None:
    case = respite(office, date(2012, 5, 14))
    stays = [stay(datetime(2021, 10, 28, 10), ends)]
    assert fields(problems(office, case, deliveries=stays), "G57") == ["deliveries-0-check_out"]


def test_stay_must_be_over(office: Office) -> None:
    case = respite(office, date(2012, 5, 14))
    november = {"month": date(2021, 11, 1)}
    stays = [stay(datetime(2021, 11, 21, 10), datetime(2021, 11, 23, 10))]
    assert fields(problems(office, case, **november, deliveries=stays), "G51") == ["deliveries-0-check_in"]


def test_a_million_is_the_most(office: Office, case: Case) -> None:
    given = {"deliveries": [row(date(2021, 10, 4), "1000000")]}
    assert codes(problems(office, case, **given)) == ["G54"]
    assert confirm(office, case, **given, G54="Kļūda lapā.").deliveries[0].quantity == 1_000_000


def test_hours_come_in_quarters(office: Office) -> None:
    case = adult(office)
    assert fields(problems(office, case, deliveries=[row(date(2021, 10, 4), "1.10")]), "G57") == [
        "deliveries-0-quantity"
    ]
    assert confirm(office, case, deliveries=[row(date(2021, 10, 4), "1.25")]).deliveries[0].quantity == Decimal("1.25")
