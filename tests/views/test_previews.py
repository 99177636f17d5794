"""What would come of a form before it is saved: the verdict of the step itself, and nothing written (point 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.views.at_work import HTMX, sign_in_as, statements, text_of
from tests.views.signing_in import token_on
from workflow.models import Case, Delivery, TransitionLog

Opened = tuple[FlaskClient, Case]


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


@pytest.fixture
def open_as(app: Flask, office: Office) -> Callable[..., Opened]:
    """A colleague with the role, and a case walked to the place."""

    def opened(place: str, role: str = "social_worker", used: str = "0") -> Opened:
        case = office.case_in(place)
        case.opening_used = {"CHILD_REHAB": used}
        office.session.commit()
        return sign_in_as(app, f"zane-{role}", role)[0], case

    return opened


def look(client: FlaskClient, case: Case, step: str, headers: Any = HTMX, **fields: Any) -> Any:
    """What the preview of the form as typed answers."""
    path = f"/cases/{case.id}/steps/{step}"
    case_token = token_on(client, path if client.get(path).status_code == 200 else "/sign-in")
    return client.post(f"{path}/preview", data={"csrf_token": case_token, **fields}, headers=headers)


def month(case: Case, *days: str, **changes: Any) -> dict[str, Any]:
    rows = {f"deliveries-{number}-date": day for number, day in enumerate(days)}
    quantities = {f"deliveries-{number}-quantity": "1" for number in range(10)}
    return {"month": "10.2021", "assignment": case.assignments[0].id, **rows, **quantities} | changes


def test_rows_above_the_cap_are_told_before_they_are_saved(open_as: Any, office: Office) -> None:
    client, case = open_as("assigned", used="98")
    answer = look(client, case, "confirm-delivery", **month(case, "4.10.2021", "5.10.2021", "6.10.2021"))
    said = text_of(answer.text)
    assert answer.status_code == 200
    assert "To be compensated: 2 sessions. Will not be compensated: 1 session." in said
    assert "1 4 October 2021 accepted 1 session 1" in said
    assert "3 6 October 2021 will not be compensated" in said
    assert "G54" in said
    assert "98 → 100 0" in said
    assert office.session.scalar(sa.select(sa.func.count(Delivery.id))) == 0


def test_the_preview_says_what_the_step_says(open_as: Any, office: Office) -> None:
    """Twins, days of the future and days without a contract stop the row, in the guards' words."""
    client, case = open_as("assigned")
    days = ("4.10.2021", "4.10.2021", "30.9.2021", "9")
    said = text_of(look(client, case, "confirm-delivery", **month(case, *days)).text)
    assert said.count("cannot be recorded") == 2
    assert "G55" in said
    assert "This day is not in the month chosen above." in said
    assert "To be compensated: 1 session." in said  # the half-typed day is not judged yet


def test_without_rows_the_accounts_stand_there(open_as: Any) -> None:
    client, case = open_as("assigned", used="12")
    page = text_of(client.get(f"/cases/{case.id}/steps/confirm-delivery").text)
    assert "opening balance 12 · this case 0" in page
    assert "To be compensated" not in page


def test_the_plan_is_counted_while_typing(open_as: Any) -> None:
    client, case = open_as("assessed", used="60")
    fields = {"drafted_on": "15.9.2021", "lines-0-service": "REH-15", "lines-0-quantity": "41"}
    said = text_of(look(client, case, "draft-plan", **fields).text)
    assert "100 sessions 60 opening balance 60 · this case 0 41 0 too much is planned: 1" in said
    assert "<html" not in look(client, case, "draft-plan", **fields).text


