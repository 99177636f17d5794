"""The office's values over the shipped facts: every one that can be stated changes what it names, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.factory import Office
from workflow import deadlines
from workflow.calendar import WorkingDays
from workflow.facts import Cap, FactsError, RuleSet, Stated, facts, holding, shipped, verify
from workflow.guards import Ask, find_problems, working_days
from workflow.models import Holiday, RuleChange, Setting
from workflow.queries.colours import surroundings
from workflow.retention import kept_until
from workflow.rulebook import Entry, entries, entry, in_force, read, token_in_force, with_rule_sets, with_stated
from workflow.rulebook.changes import StaleRehearsal, contradictions, propose, save
from workflow.rulebook.entries import FIXED
from workflow.rulebook.overlay import READ
from workflow.stages.terms import rules_of
from workflow.warnings import warnings_on

DAY = dt.date
TODAY = DAY(2021, 11, 22)
CHANGEABLE = [one for one in entries(shipped()) if one.changeable]


def another(one: Entry) -> str:
    """A value that is not the shipped one."""
    match one.kind:
        case "yes_no":
            return str(not one.value)
        case "documents":
            return "D09 D20"
        case "day":
            return (one.value + dt.timedelta(days=365)).isoformat()
        case "number":
            return str(one.value + 1)
        case _:
            return str(one.value + Decimal("1.00"))


def stated(one: Entry) -> dict[str, Stated]:
    return {one.key: Stated(another(one), "law", "Vēstule")}


@pytest.mark.parametrize("one", CHANGEABLE, ids=lambda one: one.key)
def test_what_the_office_states_holds_and_nothing_else_changes(one: Entry) -> None:
    before = {row.key: row.value for row in entries(shipped())}
    book = with_stated(shipped(), stated(one))
    after = {row.key: row.value for row in entries(book)}
    changed = {key for key in before if before[key] != after[key]}
    followers = {row.key for row in entries(shipped()) if row.same_as == one.key}
    assert changed == {one.key, *followers}
    assert str(after[one.key]) == another(one)
    verify(book)


@pytest.mark.parametrize("one", CHANGEABLE, ids=lambda one: one.key)
def test_a_value_is_kept_as_text_and_read_back(one: Entry) -> None:
    assert READ[one.kind](one.value_text) == one.value


def test_keys_are_unique_and_found() -> None:
    keys = [one.key for one in entries(shipped())]
    assert len(keys) == len(set(keys))
    assert entry(shipped(), "deadline.DL-02").value == 20
    assert entry(shipped(), "deadline.DL-99") is None


def test_confirmed_is_an_assumption_no_longer() -> None:
    before = entry(shipped(), "deadline.DL-02")
    said = Stated("20", "assumption", "Lēmums", DAY(2021, 11, 1), "Ivars")
    after = entry(with_stated(shipped(), {before.key: said}), before.key)
    assert (before.unconfirmed, after.unconfirmed, after.stated.confirmed_by) == (True, False, "Ivars")


def test_a_period_of_the_law_stays_one_when_the_office_states_its_length() -> None:
    days = WorkingDays({})
    book = with_stated(shipped(), {"deadline.DL-01": Stated("2", "public")})
    with holding(book):
        assert deadlines.last_day("DL-01", DAY(2021, 11, 23), days) == DAY(2022, 1, 24), "the 23rd is a Sunday"


# Every value that can be stated changes some outcome (invariant 9) ----------------------------------------------------


def codes(office: Office, step: str, case: Any, **given: Any) -> set[str]:
    ask = Ask(office.session, case, step, TODAY, office.actor("supervisor"), given)
    return {problem.code for problem in find_problems(ask)}


def seen_by_settings(office: Office, key: str) -> Any:
    """What the rule behind a setting says of a case at its bound."""
    if key.startswith("required_documents."):
        return facts().required_documents(key.partition(".")[2])
    case = office.case_in("assessed")
    match key:
        case "over_18_needs_supervisor":
            case.case_type, case.person.birth_date = "RESPITE", DAY(2003, 10, 16)
            return codes(office, "record_assessment", case, assessed_on=TODAY)
        case "assessment_max_age_months":
            case.assessment.assessed_on = DAY(2020, 11, 21)
            return codes(office, "draft_plan", case, drafted_on=TODAY, lines=[])
        case "extension_months_long":
            given = {"new_due_on": DAY(2022, 9, 5), "reason": "Faktus konstatē ilgstoši.", "long_fact_finding": True}
            return codes(office, "extend_deadline", case, **given)
        case "refusal_reasons_min_length":
            return codes(office, "reject", case, ground="age", reasons="x" * 30)
        case "due_soon_working_days" | "idle_calendar_days":
            return surroundings(office.session, TODAY).lines
        case "retention_years":
            return kept_until(SimpleNamespace(state="closed", state_since_on=TODAY))
        case _:
            raise AssertionError(f"{key} is read by nothing")


def seen_by_deadline(office: Office, key: str) -> Any:
    return deadlines.last_day(key.partition(".")[2], TODAY, working_days(office.session))


def seen_by_warning(office: Office, key: str) -> Any:
    _, code, *unit = key.split(".")
    bound = facts().warnings[code]
    left = shipped().warnings[code].remaining.get(unit[0]) + 1 if unit else None
    on = TODAY + dt.timedelta(days=shipped().warnings[code].days_before + 1)
    return warnings_on(TODAY, [] if unit else [(code, on)], [(unit[0], left)] if unit else []), bound


def seen_by_threshold(office: Office, key: str) -> Any:
    return {name: row.lower_bound for name, row in facts().thresholds_on(TODAY).items()}


def seen_by_programme(office: Office, key: str) -> Any:
    _, code, name = key.split(".")
    if name == "max_age":
        return {rule.max_age for rule in rules_of(code)}
    return facts().programmes[code].runs_on(shipped().programmes[code].last_day + dt.timedelta(days=1))


SEEN: dict[str, Callable[[Office, str], Any]] = {
    "setting": seen_by_settings,
    "deadline": seen_by_deadline,
    "warning": seen_by_warning,
    "threshold": seen_by_threshold,
    "programme": seen_by_programme,
}


@pytest.mark.parametrize("one", CHANGEABLE, ids=lambda one: one.key)
def test_every_value_that_can_be_stated_changes_an_outcome(session: Session, one: Entry) -> None:
    office = Office(session)
    before = SEEN[one.group](office, one.key)
    with holding(with_stated(shipped(), stated(one))):
        assert SEEN[one.group](office, one.key) != before


def test_an_ended_case_is_kept_so_many_years() -> None:
    ended = SimpleNamespace(state="closed", state_since_on=DAY(2020, 2, 29))
    open_one = SimpleNamespace(state="compensated", state_since_on=DAY(2020, 2, 29))
    assert kept_until(ended) is None
    with holding(with_stated(shipped(), {"retention_years": Stated("5", "law")})):
        assert (kept_until(ended), kept_until(open_one)) == (DAY(2025, 2, 28), None)


# Rule sets of the office ----------------------------------------------------------------------------------------------


def own(first: dt.date, last: dt.date | None = None, quantity: str = "120") -> RuleSet:
    cap = Cap("CHILD_REHAB", "lifetime", "per_child", "SESSION", Decimal(quantity), None, (), None, "law", "law")
    return RuleSet(f"RS-{first}/1", "120", first, "law", last, "law" if last else "", (cap,))


def test_a_rule_set_ends_the_one_before_and_is_ended_by_the_next() -> None:
    book = with_rule_sets(shipped(), [own(DAY(2019, 1, 1)), own(DAY(2022, 3, 1))])
    assert [(row.valid_from, row.valid_to) for row in book.rule_sets.rows] == [
        (DAY(2015, 7, 1), DAY(2018, 12, 31)),
        (DAY(2019, 1, 1), DAY(2020, 6, 8)),
        (DAY(2020, 6, 9), DAY(2021, 6, 30)),
        (DAY(2021, 7, 1), DAY(2022, 2, 28)),
        (DAY(2022, 3, 1), None),
    ]
    verify(book)


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        (own(DAY(2019, 1, 1), DAY(2019, 12, 31)), "none holds on 2020-01-01"),
        (own(DAY(2022, 3, 1), DAY(2022, 6, 30)), "none holds on 2022-07-01"),
        (own(DAY(2020, 6, 9)), "ends before it begins"),
    ],
)
def test_a_gap_or_two_on_one_day_is_a_contradiction(one: RuleSet, problem: str) -> None:
    with pytest.raises(FactsError, match=problem):
        verify(with_rule_sets(shipped(), [one]))


# In the database ------------------------------------------------------------------------------------------------------


def test_the_newest_version_of_a_value_holds(session: Session) -> None:
    office = Office(session)
    for version, value in ((1, "10"), (2, "12")):
        session.add(Setting(key="idle_calendar_days", version=version, value=value, origin="law"))
    session.flush()
    assert read(session).settings["idle_calendar_days"].value == 12
    with in_force(session):
        assert facts().settings["idle_calendar_days"].value == 12
    assert facts() is shipped()
    assert office.municipality.id


def test_a_change_is_numbered_when_it_is_saved(session: Session) -> None:
    user = Office(session).users["admin"].id
    data = {"key": "idle_calendar_days", "value": "10", "origin": "law", "names": {}}
    assert token_in_force(session) == ""
    first, second = (propose(session, "setting", data, "Vēstule", user) for _ in range(2))
    save(session, second, user, TODAY)
    assert (token_in_force(session), second.saved_no, first.saved_no) == (second.token, 1, None)
    with pytest.raises(StaleRehearsal):
        save(session, first, user, TODAY)


def test_a_contradiction_is_told_and_nothing_is_written(session: Session) -> None:
    Office(session)
    cap = {"programme": "CHILD_REHAB", "kind": "lifetime", "unit": "SESSION", "quantity": "120", "scope": "per_child"}
    period = {"valid_from": "2022-03-01", "valid_to": "2022-06-30"}
    found = contradictions(session, "rule_set", {"name": "x", "origin": "law", "caps": [cap], **period})
    assert any("none holds on 2022-07-01" in one for one in found)
    assert read(session).rule_sets.rows == shipped().rule_sets.rows
    assert session.query(RuleChange).count() == 0


def test_a_local_day_tried_out_is_forgotten(session: Session) -> None:
    Office(session)
    assert contradictions(session, "day", {"day": "2021-11-23", "kind": "holiday", "name": "Diena"}) == []
    assert session.query(Holiday).count() == 0


def test_what_is_fixed_is_confirmed_only() -> None:
    groups = {one.group for one in entries(shipped()) if one.kind == FIXED}
    assert groups == {"rule_set", "question"}
    assert replace(shipped(), stated={}).stated == {}
