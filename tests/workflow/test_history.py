"""Append-only, chained, and every tampering found (invariant 7, TRUST 11)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factory import Office
from workflow import history
from workflow.models import Case, TransitionLog
from workflow.models.triggers import create_triggers, drop_triggers


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


@pytest.fixture
def case(office: Office) -> Case:
    case = office.case_in("plan_drafted")
    office.session.commit()
    return case


def found(session: Session, kept: Any = None) -> list[str]:
    return [problem.what for problem in history.verify(session, kept)]


def tamper(session: Session, *statements: str) -> None:
    """Somebody with the database file: the triggers are gone, the rows are written over, the triggers are back."""
    connection = session.connection()
    drop_triggers(connection)
    for statement in statements:
        connection.exec_driver_sql(statement)
    create_triggers(connection)
    session.commit()
    session.expire_all()


def test_every_step_appends_one_row(session: Session, case: Case) -> None:
    rows = session.scalars(sa.select(TransitionLog).order_by(TransitionLog.seq)).all()
    assert [(row.seq, row.event, row.from_state, row.to_state) for row in rows] == [
        (1, "register_application", None, "applied"),
        (2, "record_assessment", "applied", "assessed"),
        (3, "draft_plan", "assessed", "plan_drafted"),
    ]
    assert rows[1].data["assessor_name"] == "Ilze Vērtētāja"
    assert found(session) == []


@pytest.mark.parametrize("change", ["UPDATE transition_log SET event = 'close'", "DELETE FROM transition_log"])
def test_the_database_refuses_to_change_history(session: Session, case: Case, change: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        session.connection().exec_driver_sql(change)
    session.rollback()


def test_the_database_refuses_a_state_without_history(session: Session, case: Case) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="only with its history"):
        session.connection().exec_driver_sql("""UPDATE "case" SET state = 'compensated'""")
    session.rollback()


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        (["UPDATE transition_log SET to_state = 'assessed' WHERE seq = 3"], "the row was changed"),
        (["UPDATE transition_log SET user_id = user_id + 1 WHERE seq = 2"], "the row was changed"),
        (["UPDATE transition_log SET data = '{}' WHERE seq = 2"], "the row was changed"),
        (["DELETE FROM transition_log WHERE seq = 2"], "number 2 is missing"),
        (["DELETE FROM transition_log WHERE seq = 3"], "the end was cut off"),
        (["UPDATE transition_log SET seq = 9 WHERE seq = 3"], "number 3 is missing"),
        (
            [
                "UPDATE transition_log SET seq = 9 WHERE seq = 2",
                "UPDATE transition_log SET seq = 2 WHERE seq = 3",
                "UPDATE transition_log SET seq = 3 WHERE seq = 9",
            ],
            "the row was changed",
        ),
        (["""UPDATE "case" SET state = 'compensated'"""], "the state was written past the history"),
        (["""UPDATE transition_log SET mac = '00' WHERE seq = 1"""], "the row was changed"),
    ],
)
def test_every_tampering_is_found(session: Session, case: Case, statements: list[str], what: str) -> None:
    tamper(session, *statements)
    assert what in found(session)


def test_a_tail_cut_with_the_cases_own_record_is_found_by_a_kept_head(session: Session, case: Case) -> None:
    kept = history.head(session)
    before = session.scalars(sa.select(TransitionLog.mac).where(TransitionLog.seq == 2)).one()
    tamper(
        session,
        "DELETE FROM transition_log WHERE seq = 3",
        f"""UPDATE "case" SET state = 'assessed', history_seq = 2, history_mac = '{before}'""",
    )
    assert found(session) == []
    assert found(session, kept) == ["the kept head is gone"]


def test_a_kept_head_stays_good_while_the_case_goes_on(office: Office, case: Case) -> None:
    kept = history.head(office.session)
    office.take(case, "approve_plan", **office.approval())
    assert found(office.session, kept) == []


def test_a_forged_row_without_the_key_is_found(session: Session, case: Case) -> None:
    session.info[history.KEY] = b"another key"
    assert "the row was changed" in found(session)
