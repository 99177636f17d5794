"""`flask user …` and `flask check`: idempotent, with exit codes."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from click.testing import Result
from flask import Flask

from tests.views.signing_in import add_user, municipality, signed_in, try_password
from views.extensions import db
from workflow.models import User

PERSON = ("--name", "Anna Bērziņa", "--municipality", "test-novads", "--role", "social_worker")


@pytest.fixture
def office(app: Flask) -> None:
    """The municipality that people are added to."""
    with app.app_context():
        municipality("test-novads")
        db.session.commit()


def flask(app: Flask, *words: str, typed: str | None = None) -> Result:
    """Run a command."""
    return app.test_cli_runner().invoke(args=["user", *words], input=typed)


def test_added_person_signs_in_with_the_printed_password(app: Flask, office: None) -> None:
    said = flask(app, "add", "anna", *PERSON).output
    password = re.search(r"only now: (\S+)", said)
    assert password
    assert try_password(app.test_client(), password=password[1]).status_code == 303


def test_password_may_be_typed(app: Flask, office: None) -> None:
    typed = "tulpe zirgs kvarcs\ntulpe zirgs kvarcs\n"
    said = flask(app, "add", "anna", *PERSON, "--ask-password", typed=typed)
    assert (said.exit_code, "tulpe" in said.output) == (0, False)
    assert try_password(app.test_client(), password="tulpe zirgs kvarcs").status_code == 303


def test_short_password_is_refused(app: Flask, office: None, session: so.Session) -> None:
    assert flask(app, "add", "anna", *PERSON, "--ask-password", typed="short\nshort\n").exit_code == 1
    assert session.scalars(sa.select(User)).all() == []


def test_adding_again_changes_nothing(app: Flask, office: None, session: so.Session) -> None:
    flask(app, "add", "anna", *PERSON)
    before = session.scalar(sa.select(User.password_hash))
    session.commit()
    said = flask(app, "add", "ANNA", *PERSON)
    assert (said.exit_code, "nothing changed" in said.output) == (0, True)
    assert session.scalar(sa.select(User.password_hash)) == before


def test_adding_again_with_another_role_fails(app: Flask, office: None) -> None:
    flask(app, "add", "anna", *PERSON)
    assert flask(app, "add", "anna", *PERSON[:-1], "admin").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("add", "anna", *PERSON[:3], "nowhere", *PERSON[4:]),
        ("add", "an na", *PERSON),
        ("disable", "nobody"),
        ("enable", "nobody"),
        ("reset", "nobody"),
        ("set-role", "nobody", "admin"),
    ],
)
def test_unknown_is_named_and_fails(app: Flask, office: None, words: tuple[str, ...]) -> None:
    said = flask(app, *words)
    assert (said.exit_code, said.output.startswith("Error: ")) == (1, True)


def test_unknown_role_is_refused(app: Flask) -> None:
    add_user(app)
    assert flask(app, "set-role", "anna", "king").exit_code == 2


def test_disabling_twice_is_the_same(app: Flask) -> None:
    add_user(app)
    assert [flask(app, "disable", "anna").exit_code for _time in range(2)] == [0, 0]
    assert try_password(app.test_client()).status_code == 422
    assert flask(app, "enable", "anna").exit_code == 0
    assert try_password(app.test_client()).status_code == 303


def test_same_role_again_signs_nobody_out(app: Flask) -> None:
    add_user(app)
    client = signed_in(app)
    assert flask(app, "set-role", "anna", "social_worker").exit_code == 0
    assert client.get("/account").status_code == 200


def test_reset_takes_the_second_factor_off_unless_told(app: Flask, session: so.Session) -> None:
    add_user(app, second_factor_secret="A" * 32)
    flask(app, "reset", "anna", "--keep-second-factor")
    assert session.scalar(sa.select(User.second_factor_secret)) == "A" * 32
    session.commit()
    flask(app, "reset", "anna")
    assert session.scalar(sa.select(User.second_factor_secret)) is None


def test_list_names_everybody(app: Flask) -> None:
    add_user(app, "anna")
    add_user(app, "inga", "supervisor", "admin", active=False)
    lines = flask(app, "list").output.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["anna", "inga"]
    assert lines[1].split("\t")[2:] == ["supervisor,admin", "test-novads", "disabled", "password only"]


def test_every_command_explains_itself(app: Flask) -> None:
    for command in ("add", "disable", "enable", "set-role", "reset", "list"):
        said = flask(app, command, "--help")
        assert (said.exit_code, len(said.output) > 80) == (0, True)


def test_check_says_which_journal_is_used_and_finds_a_weak_key(app: Flask) -> None:
    app.config["SECRET_KEY"] = "short"
    said = app.test_cli_runner().invoke(args=["check"])
    assert said.exit_code == 1
    assert "database: " in said.output
    assert "PROBLEM: SECRET_KEY is shorter" in said.output


def test_check_names_a_route_without_declaration(app: Flask) -> None:
    app.view_functions["forgotten"] = lambda: ""
    try:
        said = app.test_cli_runner().invoke(args=["check"])
    finally:
        del app.view_functions["forgotten"]
    assert "the route forgotten does not say" in said.output
