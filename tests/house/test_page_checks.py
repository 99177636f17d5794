"""The check of pages finds what it is there to find."""

from __future__ import annotations

import pytest

from tests.pages import check_html, skeleton

PAGE = """<!doctype html>
<html lang="lv"><head><meta charset="utf-8"><title>Lieta</title><script src="/a.js"></script></head>
<body><main><h1>Lieta</h1><a href="#a">Uz lauku</a>
<form method="post" action="/"><input type="hidden" name="csrf_token" value="1">
<label for="a">Datums</label><input id="a" name="a" aria-describedby="b"><p id="b">Diena</p>
<button>Saglabāt</button></form></main></body></html>"""

FAULTS = [
    ('lang="lv"', 'lang="de"', "lang"),
    ("<title>Lieta</title>", "<title></title>", "title"),
    ("<h1>Lieta</h1>", "<h2>Lieta</h2>", "h1"),
    ("<h1>Lieta</h1>", "<h1>Lieta</h1><h1>Otra</h1>", "h1"),
    ("<main>", "<section>", "main"),
    ('<label for="a">Datums</label>', "", "label"),
    ('<p id="b">', '<p id="a">', "2 times"),
    ('<p id="b">', "<p>", "leads nowhere"),
    ('href="#a"', 'href="#c"', "leads nowhere"),
    ("<h1>", '<h1 style="color: red">', "style="),
    ("<button>", '<button onclick="go()">', "onclick="),
    ("<button>", '<button hx-on:click="go()">', "hx-on:click="),
    ('<script src="/a.js">', "<script>", "inline"),
    ("<button>Saglabāt</button>", "<button></button>", "without a name"),
    ('name="csrf_token"', 'name="other"', "csrf_token"),
    ("</p>", "</p></b>", "unexpected"),
    ("<h1>", '<img src="/a.png"><h1>', "alt"),
    ('href="#a"', 'href="javascript:go()"', "javascript:"),
]


def test_a_good_page_passes() -> None:
    check_html(PAGE)


@pytest.mark.parametrize(("before", "after", "told"), FAULTS)
def test_a_fault_is_found(before: str, after: str, told: str) -> None:
    assert before in PAGE
    with pytest.raises(AssertionError, match=told):
        check_html(PAGE.replace(before, after, 1))


def test_a_fragment_may_refer_to_its_page() -> None:
    check_html('<div><a href="#top">Augšup</a><label>Vārds <input name="a"></label></div>')


@pytest.mark.parametrize("text", ['<div id="a"></div><p id="a"></p>', '<tr><td><input name="a"></td></tr>'])
def test_a_faulty_fragment_is_found(text: str) -> None:
    with pytest.raises(AssertionError, match="fragment"):
        check_html(text)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("Datums", "Diena", True),
        ('value="1"', 'value="<2"', True),
        ('action="/"', 'action="/"', True),
        ("Datums", "<b>Datums", False),
        ("Datums", "", False),
        ("Datums", "A & B", False),
        ('value="1"', 'value=""', False),
        ('id="b"', 'id="c"', False),
        ("<title>Lieta", "<title>None", False),
    ],
)
def test_only_words_are_left_out_of_what_is_remembered(before: str, after: str, same: bool) -> None:
    assert (skeleton(PAGE) == skeleton(PAGE.replace(before, after, 1))) is same
