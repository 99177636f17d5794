"""`flask demo`: fills an empty office with fictional people and cases (TRUST, «Commands»)."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import with_appcontext

from views import passwords
from views.database import begin_write
from views.extensions import db
from workflow.demo import make as demonstration
from workflow.demo.office import MAIN, POSTS, login_of
from workflow.models import load_facts

# Known to everybody, as `flask check` warns where real people could be.
PASSWORD = "parauga-parole-2021"
OTHER = "daugavpils-valstspilseta"
TOLD_EVERY = 50


def init_app(app: Flask) -> None:
    """Make the command known to `flask`."""
    app.cli.add_command(demo)


@click.command("demo")
@click.option("--size", type=click.Choice(("full", "small")), default="full", show_default=True)
@click.option("--seed", type=int, default=2016, show_default=True, help="Another number, other people.")
@with_appcontext
def demo(size: str, seed: int) -> None:
    """Fill an empty office with fictional cases; takes a minute or two. Does nothing when they are there already.

    All or nothing: an interrupted run leaves the office empty.
    """
    begin_write()
    try:
        if demonstration.is_made(db.session()):
            click.echo("The demonstration is there already.")
            _say_logins()
            return
    except demonstration.OfficeInUse:
        raise click.ClickException("This office has users of its own: the demonstration needs an empty one.") from None
    _make(size, seed)
    db.session.commit()
    _say_logins()


def _make(size: str, seed: int) -> None:
    load_facts(db.session())
    total = len(demonstration.parts(size, seed))
    password_hash = passwords.hash_password(PASSWORD)
    cases = demonstration.make(db.session(), size, seed, password_hash)
    if sys.stdout.isatty():
        with click.progressbar(cases, length=total, label=f"Walking {total} fictional cases") as bar:
            for _ in bar:
                pass
    else:
        for number, _ in enumerate(cases, 1):
            if number % TOLD_EVERY == 0:
                click.echo(f"Walked {number} of {total} cases")


def _say_logins() -> None:
    """Who may sign in, and the password that all of them share."""
    for post, role, name in POSTS:
        click.echo(f"{login_of(post, MAIN):<14}{role.value:<22}{name}")
    click.echo(f"Other municipalities have a suffix, for example {login_of('darbinieks', OTHER)}.")
    click.echo(f"Password of all: {PASSWORD}")
