"""A programme or a service is one entry of data: read by the same loaders, verified, mirrored, and walked (issue 3)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.programmes import CHECK, GROUP_II, OPINION, ProgrammeOffice, Way, Wish, places_of
from tests.workflow.stages.asking import codes, refused, the_one
from workflow.facts import Facts, FactsError, Table, book, facts, holding, read_facts, shipped, verify
from workflow.models import Case, mirror

CARE, NIGHTS = "care_by_month.toml", "night_groups.toml"
BY_MONTH = Way(
    (Wish("CBM-01", "80", "7.40"),),
    application={"wanted": "services", "documents": ["D03", "D04"]},
    assessment=CHECK | {"special_care_opinion": OPINION},
)


def joined(shipped_part: Any, added: Any) -> Any:
    """The file with the entry: tables are merged, rows of the same id too, other rows are appended."""
    if isinstance(shipped_part, dict):
        return shipped_part | {key: joined(shipped_part.get(key, type(row)()), row) for key, row in added.items()}
    if not isinstance(shipped_part, list):
        return added
    known = {row.get("id"): number for number, row in enumerate(shipped_part) if row.get("id")}
    rows = list(shipped_part)
    for row in added:
        if row.get("id") in known:
            rows[known[row["id"]]] = joined(rows[known[row["id"]]], row)
        else:
            rows.append(row)
    return rows


def read_with(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Facts:
    """The shipped files and the entry of that name, through the loaders of the shop."""
    entry = tomllib.loads((folder / name).read_text(encoding="utf-8"))
    toml, csv = book.read_toml, book.read_csv
    with monkeypatch.context() as patched:
        patched.setattr(book, "read_toml", lambda file: joined(toml(file), entry.get(file.removesuffix(".toml"), {})))
        patched.setattr(book, "read_csv", lambda file: joined(csv(file), entry.get(file.removesuffix(".csv"), [])))
        return read_facts()


@contextmanager
def in_force(found: Facts, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProgrammeOffice]:
    """The book verified, in the tables, and in force."""
    verify(found)
    monkeypatch.setattr(mirror, "shipped", lambda: found)
    with holding(found):
        mirror.load_facts(session)
        assert mirror.differences(session) == []
        yield ProgrammeOffice(session)


@pytest.fixture
def office(session: Session, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProgrammeOffice]:
    with in_force(read_with(data_folder, CARE, monkeypatch), session, monkeypatch) as made:
        yield made


def hours(**by_day: str) -> list[dict[str, Any]]:
    """Hours of days such as `oct_4="60"`."""
    months = {"oct": 10, "nov": 11}
    days = {date(2021, months[key[:3]], int(key[4:])): text for key, text in by_day.items()}
    return [{"date": day, "quantity": Decimal(text)} for day, text in days.items()]


def refusals(case: Case) -> list[tuple[date, Decimal, str]]:
    return [(row.on_day, row.quantity, row.reason) for each in case.deliveries for row in each.refusals]


@pytest.mark.parametrize("place", places_of("REHAB"))
def test_a_new_programme_walks_the_whole_way(office: ProgrammeOffice, place: str) -> None:
    case = office.case_in(place, "CARE_BY_MONTH", BY_MONTH)
    assert case.case_type == "CARE_BY_MONTH"
    if place == "compensated":
        assert case.state == "compensated"


def test_its_month_is_capped_and_begins_anew(office: ProgrammeOffice) -> None:
    """80 hours a month from the age of five; what lies above stays the municipality's own cost."""
    case = office.case_in("assigned", "CARE_BY_MONTH", BY_MONTH)
    october = office.month(case, deliveries=hours(oct_4="60", oct_11="20", oct_29="0.25", oct_31="4"))
    problems = refused(office, case, "confirm_delivery", **october)
    assert [(row.code, row.params["quantity"]) for row in problems] == [("G54", Decimal("0.25")), ("G54", Decimal(4))]
    office.take(case, "confirm_delivery", **october, G54="Slimoja māte.")
    reason = "PLAN_QUANTITY"  # the plan grants the 80 hours of the cap: the plan is named first (9.2)
    assert refusals(case) == [
        (date(2021, 10, 29), Decimal("0.25"), reason),
        (date(2021, 10, 31), Decimal(4), reason),
    ]
    november = office.month(case, month=date(2021, 11, 1), deliveries=hours(nov_1="80"), act_on=office.today)
    assert refusals(office.take(case, "confirm_delivery", **november))[2:] == []
    office._walk(case, "claimed")
    claim = office.waiting(case)[0]
    assert [(line.quantity, line.amount) for line in claim.lines] == [(Decimal(80), Decimal("592.00"))]


