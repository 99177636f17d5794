"""The people of an office at their desks: each in a browser of their own, on a day of the office's calendar."""

from __future__ import annotations

import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factory import PDF
from tests.views.at_work import sign_in_as, text_of
from tests.views.paper import Paper, Values
from tests.views.signing_in import signed_in

WORKER, SUPERVISOR, OFFICER = "social_worker", "supervisor", "procurement_officer"
REASON = "Pārbaudīts, starpību sedz pašvaldība."


class Desks:
    """Opens pages and sends forms of one case as its people; `confirmed` keeps what they were asked, by step."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.confirmed: dict[str, set[str]] = defaultdict(set)
        self.path = ""
        self._known: set[str] = set()
        self._people: dict[str, FlaskClient] = {}

    @contextmanager
    def on(self, day: dt.date) -> Iterator[None]:
        """The office's day; nobody is still signed in from an earlier one."""
        self._people.clear()
        morning = dt.datetime.combine(day, dt.time(9), ZoneInfo("Europe/Riga"))
        with time_machine.travel(morning, tick=True):
            yield

    def person(self, role: str) -> FlaskClient:
        """The browser of the colleague with this role."""
        if role not in self._people:
            login = role.replace("_", "")
            old = login in self._known
            self._people[role] = (
                signed_in(self.app, login) if old else sign_in_as(self.app, login, role, language="en")[0]
            )
            self._known.add(login)
        return self._people[role]

    def open(self, role: str, path: str) -> Paper:
        """The page as that person sees it."""
        answer = self.person(role).get(path)
        assert answer.status_code == 200, text_of(answer.text)
        return Paper(answer.text)

    def step(self, role: str, step: str, boxes: Values, sheet: bool = False) -> None:
        """Take a step of the case."""
        self.send(role, self.address(step), boxes, sheet)

    def address(self, step: str) -> str:
        return f"{self.path}/steps/{step}"

    def send(self, role: str, path: str, boxes: Values, sheet: bool = False) -> str:
        """Fill in the boxes of the page and send it; confirm with a reason what asks for one. Where it led."""
        held = self.open(role, path).values
        assert boxes.keys() <= held.keys(), boxes.keys() - held.keys()
        answer = self._post(role, path, held | boxes, sheet)
        if answer.status_code == 422:
            paper = Paper(answer.text)
            assert paper.asked, text_of(answer.text[answer.text.index("<main") :])[:1500]
            self.confirmed[path.rsplit("/", 1)[1]].update(paper.asked)
            reasons = {f"confirm-{code}": REASON for code in paper.asked}
            answer = self._post(role, path, paper.values | reasons, sheet)
        assert answer.status_code == 303, text_of(answer.text)
        return answer.location

    def _post(self, role: str, path: str, values: Values, sheet: bool) -> TestResponse:
        files = {"attendance_sheet": (io.BytesIO(PDF), "lapa.pdf")} if sheet else {}
        return self.person(role).post(path, data=values | files)


def typed(day: dt.date) -> str:
    """A day as somebody types it."""
    return f"{day.day}.{day.month}.{day.year}"
