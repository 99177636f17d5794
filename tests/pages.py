"""Every page that any test fetches is parsed and checked: the client does it, no test has to ask."""

from __future__ import annotations

import hashlib
import re
import threading
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

LANGUAGES = {"lv", "en", "ru"}
NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "headers", "list")
# Elements whose meaning depends on their parent: a fragment of them is parsed as if it stood there.
CONTEXTS = {"<tr": "tbody", "<td": "tr", "<th": "tr", "<tbody": "table", "<thead": "table", "<option": "select"}


def is_html(response: TestResponse) -> bool:
    """A page or a fragment; the few words under a redirect are read by nobody."""
    return response.mimetype == "text/html" and bool(response.data) and not 300 <= response.status_code < 400


class CheckingClient(FlaskClient):
    """A test client that refuses faulty pages."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        self._show_test_data()
        kwargs.setdefault("buffered", True)  # reads files to the end, and so closes them
        response = super().open(*args, **kwargs)
        if is_html(response):
            check_html(response.get_data(as_text=True), response.request.path)
        return response

    def _show_test_data(self) -> None:
        """End the transaction of the test's own session: on SQLite even its reading would lock out the app."""
        session = self.application.extensions.get("session_of_test")
        if session is not None and threading.current_thread() is threading.main_thread():
            session.commit()


_FOUND_GOOD: set[bytes] = set()


def check_html(text: str, where: str = "") -> None:
    """Raise AssertionError naming everything that is wrong with a page, or with a fragment.

    Parsing is slow: a page that differs from a good one in its words only is good too.
    """
    bones = hashlib.md5(skeleton(text).encode(), usedforsecurity=False).digest()
    if bones in _FOUND_GOOD:
        return
    whole = text.lstrip()[:9].lower() == "<!doctype"
    faults = list(page_faults(text) if whole else fragment_faults(text))
    assert not faults, f"faulty {'page' if whole else 'fragment'} {where}:\n- " + "\n- ".join(faults)
    _FOUND_GOOD.add(bones)


def skeleton(text: str) -> str:
    """The page without what no check looks at: which words stand in an element, what a box holds, whose row it is."""
    title = _TITLE.search(text)
    bones = _WORDS.sub("x", text)
    bones = _FILLED.sub(' value="x"', bones)
    return _ADDRESS.sub(lambda found: re.sub("[0-9]+", "0", found[0]), bones) + (title[0] if title else "")


_TITLE = re.compile("<title>[^<]*</title>")
_WORDS = re.compile(r"(?<=>)[^<>&]*[^<>&\s][^<>&]*(?=<)")
_FILLED = re.compile(r' value="[^"]+"')
_ADDRESS = re.compile(r' (?:href|action|src|hx-get|hx-post)="/[^"]*"')


def page_faults(text: str) -> Iterator[str]:
    """What is wrong with a whole page."""
    root, errors = _parse(text)
    yield from errors
    yield from _head_faults(root)
    yield from _content_faults(root)
    yield from _reference_faults(root)
    yield from _script_faults(root)
    yield from _form_faults(root)


def fragment_faults(text: str) -> Iterator[str]:
    """What is wrong with a part of a page; it may refer to ids of the page around it."""
    start = text.lstrip()[:7].lower()
    context = next((parent for tag, parent in CONTEXTS.items() if start.startswith(tag)), "div")
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = parser.parseFragment(text, container=context)
    yield from _id_faults(root)
    yield from _label_faults(root)
    yield from _script_faults(root)


def _parse(text: str) -> tuple[Element, list[str]]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = parser.parse(text)
    lines = text.splitlines()
    return root, [
        f"line {line}: {code} {details or ''} in {lines[line - 1].strip()[:100] if line <= len(lines) else ''!r}"
        for (line, _column), code, details in parser.errors
    ]


def _head_faults(root: Element) -> Iterator[str]:
    if root.get("lang") not in LANGUAGES:
        yield f"<html lang> is {root.get('lang')!r}"
    titles = list(root.iterfind("head/title"))
    if len(titles) != 1 or not _text(titles[0]):
        yield "no title, or more than one"
    elif "None" in _text(titles[0]).split():
        yield f"a value is missing in the title {_text(titles[0])!r}"


def _content_faults(root: Element) -> Iterator[str]:
    headings = list(root.iter("h1"))
    if len(headings) != 1 or not _text(headings[0]):
        yield f"{len(headings)} h1 instead of one with words"
    if len(list(root.iter("main"))) != 1:
        yield "not exactly one <main>"
    for tag in ("a", "button"):
        for element in root.iter(tag):
            if not _name(element):
                yield f"<{tag}> without a name: {element.attrib}"
    for picture in root.iter("img"):
        if picture.get("alt") is None:
            yield f"<img> without alt: {picture.attrib}"


def _reference_faults(root: Element) -> Iterator[str]:
    yield from _id_faults(root)
    yield from _label_faults(root)
    known = {element.get("id") for element in root.iter()}
    for element in root.iter():
        for attribute in REFERENCES:
            for name in (element.get(attribute) or "").split():
                if name not in known:
                    yield f"{attribute}={name!r} of <{element.tag}> leads nowhere"
        target = element.get("href") or ""
        if element.tag == "a" and target.startswith("#") and target[1:] not in known:
            yield f"the link {target!r} leads nowhere"


def _id_faults(root: Element) -> Iterator[str]:
    counted = Counter(element.get("id") for element in root.iter() if element.get("id") is not None)
    for name, times in counted.items():
        if times > 1:
            yield f"id {name!r} stands {times} times"
        if not name or " " in str(name):
            yield f"id {name!r} is not an id"


def _label_faults(root: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in root.iter("label") if _text(label)}
    wrapped = {id(inner) for label in root.iter("label") if _text(label) for inner in label.iter()}
    for element in root.iter():
        if element.tag not in ("input", "select", "textarea") or element.get("type") in NO_LABEL:
            continue
        named = element.get("aria-label") or element.get("aria-labelledby")
        if element.get("id") not in labelled and id(element) not in wrapped and not named:
            yield f"<{element.tag} name={element.get('name')!r}> has no label"


def _script_faults(root: Element) -> Iterator[str]:
    """The content security policy would silently stop these (UX.md, htmx rule 2)."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"inline <{element.tag}>"
        for name, value in element.attrib.items():
            if name == "style" or name.startswith(("on", "hx-on", "data-hx-on")):
                yield f"{name}= on <{element.tag}>"
            if value.strip().lower().startswith(("javascript:", "js:")):
                yield f"{name}={value!r} on <{element.tag}>"


def _form_faults(root: Element) -> Iterator[str]:
    for form in root.iter("form"):
        if (form.get("method") or "get").lower() != "post":
            continue
        tokens = [field for field in form.iter("input") if field.get("name") == "csrf_token"]
        if len(tokens) != 1 or not tokens[0].get("value"):
            yield f"the form to {form.get('action')!r} has {len(tokens)} csrf_token instead of one"


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _name(element: Element) -> str:
    pictures = " ".join(picture.get("alt") or "" for picture in element.iter("img"))
    return _text(element) or pictures.strip() or element.get("aria-label") or element.get("aria-labelledby") or ""
