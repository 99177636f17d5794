"""Who serves which line of the plan: what is still without a provider, and the guards both routes share.

Bought and in-house services end in the same row, the assignment (DOMAIN 7.2); so they are judged by the same guards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from workflow.deadlines import last_day
from workflow.facts import facts
from workflow.folding import fold
from workflow.guards import Ask, Findings, finding, guard
from workflow.models import Assignment, Case, Plan, PlanLine, Provider, RegisterEntry
from workflow.models.series import next_number
from workflow.roles import Role
from workflow.stages.common import add_document, add_task, finish_tasks


def granted_plan(case: Case) -> Plan | None:
    """The newest approved version of the plan: what was granted, also while a later version is being drafted."""
    return next((plan for plan in reversed(case.plans) if plan.approved_on is not None), None)


def ends_of(assignment: Assignment) -> dt.date | None:
    """The last day of the assignment; a contract that ended early ends it too, None is open."""
    contract_ended = assignment.contract_line.contract.ended_on if assignment.contract_line else None
    return min((day for day in (assignment.ends_on, contract_ended) if day is not None), default=None)


def holds_until(assignment: Assignment, day: dt.date) -> bool:
    """True when the assignment serves on the day or later."""
    ends_on = ends_of(assignment)
    return ends_on is None or ends_on >= day


def line_and_ancestors(case: Case, line: PlanLine) -> set[int]:
    """The ids of the line and of those it was carried over from: an unchanged line keeps its contracts (7.2)."""
    carried_from = {row.id: row.carried_from_id for plan in case.plans for row in plan.lines}
    found: set[int] = set()
    here: int | None = line.id
    while here is not None and here not in found:
        found.add(here)
        here = carried_from.get(here)
    return found


def assignments_of(case: Case, line: PlanLine) -> list[Assignment]:
    """The assignments of the plan line, those of the lines it was carried over from included."""
    known = line_and_ancestors(case, line)
    return [
        assignment
        for assignment in case.assignments
        if assignment.plan_line_id in known or assignment.plan_line is line
    ]


def requested(case: Case) -> list[PlanLine]:
    """The lines of the granted plan that the family asked for (start_procurement)."""
    plan = granted_plan(case)
    return [line for line in plan.lines if line.requested] if plan else []


def unassigned(case: Case, on: dt.date | None = None) -> list[PlanLine]:
    """The requested lines whose provider is still to be found: no assignment serves on the day `on` or later.

    Without a day it is the day of the case's last position: position.refresh sets it before it asks.
    """
    day = on or case.touched_on
    return [
        line
        for line in requested(case)
        if not any(holds_until(assignment, day) for assignment in assignments_of(case, line))
    ]


def programme_period(case: Case) -> tuple[dt.date, dt.date]:
    """First and last day of the programmes of the case, both included."""
    programmes = [facts().programmes[code] for code in facts().case_types[case.case_type].programmes]
    return min(row.first_day for row in programmes), max(row.last_day for row in programmes)


# What a step of assigning would bring: judged alike for a contract and in-house -----------------------------------


def provider_of(ask: Ask) -> Provider | None:
    """The provider chosen: of the existing contract, else the one given."""
    contract = ask.get("contract")
    provider: Provider | None = contract.provider if contract is not None else ask.get("provider")
    return provider


def entry_of(ask: Ask) -> RegisterEntry | None:
    """The register entry that is relied on: that of the existing contract, else the one given."""
    contract = ask.get("contract")
    entry: RegisterEntry | None = contract.register_entry if contract is not None else ask.get("register_entry")
    return entry


def chosen_lines(ask: Ask) -> list[PlanLine]:
    """The plan lines that get the provider: those chosen, else all of the offered services without a provider.

    When each of them has one already, all requested lines of the services: a second provider is arranged. In-house
    nothing needs to be offered: then it is all that is still without a provider.
    """
    chosen = ask.get("plan_lines")
    if chosen is not None:
        return list(chosen)
    contract, open_lines = ask.get("contract"), unassigned(ask.case, ask.today)
    offered = {line.service_code for line in contract.lines} if contract is not None else set()
    offered |= {row.get("service") for row in ask.get("lines") or ()}
    if not offered and ask.step == "assign_in_house":
        return open_lines
    wanted = open_lines if any(line.service_code in offered for line in open_lines) else requested(ask.case)
    return [line for line in wanted if line.service_code in offered]


def period_of(ask: Ask) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of the assignment to be made; the last day is open when None.

    `assigned_from` narrows an existing contract; without it the plan's approval does, since nothing before it can
    be accepted (G51).
    """
    contract = ask.get("contract")
    if contract is None:
        return ask.get("assigned_from") or ask.get("starts_on"), ask.get("ends_on")
    plan = granted_plan(ask.case)
    approved_on = plan.approved_on if plan and plan.approved_on else contract.starts_on
    starts_on = ask.get("assigned_from") or max(contract.starts_on, min(approved_on, contract.ends_on))
    return starts_on, contract.ended_on or contract.ends_on


