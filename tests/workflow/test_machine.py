"""The one table of the workflow, compared cell by cell with the rule book's (invariants 1 and 2)."""

from __future__ import annotations

import csv
import datetime as dt
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from views.forms.registry import FORMS
from workflow import machine
from workflow.facts import State, facts
from workflow.guards import Ask, StepRefused, registered_guards
from workflow.models import Case
from workflow.models.cases import StateWrittenPastMachine, machine_moves
from workflow.roles import Actor, Role
from workflow.stages import WRITERS

BOOK = list(csv.DictReader((Path(__file__).parents[1] / "data" / "transitions.csv").open(encoding="utf-8")))
STEPS = {row["event"]: row for row in BOOK}
ANY = [state.value for state in State]
PLACE = 7


def sources(step: str) -> list[str]:
    """The states in which the rule book allows the step."""
    text = STEPS[step]["from"]
    return {"(any)": ANY, "(new)": []}.get(text, text.split(";"))


def case_in(state: str, **more: Any) -> Case:
    """A case put into a state without a database; only the machine is under test here."""
    with machine_moves():
        return Case(state=state, municipality_id=PLACE, came_from=None, closed_from=None, **more)


def ask(case: Case, step: str, role: str, **given: Any) -> Ask:
    actor = Actor(1, "Tests", frozenset({Role(role)}), frozenset({PLACE}))
    return Ask(SimpleNamespace(), case, step, dt.date(2021, 11, 22), actor, given)  # type: ignore[arg-type]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The machine without guards and writers: what remains is the table."""
    answers = SimpleNamespace(settled=False, settled_by_payment=False, units=0)
    monkeypatch.setattr(machine, "find_problems", lambda _ask: [])
    monkeypatch.setattr(machine, "WRITERS", dict.fromkeys(STEPS, lambda _ask: None))
    monkeypatch.setattr(
        machine, "all_settled", lambda _ask, paying=None: answers.settled_by_payment if paying else answers.settled
    )
    monkeypatch.setattr(machine, "accepted_units", lambda _ask: answers.units)
    return answers


def outcome(case: Case, step: str, role: str, **given: Any) -> str:
    """The state after the step, or the guard that refused it."""
    try:
        machine.move(ask(case, step, role, **given))
    except StepRefused as refusal:
        return refusal.problems[0].code
    return case.state


@pytest.mark.parametrize("step", [step for step in STEPS if step != "register_application"])
def test_every_cell_of_state_event_and_role(bare: Any, step: str) -> None:
    for state, role in product(ANY, Role):
        came = {"came_from": "procurement"} if state == "suspended" else {}
        case = case_in(state)
        case.came_from, case.closed_from = came.get("came_from"), "assessed" if state == "closed" else None
        found = outcome(case, step, role.value)
        if role.value not in STEPS[step]["roles"].split(";"):
            assert found == "G95", (state, step, role)
        elif state not in sources(step):
            assert found == "G98", (state, step, role)
        else:
            assert found in ANY, (state, step, role)


