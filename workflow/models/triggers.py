"""What the database itself refuses, whoever writes: history is append-only, a state moves only with its history.

SQLite drops triggers when a migration rebuilds a table, so they are made anew after every upgrade (trap 8).
"""

from __future__ import annotations

import sqlalchemy as sa

APPEND_ONLY = "the history is append-only"
STATE_ALONE = "a state moves only with its history"

_SQLITE = {
    "transition_log_no_update": f"""
        CREATE TRIGGER transition_log_no_update BEFORE UPDATE ON transition_log
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
    "transition_log_no_delete": f"""
        CREATE TRIGGER transition_log_no_delete BEFORE DELETE ON transition_log
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
    "case_state_with_history": f"""
        CREATE TRIGGER case_state_with_history BEFORE UPDATE OF state ON "case"
        WHEN NEW.state <> OLD.state AND NEW.history_seq <= OLD.history_seq
        BEGIN SELECT RAISE(ABORT, '{STATE_ALONE}'); END""",
}

_POSTGRESQL_FUNCTIONS = {
    "gaita_append_only": f"""
        CREATE OR REPLACE FUNCTION gaita_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$""",
    "gaita_state_alone": f"""
        CREATE OR REPLACE FUNCTION gaita_state_alone() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{STATE_ALONE}'; END $$""",
}
_POSTGRESQL = {
    "transition_log_no_change": """
        CREATE TRIGGER transition_log_no_change BEFORE UPDATE OR DELETE ON transition_log
        FOR EACH ROW EXECUTE FUNCTION gaita_append_only()""",
    "transition_log_no_truncate": """
        CREATE TRIGGER transition_log_no_truncate BEFORE TRUNCATE ON transition_log
        FOR EACH STATEMENT EXECUTE FUNCTION gaita_append_only()""",
    "case_state_with_history": """
        CREATE TRIGGER case_state_with_history BEFORE UPDATE OF state ON "case"
        FOR EACH ROW WHEN (NEW.state <> OLD.state AND NEW.history_seq <= OLD.history_seq)
        EXECUTE FUNCTION gaita_state_alone()""",
}


def trigger_names(dialect: str) -> set[str]:
    """The triggers that a database of this dialect must have."""
    return set(_SQLITE if dialect == "sqlite" else _POSTGRESQL)


def create_triggers(connection: sa.Connection) -> None:
    """Make every trigger that is missing; safe to run again."""
    present = present_triggers(connection)
    if connection.dialect.name == "postgresql":
        for function in _POSTGRESQL_FUNCTIONS.values():
            connection.exec_driver_sql(function)
    wanted = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    for name, statement in wanted.items():
        if name not in present:
            connection.exec_driver_sql(statement)


def drop_triggers(connection: sa.Connection) -> None:
    """Take them away before the tables are dropped (a migration back to the beginning)."""
    for name in present_triggers(connection):
        table = '"case"' if name.startswith("case") else "transition_log"
        on_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on_table}")
    if connection.dialect.name == "postgresql":
        for function in _POSTGRESQL_FUNCTIONS:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function}()")


def present_triggers(connection: sa.Connection) -> set[str]:
    """The names of our triggers that the database has."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return set(connection.exec_driver_sql(query).scalars()) & trigger_names(connection.dialect.name)
