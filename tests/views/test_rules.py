"""The rules page: what Gaita goes by, with its source, for every role."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.views.at_work import sign_in_as, statements, words
from workflow.facts import Stated, facts, holding
from workflow.models import Holiday, UnitCost
from workflow.rulebook import with_stated


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "supervisor", "admin", "reader"])
def test_every_role_reads_the_rules(app: Flask, role: str) -> None:
    client, _ = sign_in_as(app, "anna", role)
    assert "Social rehabilitation for children with functional disorders" in words(client, "/rules")


def test_programmes_caps_and_deadlines_stand_with_their_days(app: Flask) -> None:
    client, _ = sign_in_as(app, "anna")
    page = words(client, "/rules")
    for text in (
        "1 July 2015 – 31 December 2022",
        "(or 31 December 2023)",
        "40\u00a0sessions, in the whole project, per child",
        "100\u00a0sessions, in the whole project, per child",
        "50\u00a0hours (ages 0–4) / 10\u00a0hours (ages 5–18), in a week, per child",
        "24\u00a0months, per person for all services together",
        "no cap",
        "10\u00a0working days",
        "DL-01 Applied decide: assess and grant, or refuse 1\u00a0calendar month law",
    ):
        assert " ".join(text.split()) in page, text


@pytest.mark.parametrize("language", ["lv", "ru", "en"])
def test_every_rule_has_its_row_in_every_language(app: Flask, language: str) -> None:
    client, _ = sign_in_as(app, "anna", language=language)
    page = words(client, "/rules")
    for row in (*facts().programmes.rows, *facts().deadlines.rows):
        assert " ".join((row.names if hasattr(row, "names") else row.task)[language].split()) in page
    for setting in facts().settings.rows:
        assert setting.text[language] in page
    for question in facts().questions.rows:
        assert question.text[language] in page


def test_assumptions_are_marked_until_they_are_confirmed(app: Flask) -> None:
    client, _ = sign_in_as(app, "anna")
    before = words(client, "/rules").count("to be confirmed")
    assert before > 5
    said = Stated("21", "assumption", confirmed_on=dt.date(2021, 11, 1), confirmed_by="Ivars")
    with holding(with_stated(facts(), {"idle_calendar_days": said})):
        after = words(client, "/rules")
    assert after.count("to be confirmed") == before - 1
    assert "Days without any step after which a case is idle 21" in after


def test_unit_costs_are_empty_until_somebody_enters_them(app: Flask, session: Session) -> None:
    client, _ = sign_in_as(app, "anna")
    assert "No unit costs are entered." in words(client, "/rules")
    session.add(
        UnitCost(service_code="ADL-01", amount=Decimal("7.1234"), valid_from=dt.date(2021, 1, 1), source="Vēstule")
    )
    session.add(Holiday(day=dt.date(2021, 12, 23), kind="moved_free", name="Pārcelta"))
    page = words(client, "/rules")
    assert "7.1234 1 January 2021 – … Vēstule" in page
    assert "23 December 2021 moved free day Pārcelta" in page


def test_four_statements_whatever_there_is(app: Flask) -> None:
    client, _ = sign_in_as(app, "anna")
    with statements(app) as sent:
        words(client, "/rules")
    assert len(sent) == 4
