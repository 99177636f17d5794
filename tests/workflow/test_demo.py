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
from workflow.demo.programmes import INSTITUTIONS, OTHERS
from workflow.demo.scale import FAMILIES, cast
from workflow.facts import State, facts
from workflow.filing import media_type_of
from workflow.models import (
    Assessment,
    Assignment,
    Case,
    Claim,
    ConfirmationRequest,
    ConfirmedGuard,
    Delivery,
    Municipality,
    Person,
    Plan,
    PlanLine,
    Provider,
    RefusalOfUnits,
    TransitionLog,
    UnitCost,
    User,
)

ARRANGED = {State.PROCUREMENT, State.SERVICE_DELIVERED, State.COMPENSATED}
"""The states of a case that has services: a plan-only programme never gets there (DOMAIN 8.2, explanation 3)."""


def test_the_numbers_of_the_sources() -> None:
    planned = {target.programme: target.number for target in facts().targets if target.kind == "planned_plans"}
    assert sum(story.count for story in FAMILIES) == planned["CHILD_REHAB"] == sum(SHARES.values())
    assert 0 < sum(story.count for story in INSTITUTIONS) <= planned["INSTITUTION_CHILD"]


def test_children_are_spread_over_all_municipalities() -> None:
    places = Counter(place for story, place in cast("full") if story.case_type == "REHAB")
    assert places.keys() == SHARES.keys()
    assert max(places, key=lambda code: places[code]) == MAIN
    assert all(abs(places[code] - share) <= 8 for code, share in SHARES.items())
    assert {story for story, place in cast("full") if place == MAIN} == {*FAMILIES, *INSTITUTIONS, *OTHERS}


def test_every_programme_runs_on_its_day() -> None:
    assert all(programme.runs_on(DAY) for programme in facts().programmes.values())


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
    assert f"Walked 50 of {len(cast('small'))} cases" in result.output
    _all_states(session)
    _all_programmes(session)
    _reasons_to_be_stuck(session)
    _unusual_things(session)
    _people(session)
    _history(session)
    again = app.test_cli_runner().invoke(args=["demo"])
    assert (again.exit_code, again.output.splitlines()[0]) == (0, "The demonstration is there already.")
    assert session.scalar(sa.select(sa.func.count(Case.id))) == len(cast("small"))


def _all_states(session: Session) -> None:
    """Each case type in each state that it can reach; the guardians' lines wherever a plan has lines."""
    reached: dict[str, set[str]] = {code: set() for code in facts().case_types}
    for case_type, state in session.execute(sa.select(Case.case_type, Case.state).distinct()):
        reached[case_type].add(state)
    for code, states in reached.items():
        assert states == set(State) - (ARRANGED if facts().case_types[code].plan_only else set()), code
    lines = sa.select(Case.state).join(Plan, Plan.case_id == Case.id).join(PlanLine)
    guardians = set(session.scalars(lines.where(PlanLine.service_code.startswith("GRD"))))
    assert guardians == set(State) - {State.APPLIED, State.ASSESSED}


def _all_programmes(session: Session) -> None:
    """What only one programme knows: stays, quarters of an hour, two years, unit costs, the own specialists."""
    deliveries = session.scalars(sa.select(Delivery)).all()
    assert {facts().services[row.service_code].unit for row in deliveries} == set(facts().units)
    stays = [(row.check_in, row.check_out) for row in deliveries if row.check_in and row.check_out]
    assert any(begun.year < ended.year for begun, ended in stays)
    assert any(row.quantity % 1 for row in deliveries)
    reasons = set(session.scalars(sa.select(RefusalOfUnits.reason)))
    assert {"AGE", "WINDOW", "PROVIDER_NOT_REGISTERED", "CAP"} <= reasons
    grounds = set(session.scalars(sa.select(Assessment.target_ground)))
    assert grounds == {None, "at_risk_group_1_or_2", "leaving_institution"}
    kinds = sa.select(PlanLine.service_code, Assignment.kind).join(Assignment.plan_line).distinct()
    routes = {(facts().services[service].programme, kind) for service, kind in session.execute(kinds)}
    assert {
        ("ADULT_COMMUNITY", "in_house"),
        ("ADULT_COMMUNITY", "procured"),
        ("FAMILY_ASSISTANT", "in_house"),
    } <= routes
    assert set(session.scalars(sa.select(ConfirmationRequest.status))) == {"waiting", "confirmed"}
    costs = session.scalars(sa.select(UnitCost)).all()
    assert {row.service_code for row in costs} == set(facts().programmes["ADULT_COMMUNITY"].service_codes)
    assert all("Izdomāt" in row.source for row in costs)


def _reasons_to_be_stuck(session: Session) -> None:
    overdue = session.execute(sa.select(Case.next_step, Case.blocker).where(Case.due_on < DAY)).all()
    assert {"record_assessment", "approve_plan", "sign_contract", "submit_claim", "record_payment", "resume"} <= {
        row.next_step for row in overdue
    }
    assert {"G10", "G32", "G86"} <= {row.blocker for row in session.execute(sa.select(Case.blocker))}
    assert session.scalar(sa.select(Case.id).where(Case.touched_on < DAY - dt.timedelta(days=30)).limit(1))


def _unusual_things(session: Session) -> None:
    confirmed = set(session.scalars(sa.select(ConfirmedGuard.guard)))
    assert {"G15", "G18", "G27", "G46", "G47", "G52", "G54", "G56", "G58"} <= confirmed
    assert all(at.date() <= DAY for at in session.scalars(sa.select(ConfirmedGuard.confirmed_at)))
    claims = {tuple(row) for row in session.execute(sa.select(Claim.status, Claim.kind))}
    assert {
        ("returned", "normal"),
        ("paid_in_part", "normal"),
        ("paid", "correction"),
        ("submitted", "correction"),
    } <= claims
    steps = set(session.scalars(sa.select(TransitionLog.event).where(TransitionLog.kind == "step")))
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
        for _ in islice(make.make(session, "small", seed, "!"), 2):
            pass
        columns = (Case.case_no, Person.folded, TransitionLog.event, TransitionLog.at)
        joined = sa.select(*columns).join(Case.person).join(TransitionLog, TransitionLog.case_id == Case.id)
        found = [tuple(row) for row in session.execute(joined.order_by(Case.case_no, TransitionLog.seq))]
        session.rollback()
        return found

    first = walked(1)
    assert first
    assert walked(1) == first
    assert [part.received_on for part in make.parts("small", 1)] != [
        part.received_on for part in make.parts("small", 2)
    ]


def test_a_real_office_is_left_alone(app: Flask, session: Session) -> None:
    place = session.scalars(sa.select(Municipality).where(Municipality.code == MAIN)).one()
    session.add(User(name="Kāds", login="kads", password_hash="!", roles=["reader"], municipality_id=place.id))
    session.commit()
    result = app.test_cli_runner().invoke(args=["demo", "--size", "small"])
    assert result.exit_code == 1
    assert "needs an empty one" in result.output
    assert session.scalar(sa.select(sa.func.count(Case.id))) == 0
