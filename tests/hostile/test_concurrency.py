"""One winner (TRUST 4): two, sixteen, or as many as wanted take the same thing at the same instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from tests.conftest import SETTINGS
from tests.hostile.attempts import AT, Attempt, Prepare, who_may
from tests.hostile.browsing import Browser, form_to, overlaid
from tests.hostile.pen import given_for, typed
from tests.hostile.racing import CROWDS, race, statuses
from tests.hostile.town import HERE, MarkedOffice, Town
from workflow import history
from workflow.guards import StepRefused
from workflow.models import (
    Case,
    Claim,
    ClaimLine,
    ClaimUnit,
    Delivery,
    Family,
    NumberSeries,
    RefusalOfUnits,
    TransitionLog,
)
from workflow.stages.used import used_units
from workflow.steps import take_step

DAY = dt.date
RACED = ("record_assessment", "approve_plan", "sign_contract", "confirm_delivery", "submit_claim", "record_payment")


def crowd(enter: Callable[..., Browser], step: str, size: int) -> list[Browser]:
    """Browsers with their tokens at hand."""
    made = [enter(who_may(step), plain=True) for _ in range(size)]
    assert all(browser.token for browser in made)
    return made


def sound(session: so.Session) -> None:
    """The history holds together, whoever raced."""
    session.expire_all()
    assert list(history.verify(session)) == []
    rows = sa.select(TransitionLog.case_id, sa.func.count()).group_by(TransitionLog.case_id)
    kept = dict(session.execute(sa.select(Case.id, Case.history_seq)).all())
    assert dict(session.execute(rows).all()) == kept


@pytest.mark.parametrize(
    ("step", "size"), [(step, size) for step in RACED for size in CROWDS if size == 2 or step in RACED[1::2]]
)
def test_one_wins_and_the_others_are_told(
    step: str, size: int, enter: Callable[..., Browser], prepare: Prepare, session: so.Session
) -> None:
    """The same form of the same case, sent by everybody at once: one 303, all others 409."""
    attempt, browsers = prepare(step), crowd(enter, step, size)
    seq = session.get_one(Case, attempt.case_id).history_seq
    session.rollback()
    answers = race([lambda browser=browser: attempt.send(browser) for browser in browsers])
    assert statuses(answers) == {303: 1, 409: size - 1}
    sound(session)
    assert session.get_one(Case, attempt.case_id).history_seq == seq + 1


@pytest.mark.parametrize("pair", [("suspend", "withdraw"), ("reassign", "record_assessment"), ("reject", "suspend")])
def test_different_steps_at_once(
    pair: tuple[str, str], enter: Callable[..., Browser], prepare: Prepare, session: so.Session
) -> None:
    """Two people take different steps of one case: one order explains the end, the second is told."""
    attempts = [prepare(step, "applied") for step in pair]
    browsers = [crowd(enter, step, 1)[0] for step in pair]
    answers = race([lambda n=n: attempts[n].send(browsers[n]) for n in (0, 1)])
    assert statuses(answers) == {303: 1, 409: 1}
    sound(session)


@pytest.mark.parametrize("size", CROWDS)
def test_numbers_have_no_gap_and_no_twin(
    size: int, enter: Callable[..., Browser], session: so.Session, town: Town
) -> None:
    """Everybody registers another child at once: all succeed, and the case numbers follow each other."""
    before = set(session.scalars(sa.select(Case.case_no)))
    session.rollback()
    browsers = crowd(enter, "record_assessment", size)
    forms = [application(browser, f"Bērns{number}") for number, browser in enumerate(browsers)]
    answers = race([lambda n=n: browsers[n].post("/cases/new", forms[n]) for n in range(size)])
    assert statuses(answers) == {303: size}
    made = sorted(set(session.scalars(sa.select(Case.case_no))) - before)
    last = session.scalar(sa.select(NumberSeries.last).where(NumberSeries.name == f"case {made[0][:-6]}"))
    numbers = [int(number[-5:]) for number in made]
    assert numbers == list(range(numbers[0], numbers[0] + size))
    assert numbers[-1] == last
    sound(session)


def application(browser: Browser, name: str, code: str = "") -> list[tuple[str, Any]]:
    """The filled form of a new application."""
    form = form_to(browser.get("/cases/new"), "/cases/new")
    child = {"person-first_name": name, "person-last_name": "Vienlaicīgs", "person-birth_date": "2012-05-14"}
    mother = {"applicant-first_name": "Māra", "applicant-last_name": "Vienlaicīga", "applicant_kind": "parent"}
    return overlaid(form, child | mother | {"person-personal_code": code, "received_on": "2021-11-01"})


@pytest.mark.parametrize("size", CROWDS)
def test_one_open_case_for_a_person(size: int, enter: Callable[..., Browser], session: so.Session, town: Town) -> None:
    """The same known child is registered by everybody at once: one case (G06, unique index), the others are told."""
    withdrawn = session.get_one(Case, town.case("withdrawn"))
    person, browsers = withdrawn.person_id, crowd(enter, "record_assessment", size)
    session.rollback()
    forms = [
        overlaid(form_to(browser.get(f"/cases/new?person={person}"), "/cases/new"), {"received_on": "2021-11-01"})
        for browser in browsers
    ]
    known = {"person_id": str(person), "applicant-first_name": "Māra", "applicant-last_name": "Paraudziņa"}
    answers = race([lambda n=n: browsers[n].post("/cases/new", dict(forms[n]) | known) for n in range(size)])
    found = statuses(answers)
    assert found[303] == 1
    assert found[409] + found[422] == size - 1
    open_cases = sa.select(sa.func.count(Case.id)).where(Case.person_id == person, Case.state == "applied")
    assert session.scalar(open_cases) == 1
    sound(session)


# Sessions that do not even go through the door ------------------------------------------------------------------------


def two_sessions(engine: sa.Engine) -> list[so.Session]:
    """Two people whose sessions have both read the case before either writes."""
    key = {history.KEY: SETTINGS["HISTORY_KEY"].encode()}
    return [so.Session(engine, expire_on_commit=False, info=dict(key)) for _ in range(2)]


@pytest.mark.parametrize("step", ["record_assessment", "approve_plan", "submit_claim", "record_payment"])
def test_second_of_two_sessions_cannot_write(step: str, engine: sa.Engine, town: Town, session: so.Session) -> None:
    """Without any lock: what was read before somebody else wrote is not written over (version, unique keys)."""
    session.rollback()
    people = two_sessions(engine)
    ready = []
    for one in people:
        office = MarkedOffice(one, HERE, town.users[HERE])
        case = one.get_one(Case, town.case(AT[step]))
        ready.append((office, case, given_for(office, case, step)))
        one.commit()
    first, second = [
        lambda one=one, office=office, case=case, given=given: (
            take_step(one, case, step, office.actor(who_may(step)), given, office.today),
            one.commit(),
        )
        for one, (office, case, given) in zip(people, ready, strict=True)
    ]
    first()
    with pytest.raises((StaleDataError, IntegrityError, StepRefused)):
        second()
    for one in people:
        one.close()
    sound(session)


def test_unit_is_claimed_once_whoever_writes(session: so.Session, town: Town) -> None:
    """The unique index over living units: the last door behind all others."""
    unit = session.scalars(sa.select(ClaimUnit).where(ClaimUnit.live)).first()
    assert unit is not None
    twin = {"delivery_id": unit.delivery_id, "on_day": unit.on_day, "quantity": Decimal(1)}
    session.add(ClaimUnit(claim_line_id=unit.claim_line_id, live=False, **twin))
    session.flush()
    session.add(ClaimUnit(claim_line_id=unit.claim_line_id, live=True, **twin))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


@pytest.mark.parametrize("size", CROWDS)
def test_overlapping_claims(size: int, enter: Callable[..., Browser], prepare: Prepare, session: so.Session) -> None:
    """The month is claimed by everybody at once under different numbers: one claim, every unit in it once."""
    filled, browsers = prepare("submit_claim"), crowd(enter, "submit_claim", size)
    attempts = [renumbered(filled, f"VIENLAIKUS-{number}") for number in range(size)]
    answers = race([lambda n=n: attempts[n].send(browsers[n]) for n in range(size)])
    assert statuses(answers) == {303: 1, 409: size - 1}
    mine = sa.select(ClaimLine.claim_id).where(ClaimLine.case_id == filled.case_id)
    assert len(set(session.scalars(mine))) == 1
    units = sa.select(ClaimUnit.delivery_id).where(ClaimUnit.live)
    claimed = [row for row in session.scalars(units) if session.get_one(Delivery, row).case_id == filled.case_id]
    assert len(claimed) == len(set(claimed)) == 3
    sound(session)


def renumbered(attempt: Attempt, number: str) -> Attempt:
    """The same claim under another number."""
    fields = tuple((name, number if name == "claim_no" else value) for name, value in attempt.fields)
    return Attempt(attempt.case_id, attempt.step, fields, attempt.version)


def test_one_number_for_two_claims_of_two_cases(
    enter: Callable[..., Browser], office: MarkedOffice, session: so.Session
) -> None:
    """Two cases are claimed at once under the same number: one has it, the other is told."""
    cases = [office.case_in("service_delivered") for _ in range(2)]
    attempts = [
        Attempt(case.id, "submit_claim", tuple(typed(office.claim(case, claim_no="VIENS-1"))), case.version)
        for case in cases
    ]
    session.commit()
    browsers = crowd(enter, "submit_claim", 2)
    found = statuses(race([lambda n=n: attempts[n].send(browsers[n]) for n in (0, 1)]))
    assert found[303] == 1
    assert found[409] + found[422] == 1
    assert session.scalar(sa.select(sa.func.count(Claim.id)).where(Claim.number == "VIENS-1")) == 1
    sound(session)


# The last unit under a cap --------------------------------------------------------------------------------------------


def sibling(office: MarkedOffice, family: Family) -> Case:
    """A child of the family whose mother may have sessions of her own; the cap is the family's until June 2020."""
    child = office.person(family_id=family.id)
    case = office.take(None, "register_application", **office.application(person=child, received_on=DAY(2019, 12, 2)))
    disability = {"status": "disability", "valid_from": DAY(2019, 1, 1), "valid_to": None}
    assessed = office.assessment(assessed_on=DAY(2019, 12, 10), disability=disability)
    office.take(case, "record_assessment", **assessed)
    line = office.line(case, "GRD-01", "20", recipient_kind="guardian", recipient=case.applicant)
    office.take(case, "draft_plan", **office.plan(case, lines=[line], drafted_on=DAY(2019, 12, 12)))
    days = {"approved_on": DAY(2019, 12, 16), "representative_signed_on": DAY(2019, 12, 16)}
    office.take(
        case, "approve_plan", **office.approval(**days, decision_on=DAY(2019, 12, 16), decision_no=f"S-{case.id}")
    )
    office.take(case, "start_procurement", **office.request(case, service_application_on=DAY(2019, 12, 16)))
    dates = {"decision_on": DAY(2019, 12, 18), "signed_on": DAY(2019, 12, 19), "starts_on": DAY(2020, 1, 1)}
    provider = office.provider(f"Psihologi {case.id}", valid_from=DAY(2018, 1, 1))
    office.take(case, "sign_contract", **office.contract(case, provider=provider, **dates))
    return case


