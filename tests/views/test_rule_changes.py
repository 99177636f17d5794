"""An administrator changes the rules: proposed, rehearsed on the open cases, saved or dropped (R3; 13.3, story 9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.programmes import ProgrammeOffice
from tests.views.at_work import sign_in_as, text_of, words
from tests.views.filling import filled, send
from tests.views.signing_in import token_on
from workflow.models import Case, Claim, ClaimLine, Holiday, RuleChange, RuleSet, Setting, TransitionLog, UnitCost

GROUND = "Vēstule Nr. 1"


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    return sign_in_as(app, "ivars", "admin")[0]


def press(client: FlaskClient, address: str, what: str) -> str:
    """Press a button of the change's page; the words of the answer."""
    answer = client.post(f"{address}/{what}", data={"csrf_token": token_on(client, address)})
    assert answer.status_code in (200, 303), text_of(answer.get_data(as_text=True))
    return text_of(answer.get_data(as_text=True))


def rehearsed(client: FlaskClient, path: str, **typed: str) -> str:
    """Propose a change and try it out to the end; the address of its page."""
    answer = send(client, path, **{"source": GROUND, **typed})
    assert answer.status_code == 303, text_of(answer.get_data(as_text=True))
    address = answer.headers["Location"]
    while "Go on with the rehearsal" in words(client, address):
        press(client, address, "rehearse")
    return address


def saved(client: FlaskClient, path: str, **typed: str) -> str:
    address = rehearsed(client, path, **typed)
    press(client, address, "save")
    while "still to be brought up" in words(client, address):
        press(client, address, "carry")
    return address


def newest(session: Session, model: type) -> object:
    session.rollback()
    return session.scalars(sa.select(model).order_by(model.id.desc()).limit(1)).one()


def test_a_deadline_is_tried_out_saved_and_then_holds(app: Flask, admin: FlaskClient, session: Session) -> None:
    case = Office(session).case_in("assessed")
    session.commit()
    before = case.due_on
    address = rehearsed(admin, "/rules/values/deadline.DL-02", value="3", origin="law")
    page = words(admin, address)
    assert "1 of 1 open cases tried out" in page
    assert f"Due on another day: 1 {case.case_no}" in page
    session.refresh(case)
    assert case.due_on == before, "a rehearsal changes nothing"
    assert session.scalar(sa.select(sa.func.count(Setting.id))) == 0
    press(admin, address, "save")
    press(admin, address, "carry")
    session.refresh(case)
    assert case.due_on < before
    assert "DL-02 Assessed draft the plan 3\u00a0working days law".replace("\u00a0", " ") in words(admin, "/rules")
    entry = session.scalars(sa.select(TransitionLog).where(TransitionLog.event == "change_rules")).one()
    assert (entry.kind, entry.data["source"], case.touched_on) == ("entry", GROUND, dt.date(2021, 11, 22))


def test_only_what_was_rehearsed_can_be_saved(admin: FlaskClient, session: Session) -> None:
    Office(session).case_in("applied")
    session.commit()
    address = send(admin, "/rules/values/deadline.DL-02", value="3", origin="law", source=GROUND).headers["Location"]
    answer = admin.post(f"{address}/save", data={"csrf_token": token_on(admin, address)})
    assert answer.status_code == 422
    assert "Try it out on all open cases first." in text_of(answer.get_data(as_text=True))
    assert session.scalar(sa.select(sa.func.count(Setting.id))) == 0


def test_a_rehearsal_against_older_rules_is_begun_anew(admin: FlaskClient, session: Session) -> None:
    first = rehearsed(admin, "/rules/values/deadline.DL-02", value="3", origin="law")
    saved(admin, "/rules/values/deadline.DL-03", value="4", origin="law")
    answer = admin.post(f"{first}/save", data={"csrf_token": token_on(admin, first)})
    assert answer.status_code == 409
    assert "Other rules were saved meanwhile: try it out again." in text_of(answer.get_data(as_text=True))
    press(admin, first, "rehearse")
    press(admin, first, "save")
    keys = set(session.scalars(sa.select(Setting.key)))
    assert keys == {"deadline.DL-02", "deadline.DL-03"}


def test_a_dropped_change_holds_nowhere(admin: FlaskClient, session: Session) -> None:
    address = rehearsed(admin, "/rules/values/idle_calendar_days", value="10", origin="law")
    press(admin, address, "drop")
    assert "This change was dropped." in words(admin, address)
    assert session.scalar(sa.select(sa.func.count(Setting.id))) == 0
    assert admin.post(f"{address}/save", data={"csrf_token": token_on(admin, "/rules/days/new")}).status_code == 409


