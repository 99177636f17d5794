"""What the case page draws from the file: the rail of stations, the timeline, the way to a remedy."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from flask import Flask, g, url_for
from flask_babel import gettext as _

from views.clock import today
from views.extensions import db
from workflow.deadlines import Deadline, kept
from workflow.facts import SPINE, State, facts
from workflow.guards import Problem
from workflow.models import Case
from workflow.position import RESTING
from workflow.queries.case_file import CaseFile
from workflow.queries.colours import ON_TIME, OVERDUE, SOON, Lines, colour, surroundings
from workflow.retention import kept_until
from workflow.wording import RIGA, format_date, name_of_state, name_of_step


def due_mark(case: Case) -> Any:
    """How urgent the case is today, for the badge of its bar; nothing for a case that rests."""
    if case.state in RESTING or not case.due_on:
        return None
    lines = _lines()
    kind = colour(case, *lines)
    days = abs((case.due_on - lines.today).days)
    return SimpleNamespace(kind=kind, on=case.due_on, days=days if kind == OVERDUE else None)


def _lines() -> Lines:
    """The days that part the colours; the bar and the list of deadlines of one page ask for them once."""
    if "lines" not in g:
        g.lines = surroundings(db.session(), today()).lines
    lines: Lines = g.lines
    return lines


def deadline_rows(case: Case, language: str) -> list[Any]:
    """Every open deadline of the case in words: since when, until when, and what moved it (DOMAIN 8.4)."""
    return [_deadline_row(kept(stored), language) for stored in case.deadlines]


def _deadline_row(one: Deadline, language: str) -> Any:
    rule, stated = facts().deadlines[one.code], facts().stated.get(f"deadline.{one.code}")
    basis = stated.origin if stated else rule.basis
    confirmed = stated is not None and stated.confirmed_on is not None
    return SimpleNamespace(
        code=one.code,
        task=rule.task[language],
        starts_on=one.starts_on,
        due_on=one.due_on,
        kind=_kind(one) if one.binds else None,
        paused_days=one.paused_days,
        extended_from=one.extended_from,
        basis=basis,
        unconfirmed=basis == "assumption" and not confirmed,
    )


def _kind(one: Deadline) -> str:
    """How urgent one deadline is; the case itself is as urgent as its earliest."""
    lines = _lines()
    if one.due_on < lines.today:
        return OVERDUE
    return SOON if one.due_on <= lines.soon_until else ON_TIME


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
            "decide_confirmation": _("The exception is confirmed.")
            if row.data.get("status") == "confirmed"
            else _("The exception is declined."),
            "change_rules": _("Brought up to changed rules"),
        }
        return entries.get(row.event, row.event)
    name = name_of_step(row.event, language)
    return name if row.from_state == row.to_state else f"{name} → {name_of_state(row.to_state, language)}"


def _detail(row: Any, language: str) -> str:
    confirmed = [_confirmation(item) for item in row.guards_confirmed]
    reason = row.data.get("reason") or row.data.get("remarks") or row.data.get("reasons") or row.data.get("note")
    reason = reason or row.data.get("source") or ""
    return " · ".join([*_put_off(row, language), *([str(reason)] if reason else []), *confirmed])


def _put_off(row: Any, language: str) -> list[str]:
    """Of an extension the old and the new day (DOMAIN 13.3, story 4)."""
    days = [row.data.get(name) for name in ("due_on_before", "new_due_on")] if row.event == "extend_deadline" else []
    return [" → ".join(format_date(dt.date.fromisoformat(day), language) for day in days)] if all(days) and days else []


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
