"""Checks that the facts agree with each other: every reference, period, translation and brace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from workflow.facts.names import LANGUAGES, State, Table, Text
from workflow.facts.process import ACTING_USER, ANY_STEP
from workflow.facts.rules import Cap, RuleSet, parse_required_documents

if TYPE_CHECKING:
    from workflow.facts.book import Facts

Problems = Iterator[str]
UNCOUNTED = ("window", "none")
FORMS = {"lv": 3, "ru": 3, "en": 2}


class FactsError(ValueError):
    """The facts contradict each other; `problems` lists everything that was found."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def verify(facts: Facts) -> None:
    """Raise FactsError with all problems of the facts at once."""
    problems = [problem for check in CHECKS for problem in check(facts)]
    if problems:
        raise FactsError(problems)


def _tables(facts: Facts) -> Iterator[tuple[str, Table[object]]]:
    return ((name, value) for name, value in vars(facts).items() if isinstance(value, Table))


def duplicate_codes(facts: Facts) -> Problems:
    """A code names one thing only."""
    for name, table in _tables(facts):
        yield from (f"{name}: {code} occurs twice" for code in table.duplicates())


def missing_translations(facts: Facts) -> Problems:
    """Every text exists in Latvian, Russian and English."""
    for name, table in _tables(facts):
        for code, row in table.items():
            yield from _gaps(f"{name}: {code}", vars(row))
    for group, labels in facts.choices.items():
        yield from _gaps(f"choices: {group}", labels)


def _gaps(where: str, values: Mapping[str, object]) -> Problems:
    for key, value in values.items():
        if isinstance(value, Text):
            yield from (f"{where} {key} has no text in {language}" for language in value.missing())


def plural_forms(facts: Facts) -> Problems:
    """Every unit and noun has as many forms as its language needs (ENGINEERING, trap 11)."""
    for noun, forms in facts.plurals.items():
        for language, wanted in FORMS.items():
            if len([form for form in forms[language] if form]) != wanted:
                yield f"plurals: {noun} needs {wanted} forms in {language}"


def states_known(facts: Facts) -> Problems:
    """The file and the enum name the same ten states."""
    if set(facts.states) != {str(state) for state in State}:
        yield "states: the file and State differ"


def catalogue_references(facts: Facts) -> Problems:
    """Services and programmes name each other, and the units and choices they use exist."""
    for service in facts.services.rows:
        if service.programme not in facts.programmes:
            yield f"services: {service.code} names the unknown programme {service.programme}"
        elif service.code not in facts.programmes[service.programme].service_codes:
            yield f"services: {service.code} is not among the services of {service.programme}"
        if service.unit not in facts.units:
            yield f"services: {service.code} names the unknown unit {service.unit}"
    for programme in facts.programmes.rows:
        for code in (*programme.service_codes, *programme.services_to_describe):
            if code not in facts.services:
                yield f"programmes: {programme.code} names the unknown service {code}"


def programme_choices(facts: Facts) -> Problems:
    """A programme uses only values that have a label, and ends after it began."""
    single = {
        "assessment_mode": "assessment_mode",
        "recipient": "recipient",
        "compensation_method": "compensation_method",
    }
    many = {"living": "living", "applicant": "applicant_kind", "provider_registers": "register", "routes": "route"}
    for row in facts.programmes.rows:
        used = [(group, getattr(row, field)) for field, group in single.items()]
        used += [(group, value) for field, group in many.items() for value in getattr(row, field)]
        used += [("case_type", row.case_type), *(("target_ground", ground) for ground in row.target_grounds)]
        yield from (
            f"programmes: {row.code} uses the unknown {group} {value}" for group, value in _unknown(facts, used)
        )
        if row.first_day > row.last_day:
            yield f"programmes: {row.code} ends before it begins"


def _unknown(facts: Facts, used: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(group, value) for group, value in used if value not in facts.choices.get(group, {})]