def test_a_setting_is_a_new_version_each_time(admin: FlaskClient, session: Session) -> None:
    saved(admin, "/rules/values/idle_calendar_days", value="10", origin="law")
    saved(admin, "/rules/values/idle_calendar_days", value="12", origin="public")
    rows = session.execute(sa.select(Setting.version, Setting.value, Setting.origin).order_by(Setting.version)).all()
    assert [tuple(row) for row in rows] == [(1, "10", "law"), (2, "12", "public")]
    assert "Days without any step after which a case is idle 12 calendar days public web page" in words(admin, "/rules")


def test_an_assumption_is_confirmed_with_day_and_name(admin: FlaskClient, session: Session) -> None:
    before = words(admin, "/rules").count("to be confirmed")
    answer = send(admin, "/rules/confirm/question.Q10", source="Domes lēmums", confirmed_on="19.11.2021")
    assert answer.status_code == 303
    page = words(admin, "/rules")
    assert page.count("to be confirmed") == before - 1
    assert "confirmed on 19 November 2021 by Ivars Bērziņa" in page
    row = session.scalars(sa.select(Setting)).one()
    assert (row.key, row.source) == ("question.Q10", "Domes lēmums")


def test_nobody_confirms_tomorrow(admin: FlaskClient) -> None:
    answer = send(admin, "/rules/confirm/question.Q10", source="Domes lēmums", confirmed_on="23.11.2021")
    assert answer.status_code == 422
    assert "The date cannot be in the future." in text_of(answer.get_data(as_text=True))


def test_a_local_day_moves_the_deadlines(admin: FlaskClient, session: Session) -> None:
    saved(admin, "/rules/days/new", day="23.12.2021", kind="moved_free", name="Pārcelta")
    assert newest(session, Holiday).name == "Pārcelta"
    saved(admin, "/rules/days/new", day="23.12.2021", kind="", name="")
    assert session.scalar(sa.select(sa.func.count(Holiday.id))) == 0


def test_unit_costs_follow_each_other(admin: FlaskClient, session: Session) -> None:
    costs = {"lines-0-service": "ADL-01", "lines-0-amount": "8,7500", "origin": "source"}
    saved(admin, "/rules/unit-costs/new", valid_from="01.01.2019", **costs)
    saved(admin, "/rules/unit-costs/new", valid_from="01.07.2021", **(costs | {"lines-0-amount": "9,15"}))
    rows = session.execute(sa.select(UnitCost).order_by(UnitCost.valid_from)).scalars().all()
    assert [(row.amount, row.valid_from, row.valid_to) for row in rows] == [
        (Decimal("8.75"), dt.date(2019, 1, 1), dt.date(2021, 6, 30)),
        (Decimal("9.15"), dt.date(2021, 7, 1), None),
    ]
    assert {row.source for row in rows} == {GROUND}


def test_a_threshold_of_a_day_leaves_the_older_one(admin: FlaskClient) -> None:
    path = "/rules/values/threshold.small_procurement.2017-03-01"
    saved(admin, path, value="143000", valid_from="01.01.2022", origin="law")
    page = words(admin, "/rules")
    assert "1 March 2017 EUR 10,000.00" in page.replace("\u00a0", " ")
    assert "1 January 2022 EUR 143,000.00" in page.replace("\u00a0", " ")


CAPS = {
    "caps-0-programme": "CHILD_REHAB",
    "caps-0-kind": "lifetime",
    "caps-0-quantity": "2",
    "caps-0-scope": "per_child",
}


def rule_set(client: FlaskClient, **typed: str) -> dict[str, str]:
    """The form of a new rule set as prefilled, with only the cap of the rehabilitation changed."""
    box = filled(client, "/rules/rule-sets/new")
    return box | {"name": "2", "valid_from": "01.10.2021", "source": GROUND, "origin": "law"} | CAPS | typed


def test_a_rule_set_shows_whom_it_concerns_and_claims_stay(admin: FlaskClient, session: Session) -> None:
    office = Office(session)
    case = office.case_in("service_delivered")  # three sessions of 23.50 in October
    claimed = office.case_in("claimed")
    session.commit()
    answer = admin.post("/rules/rule-sets/new", data=rule_set(admin))
    address = answer.headers["Location"]
    press(admin, address, "rehearse")
    page = words(admin, address)
    assert "2 open cases would change." in page
    assert "Not claimed yet EUR -23.50" in page.replace("\u00a0", " ").replace("−", "-")
    assert "Plans that need a new decision: 2" in page
    lines = sa.select(sa.func.sum(ClaimLine.amount))
    before = session.scalar(lines)
    press(admin, address, "save")
    press(admin, address, "carry")
    session.expire_all()
    assert session.scalar(lines) == before
    assert session.scalars(sa.select(Claim.status)).all() == ["submitted"]
    assert sum(row.quantity for one in case.deliveries for row in one.refusals) == 1
    assert session.get(Case, claimed.id).state == "service_delivered"
    assert "RS-2021-10-01/1" in words(admin, "/rules")


