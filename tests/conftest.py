"""Fixtures of every test: the app, a client that checks pages, a session, a fixed day, a pristine database."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import Database, PostgresServer, chosen, open_database
from tests.pages import CheckingClient
from tests.skips import SkipsFail, in_ci

MORNING = dt.datetime(
    2021, 11, 22, 9, 0, tzinfo=ZoneInfo("Europe/Riga")
)  # a Monday in the programme, far from holidays
SETTINGS: dict[str, Any] = {
    "TESTING": True,
    "SECRET_KEY": "a secret for tests only",
    "HISTORY_KEY": "a history key for tests only",
    # As weak as argon2 can be: a real hash takes 50 ms, and the tests sign in thousands of times.
    "ARGON2": {"time_cost": 1, "memory_cost": 8, "parallelism": 1},
}
SERVER = pytest.StashKey[PostgresServer]()


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for all processes of the run, and no skipped test in CI."""
    if hasattr(config, "workerinput"):
        return
    if in_ci():
        config.pluginmanager.register(SkipsFail())
    if chosen() == "postgres" and not config.option.collectonly:
        config.stash[SERVER] = PostgresServer()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each process of pytest-xdist where the server is."""
    node.workerinput["postgres"] = _server_of(node.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVER in config.stash:
        config.stash[SERVER].stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that never opens a database says nothing of PostgreSQL: it has run with SQLite already."""
    if chosen() == "postgres":
        config.hook.pytest_deselected(items=[item for item in items if not _opens_database(item)])
        items[:] = [item for item in items if _opens_database(item)]


def _opens_database(item: pytest.Item) -> bool:
    return not {"database", "postgres_server"}.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_report_header() -> str:
    return f"database: {chosen()}"


def _server_of(config: pytest.Config) -> str | None:
    if hasattr(config, "workerinput"):
        return config.workerinput["postgres"]
    return config.stash[SERVER].url if SERVER in config.stash else None


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> str | None:
    """The address of the test server, or None on SQLite; for tests that make databases of their own."""
    return _server_of(pytestconfig)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory, postgres_server: str | None) -> Iterator[Database]:
    """The database of this test process, empty when it is handed out."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = open_database(tmp_path_factory.mktemp("database"), postgres_server, worker)
    yield made
    made.close()


@pytest.fixture(scope="session")
def gaita(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app of this test process, migrated once. Tests ask for `app`, which is always pristine."""
    from app import create_app
    from tests.setting_up import set_up

    instance = tmp_path_factory.mktemp("instance")
    made = create_app(**SETTINGS, DATABASE_URL=database.url, INSTANCE_PATH=str(instance))
    made.test_client_class = CheckingClient
    set_up(made)
    release(made)
    database.keep()
    return made


def release(app: Flask) -> None:
    """Close every connection of the app that no thread is using."""
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def today() -> Iterator[dt.date]:
    """The legal day of the test, and the clock set to its morning (running on from there)."""
    with time_machine.travel(MORNING, tick=True):
        yield MORNING.date()


@pytest.fixture
def app(gaita: Flask, database: Database, today: dt.date) -> Iterator[Flask]:
    """The app on a pristine database; what a test changes in its settings is undone."""
    database.restore()
    before = dict(gaita.config)
    yield gaita
    gaita.config.clear()
    gaita.config.update(before)
    release(gaita)


@pytest.fixture
def make_app(database: Database, app: Flask) -> Iterator[Callable[..., Flask]]:
    """Makes another app on the same pristine database, with other settings."""
    from app import create_app

    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        shared = {**SETTINGS, "DATABASE_URL": database.url, "INSTANCE_PATH": app.instance_path}
        made.append(create_app(**{**shared, **settings}))
        made[-1].test_client_class = CheckingClient
        return made[-1]

    yield make
    for each in made:
        release(each)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript and without a user; it refuses faulty pages."""
    return app.test_client()


@pytest.fixture
def engine(app: Flask) -> sa.Engine:
    """The app's own engine, with its locks and pragmas."""
    with app.app_context():
        return app.extensions["sqlalchemy"].engine


@pytest.fixture
def session(app: Flask, engine: sa.Engine) -> Iterator[so.Session]:
    """A session beside the app's. It commits before each request of a client, so that both see the same."""
    from workflow.history import KEY

    with so.Session(engine, info={KEY: SETTINGS["HISTORY_KEY"].encode()}) as made:
        app.extensions["session_of_test"] = made
        yield made
        app.extensions.pop("session_of_test")


@pytest.fixture
def data_folder() -> Path:
    """Files that tests compare with, such as the table of transitions."""
    return Path(__file__).parent / "data"
