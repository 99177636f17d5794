"""Every revision up and down with data, the triggers alive, the models equal to the tables (TRUST 19, trap 8)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from flask import Flask
from sqlalchemy.orm import Session

from tests.factory import Office
from views.extensions import db
from workflow.models import Base, Case, TransitionLog
from workflow.models.mirror import differences
from workflow.models.triggers import present_triggers, trigger_names


def config(app: Flask) -> object:
    return app.extensions["migrate"].migrate.get_config()


def test_the_models_are_what_the_migrations_make(app: Flask) -> None:
    with app.app_context():
        command.check(config(app))


def test_the_database_has_its_triggers(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        assert present_triggers(connection) == trigger_names(connection.dialect.name)


def test_the_shipped_facts_are_in_the_tables(session: Session) -> None:
    assert differences(session) == []


def test_down_to_nothing_and_up_again(app: Flask, session: Session) -> None:
    office = Office(session)
    office.case_in("compensated")
    session.commit()
    session.close()
    with app.app_context():
        command.downgrade(config(app), "base")
        left = set(sa.inspect(db.engine).get_table_names()) & set(Base.metadata.tables)
        assert left == set()
        command.upgrade(config(app), "head")
        with db.engine.connect() as connection:
            assert present_triggers(connection) == trigger_names(connection.dialect.name)


def test_a_step_back_keeps_the_cases_and_their_history(app: Flask, session: Session) -> None:
    Office(session).case_in("compensated")
    session.commit()
    session.close()
    with app.app_context():
        before = counted()
        command.downgrade(config(app), "0001")
        assert "confirmation_request" not in sa.inspect(db.engine).get_table_names()
        command.upgrade(config(app), "head")
        assert counted() == before
        with db.engine.connect() as connection:
            assert present_triggers(connection) == trigger_names(connection.dialect.name)
            assert connection.execute(sa.select(Case.warnings)).scalars().all() == [[]]


def counted() -> tuple[int, int]:
    with db.engine.connect() as connection:
        rows = [sa.select(sa.func.count()).select_from(table) for table in (Case, TransitionLog)]
        cases, history = (connection.scalar(statement) or 0 for statement in rows)
    return cases, history
