"""What is generated is up to date: the table in the README and the picture of the states (invariant 1)."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from workflow.diagram import arrows, picture, table
from workflow.facts import LANGUAGES, State

ROOT = Path(__file__).parents[2]


def test_the_docs_are_drawn_from_the_machine(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["docs", "--check"])
    assert result.exit_code == 0, result.output


def test_the_readme_holds_the_table() -> None:
    assert table() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_picture_shows_every_state_and_way() -> None:
    for language in LANGUAGES:
        drawn = picture(language, here=State.PROCUREMENT)
        assert all(f'id="state-{state.value}"' in drawn for state in State)
        assert drawn.count("<path d=") == len(arrows()) + 1
        assert drawn.count('font-weight="bold"') == 1
