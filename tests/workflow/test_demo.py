"""The demonstration: of the right size, in all states, true to the machine, and visibly invented."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import islice

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from stdnum.lv import pvn

from views.demo_command import PASSWORD
from workflow import history
from workflow.demo import DAY, make, names
from workflow.demo.office import MAIN, SHARES, logins
from workflow.demo.papers import attendance_sheet
from workflow.demo.scale import FAMILIES, INSTITUTIONS, cast
from workflow.facts import State, facts
from workflow.filing import media_type_of
from workflow.models import Case, Claim, ConfirmedGuard, Municipality, Person, Provider, TransitionLog, User


def test_the_numbers_of_the_sources() -> None:
    planned = {target.programme: target.number for target in facts().targets if target.kind == "planned_plans"}
    assert sum(story.count for story in FAMILIES) == planned["CHILD_REHAB"] == sum(SHARES.values())
    assert 0 < sum(story.count for story in INSTITUTIONS) <= planned["INSTITUTION_CHILD"]


def test_children_are_spread_over_all_municipalities() -> None:
    places = Counter(place for story, place in cast("full") if story.case_type == "REHAB")
    assert places.keys() == SHARES.keys()
    assert max(places, key=lambda code: places[code]) == MAIN
    assert all(abs(places[code] - share) <= 8 for code, share in SHARES.items())
    assert {story for story, place in cast("full") if place == MAIN} == {*FAMILIES, *INSTITUTIONS}


def test_municipalities_of_today_take_part() -> None:
    assert {row.code for row in facts().municipalities.rows if row.valid_to is None} == SHARES.keys()


def test_codes_are_of_the_fictional_series_and_right() -> None:
    codes = {names.personal_code(number) for number in range(2000)}
    assert len(codes) == 2000
    assert all(pvn.is_valid(code) and code.startswith(names.CODE_SERIES) for code in codes)
    assert all(pvn.is_valid(names.registration_no(number)) for number in range(120))


@pytest.mark.parametrize("number", [-1, names.LONGEST_SERIES + 1])
def test_the_series_ends(number: int) -> None:
    with pytest.raises(ValueError, match="used up"):
        names.personal_code(number)


def test_the_sheet_is_a_pdf_that_says_what_it_is() -> None:
    sheet = attendance_sheet("Jānis (Paraugs)")
    assert media_type_of(sheet.content) == "application/pdf"
    assert b"(PARAUGS / EXAMPLE)" not in sheet.content
    assert b"(paraugs / example) Tj" in sheet.content
    assert b"(janis paraugs) Tj" in sheet.content
    start = int(sheet.content.split(b"startxref\n")[1].split()[0])
    assert sheet.content[start:].startswith(b"xref")


def test_the_command_makes_the_whole_office(app: Flask, session: Session) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "--size", "small"])
    assert result.exit_code == 0, result.output
    assert PASSWORD in result.output
    _all_states(session)
    _reasons_to_be_stuck(session)
    _unusual_things(session)
    _people(session)
    _history(session)
    again = app.test_cli_runner().invoke(args=["demo"])
    assert (again.exit_code, again.output.splitlines()[0]) == (0, "The demonstration is there already.")
    assert session.scalar(sa.select(sa.func.count(Case.id))) == len(cast("small"))


def _all_states(session: Session) -> None:
    states = set(session.scalars(sa.select(Case.state).where(Case.case_type == "REHAB")))
    assert states == {state.value for state in State}
    ended = sa.select(Case.state).where(Case.case_type == "INSTITUTION_CHILD")
    assert {"applied", "plan_drafted", "closed"} <= set(session.scalars(ended))


def _reasons_to_be_stuck(session: Session) -> None:
    overdue = session.execute(sa.select(Case.next_step, Case.blocker).where(Case.due_on < DAY)).all()
    assert {"record_assessment", "approve_plan", "sign_contract", "submit_claim", "record_payment", "resume"} <= {
        row.next_step for row in overdue
    }
    assert {"G10", "G32", "G86"} <= {row.blocker for row in session.execute(sa.select(Case.blocker))}
    assert session.scalar(sa.select(Case.id).where(Case.touched_on < DAY - dt.timedelta(days=30)).limit(1))


def _unusual_things(session: Session) -> None:
    confirmed = set(session.scalars(sa.select(ConfirmedGuard.guard)))
    assert {"G18", "G27", "G47", "G52", "G54", "G56"} <= confirmed
    assert all(at.date() <= DAY for at in session.scalars(sa.select(ConfirmedGuard.confirmed_at)))
    claims = {tuple(row) for row in session.execute(sa.select(Claim.status, Claim.kind))}
    assert {
        ("returned", "normal"),
        ("paid_in_part", "normal"),
        ("paid", "correction"),
        ("submitted", "correction"),
    } <= claims
    steps = set(session.scalars(sa.select(TransitionLog.event)))
    assert steps == set(facts().steps.keys())


def _people(session: Session) -> None:
    surnames = {name for pairs in names.SURNAMES.values() for pair in pairs for name in pair}
    people = session.scalars(sa.select(Person)).all()
    assert {person.last_name for person in people} <= surnames
    assert all(person.personal_code.startswith(names.CODE_SERIES) for person in people)
    assert set(session.scalars(sa.select(User.login))) == logins()
    assert session.scalar(sa.select(sa.func.count(Provider.id))) > len(SHARES)


def _history(session: Session) -> None:
    assert list(history.verify(session)) == []
    rows = session.execute(sa.select(TransitionLog.case_id, TransitionLog.at).order_by(TransitionLog.id)).all()
    last: dict[int, dt.datetime] = {}
    for case_id, at in rows:
        assert last.get(case_id, at) <= at
        assert at.date() <= DAY
        last[case_id] = at


def test_the_same_seed_makes_the_same_office(session: Session) -> None:
    def walked(seed: int) -> list[tuple[object, ...]]:
        for _ in islice(make.make(session, "small", seed, "!"), 4):
            pass
        columns = (Case.case_no, Person.folded, TransitionLog.event, TransitionLog.at)
        joined = sa.select(*columns).join(Case.person).join(TransitionLog, TransitionLog.case_id == Case.id)
        found = [tuple(row) for row in session.execute(joined.order_by(Case.case_no, TransitionLog.seq))]
        session.rollback()
        return found

    first = walked(1)
    assert first
    assert walked(1) == first
    assert walked(2) != first


def test_a_real_office_is_left_alone(app: Flask, session: Session) -> None:
    place = session.scalars(sa.select(Municipality).where(Municipality.code == MAIN)).one()
    session.add(User(name="Kāds", login="kads", password_hash="!", roles=["reader"], municipality_id=place.id))
    session.commit()
    result = app.test_cli_runner().invoke(args=["demo", "--size", "small"])
    assert result.exit_code == 1
    assert "needs an empty one" in result.output
    assert session.scalar(sa.select(sa.func.count(Case.id))) == 0