def step_references(facts: Facts) -> Problems:
    """Steps name known roles and guards, and a guard of a step names the step as its event."""
    for step in facts.steps.rows:
        yield from (
            f"steps: {step.event} names the unknown role {role}" for role in step.roles if not _role(facts, role)
        )
        for code in step.guards:
            if code not in facts.guards:
                yield f"steps: {step.event} names the unknown guard {code}"
            elif not facts.guards[code].guards_step(step.event):
                yield f"steps: {step.event} has {code}, whose events do not hold it"


def _role(facts: Facts, role: str) -> bool:
    return role in facts.choices["role"]


def guard_references(facts: Facts) -> Problems:
    """Guards name known steps that list them, known owners and known places of remedy."""
    for row in facts.guards.rows:
        for event in (*row.events, *row.standing):
            if event != ANY_STEP and event not in facts.steps:
                yield f"guards: {row.code} names the unknown step {event}"
            elif event != ANY_STEP and row.code not in facts.steps[event].guards:
                yield f"guards: {row.code} is not among the guards of {event}"
        if row.owner != ACTING_USER and not _role(facts, row.owner):
            yield f"guards: {row.code} names the unknown owner {row.owner}"
        if row.remedy not in facts.steps and row.remedy not in facts.choices["page"]:
            yield f"guards: {row.code} names the unknown remedy {row.remedy}"
        if row.confirm_role and not _role(facts, row.confirm_role):
            yield f"guards: {row.code} names the unknown role {row.confirm_role}"
        if row.kind not in facts.choices["guard_kind"]:
            yield f"guards: {row.code} is of the unknown kind {row.kind}"


def guard_braces(facts: Facts) -> Problems:
    """The braces of a guard match and hold the same names in all three languages."""
    for row in facts.guards.rows:
        try:
            found = {row.placeholders(language) for language in LANGUAGES}
        except ValueError as error:
            yield f"guards: {row.code} has broken braces: {error}"
            continue
        if len(found) > 1:
            yield f"guards: {row.code} has different placeholders in its languages"
        if any(not name.isidentifier() for names in found for name in names):
            yield f"guards: {row.code} has a placeholder without a name"
        for language in LANGUAGES:
            yield from _sayings(f"guards: {row.code}", row.braces(language), language)


def _sayings(where: str, braces: list[tuple[str, str]], language: str) -> Problems:
    """What stands after a colon is a format, the right number of plural forms, or another placeholder."""
    names = {name for name, _ in braces}
    for name, spec in braces:
        forms = spec.count("|") + 1
        if spec.startswith("#") and forms != FORMS[language]:
            yield f"{where} has {forms} forms in {language}, not {FORMS[language]}"
        elif not spec.startswith("#") and spec not in {"", "eur", "rate", *names}:
            yield f"{where} cannot say {{{name}:{spec}}} in {language}"


def rule_set_periods(facts: Facts) -> Problems:
    """Rule sets neither overlap nor leave a gap inside a programme (DOMAIN 4)."""
    ordered = sorted(facts.rule_sets.rows, key=lambda row: row.valid_from)
    for row in ordered:
        if row.valid_to is not None and row.valid_to < row.valid_from:
            yield f"rule sets: {row.id} ends before it begins"
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            yield f"rule sets: {earlier.id} and {later.id} overlap"
    for programme in facts.programmes.rows:
        gap = _first_uncovered(ordered, programme.first_day, programme.last_day)
        if gap:
            yield f"rule sets: none holds on {gap} in {programme.code}"


def _first_uncovered(ordered: list[RuleSet], first: dt.date, last: dt.date) -> dt.date | None:
    """The first day of the period without a rule set; None when all are covered."""
    day = first
    for row in ordered:
        if row.valid_from > day:
            break
        if row.valid_to is None:
            return None
        day = max(day, row.valid_to + dt.timedelta(days=1))
    return day if day <= last else None