@guard("G40")
def provider_is_registered(ask: Ask) -> Findings:
    """G40: an entry of this provider, in a register the programme accepts, valid when the service starts."""
    entry, provider = entry_of(ask), provider_of(ask)
    day = period_of(ask)[0] or ask.today
    own = entry is not None and provider is not None and entry.provider_id == provider.id
    if entry is None or not own or not _valid_on(entry, day) or not _accepted(ask, entry):
        yield finding("register_entry" if ask.get("contract") is None else "contract", date=day)


def _valid_on(entry: RegisterEntry, day: dt.date) -> bool:
    return entry.valid_from <= day and (entry.valid_to is None or day <= entry.valid_to)


def _accepted(ask: Ask, entry: RegisterEntry) -> bool:
    """The register is one that each programme concerned accepts (DOMAIN 10); the case's while no line is chosen."""
    services = {line.service_code for line in chosen_lines(ask)}
    codes = {facts().services[code].programme for code in services} or {
        facts().case_types[ask.case.case_type].main_programme
    }
    programmes = [facts().programmes[code] for code in codes]
    # Where only the municipality itself provides, no other provider is one of the programme's (DOMAIN 3, provider).
    bought = ask.step == "sign_contract"
    return all(
        entry.register in programme.provider_registers and not (bought and programme.routes == ("in_house",))
        for programme in programmes
    )


@guard("G41")
def entry_covers_services(ask: Ask) -> Findings:
    """G41: the entry names every service; an entry without a list is one for all that the provider does.

    The place of delivery is not among the data of the steps (8.2), so the officer judges the address, which the
    form shows with the entry.
    """
    entry = entry_of(ask)
    if entry is None or not entry.services:
        return
    services = {line.service_code for line in chosen_lines(ask)} | {
        row.get("service") for row in ask.get("lines") or ()
    }
    if services - {None} - set(entry.services):
        yield finding("register_entry" if ask.get("contract") is None else "contract")


@guard("G44")
def dates_are_in_order(ask: Ask) -> Findings:
    """G44: start not after end, both in the programme's period, and an assignment inside its contract."""
    first, last = programme_period(ask.case)
    contract = ask.get("contract")
    if contract is not None:
        starts_on, ends_on = period_of(ask)
        if not (starts_on and ends_on and max(first, contract.starts_on) <= starts_on <= min(ends_on, last)):
            yield finding("assigned_from" if ask.get("assigned_from") else "contract")
        return
    starts_on, ends_on = ask.get("starts_on"), ask.get("ends_on")
    if starts_on is None or not first <= starts_on <= last:
        yield finding("starts_on")
    if ends_on is None:
        if ask.step == "sign_contract":
            yield finding("ends_on")
    elif not first <= ends_on <= last or (starts_on is not None and ends_on < starts_on):
        yield finding("ends_on")
    yield from _outside_contract(ask)


def _outside_contract(ask: Ask) -> Findings:
    """The assignment may begin after the contract, never before it or after its end."""
    begins = ask.get("assigned_from")
    starts_on, ends_on = ask.get("starts_on"), ask.get("ends_on")
    if begins and ((starts_on and begins < starts_on) or (ends_on and begins > ends_on)):
        yield finding("assigned_from")


@guard("G47")
def wanted_provider_is_taken(ask: Ask) -> Findings:
    """G47: the family named another provider. Compared by folded words, so that «Cerība» is «SIA Ceriba»."""
    wanted, provider = ask.case.desired_provider, provider_of(ask)
    if wanted and provider is not None and not words_of(wanted) <= words_of(provider.name):
        yield finding("contract" if ask.get("contract") is not None else "register_entry", provider=wanted)


def words_of(name: str) -> set[str]:
    """The words of a name without case, marks and quotes."""
    letters = "".join(letter if letter.isalnum() else " " for letter in fold(name))
    return set(letters.split())


def bare(rows: Iterable[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """The rows as the history keeps them: without their place in the form."""
    return [{name: value for name, value in row.items() if name != "row"} for row in rows or ()]


# Writing ------------------------------------------------------------------------------------------------------------


def referral(ask: Ask, provider: Provider) -> str:
    """A new referral D13 to the provider; its number has no gaps within the municipality and year (8.2)."""
    place = facts().municipalities[ask.case.municipality.code].short
    series = f"referral {place}-{ask.today.year}"
    number = f"N-{place}-{ask.today.year}-{next_number(ask.session, series):05d}"
    add_document(ask, "D13", ask.today, number=number, note=provider.name, language=ask.case.person.language)
    return number


def finish_search(ask: Ask) -> None:
    """The officers' task is done when every requested line has its provider."""
    if not unassigned(ask.case, ask.today):
        finish_tasks(ask, "arrange_provider")


def ask_for_provider(ask: Ask) -> None:
    """The task to the procurement officers, due with DL-04 (8.2, 8.4)."""
    due_on = last_day("DL-04", ask.today, ask.days)
    add_task(ask, "arrange_provider", due_on, role=Role.PROCUREMENT_OFFICER.value)


def tell_worker(ask: Ask, provider: Provider, starts_on: dt.date) -> None:
    """The notice to the social worker: the service can begin; the first delivery is awaited by DL-04a (8.4)."""
    due_on = last_day("DL-04a", max(starts_on, ask.today), ask.days)
    add_task(ask, "provider_arranged", due_on, user_id=ask.case.worker_id, detail=provider.name)
