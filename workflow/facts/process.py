"""The facts of the process: states, steps, guards, deadlines, warnings, documents (DOMAIN 8 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter

from workflow.facts.names import Named, State, Text

ANY_STEP = "*"
ACTING_USER = "actor"


@dataclass(frozen=True)
class StateFact(Named):
    """A state with what it means and what it waits for (DOMAIN 8.1); `order` is 1–6 on the spine, else 0."""

    code: State
    kind: str
    order: int
    meaning: Text
    waiting_for: Text


@dataclass(frozen=True)
class Step(Named):
    """A row of the table of transitions (DOMAIN 8.2). `target` is the text of the column "to"."""

    event: str
    from_states: tuple[State, ...]
    opens_case: bool
    target: str
    roles: tuple[str, ...]
    required_fields: str
    guards: tuple[str, ...]
    side_effects: str

    @property
    def path(self) -> str:
        """The step as it stands in an address: `draft-plan`."""
        return self.event.replace("_", "-")


@dataclass(frozen=True)
class GuardText:
    """What a guard says, who can clear it and where (DOMAIN 8.3).

    `owner` is a role, or "actor": whoever takes the step. `remedy` is a step or one of the pages
    documents, providers, contracts, rules, form. `standing` are the steps for which the stored case alone
    decides, without a form; `confirm_role` must confirm a soft guard (empty: the acting user).
    """

    code: str
    kind: str
    events: tuple[str, ...]
    messages: Text
    owner: str
    remedy: str
    standing: tuple[str, ...]
    confirm_role: str

    def guards_step(self, event: str) -> bool:
        """True when the guard watches the step."""
        return ANY_STEP in self.events or event in self.events

    def stands_for(self, event: str) -> bool:
        """True when the guard can be judged for the step without form data."""
        return ANY_STEP in self.standing or event in self.standing

    def braces(self, language: str) -> list[tuple[str, str]]:
        """Each name in braces and how to say it (see `wording.say`); ValueError when braces do not match."""
        parsed = Formatter().parse(self.messages[language])
        return [(name, spec or "") for _, name, spec, _ in parsed if name is not None]

    def placeholders(self, language: str) -> frozenset[str]:
        """The names in braces."""
        return frozenset(name for name, _ in self.braces(language))


@dataclass(frozen=True)
class Deadline:
    """A time limit of a state (DOMAIN 8.4); `unit` is calendar_month, calendar_day or working_day."""

    code: str
    state: State
    task: Text
    starts: str
    length: int
    unit: str
    basis: str


@dataclass(frozen=True)
class Warning:
    """Something to tell before it happens (DOMAIN 8.4); `remaining` is the quantity left, by unit (DL-13)."""

    code: str
    about: Text
    days_before: int
    basis: str
    remaining: Mapping[str, Decimal]


@dataclass(frozen=True)
class Notification:
    """When a decision sent by the channel counts as notified (Notification Law, sections 8–9)."""

    channel: str
    rule: str
    length: int
    unit: str
    basis: str


@dataclass(frozen=True)
class DocumentFact(Named):
    """A kind of document or letter (DOMAIN 12)."""

    code: str
    direction: str
    when: str
    origin: str


@dataclass(frozen=True)
class Term:
    """A row of the glossary (DOMAIN 14)."""

    kind: str
    terms: Text
    identifier: str
