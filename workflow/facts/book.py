"""The rule book in memory: every table of facts, and the questions asked of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, cached_property

from workflow.facts import load
from workflow.facts.names import Table
from workflow.facts.process import (
    ACTING_USER,
    Deadline,
    DocumentFact,
    GuardText,
    Notification,
    StateFact,
    Step,
    Term,
    Warning,
)
from workflow.facts.programmes import CaseType, MunicipalityFact, Programme, Question, Service, Target
from workflow.facts.reading import read_csv, read_toml
from workflow.facts.rules import (
    Cap,
    RequiredDocument,
    Rounding,
    RuleSet,
    Setting,
    Stated,
    Threshold,
    Unit,
    parse_required_documents,
)
from workflow.facts.verify import verify


@dataclass(frozen=True, eq=False)
class Facts:
    """All facts of a rule book. Tables are mappings by code that keep the order of the file."""

    states: Table[StateFact]
    steps: Table[Step]
    guards: Table[GuardText]
    services: Table[Service]
    programmes: Table[Programme]
    targets: tuple[Target, ...]
    rule_sets: Table[RuleSet]
    units: Table[Unit]
    deadlines: Table[Deadline]
    warnings: Table[Warning]
    notifications: Table[Notification]
    thresholds: tuple[Threshold, ...]
    rounding: Rounding
    documents: Table[DocumentFact]
    municipalities: Table[MunicipalityFact]
    glossary: Table[Term]
    settings: Table[Setting]
    questions: Table[Question]
    choices: load.Choices
    plurals: load.Plurals
    stated: Mapping[str, Stated] = field(default_factory=dict)  # what the office says otherwise, or confirmed

    @cached_property
    def case_types(self) -> Table[CaseType]:
        """The case types with their programmes (DOMAIN 3)."""
        codes = dict.fromkeys(programme.case_type for programme in self.programmes.rows)
        return Table(map(self._case_type, codes), lambda row: row.code)

    def _case_type(self, code: str) -> CaseType:
        own = [row for row in self.programmes.rows if row.case_type == code]
        names = self.choices["case_type"][code]
        return CaseType(names, code, tuple(row.code for row in own), all(row.plan_only for row in own))

    @cached_property
    def _predecessors(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for old in self.municipalities.rows:
            for successor in old.successors:
                found[successor] = (*found.get(successor, ()), old.code)
        return found

    def predecessors_of(self, municipality: str) -> tuple[str, ...]:
        """The codes of the municipalities merged into this one, wholly or in part (DOMAIN 11)."""
        return self._predecessors.get(municipality, ())

    def rule_set_on(self, programme: str, day: dt.date) -> RuleSet | None:
        """The rule set of a delivery on the day (DOMAIN 4); KeyError for an unknown programme."""
        self.programmes[programme]
        return next((rules for rules in self.rule_sets.rows if rules.holds_on(day)), None)

    def cap_on(self, programme: str, day: dt.date) -> Cap | None:
        """The programme's cap on the day; None when no rule set holds or it has no cap for the programme."""
        rules = self.rule_set_on(programme, day)
        return rules.cap_of(programme) if rules else None

    def service_codes_of(self, case_type: str) -> tuple[str, ...]:
        """The services a plan of the case type may hold."""
        programmes = (self.programmes[code] for code in self.case_types[case_type].programmes)
        return tuple(code for programme in programmes for code in programme.service_codes)

    def required_documents(self, case_type: str) -> tuple[RequiredDocument, ...]:
        """The shipped documents of G10 for the case type; an administrator's list has the same grammar."""
        return parse_required_documents(str(self.settings[f"required_documents.{case_type}"].value))

    def thresholds_on(self, day: dt.date) -> dict[str, Threshold]:
        """The procurement thresholds valid on the day by procedure: the latest row of each (DOMAIN 10)."""
        known = sorted((row for row in self.thresholds if row.valid_from <= day), key=lambda row: row.valid_from)
        return {row.procedure: row for row in known}

    def owner_of(self, guard: str, event: str) -> str:
        """The role that can clear the guard in the step: its owner, or who may take the step."""
        owner = self.guards[guard].owner
        return self.steps[event].roles[0] if owner == ACTING_USER else owner

    def label(self, group: str, value: str, language: str) -> str:
        """What a value of a choice is called; KeyError when the group or the value is unknown."""
        return self.choices[group][value][language]

    def labels(self, group: str, language: str) -> dict[str, str]:
        """All values of a group with their labels, in the order of the file: the options of a field."""
        return {value: text[language] for value, text in self.choices[group].items()}


def read_facts() -> Facts:
    """Read every file; nothing is checked here (see `verify`)."""
    rules, programmes, settings = (
        read_toml("rulesets.toml"),
        read_toml("programmes.toml"),
        read_toml("settings.toml"),
    )
    plurals = load.plurals(read_toml("plurals.toml"))
    services = Table(map(load.service, read_csv("services.csv")), lambda row: row.code)
    deadlines = Table(map(load.deadline, rules["deadline"]), lambda row: row.code)
    return Facts(
        states=Table(map(load.state, read_csv("states.csv")), lambda row: row.code),
        steps=Table(map(load.step, read_csv("transitions.csv")), lambda row: row.event),
        guards=Table(map(load.guard, read_csv("guards.csv")), lambda row: row.code),
        services=services,
        programmes=Table((load.programme(row, services.rows) for row in programmes["programme"]), lambda row: row.code),
        targets=tuple(map(load.target, programmes["target"])),
        rule_sets=Table(map(load.rule_set, rules["rule_set"]), lambda row: row.id),
        units=Table((load.unit(row, plurals) for row in rules["unit"]), lambda row: row.code),
        deadlines=deadlines,
        warnings=Table(map(load.warning, rules["warning"]), lambda row: row.code),
        notifications=Table(map(load.notification, rules["notification"]), lambda row: row.channel),
        thresholds=tuple(map(load.threshold, rules["procurement_threshold"])),
        rounding=load.rounding(rules["rounding"]),
        documents=Table(map(load.document, read_csv("documents.csv")), lambda row: row.code),
        municipalities=Table(map(load.municipality, read_csv("municipalities.csv")), lambda row: row.code),
        glossary=Table(map(load.term, read_csv("glossary.csv")), lambda row: row.identifier),
        settings=Table((load.setting(row, deadlines) for row in settings["setting"]), lambda row: row.key),
        questions=Table(map(load.question, settings["question"]), lambda row: row.no),
        choices=load.choices(read_toml("choices.toml")),
        plurals=plurals,
    )


@cache
def shipped() -> Facts:
    """The facts of the files, read and verified once; raises FactsError when they contradict each other."""
    found = read_facts()
    verify(found)
    return found


_IN_FORCE: ContextVar[Facts | None] = ContextVar("facts in force", default=None)


def facts() -> Facts:
    """The rule book that holds here and now: the shipped one, with what the office changed (DOMAIN 4, R3)."""
    return _IN_FORCE.get() or shipped()


@contextmanager
def holding(book: Facts) -> Iterator[Facts]:
    """Let another rule book hold for a while: the office's own, or one that is only tried out."""
    before = _IN_FORCE.set(book)
    try:
        yield book
    finally:
        _IN_FORCE.reset(before)
