"""Brings an empty database to where `make run` brings it, short of the demo data."""

from __future__ import annotations

import logging

from alembic import command
from flask import Flask


def set_up(app: Flask) -> None:
    """Migrate from the first revision to the last and load the facts; an error is raised as it is."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        command.upgrade(app.extensions["migrate"].migrate.get_config(), "head")
    load_the_facts(app)


def load_the_facts(app: Flask) -> None:
    """What the set-up of an office does after each migration."""
    from workflow.models.mirror import load_facts

    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        load_facts(session())
        session.commit()
