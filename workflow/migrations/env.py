"""How Alembic reaches the database: the app's own engine, checks of SQLite, and the triggers made anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

from workflow.models.triggers import create_triggers

extension = current_app.extensions["migrate"]


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Our own types as what they are in the database: a migration must not depend on today's code."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator) and type(item).__module__.startswith("workflow"):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


def run() -> None:
    """Run the migrations in one transaction; a failing one leaves the database as it was."""
    with extension.db.engine.connect().execution_options(write_lock=True) as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Batch mode rebuilds tables: with foreign keys on, that would empty the tables that refer to them.
            _pragma(connection, "foreign_keys = OFF")
        context.configure(
            connection=connection,
            target_metadata=extension.db.metadata,
            render_item=render_item,
            transactional_ddl=True,  # SQLite too can take a whole migration back
            **extension.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sa.inspect(connection).has_table("transition_log"):
                create_triggers(connection)
            if sqlite:
                _refuse_orphans(connection)
        if sqlite:
            _pragma(connection, "foreign_keys = ON")


def _pragma(connection: sa.Connection, text: str) -> None:
    """A pragma on the driver's connection: inside a transaction it would be ignored."""
    connection.connection.driver_connection.execute(f"PRAGMA {text}").close()


def _refuse_orphans(connection: sa.Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        raise RuntimeError(f"{len(orphans)} rows would refer to nothing, first in {orphans[0][0]}")


run()
