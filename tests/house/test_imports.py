"""The arrows that the import contract in pyproject.toml cannot see (the contract itself runs in `make check`)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
WEB = ("flask", "werkzeug", "jinja2", "wtforms", "views", "app")
PURE = ("calendar", "calculation", "compensable", "entitlement", "quantities")
PRODUCTION = sorted([ROOT / "app.py", *(ROOT / "workflow").rglob("*.py"), *(ROOT / "views").rglob("*.py")])
RULES = [file for file in PRODUCTION if file.is_relative_to(ROOT / "workflow") and "migrations" not in file.parts]


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imported(file: Path) -> set[str]:
    """The top-level names that a file imports anywhere in it, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_rules_know_no_web() -> None:
    guests = {named(file): [name for name in imported(file) if name in WEB or "flask" in name] for file in RULES}
    assert not {file: names for file, names in guests.items() if names}, "the office's rules know no HTTP and no forms"


@pytest.mark.parametrize("name", PURE)
def test_pure_rules_know_no_database(name: str) -> None:
    file = ROOT / "workflow" / f"{name}.py"
    assert not imported(file) & {"sqlalchemy", "alembic"}, f"{name}.py takes plain values and returns plain values"


def test_nothing_imports_the_app_or_the_tests() -> None:
    assert not [named(file) for file in PRODUCTION if imported(file) & {"app", "tests", "bench"}]