def test_last_unit_under_the_cap_of_a_family(
    enter: Callable[..., Browser], office: MarkedOffice, session: so.Session
) -> None:
    """Nineteen of twenty are used; two children's cases each bring one more at once: one is told (R4)."""
    family = Family(name="Vienlaicīgie")
    session.add(family)
    session.flush()
    cases = [sibling(office, family) for _ in range(2)]
    cases[0].opening_used = {"GUARDIAN_SUPPORT": "19"}
    session.flush()
    attempts = []
    for case in cases:
        month = office.month(
            case, days=(4,), month=DAY(2020, 3, 1), act_on=DAY(2020, 4, 1), act_no=f"PĒDĒJAIS-{case.id}"
        )
        attempts.append(Attempt(case.id, "confirm_delivery", tuple(typed(month)), case.version))
    session.commit()
    browsers = crowd(enter, "confirm_delivery", 2)
    answers = race([lambda n=n: attempts[n].send(browsers[n]) for n in (0, 1)])
    assert statuses(answers) == {303: 1, 422: 1}, [answer.text[-3000:] for answer in answers]
    told = next(answer for answer in answers if answer.status_code == 422)
    assert "G54" in told.text
    session.expire_all()
    assert used_units(session, cases[0], "GUARDIAN_SUPPORT", DAY(2020, 3, 31)) == 20
    assert session.scalar(sa.select(sa.func.count(RefusalOfUnits.id))) == 0
    sound(session)


@pytest.mark.parametrize("size", CROWDS)
def test_last_unit_of_a_case(
    size: int, enter: Callable[..., Browser], office: MarkedOffice, session: so.Session, app: Flask
) -> None:
    """One session is left in the cap of the child: of all who enter one at once, one does."""
    case = office.case_in("assigned")
    case.opening_used = {"CHILD_REHAB": "99"}
    session.flush()
    attempts = [
        Attempt(case.id, "confirm_delivery", tuple(typed(office.month(case, days=(4 + n % 20,), act_no=f"P-{n}"))), 0)
        for n in range(size)
    ]
    session.commit()
    attempts = [Attempt(one.case_id, one.step, one.fields, case.version) for one in attempts]
    session.commit()
    browsers = crowd(enter, "confirm_delivery", size)
    answers = race([lambda n=n: attempts[n].send(browsers[n]) for n in range(size)])
    assert statuses(answers) == {303: 1, 409: size - 1}
    session.expire_all()
    assert used_units(session, case, "CHILD_REHAB", DAY(2021, 10, 31)) == 100
    sound(session)
