"""How many statements and how many bytes a page takes: the same addresses, asked in this process."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import sqlalchemy as sa
import structlog

from bench.databases import Filled
from bench.kinds import numbers_of
from bench.rounds import ADDRESSES, CASE, STUCK, Desk

NOT_COUNTED = ("BEGIN", "PRAGMA")


class Weight(NamedTuple):
    """Statements that reach the database, bytes of the page, and its bytes compressed."""

    statements: int
    plain: int
    packed: int


def weigh(filled: Filled, desk: Desk) -> dict[str, Weight]:
    """The pages as the signed-in people of the desk get them; each asked twice, because the first one warms up."""
    app = filled.app()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # the tables are what is to be read
    with app.app_context():
        engine: sa.Engine = app.extensions["sqlalchemy"].engine
    case_id = next(numbers_of(("compensated",), filled.cases)) + 1
    found = {}
    for what, address in {CASE: f"/cases/{case_id}", **ADDRESSES}.items():
        client = app.test_client()
        for name, value in (desk.supervisor if what == STUCK else desk.worker).cookies.items():
            client.set_cookie(name, value, domain="127.0.0.1")
        client.get(address, base_url="http://127.0.0.1")
        with counted(engine) as seen:
            page = client.get(address, base_url="http://127.0.0.1").data
        found[what] = Weight(len(seen), len(page), len(gzip.compress(page, 6)))
    engine.dispose()
    return found


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(NOT_COUNTED):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
