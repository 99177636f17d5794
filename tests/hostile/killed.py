"""Takes one step over HTTP in a process of its own and dies in the middle of it: run by test_all_or_nothing.

    python -m tests.hostile.killed ADDRESS_OF_DATABASE FOLDER COOKIE PATH FIELDS MOMENT

FIELDS is JSON, a list of names and texts. MOMENT is the number of the writing statement before which the process is
killed, `commit` for just before the commit, or `never`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import sqlalchemy as sa
import time_machine

from tests.conftest import MORNING, SETTINGS
from tests.hostile.browsing import Browser

WRITES = ("INSERT", "UPDATE", "DELETE")


class Sheet:
    """The attendance sheet, when the step brings one."""

    name, content = "lapa.pdf", b"%PDF-1.4\n%fictional attendance sheet\n"


def main(url: str, folder: str, cookie: str, path: str, fields: str, moment: str) -> None:
    """Take the step; exits with 0 only when nothing killed it."""
    from app import create_app

    with time_machine.travel(MORNING, tick=True):
        app = create_app(**SETTINGS, DATABASE_URL=url, INSTANCE_PATH=folder)
        browser = Browser(app, cookie)
        assert browser.token
        with app.app_context():
            engine = app.extensions["sqlalchemy"].engine
        arm(engine, moment)
        pairs = [(name, Sheet() if name == "attendance_sheet" else text) for name, text in json.loads(fields)]
        answer = browser.post(path, pairs)
    sys.exit(0 if answer.status_code == 303 else f"answered {answer.status_code}")


def arm(engine: sa.Engine, moment: str) -> None:
    """From now on the process dies at the moment, as by `kill -9`."""
    seen: list[str] = []

    def before(*arguments: Any) -> None:
        if arguments[2].lstrip().upper().startswith(WRITES):
            seen.append(arguments[2])
        if str(len(seen)) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit(connection: sa.Connection) -> None:
        if moment == "commit" and seen:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(engine, "before_cursor_execute", before)
    sa.event.listen(engine, "commit", commit)


if __name__ == "__main__":
    main(*sys.argv[1:])