@pytest.mark.parametrize(
    ("step", "state", "given", "answers", "expected"),
    [
        ("record_assessment", "applied", {}, {}, "assessed"),
        ("draft_plan", "assessed", {}, {}, "plan_drafted"),
        ("approve_plan", "plan_drafted", {}, {}, "plan_drafted"),
        ("return_plan", "plan_drafted", {}, {}, "plan_drafted"),
        ("revise_plan", "compensated", {}, {}, "plan_drafted"),
        ("start_procurement", "plan_drafted", {}, {}, "procurement"),
        ("sign_contract", "service_delivered", {}, {}, "service_delivered"),
        ("terminate_contract", "service_delivered", {"reprocure": True}, {}, "procurement"),
        ("terminate_contract", "service_delivered", {"reprocure": False}, {}, "service_delivered"),
        ("terminate_contract", "procurement", {"reprocure": True}, {}, "procurement"),
        ("confirm_delivery", "procurement", {}, {}, "service_delivered"),
        ("confirm_delivery", "compensated", {}, {}, "service_delivered"),
        ("stop_service", "procurement", {}, {}, "procurement"),
        ("stop_service", "procurement", {}, {"units": 3}, "service_delivered"),
        ("stop_service", "plan_drafted", {}, {"units": 3, "settled": True}, "compensated"),
        ("stop_service", "service_delivered", {}, {"units": 3}, "service_delivered"),
        ("record_payment", "service_delivered", {"claim": 1}, {}, "service_delivered"),
        ("record_payment", "service_delivered", {"claim": 1}, {"settled_by_payment": True}, "compensated"),
        ("record_payment", "suspended", {"claim": 1}, {"settled_by_payment": True}, "suspended"),
        ("record_correction", "compensated", {}, {}, "service_delivered"),
        ("reject", "assessed", {}, {}, "rejected"),
        ("withdraw", "suspended", {}, {}, "withdrawn"),
        ("suspend", "service_delivered", {}, {}, "suspended"),
        ("close", "compensated", {}, {}, "closed"),
        ("reopen", "rejected", {}, {}, "applied"),
        ("reopen", "withdrawn", {}, {}, "applied"),
        ("reassign", "closed", {}, {}, "closed"),
    ],
)
def test_where_a_step_leads(
    bare: Any, step: str, state: str, given: dict[str, Any], answers: dict[str, Any], expected: str
) -> None:
    vars(bare).update(answers)
    assert outcome(case_in(state), step, STEPS[step]["roles"].split(";")[0], **given) == expected


@pytest.mark.parametrize("state", ["applied", "assessed", "plan_drafted", "procurement", "service_delivered"])
def test_a_suspended_case_returns_to_where_it_came_from(bare: Any, state: str) -> None:
    case = case_in("suspended")
    case.came_from = state
    assert outcome(case, "resume", "social_worker") == state


def test_a_settled_case_resumes_as_compensated(bare: Any) -> None:
    case = case_in("suspended")
    case.came_from, bare.settled = "service_delivered", True
    assert outcome(case, "resume", "social_worker") == "compensated"


@pytest.mark.parametrize(
    "state", ["assessed", "plan_drafted", "procurement", "service_delivered", "suspended", "compensated"]
)
def test_a_closed_case_reopens_where_it_was_closed(bare: Any, state: str) -> None:
    case = case_in("closed")
    case.closed_from = state
    assert outcome(case, "reopen", "supervisor") == state


def test_the_table_is_the_rule_books() -> None:
    for state in ANY:
        allowed = {step for step in STEPS if state in sources(step)}
        assert set(machine.EVENTS[state]) == allowed
    for step, row in STEPS.items():
        assert [role.value for role in machine.ROLES[step]] == row["roles"].split(";")


def test_every_step_has_writer_form_and_guards() -> None:
    assert set(WRITERS) == set(STEPS) == set(machine.ROLES)
    assert set(FORMS) == set(STEPS) - {"register_application"}
    asked = {(code, step) for step in STEPS for code in facts().steps[step].guards}
    assert asked <= set(registered_guards())


def test_an_action_that_fails_leaves_the_state(bare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_ask: Ask) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(machine, "WRITERS", {"draft_plan": fails})
    case = case_in("assessed")
    with pytest.raises(RuntimeError):
        machine.move(ask(case, "draft_plan", "social_worker"))
    assert case.state == "assessed"


def test_an_entry_action_that_fails_leaves_the_state(bare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fails(machine.CaseMachine):
        def on_enter_plan_drafted(self) -> None:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(machine, "CaseMachine", Fails)
    case = case_in("assessed")
    with pytest.raises(RuntimeError):
        machine.move(ask(case, "draft_plan", "social_worker"))
    assert case.state == "assessed"


def test_a_state_is_not_written_past_the_machine() -> None:
    case = case_in("applied")
    with pytest.raises(StateWrittenPastMachine):
        case.state = "compensated"
    with pytest.raises(StateWrittenPastMachine):
        Case(state="compensated")


def test_an_unknown_state_is_named(bare: Any) -> None:
    with pytest.raises(machine.UnknownState):
        machine.move(ask(case_in("lost", case_no="REZN-2021-00001"), "draft_plan", "social_worker"))


def test_another_municipality_is_refused_by_the_machine_too(bare: Any) -> None:
    case = case_in("assessed")
    case.municipality_id = PLACE + 1
    assert outcome(case, "draft_plan", "social_worker") == "G96"
