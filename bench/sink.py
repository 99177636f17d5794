"""Rows in bulk: ids given here, defaults filled in once, written table by table in thousands."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import sqlalchemy as sa

from workflow.models import Base

AT_ONCE = 20_000
MADE_AT = dt.datetime(2021, 11, 22, 8, 0, tzinfo=dt.UTC)


class Sink:
    """Collects rows and writes them in the order of the foreign keys; a flush must not cut a case in two."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self._rows: dict[sa.Table, list[dict[str, Any]]] = {table: [] for table in Base.metadata.sorted_tables}
        self._blank: dict[sa.Table, dict[str, Any]] = {}
        self._last: Counter[sa.Table] = Counter()
        self._waiting = 0

    def add(self, model: type[Base], **values: Any) -> int:
        """Take a row in and say its id."""
        table = model.__table__
        if table not in self._blank:
            self._blank[table] = _blank_row(table)
        row = {**self._blank[table], **values}
        if "id" in row and row["id"] is None:
            self._last[table] += 1
            row["id"] = self._last[table]
        self._rows[table].append(row)
        self._waiting += 1
        return int(row.get("id") or 0)

    def change_last(self, model: type[Base], **values: Any) -> None:
        """Change the row taken in last; it must still wait."""
        self._rows[model.__table__][-1].update(values)

    def flush_if_full(self) -> None:
        """Write when enough rows wait."""
        if self._waiting >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        for table, rows in self._rows.items():
            if rows:
                self._write(table, list(rows[0]), rows)
                rows.clear()
        self._waiting = 0

    def _write(self, table: sa.Table, names: list[str], rows: list[dict[str, Any]]) -> None:
        """Past SQLAlchemy, which takes several times as long for each row; its types still make the values."""
        dialect = self.connection.dialect
        makers = [table.columns[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
        plain = [
            tuple(make(row[name]) if make else row[name] for name, make in zip(names, makers, strict=True))
            for row in rows
        ]
        columns = ", ".join(f'"{name}"' for name in names)
        cursor = self.connection.connection.cursor()
        if dialect.name == "postgresql":
            with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
                for row in plain:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(names))
            cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', plain)
        cursor.close()

    def hand_over(self) -> None:
        """Let PostgreSQL count on from these ids, and know its tables as it would by itself; SQLite does neither."""
        if self.connection.dialect.name == "postgresql":
            for table, last in self._last.items():
                self.connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), {last})"
                )
            self.connection.exec_driver_sql("ANALYZE")


def _blank_row(table: sa.Table) -> dict[str, Any]:
    """Every column with its default: rows of one statement must have the same columns."""
    blank: dict[str, Any] = {}
    for column in table.columns:
        default = column.default
        if default is None or not hasattr(default, "arg"):
            blank[column.name] = None
        else:
            blank[column.name] = default.arg(None) if default.is_callable else default.arg
    for name, value in (("created_at", MADE_AT), ("version", 1), ("language", "lv")):
        if name in blank:
            blank[name] = value
    return blank