def test_its_band_changes_on_the_fifth_birthday(office: ProgrammeOffice) -> None:
    """Hours before the birthday count against 200, hours from it against 80 (9.3)."""
    unlimited = Way((Wish("CBM-01", "", "7.40"),), date(2016, 10, 15), BY_MONTH.application, BY_MONTH.assessment)
    case = office.case_in("assigned", "CARE_BY_MONTH", unlimited)
    rows = hours(oct_4="150", oct_14="50.5", oct_15="80.25", nov_1="80")
    october = office.month(case, deliveries=rows[:3])
    office.take(case, "confirm_delivery", **october, G54="Vajadzēja vairāk.")
    assert refusals(case) == [(date(2021, 10, 14), Decimal("0.5"), "CAP"), (date(2021, 10, 15), Decimal("0.25"), "CAP")]
    november = office.month(case, month=date(2021, 11, 1), deliveries=rows[3:], act_on=office.today)
    assert len(refusals(office.take(case, "confirm_delivery", **november))) == 2


def test_its_plan_keeps_to_the_month(office: ProgrammeOffice) -> None:
    case = office.case_in("assessed", "CARE_BY_MONTH", BY_MONTH)
    line = office.plan_lines(case)[0]
    problem = the_one(
        refused(office, case, "draft_plan", **office.plan(case, lines=[line | {"quantity": Decimal(81)}]))
    )
    assert problem.code == "G26"
    assert problem.params == {"cap": Decimal(80), "unit": "HOUR", "period": "calendar_month"}
    assert "mēnesī" in problem.text("lv")


def test_its_own_bounds_hold(office: ProgrammeOffice) -> None:
    case = office.case_in("applied", "CARE_BY_MONTH", BY_MONTH, documents=["D03"])
    case.person.birth_date = date(2003, 9, 10)
    found = refused(office, case, "record_assessment", **office.assessment(special_care_opinion=None))
    assert codes(found) == ["G10", "G13", "G14"]  # 18: no question as in respite, simply too old


def test_one_row_adds_a_service(session: Session, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_with(data_folder, NIGHTS, monkeypatch)
    assert set(found.services) - set(shipped().services) == {"ADL-08"}
    with in_force(found, session, monkeypatch) as office:
        assert facts().service_codes_of("ADULT_COMMUNITY")[-1] == "ADL-08"
        nights = Wish("ADL-08", "30", "18.00", "adult", unit_cost="17.50")
        papers = {"applicant": None, "applicant_kind": "self", "documents": ["D03", "D06", "D07"]}
        at_risk = {"target_ground": "at_risk_group_1_or_2", "living": "own_home"} | GROUP_II
        case = office.case_in("compensated", "ADULT_COMMUNITY", Way((nights,), date(1985, 7, 3), papers, at_risk))
        assert case.state == "compensated"
        assert {row.service_code for row in case.deliveries} == {"ADL-08"}


def test_an_entry_with_a_mistake_is_refused(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_with(data_folder, CARE, monkeypatch)
    late = replace(found.programmes["CARE_BY_MONTH"], living=("castle",), last_day=date(2021, 6, 30))
    rows = [late if row.code == late.code else row for row in found.programmes.rows]
    found = replace(found, programmes=Table(rows, lambda row: row.code))
    with pytest.raises(FactsError) as error:
        verify(found)
    where = "programmes: CARE_BY_MONTH"
    assert error.value.problems == [f"{where} uses the unknown living castle", f"{where} ends before it begins"]