def cap_references(facts: Facts) -> Problems:
    """Caps name known programmes, kinds, scopes and units, one cap for each programme of a rule set."""
    for rules in facts.rule_sets.rows:
        programmes = [cap.programme for cap in rules.caps]
        if len(set(programmes)) < len(programmes):
            yield f"rule sets: {rules.id} has two caps for one programme"
        for cap in rules.caps:
            where = f"rule sets: {rules.id} {cap.programme}"
            if cap.programme not in facts.programmes:
                yield f"{where} is an unknown programme"
            if cap.unit is not None and cap.unit not in facts.units:
                yield f"{where} names the unknown unit {cap.unit}"
            used = [("cap_kind", cap.kind), ("cap_scope", cap.scope)]
            yield from (f"{where} uses the unknown {group} {value}" for group, value in _unknown(facts, used))
            yield from (f"{where} {fault}" for fault in _cap_faults(cap))


def _cap_faults(cap: Cap) -> Problems:
    """A counted cap has a quantity, alone or by ages that follow each other; a window has its months (R5)."""
    counted = cap.kind not in UNCOUNTED
    if counted and (cap.quantity is None) == (not cap.bands):
        yield "needs a quantity, alone or by age"
    if not counted and (cap.quantity is not None or cap.bands):
        yield f"has a quantity, though {cap.kind} counts none"
    if cap.kind == "window" and not cap.months:
        yield "needs the months of its window"
    for lower, upper in pairwise(sorted(cap.bands, key=lambda band: band.min_age)):
        if upper.min_age != lower.max_age + 1:
            yield f"has ages that do not follow each other at {upper.min_age}"


def other_references(facts: Facts) -> Problems:
    """Successors, planning numbers, thresholds, notifications and required documents name known things."""
    for row in facts.municipalities.rows:
        unknown = (code for code in row.successors if code not in facts.municipalities)
        yield from (f"municipalities: {row.code} names the unknown successor {code}" for code in unknown)
    for target in facts.targets:
        if target.programme not in facts.programmes:
            yield f"targets: unknown programme {target.programme}"
    used = [("procedure", row.procedure) for row in facts.thresholds]
    used += [("sending_channel", row.channel) for row in facts.notifications.rows]
    yield from (f"rules: unknown {group} {value}" for group, value in _unknown(facts, used))


def setting_references(facts: Facts) -> Problems:
    """Settings name known questions and documents, and every case type has its required documents."""
    for row in facts.settings.rows:
        if row.question and row.question not in facts.questions:
            yield f"settings: {row.key} names the unknown question {row.question}"
        if row.kind == "documents":
            for wanted in parse_required_documents(str(row.value)):
                unknown = (code for code in wanted.any_of if code not in facts.documents)
                yield from (f"settings: {row.key} names the unknown document {code}" for code in unknown)
                if wanted.only_if not in ("", "represented", "at_risk"):
                    yield f"settings: {row.key} has the unknown condition {wanted.only_if}"
    for programme in facts.programmes.rows:
        if f"required_documents.{programme.case_type}" not in facts.settings:
            yield f"settings: no required documents for {programme.case_type}"


def origins_known(facts: Facts) -> Problems:
    """Every mark of a source is one of those the rule book defines (DOMAIN, marks)."""
    known = facts.choices["origin"]
    for name, table in _tables(facts):
        for code, row in table.items():
            for field in ("origin", "basis", "unit_origin", "valid_from_origin", "name_ru_origin"):
                marks = str(getattr(row, field, "")).split(";")
                yield from (f"{name}: {code} has the unknown {field} {m}" for m in marks if m and m not in known)


CHECKS: tuple[Callable[[Facts], Problems], ...] = (
    duplicate_codes,
    missing_translations,
    plural_forms,
    states_known,
    catalogue_references,
    programme_choices,
    step_references,
    guard_references,
    guard_braces,
    rule_set_periods,
    cap_references,
    other_references,
    setting_references,
    origins_known,
)
