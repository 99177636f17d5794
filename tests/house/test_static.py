"""The static files: the vendored one is the one we looked at, ours are small, all are safe to keep for long."""

from __future__ import annotations

import gzip
import hashlib
import re

import pytest

from tests.views.shell import ROOT, shell
from views.static_files import digest

# The sum of dist/htmx.min.js in the package htmx.org 4.0.1.
HTMX = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = re.compile(r"""\shx-on|\shx-vals=["']js:|\sstyle=|<style|\son[a-z]+=|javascript:|hx-trigger=["'][^"']*\[""")


def test_htmx_is_the_file_of_the_release() -> None:
    text = (ROOT / "static" / "htmx-4.0.1.min.js").read_bytes()
    assert hashlib.sha256(text).hexdigest() == HTMX
    assert "Zero-Clause BSD" in (ROOT / "static" / "htmx-4.0.1.LICENSE.txt").read_text()


@pytest.mark.parametrize(("name", "most"), [("app.css", 8 * 1024), ("app.js", 3 * 1024)])
def test_our_own_files_stay_small(name: str, most: int) -> None:
    assert len(gzip.compress((ROOT / "static" / name).read_bytes(), 9)) <= most


def test_the_first_page_stays_under_60_kb() -> None:
    files = ("app.css", "app.js", "icon.svg", "htmx-4.0.1.min.js")
    assert sum((ROOT / "static" / name).stat().st_size for name in files) < 75 * 1024
    assert sum(len(gzip.compress((ROOT / "static" / name).read_bytes())) for name in files) < 30 * 1024


def test_a_file_asked_for_by_its_hash_is_kept_for_a_year() -> None:
    app = shell()
    with app.test_request_context():
        url = app.url_for("static", filename="app.css")
    assert url.endswith(f"?v={digest(app, 'app.css')}")
    with app.test_client().get(url) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000"])
def test_a_file_without_its_hash_is_asked_for_again(query: str) -> None:
    with shell().test_client().get(f"/static/app.js{query}") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.mimetype == "text/javascript"


@pytest.mark.parametrize("path", ["nothing.css", "../app.py", "%2e%2e/pyproject.toml", "..%5c..%5cx"])
def test_nothing_outside_static_is_served(path: str) -> None:
    assert shell().test_client().get(f"/static/{path}").status_code == 404


def test_a_missing_file_has_no_hash() -> None:
    assert digest(shell(), "../pyproject.toml") is None


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_what_the_content_security_policy_stops(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    assert not FORBIDDEN.search(text), FORBIDDEN.search(text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_the_stylesheet_serves_every_preference() -> None:
    sheet = (ROOT / "static" / "app.css").read_text()
    wanted = (
        "prefers-contrast: more",
        "forced-colors: active",
        "prefers-reduced-motion",
        "@media print",
        '[data-theme="dark"]',
        '[data-contrast="more"]',
        '[data-text="150"]',
        "table-header-group",
    )
    assert [one for one in wanted if one not in sheet] == []
    assert "url(" not in sheet
