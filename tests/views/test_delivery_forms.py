"""The pages of delivery: a month with its sheet, prefilled, nothing typed lost (DOMAIN 8.2)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import PDF, Office
from tests.views.at_work import sign_in_as, text_of
from tests.views.filling_in import page_of, send
from tests.workflow.stages.delivering import respite
from workflow.models import Case

Opened = tuple[FlaskClient, Case]


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


@pytest.fixture
def open_as(app: Flask, office: Office) -> Callable[..., Opened]:
    """A browser of a colleague with these roles, and a case walked to the place."""

    def opened(place: str, *roles: str, case: Case | None = None, **values: Any) -> Opened:
        walked = case or office.case_in(place)
        office.session.commit()
        client, _ = sign_in_as(app, f"zane{len(roles)}", *roles, **values)
        return client, walked

    return opened


def sheet(content: bytes = PDF, name: str = "lapa.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


@pytest.fixture
def serving(open_as: Callable[..., Opened]) -> Opened:
    return open_as("assigned", "social_worker")


def month(case: Case, *days: str, **changes: Any) -> dict[str, Any]:
    rows = {f"deliveries-{number}-date": day for number, day in enumerate(days)}
    quantities = {f"deliveries-{number}-quantity": "1" for number in range(10)}
    return {
        "month": "10.2021",
        "assignment": case.assignments[0].id,
        "act_no": "A-1",
        "act_on": "2.11.2021",
        "attendance_sheet": sheet(),
        **rows,
        **quantities,
    } | changes


def test_form_offers_last_month_and_ten_rows(serving: Opened) -> None:
    client, case = serving
    page = page_of(client, case, "confirm-delivery")
    assert 'value="10.2021"' in page
    assert f'value="{case.assignments[0].id}" selected' in page
    assert page.count('aria-label="Date, row') == 10
    assert "Check-in, row" not in page


def test_month_is_accepted(serving: Opened) -> None:
    client, case = serving
    answer = send(client, case, "confirm-delivery", **month(case, "4.10.2021", "6.10.2021", ""))
    assert answer.status_code == 303
    assert [row.delivered_on.day for row in case.deliveries] == [4, 6]
    assert case.state == "service_delivered"


def test_blank_row_between_keeps_the_problem_in_its_place(serving: Opened) -> None:
    client, case = serving
    fields = month(case, "4.10.2021") | {"deliveries-3-date": "4.10.2021"}
    answer = send(client, case, "confirm-delivery", **fields)
    assert answer.status_code == 422
    assert 'href="#deliveries-3-date"' in answer.text


def test_day_of_another_month_is_told_in_plain_words(serving: Opened) -> None:
    client, case = serving
    answer = send(client, case, "confirm-delivery", **month(case, "4.11.2021"))
    assert answer.status_code == 422
    assert "not in the month chosen" in text_of(answer.text)


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "The file is empty."), (b"<html>", "neither PDF nor"), (None, "Attach the signed")]
)
def test_unfit_sheet_is_told(serving: Opened, content: bytes | None, words: str) -> None:
    client, case = serving
    fields = month(case, "4.10.2021")
    fields["attendance_sheet"] = sheet(content) if content is not None else ""
    answer = send(client, case, "confirm-delivery", **fields)
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert 'value="4.10.2021"' in answer.text


def test_sheet_above_ten_megabytes_is_told(serving: Opened) -> None:
    client, case = serving
    large = sheet(PDF + b"\0" * 10 * 1024 * 1024)
    answer = send(client, case, "confirm-delivery", **month(case, "4.10.2021", attendance_sheet=large))
    assert answer.status_code == 422
    assert "larger than 10 MB" in text_of(answer.text)


def test_assignment_of_another_case_is_no_option(office: Office, serving: Opened) -> None:
    client, case = serving
    other = office.case_in("assigned").assignments[0].id
    office.session.commit()
    answer = send(client, case, "confirm-delivery", **month(case, "4.10.2021", assignment=other))
    assert answer.status_code == 422
    assert case.deliveries == []


def test_stays_are_asked_where_days_are_counted(office: Office, open_as: Callable[..., Opened]) -> None:

    client, case = open_as("", "social_worker", case=respite(office, date(2012, 5, 14)))
    page = page_of(client, case, "confirm-delivery")
    assert page.count('aria-label="Check-in, row') == 10
    assert 'aria-label="Date, row' not in page
    stay = {"deliveries-0-check_in": "28.10.2021 10:00", "deliveries-0-check_out": "30.10.2021 10:01"}
    assert send(client, case, "confirm-delivery", **month(case) | stay).status_code == 303
    assert case.deliveries[0].quantity == Decimal(3)