def test_without_a_script_the_whole_form_comes_back(open_as: Any, office: Office) -> None:
    client, case = open_as("assigned", used="98")
    before = office.session.scalar(sa.select(sa.func.count(TransitionLog.id)))
    fields = month(case, "4.10.2021", act_no="A-77")
    page = look(client, case, "confirm-delivery", headers={}, check="1", **fields).text
    assert "<html" in page
    assert 'value="A-77"' in page
    assert "98 → 99" in text_of(page)
    assert office.session.scalar(sa.select(sa.func.count(TransitionLog.id))) == before


def test_the_button_never_takes_the_step(open_as: Any, office: Office) -> None:
    """Also when a script sends the form to the address of the step."""
    client, case = open_as("assessed")
    path = f"/cases/{case.id}/steps/draft-plan"
    fields = {"csrf_token": token_on(client, path), "version": case.version, "check": "1", "drafted_on": "15.9.2021"}
    answer = client.post(path, data={**fields, "goals": "M", "lines-0-service": "REH-15", "lines-0-quantity": "3"})
    assert answer.status_code == 200
    office.session.expire_all()
    assert (case.state, case.plans) == ("assessed", [])


@pytest.mark.parametrize(
    ("role", "step", "status"), [("reader", "confirm-delivery", 403), ("social_worker", "suspend", 404)]
)
def test_only_who_may_take_a_step_looks_ahead(open_as: Any, role: str, step: str, status: int) -> None:
    client, case = open_as("assigned", role)
    path = f"/cases/{case.id}/steps/{step}/preview"
    assert client.post(path, data={"csrf_token": token_on(client, f"/cases/{case.id}")}).status_code == status


def test_a_preview_reloaded_is_the_form(open_as: Any) -> None:
    client, case = open_as("assigned")
    answer = client.get(f"/cases/{case.id}/steps/confirm-delivery/preview")
    assert answer.status_code == 303
    assert answer.location.endswith(f"/cases/{case.id}/steps/confirm-delivery")


def test_a_preview_takes_no_lock_and_does_not_grow_with_the_rows(app: Flask, open_as: Any, engine: sa.Engine) -> None:
    client, case = open_as("assigned")
    token = token_on(client, f"/cases/{case.id}")
    path, counts = f"/cases/{case.id}/steps/confirm-delivery/preview", []
    for days in (["4.10.2021"], [f"{day}.10.2021" for day in range(1, 11)]):
        fields = month(case, *days) | {"csrf_token": token}
        client.post(path, data=fields, headers=HTMX)
        with statements(app) as sent:
            assert client.post(path, data=fields, headers=HTMX).status_code == 200
        assert not any("FOR UPDATE" in statement for statement in sent)
        assert {statement.lstrip()[:6] for statement in sent} == {"SELECT"}
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_correction_is_computed_while_typing(open_as: Any) -> None:
    client, case = open_as("compensated", "procurement_officer")
    fields = {"changes-0-delivery": case.deliveries[1].id, "changes-0-new_quantity": "0"}
    said = text_of(look(client, case, "record-correction", **fields).text).replace("\xa0", " ")
    assert "Total EUR -23.50" in said
    assert "-3 sessions × EUR 23.50 = EUR -70.50" in said
    assert "Compensated: EUR 70.50 → EUR 47.00. Own cost: EUR 0.00 → EUR 0.00." in said


def test_the_claim_follows_the_month_typed(open_as: Any) -> None:
    client, case = open_as("service_delivered", "procurement_officer")
    path = case, "submit-claim"
    assert "Total EUR 70.50" in text_of(look(client, *path, period="10.2021").text).replace("\xa0", " ")
    assert "Nothing of this month can be claimed." in text_of(look(client, *path, period="9.2021").text)
    assert "Choose the month" in text_of(look(client, *path, period="").text)


def test_who_was_signed_out_is_not_led_away_from_the_typed_form(app: Flask, open_as: Any) -> None:
    _, case = open_as("assigned")
    stranger = app.test_client()
    stranger.get("/sign-in")
    answer = look(stranger, case, "confirm-delivery", **month(case, "4.10.2021"))
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert "<html" not in answer.text