FAULTS: tuple[tuple[dict[str, str], str], ...] = (
    ({"valid_from": "01.07.2021"}, "From this day RS-2021 holds, and it is never edited: choose a later day."),
    ({"valid_from": "01.06.2015"}, "No rule set can begin before 1 July 2015."),
    ({"valid_from": "01.01.2019", "valid_to": "01.02.2020"}, "There would be a gap: no rule set from 2 February 2020."),
    (
        {"valid_from": "01.01.2019", "valid_to": "01.07.2020"},
        "It would overlap with the rule set that begins on 9 June 2020.",
    ),
    ({"valid_to": "31.12.2021"}, "There would be a gap: no rule set from 1 January 2022."),
    ({"valid_to": "01.09.2021"}, "The last day cannot be before the first."),
    ({"caps-0-quantity": ""}, "Enter the quantity, here or by age below."),
    ({"caps-0-quantity": "-1"}, "The number cannot be negative."),
    ({"caps-0-kind": "none"}, "A cap of this kind has no quantity."),
    ({"caps-0-kind": "window", "caps-0-quantity": ""}, "Enter how many months are compensated."),
    ({"caps-1-programme": "CHILD_REHAB"}, "This programme stands in another row already."),
    ({"bands-1-min_age": "4"}, "The ages must follow each other without a gap and without overlap."),
    ({"bands-1-min_age": "6"}, "The ages must follow each other without a gap and without overlap."),
    ({"bands-0-max_age": "-1"}, "The number cannot be negative."),
)


@pytest.mark.parametrize(("typed", "said"), FAULTS)
def test_a_faulty_rule_set_is_refused_at_its_field(
    admin: FlaskClient, session: Session, typed: dict[str, str], said: str
) -> None:
    answer = admin.post("/rules/rule-sets/new", data=rule_set(admin, **typed))
    page = text_of(answer.get_data(as_text=True)).replace("\u00a0", " ")
    assert answer.status_code == 422, page
    assert said in page
    assert session.scalar(sa.select(sa.func.count(RuleChange.id))) == 0


def test_an_own_rule_set_that_nobody_used_makes_room_for_its_next_version(admin: FlaskClient, session: Session) -> None:
    for quantity in ("120", "130"):
        box = rule_set(admin, **{"valid_from": "01.03.2022", "caps-0-quantity": quantity})
        address = admin.post("/rules/rule-sets/new", data=box).headers["Location"]
        press(admin, address, "rehearse")
        press(admin, address, "save")
    rows = session.scalars(sa.select(RuleSet).where(RuleSet.code.contains("/")).order_by(RuleSet.code)).all()
    assert [(row.code, row.withdrawn_on is None) for row in rows] == [
        ("RS-2022-03-01/1", False),
        ("RS-2022-03-01/2", True),
    ]
    assert "130 sessions" in words(admin, "/rules").replace("\u00a0", " ")


def test_what_was_used_after_the_rehearsal_is_not_replaced(admin: FlaskClient, session: Session) -> None:
    office = Office(session)
    session.commit()
    addresses = []
    for _ in range(2):
        addresses.append(admin.post("/rules/rule-sets/new", data=rule_set(admin)).headers["Location"])
        press(admin, addresses[-1], "rehearse")
        if len(addresses) == 1:
            press(admin, addresses[0], "save")
    office.case_in("service_delivered")
    session.commit()
    answer = admin.post(f"{addresses[1]}/save", data={"csrf_token": token_on(admin, addresses[1])})
    assert answer.status_code == 422
    assert "What it would replace is used by now" in text_of(answer.get_data(as_text=True))
    assert session.scalar(sa.select(sa.func.count()).where(RuleSet.code.contains("/"))) == 1


