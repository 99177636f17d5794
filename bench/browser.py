"""A browser with one kept connection, cookies and forms; it says how long each answer took."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.servers import HOST


@dataclass(frozen=True)
class Answer:
    """What came back from where, and the seconds until its last byte."""

    asked: str
    status: int
    body: bytes
    seconds: float
    location: str | None

    def expect(self, status: int) -> Answer:
        """This answer, if it has the status: a wrong page must not be measured."""
        if self.status != status:
            words = self.body.decode(errors="replace")
            raise SystemExit(
                f"{self.asked} answered {self.status} instead of {status}:\n{words[words.find('<main') :][:3000]}"
            )
        return self


class Browser:
    """One connection to one server."""

    def __init__(self, port: int) -> None:
        self.cookies: dict[str, str] = {}
        self._connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str | list[str]]) -> Answer:
        """Send a form; a redirect is not followed."""
        return self._ask("POST", path, urlencode(fields, doseq=True).encode())

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for set_cookie in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(set_cookie).items()}
        return Answer(f"{method} {path}", response.status, content, seconds, response.headers["Location"])


def sign_in(browser: Browser, login: str, password: str) -> None:
    """Sign in as a person does: the form, then its fields and the token back."""
    form = form_in(browser.get("/sign-in").expect(200).body, "/sign-in")
    browser.post("/sign-in", {**form, "login": login, "password": password}).expect(303)


def form_in(page: bytes, action: str) -> dict[str, str | list[str]]:
    """The fields of the form that is sent to `action`, as they are prefilled."""
    reader = _FormReader(action)
    reader.feed(page.decode())
    if "csrf_token" not in reader.fields:
        raise SystemExit(f"The page has no form for {action}.")
    return {name: values if len(values) > 1 else values[0] for name, values in reader.fields.items()}


@dataclass
class _FormReader(HTMLParser):
    """Collects what a browser would send if the person only pressed the button."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    inside: bool = False
    select: str | None = None
    area: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("method") == "post" and given.get("action", "").partition("?")[0] == self.action
        elif self.inside:
            self._take(tag, given)

    def _take(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields.setdefault(name, []).append(given.get("value", "on" if "checked" in given else ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.fields):
            self.fields[self.select] = [given.get("value", "")]
        elif tag == "textarea":
            self.area, self.fields[name] = name, [""]

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"
        self.select = None if tag == "select" else self.select
        self.area = None if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][0] += data.lstrip("\n")
