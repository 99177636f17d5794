"""What the rules page reads, and the short words of the facts that the lists need."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy.orm import Session

from workflow.facts import facts
from workflow.models import Holiday, UnitCost
from workflow.queries.rules import local_days, unit_costs


def test_unit_costs_and_local_days(session: Session) -> None:
    assert unit_costs(session) == []
    assert local_days(session) == []
    session.add(UnitCost(service_code="ADL-01", amount=Decimal("7.1234"), valid_from=dt.date(2021, 1, 1), source="LPR"))
    session.add(Holiday(day=dt.date(2021, 12, 23), kind="moved_free", name="Pārcelta"))
    session.flush()
    assert [(row.service_code, row.amount) for row in unit_costs(session)] == [("ADL-01", Decimal("7.1234"))]
    assert [row.name for row in local_days(session)] == ["Pārcelta"]


def test_every_guard_that_can_stand_in_the_way_has_a_short_phrase() -> None:
    standing = {guard.code for guard in facts().guards.rows if guard.kind == "hard" and guard.standing}
    asked_beforehand = {guard.code for guard in facts().guards.rows if guard.confirm_role}
    assert set(facts().choices["blocker"]) == standing | asked_beforehand


def test_every_case_type_has_a_short_name() -> None:
    assert set(facts().choices["case_type_short"]) == set(facts().case_types)
