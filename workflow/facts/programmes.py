"""The facts about programmes, services and municipalities (DOMAIN 3, 6 and 11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from workflow.facts.names import Named, Text


@dataclass(frozen=True)
class Service(Named):
    """A service of the catalogue; ages in completed years, both bounds inclusive, None = not limited.

    `names.ru` is `name_ru_display`; the Russian text as published is `published_ru` (DOMAIN C10).
    """

    code: str
    programme: str
    unit: str
    min_age: int | None
    max_age: int | None
    origin: str
    unit_origin: str
    name_ru_origin: str
    published_ru: str
    description_ru: str
    notes: str


@dataclass(frozen=True)
class Programme(Named):
    """A target group with its conditions (DOMAIN 3). `origins` maps a field to the mark of its source."""

    code: str
    case_type: str
    project: str
    service_codes: tuple[str, ...]
    recipient: str
    min_age: int | None
    max_age: int | None
    contested_age: int | None
    target_group_lv: str
    target_grounds: tuple[str, ...]
    requires_disability: bool
    requires_special_care_opinion: bool
    requires_asd_diagnosis: bool
    plan_only: bool
    living: tuple[str, ...]
    applicant: tuple[str, ...]
    apply_at: str
    organiser: str
    assessment_mode: str
    assessor: str
    start_condition: str
    provider_registers: tuple[str, ...]
    provider_may_be: tuple[str, ...]
    family_may_name_provider: bool
    routes: tuple[str, ...]
    no_relatives: bool
    services_to_describe: tuple[str, ...]
    procurement: str
    free_of_charge: bool
    prefinanced_by: str
    compensating_body: str
    fund: str
    compensation_method: str
    window_months: int | None
    first_day: dt.date
    last_day: dt.date
    last_day_other: dt.date | None
    origins: Mapping[str, str]

    def runs_on(self, day: dt.date) -> bool:
        """True from the first to the last day, both included."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True)
class CaseType(Named):
    """What a case is about: one programme, or two of the same child (DOMAIN 3, case types)."""

    code: str
    programmes: tuple[str, ...]
    plan_only: bool

    @property
    def main_programme(self) -> str:
        """The programme of the person the case is about."""
        return self.programmes[0]


@dataclass(frozen=True)
class Target:
    """A planning number: for comparison, never a limit (DOMAIN 3.1, C5)."""

    programme: str
    kind: str
    number: int
    approximate: bool
    area: str
    stated_on: dt.date | None
    period: str
    origin: str


@dataclass(frozen=True)
class MunicipalityFact:
    """A municipality with its validity; merged ones name their successors (DOMAIN 11).

    `short` begins its case numbers; a successor of the same name keeps it (DOMAIN 7.4).
    """

    code: str
    short: str
    name_lv: str
    kind: str
    valid_from: dt.date
    valid_to: dt.date | None
    successors: tuple[str, ...]
    note: str

    def exists_on(self, day: dt.date) -> bool:
        """True while the municipality exists, both bounds included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Question:
    """A question to the municipality and what holds until it is answered (DOMAIN 15)."""

    no: str
    text: Text
    default: Text
