"""Pages, fragments and redirects, for htmx and for a plain browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, Response, flash
from werkzeug.test import TestResponse

from tests.pages import check_html
from tests.views.shell import shell
from views import formats, pages

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
FULL = {"HX-Request": "true", "HX-Request-Type": "full"}
HOSTILE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/a\r\nX: y",
    "",
    "cases",
)


@pytest.fixture
def app() -> Flask:
    return shell()


def ask(app: Flask, view: Callable[[], Response], headers: dict[str, str] | None = None) -> TestResponse:
    app.add_url_rule("/sample", "sample", view, methods=["GET", "POST"])
    return app.test_client().open("/sample", headers=headers or {})


def test_a_plain_request_gets_the_page(app: Flask) -> None:
    answer = ask(app, lambda: pages.show("sample.html", "_sample.html", word="hello"))
    check_html(answer.text)
    assert answer.text.lstrip().startswith("<!doctype html>")
    assert "hello" in answer.text


def test_a_partial_request_gets_the_fragment_alone(app: Flask) -> None:
    answer = ask(app, lambda: pages.show("sample.html", "_sample.html", word="hello"), PARTIAL)
    check_html(answer.text)
    assert "<html" not in answer.text
    assert "hello" in answer.text


@pytest.mark.parametrize("headers", [FULL, {"HX-History-Restore-Request": "true"}, {"HX-Request-Type": "partial"}])
def test_a_full_or_restored_page_is_whole(app: Flask, headers: dict[str, str]) -> None:
    answer = ask(app, lambda: pages.show("sample.html", "_sample.html"), headers)
    assert "<html" in answer.text


@pytest.mark.parametrize("headers", [{}, PARTIAL])
def test_caches_are_told_what_the_answer_depends_on(app: Flask, headers: dict[str, str]) -> None:
    answer = ask(app, lambda: pages.show("sample.html", "_sample.html"), headers)
    assert {"hx-request", "hx-request-type"} <= {name.lower() for name in answer.vary}


def test_a_fragment_brings_flashed_messages_to_the_live_region_as_text(app: Flask) -> None:
    def view() -> Response:
        flash("<b>Saved</b>", "success")
        return pages.show("sample.html", "_sample.html")

    answer = ask(app, view, PARTIAL)
    assert '<hx-partial hx-target="#status"' in answer.text
    assert "&lt;b&gt;Saved&lt;/b&gt;" in answer.text


def test_a_refused_page_is_422_and_says_so_in_its_title(app: Flask) -> None:
    answer = ask(app, lambda: pages.refused("sample.html", "_sample.html"))
    assert answer.status_code == 422
    assert "<title>Error: Sample" in answer.text


def test_an_overtaken_page_is_409(app: Flask) -> None:
    assert ask(app, lambda: pages.overtaken("sample.html")).status_code == 409


def test_after_a_post_a_plain_browser_is_sent_on_with_303(app: Flask) -> None:
    answer = ask(app, lambda: pages.see_other("/cases/4"))
    assert (answer.status_code, answer.location) == (303, "/cases/4")


def test_after_a_post_htmx_is_sent_on_by_a_header(app: Flask) -> None:
    answer = ask(app, lambda: pages.see_other("/cases/4"), PARTIAL)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/cases/4")


def test_a_mark_on_the_same_page_is_loaded_anew(app: Flask) -> None:
    here = PARTIAL | {"HX-Current-URL": "http://localhost/cases/4"}
    answer = ask(app, lambda: pages.see_other("/cases/4#money"), here)
    assert answer.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("url", HOSTILE)
def test_nobody_is_sent_to_another_site(app: Flask, url: str) -> None:
    assert not pages.is_local(url)
    with app.test_request_context(), pytest.raises(ValueError, match="Not an address"):
        pages.see_other(url)
    with app.test_request_context(), pytest.raises(ValueError, match="Not an address"):
        pages.to_sign_in(url)


def test_an_expired_session_leads_to_the_sign_in_page(app: Flask) -> None:
    plain = ask(app, lambda: pages.to_sign_in("/sign-in?next=/cases"))
    partial = app.test_client().get("/sample", headers=PARTIAL)
    assert (plain.status_code, plain.location) == (303, "/sign-in?next=/cases")
    assert (partial.status_code, partial.headers["HX-Redirect"]) == (401, "/sign-in?next=/cases")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 429])
@pytest.mark.parametrize("headers", [{}, PARTIAL])
def test_every_error_page_is_whole_and_right(app: Flask, status: int, headers: dict[str, str]) -> None:
    answer = ask(app, lambda: pages.sorry(status), headers)
    check_html(answer.text)
    assert answer.status_code == status


@pytest.mark.parametrize("language", ["lv", "en", "ru", "xx"])
def test_the_plain_error_page_needs_no_context(app: Flask, language: str) -> None:
    def broken() -> dict[str, object]:
        raise RuntimeError("no database")

    app.context_processor(broken)
    answer = ask(app, lambda: pages.sorry_plainly(503, language))
    check_html(answer.text)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"


def test_filters_show_a_dash_for_what_is_missing(app: Flask) -> None:
    names = set(formats.FILTERS) - {"choice"}
    with app.test_request_context():
        assert {app.jinja_env.filters[name](None) for name in names} == {"–"}


def test_a_personal_code_is_hidden_unless_asked_for(app: Flask) -> None:
    with app.test_request_context():
        shown = app.jinja_env.filters["person_code"]
        assert (shown("16117519997"), shown("16117519997", full=True)) == ("161175-*****", "161175-19997")


def test_an_unknown_state_in_the_database_does_not_break_a_list(app: Flask) -> None:
    with app.test_request_context():
        assert app.jinja_env.filters["state_name"]("lost") == "lost"


def test_a_changed_query_keeps_the_filters(app: Flask) -> None:
    with app.test_request_context("/cases?state=applied&state=assessed&sort=no&after=3"):
        url = app.jinja_env.globals["url_with"](sort="-no", after=None)
    assert url == "/cases?state=applied&state=assessed&sort=-no"
