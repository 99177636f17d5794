"""`python -m bench`: fills databases, starts the servers, measures, prints, and leaves nothing behind."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.browser import Browser
from bench.databases import Filled, PostgresServer, fill, sqlite_url
from bench.floor import DATABASES, JOURNAL
from bench.money import arithmetic
from bench.office import DAY
from bench.report import tell
from bench.rounds import BARE, Action, Desk, Place, measure
from bench.servers import Server
from bench.statements import weigh
from views.database import journal_mode

SMALL, MIDDLE, LARGE = 1_000, 10_000, 100_000
GAITA, FLOOR = "app:create_app()", "bench.floor:create_floor()"
MOST_ROUNDS = 100  # each round uses up a fresh application of every office


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; 0 whatever it measured, because times never fail a build."""
    wishes = _wishes(arguments)
    if sys.platform == "win32":
        print("The bench needs gunicorn, which does not run on Windows.")
        return 0
    # Asked to end, it ends by itself: servers are stopped and folders removed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to end"))
    began = time.monotonic()
    with ExitStack() as stack:
        # A short name: the socket of PostgreSQL lies in it, and its path may have 107 characters.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gaita-", ignore_cleanup_errors=True)))
        databases = list(_fill(wishes, folder, stack))
        for line in _run(databases, wishes, folder, stack):
            print(line)
    print(f"\n{time.monotonic() - began:.0f} seconds in all")
    return 0


def _wishes(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Gaita against a bare page, in one run.")
    parser.add_argument("--postgres", action="store_true", help="also on PostgreSQL")
    parser.add_argument("--full", action="store_true", help=f"{LARGE:,} cases instead of {MIDDLE:,}; takes minutes")
    parser.add_argument("--rounds", type=int, default=60, help="how often each action is measured (at most 100)")
    parser.add_argument("--seconds", type=float, default=75, help="measure for no longer than this")
    wishes = parser.parse_args(arguments)
    wishes.rounds = max(1, min(wishes.rounds, MOST_ROUNDS))
    return wishes


def _fill(wishes: argparse.Namespace, folder: Path, stack: ExitStack) -> Iterator[Filled]:
    sizes = (SMALL, LARGE if wishes.full else MIDDLE)
    for cases in sizes:
        yield _filled("sqlite", cases, sqlite_url(folder, cases), folder)
    if wishes.postgres:
        server = PostgresServer(folder)
        stack.callback(server.stop)
        for cases in sizes:
            yield _filled("postgresql", cases, server.new_url(cases), folder)


def _filled(kind: str, cases: int, url: str, folder: Path) -> Filled:
    began = time.monotonic()
    filled = fill(kind, cases, url, folder)
    print(f"{kind}: {cases:,} cases loaded in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return filled


def _run(databases: Sequence[Filled], wishes: argparse.Namespace, folder: Path, stack: ExitStack) -> Iterator[str]:
    settings = {DATABASES: json.dumps({filled.name: filled.url for filled in databases}), JOURNAL: journal_mode()}
    floor = _serve(FLOOR, settings, folder, "/bare", stack)
    servers = {BARE: floor}
    actions: dict[Place, Action] = {}
    desks: dict[str, Desk] = {}
    bare = Browser(floor.port)
    actions["", BARE] = lambda: bare.get("/bare").expect(200).seconds
    for filled in databases:
        own = {"DATABASE_URL": filled.url, "INSTANCE_PATH": str(filled.instance), "OFFICE_DAY": DAY.isoformat()}
        servers[filled.name] = _serve(GAITA, own, folder, "/sign-in", stack)
        desks[filled.name] = Desk(filled, servers[filled.name].port, Browser(floor.port))
        actions |= desks[filled.name].actions()
    try:
        samples = measure(actions, wishes.rounds, wishes.seconds)
    except SystemExit:
        for name, server in servers.items():
            print(f"The server {name} said last:\n{server.said()}", file=sys.stderr)
        raise
    memory = {name: server.memory() for name, server in servers.items()}
    weights = {filled.name: weigh(filled, desks[filled.name]) for filled in databases}
    yield f"Journal of SQLite: {settings[JOURNAL]}, synchronous FULL"
    yield from tell(databases, samples, weights, memory)
    yield ""
    yield from arithmetic()


def _serve(target: str, settings: dict[str, str], folder: Path, probe: str, stack: ExitStack) -> Server:
    server = Server(target, settings, folder, probe)
    stack.callback(server.stop)
    return server


if __name__ == "__main__":
    raise SystemExit(main())
