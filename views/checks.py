"""What must be right before people work with an installation: `flask check`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from views.access import undeclared_routes
from views.extensions import MIGRATIONS, db
from workflow.facts.book import facts
from workflow.facts.verify import verify

SHORTEST_KEY = 16


def problems() -> list[str]:
    """Everything that is wrong, in words for the operator."""
    return [*_settings(), *_routes(), *_facts(), *_database()]


def _settings() -> Iterator[str]:
    config = current_app.config
    for key in ("SECRET_KEY", "HISTORY_KEY"):
        if len(config[key]) < SHORTEST_KEY:
            yield f"{key} is shorter than {SHORTEST_KEY} characters"
        kept = Path(current_app.instance_path) / key.lower()
        if kept.exists() and kept.stat().st_mode & 0o077:
            yield f"{kept.name} in the instance folder can be read by others: chmod 600"
    if not config["TRUSTED_HOSTS"]:
        yield "TRUSTED_HOSTS is empty"
    if config["DEMO"] and config["HTTPS"]:
        yield "DEMO is on: its passwords are known to everybody"


def _routes() -> Iterator[str]:
    for endpoint in undeclared_routes():
        yield f"the route {endpoint} does not say who may use it"


def _facts() -> Iterator[str]:
    try:
        verify(facts())
    except Exception as error:
        yield f"the facts are not right: {error}"


def _database() -> Iterator[str]:
    try:
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_heads()
    except sa.exc.SQLAlchemyError as error:
        yield f"the database does not answer: {type(error).__name__}"
        return
    if not (MIGRATIONS / "env.py").exists():
        yield "the migrations are missing"
    elif set(present) != set(ScriptDirectory(str(MIGRATIONS)).get_heads()):
        yield "the database is not at the newest revision: flask db upgrade"
