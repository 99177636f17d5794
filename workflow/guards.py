"""How a rule refuses: the question asked of a stage, what a guard finds, and the problem shown to a person.

A guard is written once (ARCHITECTURE, «the rule is written once»): the same function refuses the step, explains
the refusal, fills the panel «what is missing» and the bars of the supervisor's map.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.calendar import WorkingDays
from workflow.facts import facts
from workflow.models import Case, ConfirmationRequest, Holiday
from workflow.roles import Actor
from workflow.wording import say


@dataclass
class Ask:
    """One step asked of one case: by whom, on which day, with which data.

    `given` holds the typed values of the form, by the field names of DOMAIN 8.2. `acting` is False when the guards
    are only asked what is missing; `actor` is None when the answer must not depend on who asks (the stored position).
    """

    session: Session
    case: Case
    step: str
    today: dt.date
    actor: Actor | None = None
    given: Mapping[str, Any] = attribute(default_factory=dict)
    confirmed: Mapping[str, str] = attribute(default_factory=dict)  # soft guard → reason
    acting: bool = True
    looking: bool = False  # what is typed is only looked at: nothing is locked, nothing will be written
    record: Mapping[str, Any] | None = None  # what the history keeps of `given`, where a stage says it otherwise

    def get(self, name: str) -> Any:
        """The given value, or None when it is missing or empty."""
        value = self.given.get(name)
        return None if value in ("", [], {}) else value

    @property
    def doer(self) -> Actor:
        """Who takes the step; a writer is never run without one."""
        if self.actor is None:
            raise LookupError("nobody takes this step")
        return self.actor

    @cached_property
    def days(self) -> WorkingDays:
        """The office's working days: the law's holidays and the local table (DOMAIN 5.3)."""
        return working_days(self.session)

    @cached_property
    def granted(self) -> Mapping[str, ConfirmationRequest]:
        """The guards that somebody who may has confirmed beforehand for this step of the case (DOMAIN 8.3)."""
        rows = select(ConfirmationRequest).where(
            ConfirmationRequest.case_id == self.case.id,
            ConfirmationRequest.step == self.step,
            ConfirmationRequest.status == "confirmed",
        )
        return {row.guard: row for row in self.session.scalars(rows.order_by(ConfirmationRequest.id))}


@dataclass(frozen=True)
class Finding:
    """What a guard found wrong: the field it concerns, and the values for the braces of its text."""

    field: str | None = None
    params: Mapping[str, Any] = attribute(default_factory=dict)


def finding(on: str | None = None, **params: Any) -> Finding:
    """A finding at the field `on`, with the values for the braces of the guard's text."""
    return Finding(on, params)


Findings = Iterator[Finding]
Guard = Callable[[Ask], Iterable[Finding]]

_GUARDS: dict[tuple[str, str], Guard] = {}


def guard(code: str, *steps: str) -> Callable[[Guard], Guard]:
    """Register the function as guard `code`, for all its steps in the rule book or only for those named."""

    def register(function: Guard) -> Guard:
        for step in steps or facts().guards[code].events:
            if (code, step) in _GUARDS:
                raise ValueError(f"{code} is written twice for {step}")
            _GUARDS[code, step] = function
        return function

    return register


def registered_guards() -> Mapping[tuple[str, str], Guard]:
    """Every (guard, step) that a stage has written; the conformance test compares it with the rule book."""
    return _GUARDS


@dataclass(frozen=True)
class Problem:
    """Why a step is refused, in a form a person, a list and a map can use (invariant 4)."""

    code: str
    field: str | None = None
    params: Mapping[str, Any] = attribute(default_factory=dict)
    step: str = ""

    @property
    def kind(self) -> str:
        """`hard` stops, `soft` may be confirmed with a reason, `info` is only shown."""
        return facts().guards[self.code].kind

    @property
    def owner(self) -> str:
        """The role that can clear it; for a matter of the form, who may take the step."""
        return facts().owner_of(self.code, self.step) if self.step else facts().guards[self.code].owner

    @property
    def remedy(self) -> str:
        """Where it is cleared: a step, a page, or `form`."""
        return facts().guards[self.code].remedy

    def text(self, language: str) -> str:
        """The guard's text in the language, with its values filled in."""
        return say(self.code, language, **self.params)

    @property
    def confirm_role(self) -> str:
        """The role that alone may confirm it; empty when whoever takes the step may."""
        return facts().guards[self.code].confirm_role

    def confirmable_by(self, actor: Actor) -> bool:
        """True when the actor may confirm this soft guard; G15 only a supervisor (DOMAIN 8.3)."""
        return self.kind == "soft" and (not self.confirm_role or self.confirm_role in actor.roles)


class StepRefused(Exception):
    """A step was refused; carries every problem at once (DOMAIN 8.3)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(problem.code for problem in self.problems))


def find_problems(ask: Ask) -> list[Problem]:
    """Evaluate the guards of the step in the rule book's order; when not acting, only the standing ones.

    A guard whose input is missing refuses (invariant 4). Never raises on a failing guard: it returns all problems.
    """
    problems: list[Problem] = []
    for code in facts().steps[ask.step].guards:
        if not ask.acting and ask.step not in facts().guards[code].standing:
            continue
        for found in _GUARDS[code, ask.step](ask):
            problems.append(Problem(code, found.field, dict(found.params), ask.step))
    return problems


_DAYS = "gaita.working_days"


def working_days(session: Session) -> WorkingDays:
    """The working days of this office, read once per session object (one query)."""
    if _DAYS not in session.info:
        rows = session.execute(select(Holiday.day, Holiday.kind))
        session.info[_DAYS] = WorkingDays({row.day: row.kind for row in rows})
    days: WorkingDays = session.info[_DAYS]
    return days


def forget_working_days(session: Session) -> None:
    """Read the local days anew when they are next asked for: somebody is changing them."""
    session.info.pop(_DAYS, None)


def keep(problem: Problem) -> dict[str, Any]:
    """The problem as JSON, to be stored with the position of the case; `kept` reads it back."""
    params = {key: _wrap(value) for key, value in problem.params.items()}
    return {"code": problem.code, "step": problem.step, "params": params}


def kept(stored: Mapping[str, Any]) -> Problem:
    """The stored problem, with its values typed again, so that it speaks every language."""
    params = {key: _unwrap(value) for key, value in stored["params"].items()}
    return Problem(stored["code"], None, params, stored["step"])


def _wrap(value: Any) -> Any:
    match value:
        case dt.date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"decimal": str(value)}
        case list() | tuple() | set():
            return [_wrap(item) for item in value]
        case _:
            return value


def _unwrap(value: Any) -> Any:
    match value:
        case {"date": text}:
            return dt.date.fromisoformat(text)
        case {"decimal": text}:
            return Decimal(text)
        case list():
            return [_unwrap(item) for item in value]
        case _:
            return value
