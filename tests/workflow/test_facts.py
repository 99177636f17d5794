"""The facts agree with the rule book's counts, and `verify` finds every kind of contradiction."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from workflow.facts import (
    LANGUAGES,
    Band,
    Facts,
    FactsError,
    RequiredDocument,
    State,
    Table,
    Text,
    facts,
    read_facts,
    verify,
)
from workflow.roles import Role


@pytest.mark.parametrize(
    ("table", "count"),
    [
        ("services", 55),
        ("programmes", 8),
        ("targets", 7),
        ("case_types", 7),
        ("rule_sets", 3),
        ("states", 10),
        ("steps", 25),
        ("guards", 80),
        ("documents", 27),
        ("municipalities", 30),
        ("glossary", 91),
        ("deadlines", 12),
        ("warnings", 6),
        ("questions", 16),
    ],
)
def test_every_table_has_the_rows_of_the_rule_book(table: str, count: int) -> None:
    assert len(getattr(facts(), table)) == count


def test_facts_are_read_once() -> None:
    assert facts() is facts()


def test_the_roles_of_the_facts_are_the_roles_of_the_workflow() -> None:
    assert set(facts().choices["role"]) == {str(role) for role in Role}


def test_spans_of_services_are_expanded_to_their_codes() -> None:
    assert facts().programmes["CHILD_REHAB"].service_codes[:2] == ("REH-01", "REH-02")
    assert len(facts().service_codes_of("REHAB")) == 44
    assert facts().programmes["INSTITUTION_CHILD"].service_codes == ()


def test_the_russian_name_of_a_service_is_the_one_for_display() -> None:
    service = facts().services["REH-16"]
    assert service.name("ru") == "Специальный/развивающий педагог"
    assert service.published_ru == "Специалист/ развивающий педагог"


def test_two_programmes_of_one_child_make_one_case_type() -> None:
    rehab = facts().case_types["REHAB"]
    assert (rehab.programmes, rehab.main_programme) == (("CHILD_REHAB", "GUARDIAN_SUPPORT"), "CHILD_REHAB")
    assert [row.code for row in facts().case_types.rows if row.plan_only] == ["INSTITUTION_CHILD"]


@pytest.mark.parametrize(
    ("day", "rule_set", "child", "guardian"),
    [
        (dt.date(2015, 7, 1), "RS-2015", 40, 20),
        (dt.date(2020, 6, 8), "RS-2015", 40, 20),
        (dt.date(2020, 6, 9), "RS-2020", 100, 20),
        (dt.date(2021, 6, 30), "RS-2020", 100, 20),
        (dt.date(2021, 7, 1), "RS-2021", 100, 40),
    ],
)
def test_the_rule_set_is_the_one_of_the_day(day: dt.date, rule_set: str, child: int, guardian: int) -> None:
    found = facts().rule_set_on("CHILD_REHAB", day)
    assert found is not None
    assert found.id == rule_set
    assert [_quantity(code, day) for code in ("CHILD_REHAB", "GUARDIAN_SUPPORT")] == [child, guardian]


def _quantity(programme: str, day: dt.date) -> Decimal | None:
    cap = facts().cap_on(programme, day)
    return cap.quantity if cap else None


def test_no_rule_set_holds_before_the_first() -> None:
    assert facts().rule_set_on("CHILD_REHAB", dt.date(2015, 6, 30)) is None
    assert facts().cap_on("CHILD_REHAB", dt.date(2015, 6, 30)) is None
    with pytest.raises(KeyError):
        facts().rule_set_on("UNKNOWN", dt.date(2020, 1, 1))


@pytest.mark.parametrize(("age", "hours"), [(0, 50), (4, 50), (5, 10), (18, 10), (19, None)])
def test_the_cap_of_care_depends_on_the_age(age: int, hours: int | None) -> None:
    cap = facts().cap_on("CHILD_CARE", dt.date(2021, 3, 1))
    assert cap is not None
    assert cap.quantity_at(age) == hours


def test_aglona_went_to_two_successors() -> None:
    assert facts().municipalities["aglonas-novads-2009"].successors == ("kraslavas-novads", "preilu-novads")
    assert "aglonas-novads-2009" in facts().predecessors_of("preilu-novads")
    assert facts().predecessors_of("aglonas-novads-2009") == ()


@pytest.mark.parametrize(("day", "count"), [(dt.date(2021, 6, 30), 21), (dt.date(2021, 7, 1), 9)])
def test_the_municipalities_of_a_day(day: dt.date, count: int) -> None:
    assert sum(row.exists_on(day) for row in facts().municipalities.rows) == count


def test_a_case_may_be_reassigned_from_any_state_and_registered_from_none() -> None:
    assert set(facts().steps["reassign"].from_states) == set(State)
    opening = facts().steps["register_application"]
    assert opening.opens_case
    assert opening.from_states == ()


def test_alternatives_and_conditions_of_required_documents() -> None:
    first, *_, last = facts().required_documents("REHAB")
    assert first == RequiredDocument(("D01", "D02"), "")
    assert last == RequiredDocument(("D05",), "represented")


def test_a_setting_that_repeats_a_deadline_takes_its_length() -> None:
    settings = facts().settings
    assert (settings["extension_months"].value, settings["extension_months"].origin) == (4, "law")
    assert settings["suspension_max_months"].value == facts().deadlines["DL-06a"].length


def test_the_threshold_of_a_day_is_the_latest_one() -> None:
    later = replace(facts().thresholds[1], valid_from=dt.date(2026, 1, 1), lower_bound=Decimal("143000.00"))
    changed = replace(facts(), thresholds=(later, *facts().thresholds))
    assert changed.thresholds_on(dt.date(2025, 12, 31))["small_procurement"].lower_bound == Decimal("10000.00")
    assert changed.thresholds_on(dt.date(2026, 1, 1))["small_procurement"] == later
    assert changed.thresholds_on(dt.date(2017, 2, 28)) == {}


def test_the_owner_of_a_matter_of_the_form_is_who_takes_the_step() -> None:
    assert facts().owner_of("G20", "draft_plan") == "social_worker"
    assert facts().owner_of("G30", "start_procurement") == "supervisor"


def test_a_guard_stands_only_where_the_stored_case_decides() -> None:
    signed = facts().guards["G34"]
    assert signed.stands_for("start_procurement")
    assert not signed.stands_for("approve_plan")
    assert facts().guards["G98"].stands_for("draft_plan")


ENUMS = {
    ("register_application", "wanted"): "wanted",
    ("register_application", "channel"): "channel",
    ("record_assessment", "assessment_mode"): "assessment_mode",
    ("record_assessment", "assessor_profession"): "assessor_profession",
    ("record_assessment", "living"): "living",
    ("draft_plan", "recipient_kind"): "recipient_kind",
    ("start_procurement", "route"): "route",
    ("terminate_contract", "ground"): "terminate_ground",
    ("stop_service", "reason"): "stop_reason",
    ("reject", "ground"): "reject_ground",
    ("suspend", "reason"): "suspend_reason",
    ("close", "reason"): "close_reason",
}


def test_every_choice_of_a_step_has_a_label_and_no_label_is_left_over() -> None:
    found = {
        (step.event, field): set(values.split(","))
        for step in facts().steps.rows
        for field, values in re.findall(r"(\w+):enum\(([\w,]+)\)", step.required_fields)
    }
    assert found == {place: set(facts().choices[group]) for place, group in ENUMS.items()}


def test_labels_are_given_in_the_order_of_the_file() -> None:
    assert list(facts().labels("close_reason", "lv"))[:2] == ["completed", "plan_only"]
    assert facts().label("role", "supervisor", "ru") == "руководитель социальной службы"
    with pytest.raises(KeyError):
        facts().label("role", "king", "lv")


def test_a_text_has_three_languages_only() -> None:
    assert [Text("a", "b", "c")[language] for language in LANGUAGES] == ["a", "b", "c"]
    with pytest.raises(KeyError):
        Text("a", "b", "c")["de"]


def _doctored(table: str, code: str, changes: dict[str, Any]) -> Facts:
    """The shipped facts with one row changed."""
    shipped = read_facts()
    rows: Table[Any] = getattr(shipped, table)
    changed = [replace(row, **changes) if rows.key(row) == code else row for row in rows.rows]
    doctored: dict[str, Any] = {table: Table(changed, rows.key)}
    return replace(shipped, **doctored)


EMPTY_RU = Text("teksts", " ", "text")


@pytest.mark.parametrize(
    ("table", "code", "changes", "problem"),
    [
        ("services", "REH-02", {"code": "REH-01"}, "services: REH-01 occurs twice"),
        ("services", "REH-02", {"programme": "X"}, "services: REH-02 names the unknown programme X"),
        ("services", "REH-02", {"programme": "RESPITE"}, "REH-02 is not among the services of RESPITE"),
        ("services", "REH-02", {"unit": "X"}, "services: REH-02 names the unknown unit X"),
        ("services", "REH-02", {"origin": "000;999"}, "services: REH-02 has the unknown origin 999"),
        ("services", "REH-02", {"names": EMPTY_RU}, "services: REH-02 names has no text in ru"),
        ("states", "applied", {"meaning": EMPTY_RU}, "states: applied meaning has no text in ru"),
        ("states", "applied", {"code": State.CLOSED}, "states: the file and State differ"),
        ("programmes", "RESPITE", {"service_codes": ("RSP-09",)}, "RESPITE names the unknown service RSP-09"),
        ("programmes", "RESPITE", {"living": ("moon",)}, "RESPITE uses the unknown living moon"),
        ("programmes", "RESPITE", {"last_day": dt.date(2010, 1, 1)}, "RESPITE ends before it begins"),
        ("programmes", "RESPITE", {"case_type": "X"}, "settings: no required documents for X"),
        ("programmes", "RESPITE", {"first_day": dt.date(2014, 1, 1)}, "none holds on 2014-01-01 in RESPITE"),
        ("steps", "draft_plan", {"roles": ("king",)}, "steps: draft_plan names the unknown role king"),
        ("steps", "draft_plan", {"guards": ("G00",)}, "steps: draft_plan names the unknown guard G00"),
        ("steps", "draft_plan", {"guards": ("G01",)}, "draft_plan has G01, whose events do not hold it"),
        ("guards", "G20", {"events": ("fly",)}, "guards: G20 names the unknown step fly"),
        ("guards", "G20", {"events": ("close",)}, "guards: G20 is not among the guards of close"),
        ("guards", "G20", {"owner": "king"}, "guards: G20 names the unknown owner king"),
        ("guards", "G20", {"remedy": "moon"}, "guards: G20 names the unknown remedy moon"),
        ("guards", "G20", {"confirm_role": "king"}, "guards: G20 names the unknown role king"),
        ("guards", "G20", {"kind": "gentle"}, "guards: G20 is of the unknown kind gentle"),
        ("guards", "G20", {"messages": Text("{a}", "{b}", "{a}")}, "G20 has different placeholders"),
        ("guards", "G20", {"messages": Text("{a", "{a}", "{a}")}, "guards: G20 has broken braces"),
        ("guards", "G20", {"messages": Text("{}", "{}", "{}")}, "guards: G20 has a placeholder without a name"),
        ("guards", "G20", {"messages": Text("{a:#x|y}", "{a:#x|y|z}", "{a:#x|y}")}, "G20 has 2 forms in lv, not 3"),
        ("guards", "G20", {"messages": Text("{a:b}", "{a}", "{a}")}, "guards: G20 cannot say {a:b} in lv"),
        ("rule_sets", "RS-2020", {"valid_to": dt.date(2021, 7, 1)}, "RS-2020 and RS-2021 overlap"),
        ("rule_sets", "RS-2020", {"valid_to": None}, "RS-2020 and RS-2021 overlap"),
        ("rule_sets", "RS-2020", {"valid_to": dt.date(2021, 6, 29)}, "none holds on 2021-06-30 in CHILD_REHAB"),
        ("rule_sets", "RS-2020", {"valid_to": dt.date(2020, 6, 1)}, "RS-2020 ends before it begins"),
        ("rule_sets", "RS-2021", {"valid_to": dt.date(2022, 6, 30)}, "none holds on 2022-07-01 in RESPITE"),
        ("municipalities", "balvu-novads-2009", {"successors": ("x",)}, "names the unknown successor x"),
        ("settings", "idle_calendar_days", {"question": "Q99"}, "names the unknown question Q99"),
        ("settings", "required_documents.REHAB", {"value": "D99"}, "names the unknown document D99"),
        ("settings", "required_documents.REHAB", {"value": "D01?rain"}, "has the unknown condition rain"),
        ("notifications", "e_address", {"channel": "pigeon"}, "rules: unknown sending_channel pigeon"),
    ],
)
def test_verify_names_what_is_wrong(table: str, code: str, changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(FactsError) as refused:
        verify(_doctored(table, code, changes))
    assert any(problem in found for found in refused.value.problems), refused.value.problems


def bands(last: int, first: int) -> tuple[Band, ...]:
    """Two bands of ages: up to `last`, and from `first`."""
    return Band(0, last, Decimal(50)), Band(first, 17, Decimal(10))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"programme": "X"}, "RS-2020 X is an unknown programme"),
        ({"programme": "RESPITE"}, "RS-2020 has two caps for one programme"),
        ({"unit": "X"}, "names the unknown unit X"),
        ({"quantity": None}, "needs a quantity, alone or by age"),
        ({"bands": (Band(0, 17, Decimal(40)),)}, "needs a quantity, alone or by age"),
        ({"kind": "none"}, "has a quantity, though none counts none"),
        ({"kind": "window", "quantity": None}, "needs the months of its window"),
        ({"quantity": None, "bands": bands(4, 4)}, "do not follow each other at 4"),
        ({"quantity": None, "bands": bands(4, 6)}, "do not follow each other at 6"),
        ({"kind": "X"}, "uses the unknown cap_kind X"),
        ({"scope": "X"}, "uses the unknown cap_scope X"),
    ],
)
def test_verify_reads_the_caps_of_a_rule_set(changes: dict[str, Any], problem: str) -> None:
    first, *others = facts().rule_sets["RS-2020"].caps
    with pytest.raises(FactsError, match=problem):
        verify(_doctored("rule_sets", "RS-2020", {"caps": (replace(first, **changes), *others)}))


def test_verify_finds_labels_plurals_targets_without_their_words() -> None:
    shipped = read_facts()
    doctored = replace(
        shipped,
        choices={**shipped.choices, "sex": {"female": EMPTY_RU}},
        plurals={**shipped.plurals, "year": {"lv": ("gads", "gadi"), "ru": ("a", "b", "c"), "en": ("a", "b")}},
        targets=(replace(shipped.targets[0], programme="X"),),
    )
    with pytest.raises(FactsError) as refused:
        verify(doctored)
    assert refused.value.problems == [
        "choices: sex female has no text in ru",
        "plurals: year needs 3 forms in lv",
        "targets: unknown programme X",
    ]
