"""Commands of the operator: the people who may sign in (TRUST, «Commands»), and the check of an installation."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from views import passwords
from views.checks import problems
from views.database import begin_write, describe
from views.extensions import db
from views.sign_ins import end_all_of
from workflow.models import LANGUAGES, Municipality, User
from workflow.roles import Role

ROLES = click.Choice([role.value for role in Role])
users = AppGroup("user", help="People who may sign in.")


def init_app(app: Flask) -> None:
    """Make the commands known to `flask`."""
    app.cli.add_command(users)
    app.cli.add_command(check)


@users.command()
@click.argument("login")
@click.option("--name", required=True, help="First name and surname.")
@click.option("--municipality", required=True, help="Code of the municipality.")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="May be given several times.")
@click.option("--language", type=click.Choice(LANGUAGES), default="lv", show_default=True)
@click.option("--ask-password", is_flag=True, help="Type the password instead of having one made.")
def add(login: str, name: str, municipality: str, roles: tuple[str, ...], language: str, ask_password: bool) -> None:
    """Add a person. Prints the first password once. A person who is already so stays unchanged."""
    login = _clean_login(login)
    begin_write()
    at = _municipality(municipality)
    known = _find(login)
    if known is not None:
        _say_unchanged(known, roles, at)
        return
    password = _new_password(ask_password)
    db.session.add(
        User(
            login=login,
            name=name.strip(),
            municipality_id=at.id,
            roles=sorted(set(roles)),
            language=language,
            password_hash=passwords.hash_password(password),
        )
    )
    db.session.commit()
    click.echo(f"{login} added.")
    _say_password(password, ask_password)


@users.command()
@click.argument("login")
def disable(login: str) -> None:
    """Let the person in no more; whatever they have open stops at its next request."""
    user = _known(login)
    user.active = False
    end_all_of(user.id)
    db.session.commit()
    click.echo(f"{user.login} disabled.")


@users.command()
@click.argument("login")
def enable(login: str) -> None:
    """Let a disabled person in again."""
    user = _known(login)
    user.active = True
    db.session.commit()
    click.echo(f"{user.login} enabled.")


@users.command("set-role")
@click.argument("login")
@click.argument("roles", type=ROLES, nargs=-1, required=True)
def set_role(login: str, roles: tuple[str, ...]) -> None:
    """Give the person exactly these roles and end their sign-ins."""
    user = _known(login)
    wanted = sorted(set(roles))
    if sorted(user.roles) != wanted:
        user.roles = wanted
        end_all_of(user.id)
    db.session.commit()
    click.echo(f"{user.login}: {', '.join(wanted)}")


@users.command()
@click.argument("login")
@click.option("--ask-password", is_flag=True, help="Type the password instead of having one made.")
@click.option("--keep-second-factor", is_flag=True, help="The telephone is not lost.")
def reset(login: str, ask_password: bool, keep_second_factor: bool) -> None:
    """Give the person a new password, take the second factor off, end all sign-ins."""
    user = _known(login)
    password = _new_password(ask_password)
    user.password_hash = passwords.hash_password(password)
    if not keep_second_factor:
        user.second_factor_secret = None
    end_all_of(user.id)
    db.session.commit()
    click.echo(f"{user.login} has a new password and is signed out everywhere.")
    _say_password(password, ask_password)


@users.command("list")
def list_users() -> None:
    """Everybody: login, name, roles, municipality, whether active and with a second factor."""
    found = db.session.execute(
        sa.select(User, Municipality.code)
        .join(Municipality, Municipality.id == User.municipality_id)
        .order_by(User.login)
    )
    for user, code in found:
        state = "active" if user.active else "disabled"
        factor = "second factor" if user.second_factor_secret else "password only"
        click.echo("\t".join((user.login, user.name, ",".join(user.roles), code, state, factor)))


@click.command("check")
@with_appcontext
def check() -> None:
    """Check this installation: settings, database, facts, routes. Exit code 1 when something is wrong."""
    for key, value in describe().items():
        click.echo(f"{key}: {value}")
    found = problems()
    for problem in found:
        click.echo(f"PROBLEM: {problem}", err=True)
    if found:
        raise SystemExit(1)
    click.echo("All is well.")


def _clean_login(login: str) -> str:
    login = login.strip().casefold()
    if not login or not login.isprintable() or len(login) > 100 or " " in login:
        raise click.ClickException("A login is 1 to 100 characters without spaces.")
    return login


def _find(login: str) -> User | None:
    return db.session.scalars(sa.select(User).where(User.login == login)).one_or_none()


def _known(login: str) -> User:
    begin_write()
    user = _find(_clean_login(login))
    if user is None:
        raise click.ClickException(f"There is no user {login!r}.")
    return user


def _municipality(code: str) -> Municipality:
    found = db.session.scalars(sa.select(Municipality).where(Municipality.code == code)).one_or_none()
    if found is None:
        raise click.ClickException(f"There is no municipality {code!r}.")
    return found


def _say_unchanged(user: User, roles: tuple[str, ...], at: Municipality) -> None:
    if (sorted(user.roles), user.municipality_id) != (sorted(set(roles)), at.id):
        raise click.ClickException(f"{user.login} exists with another role or municipality. See set-role.")
    click.echo(f"{user.login} exists already; nothing changed.")


def _new_password(ask: bool) -> str:
    if not ask:
        return passwords.new_password()
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not passwords.SHORTEST <= len(typed) <= passwords.LONGEST:
        raise click.ClickException(f"A password has {passwords.SHORTEST} to {passwords.LONGEST} characters.")
    return typed


def _say_password(password: str, typed: bool) -> None:
    if not typed:
        click.echo(f"Password, shown only now: {password}")
