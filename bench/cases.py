"""The cases that are measured, written whole and not step by step: only the bench does this.

The history is a valid chain, and the stored position is what `workflow.position` said of a case of the same sort.
"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from bench.kinds import REQUESTED, WAY, Kind, Stop, sort_of
from bench.office import DAY, Office
from bench.papers import Papers
from bench.sink import Sink
from workflow import history
from workflow.facts import State
from workflow.folding import fold
from workflow.models import Case, Disability, Person, Relation, TransitionLog

FIRST_NAMES = ("Anna", "Elza", "Marta", "Līga", "Ilze", "Zane", "Toms", "Jānis", "Kārlis", "Olga", "Ivans", "Darja")
LAST_NAMES = ("Paraudziņa", "Mērniece", "Piemērs", "Bērziņa", "Ozola", "Kalna", "Upmale", "Liepa", "Egle", "Dambe")


class CaseWriter:
    """Writes one case after the other into the sink."""

    def __init__(self, sink: Sink, office: Office, key: bytes) -> None:
        self.sink, self.office, self.key = sink, office, key

    def write(self, number: int, position: dict[str, Any] | None = None) -> int:
        """The case with this number and all its rows; says its id."""
        kind, idle = sort_of(number)
        stops = kind.stops
        began = DAY - dt.timedelta(days=stops[-1].day + idle)
        worker = self.office.worker_ids[number % len(self.office.worker_ids)]
        child, adult = self._people(number, began)
        row: dict[str, Any] = self._case(number, kind, began, worker) | (position or {})
        case_id = self.sink.add(Case, person_id=child, applicant_id=adult, **row)
        self._history(case_id, stops, began, worker)
        Papers(self.sink, self.office, case_id, number, began, child).write(kind)
        return case_id

    def _people(self, number: int, began: dt.date) -> tuple[int, int]:
        place = {"registered_municipality_id": self.office.municipality_id, "address": f"Parauga iela {number}"}
        place["declared_municipality_id"] = self.office.municipality_id
        last = LAST_NAMES[number // 12 % len(LAST_NAMES)]
        first = FIRST_NAMES[number % len(FIRST_NAMES)]
        child = self.sink.add(
            Person,
            first_name=first,
            last_name=last,
            folded=fold(f"{first} {last}"),
            birth_date=dt.date(2009 + number % 8, 1 + number % 12, 1 + number % 28),
            personal_code=f"32{number:09d}",
            **place,
        )
        adult = self.sink.add(Person, first_name="Māra", last_name=last, folded=fold(f"Māra {last}"), **place)
        self.sink.add(Relation, child_id=child, adult_id=adult, kind="parent", valid_from=began)
        self.sink.add(Disability, person_id=child, status="disability", valid_from=dt.date(2019, 1, 1))
        return child, adult

    def _case(self, number: int, kind: Kind, began: dt.date, worker: int) -> dict[str, Any]:
        last = kind.stops[-1]
        places = (self.office.municipality_id,) * 8 + self.office.merged_ids
        touched = began + dt.timedelta(days=last.day)
        row = {
            "case_no": f"REZN-2021-{number:07d}",
            "case_type": "REHAB",
            "applicant_kind": "parent",
            "municipality_id": places[number // 100 % len(places)],
            "state": last.state.value,
            "worker_id": worker,
            "received_on": began,
            "channel": "in_person",
            "wanted": "both",
            "documents_complete_on": began if kind.complete else None,
            "state_since_on": touched,
            "touched_on": touched,
        }
        if kind.steps > REQUESTED:
            row |= {"route": "procure", "procurement_started_on": began + dt.timedelta(days=WAY[REQUESTED].day)}
        if last.state is State.SUSPENDED:
            row |= {"came_from": "assessed", "suspended_on": touched, "expected_resume_on": DAY + dt.timedelta(40)}
        if last.state is State.CLOSED:
            row |= {"closed_from": "compensated", "closed_on": touched}
        return row

    def _history(self, case_id: int, stops: tuple[Stop, ...], began: dt.date, worker: int) -> None:
        """A chain that `flask history verify` accepts; its head stands in the case, which is still in the sink."""
        mac, state = "", None
        for seq, stop in enumerate(stops, 1):
            at = dt.datetime.combine(began + dt.timedelta(days=stop.day), dt.time(9, seq), dt.UTC)
            row = {
                "case_id": case_id,
                "seq": seq,
                "kind": "step",
                "event": stop.event,
                "from_state": state,
                "to_state": stop.state.value,
                "at": at,
                "user_id": worker,
                "data": {"day": at.date().isoformat(), "note": "Rakstīts mērīšanai."},
                "guards_confirmed": [],
            }
            mac, state = history._mac(self.key, mac, SimpleNamespace(**row)), stop.state.value
            self.sink.add(TransitionLog, mac=mac, **row)
        self.sink.change_last(Case, history_seq=len(stops), history_mac=mac)
