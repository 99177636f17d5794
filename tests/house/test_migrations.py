"""Every revision up and down with data, the triggers alive, the models equal to the tables (TRUST 19, trap 8)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from flask import Flask
from sqlalchemy.orm import Session

from tests.factory import Office
from views.extensions import db
from workflow.models import Base
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