WRONG: tuple[tuple[str, dict[str, str], str], ...] = (
    ("values/deadline.DL-02", {"value": "0"}, "The number must lie between 1 and 3660."),
    ("values/deadline.DL-02", {"value": "20"}, "This is the value that holds already."),
    ("values/deadline.DL-02", {"value": "2,5"}, "Enter a whole number, for example 12."),
    ("values/required_documents.REHAB", {"value": "D01 D99"}, "There is no document D99."),
    ("values/required_documents.REHAB", {"value": "D01?sometimes"}, "There is no condition “sometimes”."),
    ("values/programme.RESPITE.last_day", {"value": "01.01.2015"}, "The last day cannot be before the first."),
    ("values/programme.RESPITE.max_age", {"value": "121"}, "The number must lie between 1 and 120."),
    ("days/new", {"day": "23.12.2021", "kind": "holiday"}, "Give the day a name."),
    ("unit-costs/new", {"valid_from": "01.01.2021"}, "row"),
)


@pytest.mark.parametrize(("path", "typed", "said"), WRONG)
def test_a_senseless_value_is_refused_at_its_field(
    admin: FlaskClient, session: Session, path: str, typed: dict[str, str], said: str
) -> None:
    answer = send(admin, f"/rules/{path}", **{"source": GROUND, **typed})
    assert answer.status_code == 422
    assert said in text_of(answer.get_data(as_text=True))
    assert session.scalar(sa.select(sa.func.count(RuleChange.id))) == 0


def test_a_cost_that_stands_in_a_claim_is_not_replaced(admin: FlaskClient, session: Session) -> None:
    office = Office(session)
    office.case_in("claimed")
    session.add(UnitCost(service_code="ADL-01", amount=Decimal(9), valid_from=dt.date(2021, 10, 1), source="LPR"))
    session.execute(sa.update(ClaimLine).values(service_code="ADL-01"))
    session.commit()
    costs = {"lines-0-service": "ADL-01", "lines-0-amount": "8", "origin": "source", "valid_from": "01.10.2021"}
    answer = send(admin, "/rules/unit-costs/new", source=GROUND, **costs)
    assert answer.status_code == 422
    assert "stands in a claim: choose another day." in text_of(answer.get_data(as_text=True))


@pytest.mark.parametrize("key", ["suspension_max_months", "nothing", "rule_set.RS-2020", "question.Q1"])
def test_what_cannot_be_changed_has_no_form(admin: FlaskClient, key: str) -> None:
    assert admin.get(f"/rules/values/{key}").status_code == 404


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "supervisor", "reader"])
def test_others_read_changes_and_make_none(app: Flask, admin: FlaskClient, role: str) -> None:
    address = rehearsed(admin, "/rules/values/deadline.DL-02", value="3", origin="law")
    client, _ = sign_in_as(app, "anna", role)
    assert "draft the plan" in words(client, address)
    assert "Save" not in words(client, address)
    token = token_on(client, "/account")
    for what in ("rehearse", "save", "drop", "carry"):
        assert client.post(f"{address}/{what}", data={"csrf_token": token}).status_code == 403
    assert client.get("/rules/values/deadline.DL-02").status_code == 403
    assert "/rules/values/" not in client.get("/rules").get_data(as_text=True)


@pytest.fixture
def many(session: Session) -> Callable[[int], None]:
    office = Office(session)

    def make(number: int) -> None:
        for _ in range(number):
            office.case_in("applied")
        session.commit()

    return make


def test_a_rehearsal_goes_on_batch_by_batch(admin: FlaskClient, many: Callable[[int], None]) -> None:
    many(25)
    address = send(admin, "/rules/values/deadline.DL-01a", value="2", origin="law", source=GROUND).headers["Location"]
    assert "0 of 25 open cases tried out" in words(admin, address)
    assert "20 of 25 open cases tried out" in press(admin, address, "rehearse")
    assert "25 of 25 open cases tried out" in press(admin, address, "rehearse")
    assert "25 open cases would change." in words(admin, address)


def test_unit_costs_unblock_the_claims_of_adults(admin: FlaskClient, session: Session) -> None:
    office = ProgrammeOffice(session)
    case = office.case_in("service_delivered", "ADULT_COMMUNITY")
    known = session.scalars(sa.select(UnitCost)).all()
    services = {row.service_code: str(row.amount) for row in known}
    for row in known:
        session.delete(row)
    session.commit()
    typed = {"valid_from": "01.01.2019", "origin": "source"}
    typed |= {f"lines-{n}-service": code for n, code in enumerate(services)}
    typed |= {f"lines-{n}-amount": amount for n, amount in enumerate(services.values())}
    page = words(admin, rehearsed(admin, "/rules/unit-costs/new", **typed)).replace("\u00a0", " ")
    assert f"{case.case_no} EUR 243.56 EUR 0.00" in page
    assert f"Unblocked: 1 {case.case_no}: G64" in page
