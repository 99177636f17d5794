"""reject: grounds, reasons, hearing, and the day until which the refusal can be disputed (G79–G82)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from workflow.models import Case, Task

REASONS = "Bērnam nav noteikta invaliditāte."


def refusal(**changes: Any) -> dict[str, Any]:
    return {
        "ground": "no_disability",
        "reasons": REASONS,
        "decision_no": "SD-9",
        "decision_on": date(2021, 3, 1),
        "person_heard": True,
        "sent_on": date(2021, 3, 1),
        "channel": "post_registered",
    } | changes


@pytest.fixture
def case(office: Office) -> Case:
    return office.case_in("applied")


@pytest.mark.parametrize("place", ["applied", "assessed", "plan_drafted"])
def test_refuses_before_anything_is_granted(office: Office, place: str) -> None:
    case = office.take(office.case_in(place), "reject", **refusal())
    assert (case.state, case.next_step, case.due_on) == ("rejected", None, None)
    decision = case.decisions[-1]
    assert (decision.kind, decision.number, decision.ground) == ("refuse", "SD-9", "no_disability")
    assert [(row.number, row.language) for row in case.documents if row.code == "D12"] == [("SD-9", "lv")]


@pytest.mark.parametrize(
    ("channel", "notified_on", "dispute_until"),
    [
        ("in_person", date(2021, 3, 1), date(2021, 4, 1)),
        ("post_registered", date(2021, 3, 8), date(2021, 4, 8)),
        ("post_ordinary", date(2021, 3, 9), date(2021, 4, 9)),
        ("e_address", date(2021, 3, 3), date(2021, 4, 6)),
    ],
)
def test_dispute_term_follows_the_channel(
    office: Office, case: Case, channel: str, notified_on: date, dispute_until: date
) -> None:
    office.take(case, "reject", **refusal(channel=channel))
    decision = case.decisions[-1]
    assert (decision.notified_on, decision.dispute_until) == (notified_on, dispute_until)


def test_nothing_is_left_to_do(office: Office) -> None:
    case = office.take(office.case_in("plan_drafted"), "reject", **refusal())
    rows = sa.select(sa.func.count(Task.id)).where(Task.case_id == case.id, Task.done_on.is_(None))
    assert office.session.scalar(rows) == 0


def test_granted_services_are_not_refused(office: Office) -> None:
    case = office.case_in("approved")
    assert the_one(refused(office, case, "reject", **refusal())).code == "G79"


@pytest.mark.parametrize("ground", [None, "", "no_money"])
def test_ground_is_one_of_the_list(office: Office, case: Case, ground: str | None) -> None:
    problem = the_one(refused(office, case, "reject", **refusal(ground=ground)))
    assert (problem.code, problem.field, problem.params) == ("G80", "ground", {"characters": 30})


@pytest.mark.parametrize("reasons", [None, "x" * 29, " " * 40, "x" * 29 + "   "])
def test_reasons_have_some_length(office: Office, case: Case, reasons: str | None) -> None:
    assert fields(refused(office, case, "reject", **refusal(reasons=reasons)), "G80") == ["reasons"]


def test_thirty_characters_are_enough(office: Office, case: Case) -> None:
    assert office.take(case, "reject", **refusal(reasons="x" * 30)).state == "rejected"


def test_person_is_heard_or_somebody_says_why_not(office: Office, case: Case) -> None:
    problem = the_one(refused(office, case, "reject", **refusal(person_heard=False)))
    assert (problem.code, problem.field) == ("G82", "person_heard")
    assert office.take(case, "reject", **refusal(person_heard=False), G82="Nav sasniedzama").state == "rejected"


@pytest.mark.parametrize("who", ["social_worker", "procurement_officer", "reader"])
def test_only_a_supervisor_refuses(office: Office, case: Case, who: str) -> None:
    assert codes(refused(office, case, "reject", who, **refusal())) == ["G95"]


def test_signature_of_somebody_else_is_named(office: Office, case: Case) -> None:
    from workflow.guards import Ask, find_problems

    ask = Ask(office.session, case, "reject", office.today, office.actor("social_worker"), refusal())
    assert [problem.code for problem in find_problems(ask)] == ["G81"]
