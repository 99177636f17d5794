"""Turns the rows of the files into typed facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from workflow.facts import reading as read
from workflow.facts.names import LANGUAGES, State, Text
from workflow.facts.process import (
    Deadline,
    DocumentFact,
    GuardText,
    Notification,
    StateFact,
    Step,
    Term,
    Warning,
)
from workflow.facts.programmes import MunicipalityFact, Programme, Question, Service, Target
from workflow.facts.rules import Band, Cap, Rounding, RuleSet, Setting, Threshold, Unit

Row = Mapping[str, Any]
Choices = Mapping[str, Mapping[str, Text]]
Plurals = Mapping[str, Mapping[str, tuple[str, ...]]]

PROGRAMME_FIELDS = (
    "code",
    "case_type",
    "project",
    "recipient",
    "target_group_lv",
    "requires_disability",
    "requires_special_care_opinion",
    "apply_at",
    "organiser",
    "assessment_mode",
    "assessor",
    "start_condition",
    "family_may_name_provider",
    "procurement",
    "free_of_charge",
    "prefinanced_by",
    "compensating_body",
    "fund",
    "compensation_method",
    "first_day",
    "last_day",
)
PROGRAMME_LISTS = ("living", "applicant", "provider_registers", "provider_may_be")
ROUTES = ("procure", "in_house", "mixed")  # how a service is provided where the programme says nothing else (C7)
PROGRAMME_OPTIONS = ("min_age", "max_age", "contested_age", "window_months", "last_day_other")


def state(row: Row) -> StateFact:
    """A row of states.csv."""
    return StateFact(
        names=read.text(row, "name"),
        code=State(row["code"]),
        kind=row["kind"],
        order=int(row["order"]),
        meaning=read.text(row, "meaning"),
        waiting_for=read.text(row, "waiting_for"),
    )


def step(row: Row) -> Step:
    """A row of transitions.csv; "(any)" stands for all ten states, "(new)" for none."""
    origin = row["from"]
    named = () if origin == "(new)" else tuple(State) if origin == "(any)" else read.parts(origin)
    return Step(
        names=read.text(row, "name"),
        event=row["event"],
        from_states=tuple(State(code) for code in named),
        opens_case=origin == "(new)",
        target=row["to"],
        roles=read.parts(row["roles"]),
        required_fields=row["required_fields"],
        guards=read.parts(row["guards"], " "),
        side_effects=row["side_effects"],
    )


def guard(row: Row) -> GuardText:
    """A row of guards.csv."""
    return GuardText(
        code=row["code"],
        kind=row["severity"],
        events=read.parts(row["events"]),
        messages=read.text(row, "message"),
        owner=row["owner"],
        remedy=row["remedy"],
        standing=read.parts(row["standing"]),
        confirm_role=row["confirm_role"],
    )


def document(row: Row) -> DocumentFact:
    """A row of documents.csv."""
    return DocumentFact(read.text(row, "name"), row["code"], row["direction"], row["when"], row["source"])


def term(row: Row) -> Term:
    """A row of glossary.csv."""
    return Term(row["kind"], read.text(row, "term"), row["identifier"])


def service(row: Row) -> Service:
    """A row of services.csv; the Russian name is the one the interface shows (DOMAIN C10)."""
    return Service(
        names=Text(lv=row["name_lv"], ru=row["name_ru_display"], en=row["name_en"]),
        code=row["code"],
        programme=row["programme"],
        unit=row["unit"],
        min_age=read.number(row["min_age"]),
        max_age=read.number(row["max_age"]),
        origin=row["source"],
        unit_origin=row["unit_origin"],
        name_ru_origin=row["name_ru_origin"],
        published_ru=row["name_ru"],
        description_ru=row["description_ru"],
        notes=row["notes"],
    )


def municipality(row: Row) -> MunicipalityFact:
    """A row of municipalities.csv."""
    return MunicipalityFact(
        code=row["code"],
        short=row["short"],
        name_lv=row["name_lv"],
        kind=row["kind"],
        valid_from=dt.date.fromisoformat(row["valid_from"]),
        valid_to=read.day(row["valid_to"]),
        successors=read.parts(row["successors"]),
        note=row["note"],
    )


def programme(row: Row, catalogue: Iterable[Service]) -> Programme:
    """A table of programmes.toml. Fields that a programme may lack are absent there, not empty.

    A service that the catalogue gives to the programme is one of it, named in its span or not: it is one entry.
    """
    values: dict[str, Any] = {key: row[key] for key in PROGRAMME_FIELDS}
    values |= {key: tuple(row[key]) for key in PROGRAMME_LISTS}
    values |= {key: row.get(key) for key in PROGRAMME_OPTIONS}
    return Programme(
        names=read.text(row, "name"),
        service_codes=tuple(dict.fromkeys((*read.expand(row["services"]), *_given_to(row["code"], catalogue)))),
        target_grounds=tuple(row.get("target_grounds", ())),
        requires_asd_diagnosis=row.get("requires_asd_diagnosis", False),
        plan_only=row.get("plan_only", False),
        routes=tuple(row.get("routes", ROUTES)),
        no_relatives=row.get("no_relatives", False),
        services_to_describe=tuple(row.get("services_to_describe", ())),
        origins=MappingProxyType({k.removesuffix("_origin"): v for k, v in row.items() if k.endswith("_origin")}),
        **values,
    )


def _given_to(programme: str, catalogue: Iterable[Service]) -> Iterator[str]:
    return (service.code for service in catalogue if service.programme == programme)


def target(row: Row) -> Target:
    """A planning number of programmes.toml."""
    return Target(
        programme=row["programme"],
        kind=row["kind"],
        number=row["number"],
        approximate=row.get("approximate", False),
        area=row["area"],
        stated_on=row.get("stated_on"),
        period=row.get("period", ""),
        origin=row["origin"],
    )


def cap(row: Row) -> Cap:
    """A cap of a rule set; without its own mark the scope has the source of the cap."""
    bands = (Band(b["min_age"], b["max_age"], read.exact(b["quantity"])) for b in row.get("band", ()))
    return Cap(
        programme=row["programme"],
        kind=row["kind"],
        scope=row["scope"],
        unit=row.get("unit"),
        quantity=read.decimal(row.get("quantity")),
        months=row.get("months"),
        bands=tuple(bands),
        ceiling=read.decimal(row.get("ceiling")),
        origin=row["origin"],
        scope_origin=row.get("scope_origin", row["origin"]),
    )


def rule_set(row: Row) -> RuleSet:
    """A rule set of rulesets.toml."""
    return RuleSet(
        id=row["id"],
        name=row["name"],
        valid_from=row["valid_from"],
        valid_from_origin=row["valid_from_origin"],
        valid_to=row.get("valid_to"),
        valid_to_origin=row.get("valid_to_origin", ""),
        caps=tuple(cap(entry) for entry in row["cap"]),
    )


def unit(row: Row, plurals: Plurals) -> Unit:
    """A unit of rulesets.toml; its name is the form that stands alone ("reizes", "hours")."""
    forms = plurals[row["code"]]
    return Unit(Text(*(forms[language][-1] for language in LANGUAGES)), row["code"], read.exact(row["step"]))


def deadline(row: Row) -> Deadline:
    """A deadline of rulesets.toml."""
    same = {key: row[key] for key in ("code", "starts", "length", "unit", "basis")}
    return Deadline(state=State(row["state"]), task=read.text(row, "task"), **same)


def warning(row: Row) -> Warning:
    """A warning of rulesets.toml."""
    remaining = {code: read.exact(left) for code, left in row.get("remaining", {}).items()}
    about = read.text(row, "about")
    return Warning(row["code"], about, row["days_before"], row["basis"], MappingProxyType(remaining))


def notification(row: Row) -> Notification:
    """A rule of notification of rulesets.toml."""
    return Notification(**{key: row[key] for key in ("channel", "rule", "length", "unit", "basis")})


def threshold(row: Row) -> Threshold:
    """A procurement threshold of rulesets.toml."""
    return Threshold(row["procedure"], row["valid_from"], read.exact(row["from"]), row["basis"])


def rounding(row: Row) -> Rounding:
    """The rounding of rulesets.toml."""
    return Rounding(row["mode"], row["places"], row["applied"], row["basis"])


def setting(row: Row, deadlines: Mapping[str, Deadline]) -> Setting:
    """A setting of settings.toml; one that repeats a deadline takes its length and basis."""
    same = deadlines.get(row.get("value_of", ""))
    return Setting(
        key=row["key"],
        kind=row["kind"],
        value=same.length if same else row["value"],
        origin=same.basis if same else row["origin"],
        question=row.get("question", ""),
        text=read.text(row, "text"),
        same_as=row.get("value_of", ""),
    )


def question(row: Row) -> Question:
    """A question of settings.toml."""
    return Question(row["no"], read.text(row, "text"), read.text(row, "default"))


def choices(groups: Row) -> Choices:
    """The labels of choices.toml by group and value."""
    return MappingProxyType(
        {
            group: MappingProxyType({value: read.text(row) for value, row in rows.items()})
            for group, rows in groups.items()
        }
    )


def plurals(groups: Row) -> Plurals:
    """The plural forms of plurals.toml by noun and language."""
    return MappingProxyType(
        {noun: MappingProxyType({lang: tuple(forms[lang]) for lang in LANGUAGES}) for noun, forms in groups.items()}
    )
