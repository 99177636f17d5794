"""What a plan may hold: its services, their ages and recipients, and the assessment it rests on (G20–G29)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflow.calendar import add_months
from workflow.facts import Programme, Service, facts
from workflow.guards import Ask, Findings, finding, guard
from workflow.models import Case, Person, Relation
from workflow.quantities import MOST
from workflow.stages.assessment import age_fits, age_of_person

RECEIVES = {
    "child": ("child",),
    "adult": ("adult",),
    "guardian": ("guardian",),
    "child_or_guardian": ("child", "guardian"),
    "family": ("child", "guardian", "adult"),
}
"""Who may receive the services of a programme, by its recipient (DOMAIN 3)."""


@dataclass(frozen=True)
class WantedLine:
    """One line of the form. `row` is its place there; the quantity is in the unit of the service."""

    row: int
    service: str
    fact: Service | None
    recipient_kind: str
    recipient: Person | None
    quantity: Decimal | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    description: str
    given: dict[str, Any]

    def at(self, name: str) -> str:
        """The name of a field of this line in the form."""
        return f"lines-{self.row}-{name}"


def wanted_lines(ask: Ask) -> list[WantedLine]:
    """The lines given, typed; `row` is kept where the form left blank rows out."""
    return [_wanted(number, line) for number, line in enumerate(ask.get("lines") or ())]


def _wanted(number: int, line: dict[str, Any]) -> WantedLine:
    service = line.get("service") or ""
    return WantedLine(
        row=line.get("row", number),
        service=service,
        fact=facts().services.get(service),
        recipient_kind=line.get("recipient_kind") or "child",
        recipient=line.get("recipient"),
        quantity=line.get("quantity"),
        starts_on=line.get("starts_on"),
        ends_on=line.get("ends_on"),
        description=(line.get("description") or "").strip(),
        given=line,
    )


def drafted_on(ask: Ask) -> dt.date:
    """The day of the plan; today while it is not entered."""
    day: dt.date = ask.get("drafted_on") or ask.today
    return day


@guard("G20")
def plan_has_services(ask: Ask) -> Findings:
    """G20: at least one service, each known and of some quantity; a programme without a catalogue has none."""
    lines = wanted_lines(ask)
    if not lines and facts().service_codes_of(ask.case.case_type):
        yield finding("lines")
    for line in lines:
        if line.fact is None:
            yield finding(line.at("service"))
        if line.quantity is not None and not 0 < line.quantity <= MOST:
            yield finding(line.at("quantity"))
        if line.starts_on and line.ends_on and line.ends_on < line.starts_on:
            yield finding(line.at("ends_on"))


@guard("G21")
def services_are_in_catalogue(ask: Ask) -> Findings:
    """G21: the service belongs to a programme of the case, and the programme lasts on the day of the plan."""
    programmes, day = facts().case_types[ask.case.case_type].programmes, drafted_on(ask)
    for line in wanted_lines(ask):
        if line.fact is None:
            continue
        if line.fact.programme not in programmes or not facts().programmes[line.fact.programme].runs_on(day):
            yield finding(line.at("service"), service=line.service, date=day)


@guard("G22")
def services_fit_the_age(ask: Ask) -> Findings:
    """G22: the person's age when the line starts, as far as it is known when the plan is drafted (DOMAIN 5.2)."""
    for line in wanted_lines(ask):
        if line.fact is None:
            continue
        day = max(line.starts_on or drafted_on(ask), drafted_on(ask))
        age = age_of_person(ask, day)
        if not age_fits(line.fact.min_age, line.fact.max_age, age):
            bounds = {"min": line.fact.min_age, "max": line.fact.max_age}
            yield finding(line.at("service"), service=line.service, age=age, date=day, **bounds)


@guard("G24")
def recipients_fit(ask: Ask) -> Findings:
    """G24: representatives receive their four services and nobody else does; a recipient belongs to the child."""
    known = {person.id for person in representatives_on(ask.session, ask.case, drafted_on(ask))}
    for line in wanted_lines(ask):
        if line.fact is not None and not _fits(line, line.fact, ask.case, known):
            yield finding(line.at("recipient"))


def _fits(line: WantedLine, service: Service, case: Case, representatives: set[int]) -> bool:
    if line.recipient is None:
        return False
    if line.recipient_kind not in RECEIVES[facts().programmes[service.programme].recipient]:
        return False
    if line.recipient_kind == "guardian":
        return line.recipient.id in representatives
    return line.recipient.id == case.person_id


def representatives_on(session: Session, case: Case, day: dt.date) -> Sequence[Person]:
    """Parents, guardians and foster parents of the person whose relation had not ended on the day.

    The start of a relation is often only the day on which it was registered, so it does not bar an earlier plan.
    """
    kinds = {
        kind for code in facts().case_types[case.case_type].programmes for kind in facts().programmes[code].applicant
    }
    rows = (
        select(Person)
        .join(Relation, Relation.adult_id == Person.id)
        .where(
            Relation.child_id == case.person_id,
            Relation.kind.in_(kinds - {"self", "institution"}),
            or_(Relation.valid_to.is_(None), Relation.valid_to >= day),
        )
        .order_by(Person.id)
    )
    return session.scalars(rows).unique().all()


@guard("G25")
def other_service_is_described(ask: Ask) -> Findings:
    """G25: REH-40 «Cits» says what it is; which services say nothing by themselves is a fact of the programme."""
    for line in wanted_lines(ask):
        unclear = line.fact is not None and line.service in _programme_of(line.fact).services_to_describe
        if unclear and not line.description:
            yield finding(line.at("description"))


def _programme_of(service: Service) -> Programme:
    return facts().programmes[service.programme]


@guard("G27")
def assessment_is_recent(ask: Ask) -> Findings:
    """G27: an old assessment is confirmed as still true; the number of months is a setting."""
    months = int(facts().settings["assessment_max_age_months"].value)
    assessment = ask.case.assessment
    if assessment is not None and drafted_on(ask) > add_months(assessment.assessed_on, months):
        yield finding("drafted_on", months=months)


@guard("G28")
def revision_has_reason(ask: Ask) -> Findings:
    """G28: why the plan is revised."""
    if not (ask.get("reason") or "").strip():
        yield finding("reason")


@guard("G29")
def plan_not_before_assessment(ask: Ask) -> Findings:
    """G29: the plan rests on the assessment, so it is not older."""
    day, assessment = ask.get("drafted_on"), ask.case.assessment
    if day is None or assessment is None or day < assessment.assessed_on:
        yield finding("drafted_on")
