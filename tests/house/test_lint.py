"""Rules of the house that no linter knows: each is a search, and says what to do instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = sorted([ROOT / "app.py", *(ROOT / "workflow").rglob("*.py"), *(ROOT / "views").rglob("*.py")])
WRITTEN = [*CODE, *TEMPLATES, *sorted((ROOT / "static").glob("app.*"))]
EVERYTHING = [*WRITTEN, *sorted((ROOT / "tests").rglob("*.py")), *sorted(ROOT.glob("*.md")), ROOT / "Makefile"]

IN_TEMPLATES = {
    r"\sstyle\s*=": "the content security policy stops inline styles: use a class",
    r"\son[a-z]+=[\"']": "the content security policy stops inline scripts: use static/app.js",
    r"\s(data-)?hx-on": "an expression in an attribute stops every htmx element after it: use static/app.js",
    r"hx-trigger\s*=\s*['\"][^'\"]*\[": "a filter in hx-trigger is an expression: use static/app.js",
    r"hx-[a-z]+\s*=\s*['\"]js:": "a js: value is an expression: use a hidden field",
    r"<script(?![^>]*\ssrc=)": "inline scripts are stopped by the content security policy",
    r"<style\b": "inline styles are stopped by the content security policy",
    r"hx-boost": "no global hx-boost: say at the element what is swapped",
    r"\|\s*safe\b": "never switch escaping off: build Markup in Python",
    r"autoescape\s+false": "never switch escaping off",
}
IN_CODE = {
    r"\bdate\.today\(|datetime\.today\(": "ask views/clock.py; rules in workflow/ are told the day",
    r"datetime\.utcnow\(|datetime\.now\(\)": "a moment has a time zone",
    r"\bprint\(": "say it through click.echo or the log",
    r"LOGIN_DISABLED": "this setting lets anybody in",
}


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def found(file: Path, rules: dict[str, str]) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [
        f"{named(file)}:{number}: {advice}: {line.strip()[:100]}"
        for number, line in enumerate(lines, 1)
        for pattern, advice in rules.items()
        if re.search(pattern, line)
    ]


def found_in(files: Iterable[Path], rules: dict[str, str]) -> list[str]:
    return [line for file in files for line in found(file, rules)]


def test_templates_keep_to_the_policy() -> None:
    assert not found_in(TEMPLATES, IN_TEMPLATES)


def test_code_keeps_to_the_house() -> None:
    assert not found_in(CODE, IN_CODE)


def test_nothing_is_left_for_later() -> None:
    assert not found_in(WRITTEN, {r"\b(TODO|FIXME|XXX)\b": "finish it, or leave it out"})


def test_no_path_of_one_machine() -> None:
    places = r"(?<![\w.])/(?:home|work|root|Users|opt|usr/bin)/(?=\w)"
    others = [file for file in EVERYTHING if file != Path(__file__)]
    assert not found_in(others, {places: "name no place that only one machine has"})


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ('<p style="color: red">', IN_TEMPLATES),
        ('<a onclick="go()">', IN_TEMPLATES),
        ('<a hx-on:click="go()">', IN_TEMPLATES),
        ("<input hx-trigger=\"keyup[key=='a']\">", IN_TEMPLATES),
        ("<script>go()</script>", IN_TEMPLATES),
        ("{{ name | safe }}", IN_TEMPLATES),
        ("day = date.today()", IN_CODE),
    ],
)
def test_the_search_finds(line: str, rules: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "faulty"
    file.write_text(line)
    assert found(file, rules)
