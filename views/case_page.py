"""What the case page draws from the file: the rail of stations, the timeline, the way to a remedy."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from views.clock import today
from views.extensions import db
from workflow.facts import SPINE, State, facts
from workflow.guards import Problem
from workflow.models import Case
from workflow.position import RESTING
from workflow.queries.case_file import CaseFile
from workflow.queries.colours import OVERDUE, colour, surroundings
from workflow.retention import kept_until
from workflow.wording import RIGA, name_of_state, name_of_step


def due_mark(case: Case) -> Any:
    """How urgent the case is today, for the badge of its bar; nothing for a case that rests."""
    if case.state in RESTING or not case.due_on:
        return None
    lines = surroundings(db.session(), today()).lines
    kind = colour(case, *lines)
    days = abs((case.due_on - lines.today).days)
    return SimpleNamespace(kind=kind, on=case.due_on, days=days if kind == OVERDUE else None)


def rail(case: Case, file: CaseFile, language: str) -> dict[str, Any]:
    """The six stations with the day each was first reached, and the detours taken (UX, «Case»)."""
    reached: dict[str, dt.date] = {}
    for row in reversed(file.history):
        reached.setdefault(row.to_state, row.at.astimezone(RIGA).date())
    here = _station(case)
    stops = []
    for state in SPINE:
        place = _place(state, here)
        # A case that came back has been ahead before; the rail shows the way as it lies now.
        on = None if place == "ahead" else _day(case, state, reached)
        stops.append(SimpleNamespace(name=facts().states[state].name(language), on=on, place=place))
    return {
        "stops": stops,
        "detours": [(facts().states[State.SUSPENDED].name(language), *pause) for pause in _pauses(case)],
    }


def _station(case: Case) -> State:
    """The station where the case is, or from which it took a detour or an exit."""
    state = State(case.state) if case.state in {*State} else SPINE[0]
    if state in SPINE:
        return state
    return State(case.came_from or case.closed_from or SPINE[0])


def _place(state: State, here: State) -> str:
    if state is here:
        return "here"
    return "done" if SPINE.index(state) < SPINE.index(here) else "ahead"


def _day(case: Case, state: State, reached: dict[str, dt.date]) -> dt.date | None:
    """The first station is dated by the application, the others by the day of the step."""
    return case.received_on if state is State.APPLIED else reached.get(state)


def _pauses(case: Case) -> list[tuple[dt.date, dt.date | None]]:
    ended = [(dt.date.fromisoformat(began), dt.date.fromisoformat(to)) for began, to in case.pauses]
    return [*ended, (case.suspended_on, None)] if case.state == State.SUSPENDED and case.suspended_on else ended


def timeline(file: CaseFile, language: str) -> list[Any]:
    """The history in words: who did what when, and which guards were confirmed why."""
    return [
        SimpleNamespace(at=row.at, who=row.name, what=_what(row, language), detail=_detail(row, language), url=None)
        for row in file.history
    ]


def _what(row: Any, language: str) -> str:
    if row.kind == "entry":
        entries = {
            "receive_documents": _("Documents received"),
            "add_representative": _("Representative added"),
            "request_confirmation": _("Asked the supervisor to confirm an exception"),
            "decide_confirmation": _("Request for an exception decided"),
            "change_rules": _("Brought up to changed rules"),
        }
        return entries.get(row.event, row.event)
    name = name_of_step(row.event, language)
    return name if row.from_state == row.to_state else f"{name} → {name_of_state(row.to_state, language)}"


def _detail(row: Any, language: str) -> str:
    confirmed = [_confirmation(item) for item in row.guards_confirmed]
    reason = row.data.get("reason") or row.data.get("remarks") or row.data.get("reasons") or row.data.get("note")
    reason = reason or row.data.get("source") or ""
    return " · ".join([*([str(reason)] if reason else []), *confirmed])


def _confirmation(item: dict[str, str]) -> str:
    """Which guard was confirmed why, and by whom if it was not the person who took the step."""
    if "confirmed_by" in item:
        values = {"code": item["code"], "name": item["confirmed_by"], "reason": item["reason"]}
        return _("%(code)s confirmed by %(name)s: %(reason)s", **values)
    return f"{item['code']}: {item['reason']}"


def remedy_address(case: Case, problem: Problem, open_steps: list[str]) -> str | None:
    """Where this person can clear the problem, or None when somebody else holds the key."""
    match problem.remedy:
        case "documents":
            return url_for("cases.documents", case_id=case.id) if "request_documents" in open_steps else None
        case "providers" | "contracts" | "rules" as page:
            return f"/{page}"
        case step if step in open_steps:
            return url_for("steps.step", case_id=case.id, step=step.replace("_", "-"))
        case "form" if problem.step in open_steps:
            return url_for("steps.step", case_id=case.id, step=problem.step.replace("_", "-"))
        case _:
            return None


def init_app(app: Flask) -> None:
    """The bar that names a case stands on many pages; it asks for its own badge."""
    app.jinja_env.globals.update(case_due=due_mark, case_kept_until=kept_until)
