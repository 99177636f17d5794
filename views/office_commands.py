"""Commands for the office's data: facts, positions, history, documentation (TRUST, «Commands»)."""

from __future__ import annotations

import json
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from views.clock import today
from views.database import begin_write
from views.extensions import db
from workflow import history, position
from workflow.diagram import picture, table
from workflow.models import Case, load_facts
from workflow.rulebook import in_force

facts_group = AppGroup("facts", help="The shipped facts in the database.")
history_group = AppGroup("history", help="The history of all cases and its proof.")
positions_group = AppGroup("positions", help="Where the cases stand.")
MARKS = ("<!-- steps -->\n", "<!-- /steps -->\n")


def init_app(app: Flask) -> None:
    """Make the commands known to `flask`."""
    for command in (facts_group, history_group, positions_group, docs):
        app.cli.add_command(command)


@facts_group.command("load")
def load() -> None:
    """Bring the tables of facts up to the shipped files. Safe to run again."""
    begin_write()
    load_facts(db.session())
    db.session.commit()
    click.echo("Facts loaded.")


@positions_group.command("refresh")
def refresh() -> None:
    """Judge every open case anew as of today: a document may have expired overnight. Run it daily."""
    begin_write()
    cases = db.session.scalars(sa.select(Case).order_by(Case.id).execution_options(yield_per=200))
    changed = 0
    with in_force(db.session()):
        for case in cases:
            touched = case.touched_on
            position.refresh(db.session(), case, today(), moved=False)
            case.touched_on = touched  # nobody did anything: the case does not stop being idle
            changed += db.session.is_modified(case)
    db.session.commit()
    click.echo(f"{changed} positions changed.")


@history_group.command("head")
@click.option("--file", "target", type=click.Path(path_type=Path), help="Write the head here instead of showing it.")
def head(target: Path | None) -> None:
    """Print the last hash of every case: keep it outside the office's reach, `verify --head` compares."""
    text = json.dumps({str(case): [seq, mac] for case, (seq, mac) in history.head(db.session()).items()}, indent=0)
    if target is None:
        click.echo(text)
    else:
        target.write_text(text + "\n", encoding="utf-8")
        click.echo(f"Head written to {target}.")


@history_group.command("verify")
@click.option("--head", "kept", type=click.Path(exists=True, path_type=Path), help="A head kept earlier.")
def verify(kept: Path | None) -> None:
    """Find any changed, removed, cut or reordered row of the history; exit code 1 when there is one."""
    known = None
    if kept is not None:
        stored = json.loads(kept.read_text(encoding="utf-8"))
        known = {int(case): (int(seq), str(mac)) for case, (seq, mac) in stored.items()}
    found = list(history.verify(db.session(), known))
    for problem in found:
        click.echo(f"case {problem.case_id}, row {problem.seq}: {problem.what}", err=True)
    if found:
        raise SystemExit(1)
    click.echo("The history is whole.")


@click.command("docs")
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 when something is out of date.")
@with_appcontext
def docs(check: bool) -> None:
    """Draw the table of steps in README.md and docs/states.svg from the machine."""
    stale = [path.name for path, text in _generated(Path(current_app.root_path)) if _differs(path, text, check)]
    if check and stale:
        click.echo(f"Out of date, run `flask docs`: {', '.join(stale)}", err=True)
        raise SystemExit(1)
    click.echo(f"{len(stale)} files written." if not check else "The documentation is up to date.")


def _generated(root: Path) -> list[tuple[Path, str]]:
    readme = root / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return [
        (readme, before + MARKS[0] + "\n" + table() + "\n" + MARKS[1] + after),
        (root / "docs" / "states.svg", picture("en")),
    ]


def _differs(path: Path, text: str, check: bool) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    if not check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return True
