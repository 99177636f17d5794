"""The measuring itself: every action once in each round, in a new order, so that a slow moment hits all alike."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle

from bench.browser import Browser, form_in, sign_in
from bench.databases import Filled
from bench.kinds import numbers_of
from bench.office import DAY, PASSWORD

BARE, FLOOR, FLOOR_STEP = "bare", "bare + SQL", "bare + SQL, step"
CASE, LIST, FOUND, WORK, STUCK = "case page", "list of 25, filtered", "list of 25, by name", "my work", "stuck cases"
STEP, SMALL_STEP = "step: record_assessment", "step: request_documents"
PAGES = (CASE, LIST, FOUND, WORK, STUCK)
STEPS = (STEP, SMALL_STEP)
ADDRESSES = {
    LIST: "/cases?state=procurement&state=service_delivered&sort=due_on",
    FOUND: "/cases?q=elza+ber",
    WORK: "/",
    STUCK: "/stuck",
}
ASSESSMENT = {
    "assessed_on": f"{DAY:%d.%m.%Y}",
    "assessor_name": "Ilze Vērtētāja",
    "assessor_profession": "psychologist",
    "summary": "Bērnam nepieciešama fizioterapija.",
    "disability-valid_from": "01.01.2020",
}
WARM_UP = 5
Place = tuple[str, str]
"""Which database (empty for none), and what is measured there."""
Action = Callable[[], float]
"""Does it once and says the seconds that the server took."""
Samples = dict[Place, list[float]]


class Desk:
    """The people of one office at their browsers, and the floor beside them."""

    def __init__(self, filled: Filled, port: int, floor: Browser) -> None:
        self.name, self.floor = filled.name, floor
        self.worker, self.supervisor = Browser(port), Browser(port)
        sign_in(self.worker, "worker0", PASSWORD)
        sign_in(self.supervisor, "supervisor", PASSWORD)
        self._shown = self._ids(filled, "delivered", "compensated")
        self._fresh = self._ids(filled, "applied")
        self._waiting = self._ids(filled, "waiting")
        self._aside = self._ids(filled, "closed")

    @staticmethod
    def _ids(filled: Filled, *kinds: str) -> Iterator[int]:
        """Ids of such cases, spread over the whole table and the same in every run; then from the beginning."""
        ids = [number + 1 for number in numbers_of(kinds, filled.cases)]
        random.Random(filled.cases).shuffle(ids)
        return cycle(ids)

    def actions(self) -> Mapping[Place, Action]:
        """What is measured on this database."""
        own: dict[str, Action] = {
            FLOOR: self._floor_page,
            FLOOR_STEP: self._floor_step,
            CASE: lambda: self.worker.get(f"/cases/{next(self._shown)}").expect(200).seconds,
            LIST: lambda: self.worker.get(ADDRESSES[LIST]).expect(200).seconds,
            FOUND: lambda: self.worker.get(ADDRESSES[FOUND]).expect(200).seconds,
            WORK: lambda: self.worker.get(ADDRESSES[WORK]).expect(200).seconds,
            STUCK: lambda: self.supervisor.get(ADDRESSES[STUCK]).expect(200).seconds,
            STEP: lambda: self._step(next(self._fresh), "record-assessment", ASSESSMENT),
            SMALL_STEP: lambda: self._step(next(self._waiting), "request-documents", {}),
        }
        return {(self.name, what): action for what, action in own.items()}

    def _floor_page(self) -> float:
        return self.floor.get(f"/{self.name}/page/{next(self._shown)}").expect(200).seconds

    def _floor_step(self) -> float:
        path = f"/{self.name}/page/{next(self._aside)}"
        return self.floor.get(path).expect(200).seconds + self.floor.post(path, {"day": "1"}).expect(303).seconds

    def _step(self, case_id: int, step: str, typed: Mapping[str, str]) -> float:
        """Fetch the form, type, send it; reading the form is the browser's time, not the server's."""
        path = f"/cases/{case_id}/steps/{step}"
        shown = self.worker.get(path).expect(200)
        return shown.seconds + self.worker.post(path, {**form_in(shown.body, path), **typed}).expect(303).seconds


def measure(actions: Mapping[Place, Action], rounds: int, seconds: float) -> Samples:
    """Run the rounds after a warm-up; stops early when the time is over, at the end of a round."""
    samples: Samples = {place: [] for place in actions}
    order, mix = list(actions), random.Random(1)
    for number in range(-WARM_UP, rounds):
        if number == 0:
            until = time.monotonic() + seconds
        elif number > 0 and time.monotonic() > until:
            break
        mix.shuffle(order)
        for place in order:
            took = actions[place]()
            if number >= 0:
                samples[place].append(took)
    return samples
