"""State × step × role over HTTP, and what is smuggled beside the fields of a form (TRUST 3, 5): all refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
import time_machine
from flask import Flask
from markupsafe import escape

from tests.conftest import MORNING
from tests.hostile.attempts import AT, Attempt, Prepare, who_may
from tests.hostile.browsing import Browser
from tests.hostile.ledger import Ledger
from tests.hostile.rooms import RULE_BOOK, STEPS, roles_of, starts_of
from tests.hostile.town import HERE, PLACES, Town
from workflow.facts import State
from workflow.models import Base, Case
from workflow.roles import Role

ROLES = [role.value for role in Role]
# Ends that the table writes in words.
WORDS = {"(same)": "state", "(came_from)": "came_from", "(closed_from)": "closed_from"}


def ends_of(step: str, case: Case) -> set[str]:
    """The states in which the step may leave this case, by the rule book."""
    text = RULE_BOOK[step]["to"]
    return {state.value for state in State if state in text} | {
        getattr(case, column) for word, column in WORDS.items() if word in text
    }


def test_places_cover_every_state(session: so.Session, town: Town) -> None:
    states = {session.get_one(Case, number).state for number in town.cases[HERE].values()}
    assert states == {state.value for state in State}
    assert set(AT) == set(STEPS)


def places_for(step: str, session: so.Session, town: Town) -> list[str]:
    """Every place of a state that allows the step, and one of every other state."""
    states = {place: session.get_one(Case, town.case(place)).state for place in PLACES}
    first = {state: place for place, state in reversed(states.items())}
    return [place for place in PLACES if states[place] in starts_of(step) or first[states[place]] == place]


@pytest.mark.parametrize("step", STEPS)
def test_step_is_taken_only_where_the_table_says(
    step: str,
    enter: Callable[..., Browser],
    town: Town,
    session: so.Session,
    prepare: Prepare,
    ledger: Ledger,
    put_back: Callable[[], None],
) -> None:
    """The filled form, sent in every state by every role: taken only as in transitions.csv, else nothing changes."""
    browsers = {role: enter(role, plain=True) for role in ROLES}
    faults, taken = [], set()
    for place in places_for(step, session, town):
        case = session.get_one(Case, town.case(place))
        state, ends, attempt = case.state, ends_of(step, case), prepare(step, place)
        ledger.keep()
        # Those who may come last: what they do has to be undone.
        for role in sorted(ROLES, key=lambda role: role in roles_of(step)):
            allowed = role in roles_of(step) and state in starts_of(step)
            answer = attempt.send(browsers[role])
            changed = ledger.changed()
            where = f"{step} by {role} at {place}: {answer.status_code}"
            if answer.status_code == 303 and allowed:
                session.expire_all()
                after = session.get_one(Case, attempt.case_id).state
                session.rollback()
                taken.add(place)
                faults += [f"{where}, now {after}"] if after not in ends else []
                put_back()
                prepare(step, place)
                ledger.keep()
            elif changed or answer.status_code == 303:
                faults.append(f"{where}, wrote {changed}")
            elif answer.status_code not in ({200, 409, 422} if role in roles_of(step) else {403}):
                faults.append(where)
        session.rollback()
    assert not faults, "\n".join(faults)
    assert AT[step] in taken, f"{step} was never taken at {AT[step]}, only at {sorted(taken)}"


@pytest.mark.parametrize("role", ROLES)
def test_page_of_a_step_is_open_only_where_the_table_says(
    role: str, enter: Callable[..., Browser], town: Town, session: so.Session
) -> None:
    """The form is shown to who may take the step in this state; else the closed door, 403 for the wrong role."""
    browser, faults = enter(role, plain=True), []
    states = {session.get_one(Case, town.case(place)).state: place for place in PLACES}
    for state, place in states.items():
        for step in STEPS:
            answer = browser.get(f"/cases/{town.case(place)}/steps/{step.replace('_', '-')}")
            mine = role in roles_of(step)
            has_form = f'action="/cases/{town.case(place)}/steps/' in answer.text
            wanted = (200 if mine else 403, mine and state in starts_of(step))
            if (answer.status_code, has_form) != wanted:
                faults.append(f"{step} at {place}: {answer.status_code}, form: {has_form}, instead of {wanted}")
    assert not faults, "\n".join(faults)


def columns() -> Iterator[tuple[str, str]]:
    """Every column of every table as a field, with a value that would do harm."""
    loot = {"state": "compensated", "version": "1", "amount": "0.01", "municipality_id": "1", "id": "1"}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            harm = "2020-01-01" if isinstance(column.type, sa.Date) else "1"
            yield column.name, loot.get(column.name, harm)


@pytest.mark.parametrize("step", STEPS)
def test_smuggled_fields_have_no_effect(
    step: str, enter: Callable[..., Browser], prepare: Prepare, ledger: Ledger, put_back: Callable[[], None]
) -> None:
    """The same step with and without every column of the database beside its fields: the same rows in the end."""
    attempt, found = prepare(step), []
    names = {name for name, _ in attempt.fields} | OWN_FIELDS.get(step, set())
    smuggled = [pair for pair in dict(columns()).items() if pair[0] not in {*names, "version"}]
    assert len(smuggled) > 100
    with_loot = (*smuggled, *DISGUISED)
    for extra in ((), with_loot):
        put_back()
        with time_machine.travel(MORNING, tick=False):
            attempt = prepare(step)
            answer = attempt.send(enter(who_may(step), plain=True), *extra)
        assert answer.status_code == 303, answer.text[answer.text.find('id="error-summary"') :][:2000]
        found.append(ledger.read())
    assert found[0] == found[1]


DISGUISED = (
    ("case.state", "compensated"),
    ("case-state", "compensated"),
    ("state[]", "compensated"),
    ("case[state]", "compensated"),
    ("__class__", "compensated"),
    ("plan-approved_on", "2021-01-01"),
    ("claim-amount", "999999"),
    ("confirm-G31", "jo vajag"),
    ("confirm-G01", "jo vajag"),
)
# Boxes of the form that an honest officer left empty: to fill one is not smuggling.
OWN_FIELDS = {
    "sign_contract": {"published_on", "max_value", "assigned_from", "contract", "procurement_ref"},
    "record_correction": {"new_unit_price"},
    "start_procurement": {"desired_provider"},
    "submit_claim": {"programme"},
    "record_payment": {"shortfall_reason"},
    "reopen": {"dispute_decision"},
    "confirm_delivery": {"signed_by"},
    "assign_in_house": {"ends_on"},
    "record_assessment": {"target_ground", "earlier_in_project", "wishes", "agreed_time"},
}


@pytest.mark.parametrize("step", STEPS)
def test_old_version_is_told_and_nothing_typed_is_lost(
    step: str, enter: Callable[..., Browser], prepare: Prepare, ledger: Ledger
) -> None:
    """An old, missing or invented version of the case: 409, what was typed stands in the answer."""
    attempt, browser = prepare(step), enter(who_may(step))
    ledger.keep()
    for version in (attempt.version - 1, 10**15, ""):
        old = Attempt(attempt.case_id, step, attempt.fields, version)  # type: ignore[arg-type]
        answer = old.send(browser)
        assert answer.status_code == 409
        lost = [text for text in attempt.texts() if str(escape(text)) not in answer.text]
        assert not lost
    assert ledger.changed() == []


@pytest.mark.parametrize("step", STEPS)
def test_second_of_two_equal_posts_is_told(step: str, enter: Callable[..., Browser], prepare: Prepare) -> None:
    """A double click takes the step once (TRUST 5)."""
    attempt, browser = prepare(step), enter(who_may(step))
    first, second = attempt.send(browser), attempt.send(browser)
    assert (first.status_code, second.status_code) == (303, 409)
    assert not [text for text in attempt.texts() if str(escape(text)) not in second.text]


@pytest.mark.parametrize("step", STEPS)
def test_step_without_the_token_is_refused(
    step: str, enter: Callable[..., Browser], prepare: Prepare, ledger: Ledger
) -> None:
    """No token, an empty one, an invented one, somebody else's: 400, nothing changes."""
    attempt, browser = prepare(step), enter(who_may(step))
    ledger.keep()
    other = enter("reader").token
    for token in (None, "", "x", other):
        extra = [] if token is None else [("csrf_token", token)]
        assert attempt.send(browser, *extra, token=False).status_code == 400
    assert ledger.changed() == []


def test_every_write_asks_for_the_token(app: Flask, enter: Callable[..., Browser], ledger: Ledger) -> None:
    """Not one route is exempt."""
    from tests.hostile.rooms import path_of, rules

    browser = enter("supervisor")
    for rule in rules(app):
        if "POST" in rule.methods and not rule.arguments:
            assert browser.client.post(path_of(app, rule, {}), data={}).status_code in (400, 403), rule.rule
    assert ledger.changed() == []
