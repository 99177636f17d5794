"""The town under attack: built once in each test process on a database of its own, and put back for every test."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
import time_machine
from flask import Flask

from tests.conftest import MORNING, SETTINGS, release
from tests.databases import Database, open_database
from tests.hostile.attempts import Prepare, preparer
from tests.hostile.browsing import Browser
from tests.hostile.ledger import Ledger
from tests.hostile.town import HERE, MarkedOffice, Town, build
from tests.pages import CheckingClient
from tests.setting_up import set_up
from workflow.history import KEY


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory, postgres_server: str | None) -> Iterator[Database]:
    """A database beside that of the other tests: its pristine content is the town."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = open_database(tmp_path_factory.mktemp("town"), postgres_server, f"town_{worker}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def gaita(built: tuple[Flask, Town]) -> Flask:
    """The app on the town's database."""
    return built[0]


@pytest.fixture(scope="session")
def town(built: tuple[Flask, Town]) -> Town:
    """Who and what is there."""
    return built[1]


@pytest.fixture(scope="session")
def built(database: Database, tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Town]:
    """The app and the town, built shortly before the morning of the tests."""
    from app import create_app

    made = create_app(**SETTINGS, DATABASE_URL=database.url, INSTANCE_PATH=str(tmp_path_factory.mktemp("instance")))
    made.test_client_class = CheckingClient
    set_up(made)
    with made.app_context():
        engine = made.extensions["sqlalchemy"].engine
    session = so.Session(engine, info={KEY: SETTINGS["HISTORY_KEY"].encode()})
    with time_machine.travel(MORNING - dt.timedelta(seconds=30), tick=False), session:
        found = build(made, session)
    release(made)
    database.keep()
    return made, found


@pytest.fixture
def enter(app: Flask, town: Town) -> Callable[..., Browser]:
    """Makes the browser of somebody in the town, by role and municipality; `None` is a stranger."""

    def make(role: str | None = "social_worker", code: str = HERE, plain: bool = False) -> Browser:
        return Browser(app, town.cookie(role, code) if role else None, plain=plain)

    return make


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    """What stands in the database at the beginning of the test."""
    made = Ledger(engine)
    yield made
    made.close()


@pytest.fixture
def office(session: so.Session, town: Town) -> MarkedOffice:
    """Our municipality, as the workflow sees it."""
    return MarkedOffice(session, HERE, town.users[HERE])


@pytest.fixture
def put_back(app: Flask, database: Database, ledger: Ledger) -> Callable[[], None]:
    """Undoes everything in the middle of a test, for those that try many things one after the other."""

    def restore() -> None:
        ledger.close()
        release(app)
        database.restore()
        ledger.keep()

    return restore


@pytest.fixture
def prepare(office: MarkedOffice, town: Town, session: so.Session) -> Prepare:
    """Fills in the form of a step for the case at a place, as an honest officer would."""
    return preparer(office, town, session)
