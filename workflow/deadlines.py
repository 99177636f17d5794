"""The time limits of DOMAIN 8.4: where one ends, and how a suspension moves it. Dates in, dates out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from workflow.calendar import WorkingDays, add_months, legal_end, legal_months
from workflow.facts import facts

Pauses = Sequence[tuple[date, date]]
"""The days on which the case came to rest and went on again, in order and apart from each other."""

SHOWN_ONLY = frozenset({"DL-01b", "DL-07"})
"""How long something is still possible, not by when it is to be done: shown, but no case is due by it."""
NEVER_PAUSED = frozenset({"DL-06a", "DL-07"})
"""The suspension's own limit, and the person's right to dispute, run through every rest."""


class Deadline(NamedTuple):
    """An open deadline: the rule's code, when it started and by when it is due.

    `paused_days` is how far suspensions moved it, in calendar days; `extended_from` the day it was due before it was
    extended (DOMAIN 13.3, story 4: the old date stays visible).
    """

    due_on: date
    code: str
    starts_on: date
    paused_days: int = 0
    extended_from: date | None = None

    @property
    def binds(self) -> bool:
        """True when the case is due by it."""
        return self.code not in SHOWN_ONLY


def last_day(code: str, starts_on: date, days: WorkingDays) -> date:
    """The last day of the period of rule `code` that starts on the day (DOMAIN 5.3, 8.4).

    The day of the event is not counted. A period in months that the law sets and that would end on a free day ends
    on the next working day; an office's own target does not move. KeyError for a code the rule book does not know.
    """
    rule = facts().deadlines[code]
    match rule.unit:
        case "calendar_month":
            months = legal_months if rule.basis == "law" else _plain_months
            return months(starts_on, rule.length, days)
        case "working_day":
            return days.add(starts_on, rule.length)
        case _:
            return starts_on + timedelta(days=rule.length)


def _plain_months(starts_on: date, n: int, _days: WorkingDays) -> date:
    return add_months(starts_on, n)


def paused(code: str, due_on: date, starts_on: date, pauses: Pauses, days: WorkingDays) -> date:
    """The day moved by the rests that fell into the running time (DOMAIN 8.2, explanation 11).

    On the day of resumption as much time is left as on the day of suspension: calendar days, or working days where
    the rule counts in those. Only where the law's period would now end on a free day it ends on the next working day.
    A rest after the due day moves nothing: what is overdue stays so.
    """
    for began, ended in pauses if code not in NEVER_PAUSED else ():
        since = max(began, starts_on)
        if since < ended and since <= due_on:
            due_on = _go_on(code, due_on, since, ended, days)
    return due_on


def _go_on(code: str, due_on: date, since: date, ended: date, days: WorkingDays) -> date:
    """The due day when what was left on `since` is left again on `ended`."""
    rule = facts().deadlines[code]
    if rule.unit == "working_day":
        return days.next_working(days.add(ended, days.between(since, due_on)))
    moved = due_on + (ended - since)
    return legal_end(moved, days) if rule.unit == "calendar_month" and rule.basis == "law" else moved


def deadline(code: str, starts_on: date, pauses: Pauses, days: WorkingDays) -> Deadline:
    """The deadline of rule `code` that started on the day, moved by the rests."""
    due_on = last_day(code, starts_on, days)
    moved = paused(code, due_on, starts_on, pauses, days)
    return Deadline(moved, code, starts_on, (moved - due_on).days)


def extended(before: Deadline, new_due_on: date, on: date, pauses: Pauses, days: WorkingDays) -> Deadline:
    """The deadline that was put off to another day on the day `on`; later rests move the new day."""
    moved = paused(before.code, new_due_on, on, pauses, days)
    return Deadline(moved, before.code, before.starts_on, (moved - new_due_on).days, before.due_on)


def earliest(deadlines: Iterable[Deadline]) -> Deadline | None:
    """By which of several open deadlines the case is due (DOMAIN 8.4); None when none binds."""
    return min((one for one in deadlines if one.binds), default=None, key=lambda one: (one.due_on, one.code))


def pauses_of(stored: Iterable[Sequence[str]], rests_since: date | None = None, until: date | None = None) -> Pauses:
    """The stored rests `[from, to]`, ISO dates, in order; a day counts once where two overlap.

    A case that rests now adds its present rest `rests_since` up to the day `until`.
    """
    spans = [(date.fromisoformat(began), date.fromisoformat(ended)) for began, ended in stored]
    if rests_since is not None and until is not None:
        spans.append((rests_since, until))
    apart: list[tuple[date, date]] = []
    for began, ended in sorted(spans):
        began = max(began, apart[-1][1]) if apart else began
        if began < ended:
            apart.append((began, ended))
    return apart


def keep(one: Deadline) -> dict[str, Any]:
    """The deadline as JSON, to be stored with the position of the case; `kept` reads it back."""
    stored = {"code": one.code, "due_on": one.due_on.isoformat(), "starts_on": one.starts_on.isoformat()}
    extended_from = one.extended_from.isoformat() if one.extended_from else None
    return stored | {"paused_days": one.paused_days, "extended_from": extended_from}


def kept(stored: Mapping[str, Any]) -> Deadline:
    """The stored deadline, with its dates typed again."""
    before = stored.get("extended_from")
    return Deadline(
        date.fromisoformat(stored["due_on"]),
        stored["code"],
        date.fromisoformat(stored["starts_on"]),
        int(stored.get("paused_days") or 0),
        date.fromisoformat(before) if before else None,
    )
