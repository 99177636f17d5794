"""The pins say exactly what is installed, and nothing about where it comes from."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
LISTS = {"requirements.txt": ("postgres",), "requirements-dev.txt": ("postgres", "dev")}
PIN = re.compile(r"[a-z0-9][a-z0-9.-]*==[\w.+!]+( ; [^:/@]+)?")


def pins(name: str) -> dict[str, Requirement]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    stated = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(each.name): each for each in stated}


def ranges(extras: tuple[str, ...]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return [Requirement(text) for group in groups for text in group]


@pytest.mark.parametrize("name", LISTS)
def test_only_exact_versions_without_addresses(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#") and not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("name", LISTS)
def test_every_range_is_pinned_inside(name: str) -> None:
    pinned = pins(name)
    for wanted in ranges(LISTS[name]):
        (exact,) = pinned[canonicalize_name(wanted.name)].specifier
        assert wanted.specifier.contains(exact.version), f"{wanted} is pinned to {exact}: run `make lock`"


def test_what_serves_is_what_was_tested() -> None:
    tested = pins("requirements-dev.txt")
    for name, pin in pins("requirements.txt").items():
        assert tested[name].specifier == pin.specifier


def test_what_runs_here_is_what_is_pinned() -> None:
    here = {name: pin for name, pin in pins("requirements-dev.txt").items() if not pin.marker or pin.marker.evaluate()}
    wrong = {name: version(name) for name, pin in here.items() if not pin.specifier.contains(version(name))}
    assert not wrong, f"installed, but not as pinned: {wrong}; run `make setup`"
