"""A step is one commit (invariant 3, TRUST 6): whichever statement fails, wherever the process dies, nothing stays."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import Flask

from tests.databases import Database
from tests.hostile.attempts import Prepare, who_may
from tests.hostile.browsing import Browser, form_to, overlaid, shows_trace
from tests.hostile.killed import WRITES
from tests.hostile.ledger import Ledger
from tests.hostile.rooms import STEPS
from tests.hostile.town import Town
from workflow import history
from workflow.models import Case

# On the way of every case: here each single statement fails once, the reading ones too.
SPINE = ("record_assessment", "approve_plan", "sign_contract", "confirm_delivery", "submit_claim", "record_payment")
MOST = 400


class PowerCutError(Exception):
    """What a statement meets instead of the database."""


@contextmanager
def failing(engine: sa.Engine, number: int, every: bool) -> Iterator[list[str]]:
    """The statement of that number fails: of all of them, or of the writing ones. The commit counts as the last."""
    seen: list[str] = []

    def count(statement: str) -> None:
        if every or statement.lstrip().upper().startswith((*WRITES, "COMMIT")):
            seen.append(statement)
            if len(seen) == number:
                raise PowerCutError(statement)

    def before(*arguments: Any) -> None:
        count(arguments[2])

    def commit(connection: sa.Connection) -> None:
        count("COMMIT")

    sa.event.listen(engine, "before_cursor_execute", before)
    sa.event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", before)
        sa.event.remove(engine, "commit", commit)


@pytest.mark.parametrize("step", STEPS)
def test_failing_statement_leaves_nothing(
    step: str,
    app: Flask,
    engine: sa.Engine,
    enter: Callable[..., Browser],
    prepare: Prepare,
    ledger: Ledger,
    session: so.Session,
) -> None:
    """N = 1, 2, 3 … until nothing fails any more: each time the old state whole, at last the new one whole."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    attempt, browser, every = prepare(step), enter(who_may(step), plain=True), step in SPINE
    assert browser.token
    before = ledger.keep()
    for number in range(1, MOST):
        with failing(engine, number, every) as seen:
            answer = attempt.send(browser)
        if len(seen) < number:
            break
        assert answer.status_code in (500, 503), f"{seen[-1]}: {answer.status_code}"
        assert not shows_trace(answer)
        assert ledger.changed() == [], seen[-1]
    assert answer.status_code == 303
    assert number > 4  # it failed at least at the case, its history and the commit
    assert {"case", "transition_log"} <= {name for name, digest in ledger.read().items() if digest != before[name]}
    assert list(history.verify(session)) == []


def test_failing_registration_leaves_nothing(
    app: Flask, engine: sa.Engine, enter: Callable[..., Browser], ledger: Ledger
) -> None:
    """A new case with its people, papers and number: all of it or nothing, the number is given back."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser = enter("social_worker", plain=True)
    form = form_to(browser.get("/cases/new"), "/cases/new")
    child = {"person-first_name": "Jānis", "person-last_name": "Nepabeigtais", "person-birth_date": "2012-05-14"}
    mother = {"applicant-first_name": "Māra", "applicant-last_name": "Nepabeigtā", "applicant_kind": "parent"}
    filled = overlaid(form, child | mother | {"received_on": "2021-11-01"})
    assert browser.token
    ledger.keep()
    for number in range(1, MOST):
        with failing(engine, number, every=True) as seen:
            answer = browser.post("/cases/new", filled)
        if len(seen) < number:
            break
        assert answer.status_code in (500, 503)
        assert ledger.changed() == [], seen[-1]
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("method", "path", "role", "fields"),
    [
        ("documents", "/cases/{applied}/documents", "social_worker", {"codes": "D04", "received_on": "2021-11-01"}),
        ("provider", "/providers/new", "procurement_officer", {"name": "Nepabeigts", "kind": "company"}),
    ],
)
def test_other_writes_leave_nothing_either(
    method: str,
    path: str,
    role: str,
    fields: dict[str, str],
    app: Flask,
    town: Town,
    engine: sa.Engine,
    enter: Callable[..., Browser],
    ledger: Ledger,
    session: so.Session,
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    address = path.format(applied=town.case("applied"))
    browser = enter(role, plain=True)
    filled = {**fields, "version": str(session.get_one(Case, town.case("applied")).version)}
    session.rollback()
    assert browser.token
    for number in range(1, MOST):
        with failing(engine, number, every=True) as seen:
            answer = browser.post(address, filled)
        if len(seen) < number:
            break
        assert answer.status_code in (500, 503)
        assert ledger.changed() == [], seen[-1]
    assert answer.status_code == 303, answer.text
    assert list(history.verify(session)) == []


def test_failed_commit_locks_nobody_out(
    app: Flask, engine: sa.Engine, database: Database, enter: Callable[..., Browser], prepare: Prepare
) -> None:
    """A commit that the database refuses (busy, full) ends its transaction: other processes go on (TRUST 8)."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    attempt, browser = prepare("reassign"), enter("supervisor", plain=True)
    assert browser.token
    with failing(engine, 4, every=False) as seen:
        assert attempt.send(browser).status_code == 500
    assert seen[-1] == "COMMIT"
    impatient = {"timeout": 0.1} if engine.dialect.name == "sqlite" else {"options": "-c lock_timeout=100"}
    other = sa.create_engine(database.url, poolclass=sa.pool.NullPool, connect_args=impatient)
    with other.begin() as connection:
        touched = sa.update(Case).where(Case.id == attempt.case_id).values(note="")
        assert connection.execute(touched).rowcount == 1
    assert attempt.send(browser).status_code == 303  # at once: no request is lost to the old transaction


@pytest.mark.parametrize(
    ("step", "moment"),
    [("approve_plan", "1"), ("confirm_delivery", "commit"), ("submit_claim", "4"), ("record_payment", "commit")],
)
def test_killed_process_leaves_nothing(
    step: str,
    moment: str,
    app: Flask,
    database: Database,
    town: Town,
    prepare: Prepare,
    ledger: Ledger,
    enter: Callable[..., Browser],
    session: so.Session,
) -> None:
    """`kill -9` between two statements and before the commit: the old state whole, and work goes on at once."""
    attempt = prepare(step)
    ledger.keep()
    ledger.close()
    fields = [["version", str(attempt.version)]]
    fields += [[name, value if isinstance(value, str) else ""] for name, value in attempt.fields]
    place = [database.url, app.instance_path, town.cookie(who_may(step)), attempt.path, json.dumps(fields)]
    command = [sys.executable, "-m", "tests.hostile.killed", *place, moment]
    ended = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, timeout=120, check=False, text=True
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert ledger.changed() == []
    assert list(history.verify(session)) == []
    session.rollback()
    assert attempt.send(enter(who_may(step), plain=True)).status_code == 303


def test_process_that_nobody_kills_takes_the_step(
    app: Flask, database: Database, town: Town, prepare: Prepare, ledger: Ledger
) -> None:
    """The script of the test above does work: what it left undone was undone by the kill."""
    attempt = prepare("approve_plan")
    ledger.keep()
    fields = json.dumps([["version", str(attempt.version)], *([name, value] for name, value in attempt.fields)])
    place = [database.url, app.instance_path, town.cookie("supervisor"), attempt.path, fields, "never"]
    command = [sys.executable, "-m", "tests.hostile.killed", *place]
    ended = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, timeout=120, check=False, text=True
    )
    assert ended.returncode == 0, ended.stderr
    assert {"case", "plan", "transition_log"} <= set(ledger.changed())
