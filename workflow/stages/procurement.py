"""The granted plan goes to procurement: who provides is to be arranged now (DOMAIN 8.2, 10)."""

from __future__ import annotations

import datetime as dt

from workflow.guards import Ask, Findings, finding, guard
from workflow.models import Application, PlanLine, Provider
from workflow.stages.assigning import ask_for_provider, programme_period, requested, unassigned
from workflow.stages.common import add_document, finish_tasks, main_programme, valid_opinion
from workflow.stages.contracts import sign_contract, terminate_contract
from workflow.stages.in_house import assign_in_house

__all__ = [
    "assign_in_house",
    "requested",
    "sign_contract",
    "start_procurement",
    "terminate_contract",
    "unassigned",
]


@guard("G13", "start_procurement")
def opinion_still_holds(ask: Ask) -> Findings:
    """G13: respite and care need the VDEĀK opinion on the day the service is arranged [001]."""
    needed = main_programme(ask.case.case_type).requires_special_care_opinion
    if needed and valid_opinion(ask, ask.case.person, ask.today) is None:
        yield finding()


@guard("G30")
def plan_is_approved(ask: Ask) -> Findings:
    """G30: the newest version of the plan is approved."""
    if ask.case.plan is None or ask.case.plan.approved_on is None:
        yield finding()


@guard("G32")
def services_are_applied_for(ask: Ask) -> Findings:
    """G32: the second application, D02, came in (C13), with the case or now."""
    applied_on = ask.get("service_application_on")
    known = any(application.kind == "services" for application in ask.case.applications)
    if (applied_on is None and not known) or (applied_on is not None and applied_on > ask.today):
        yield finding("service_application_on")


@guard("G33")
def services_are_granted(ask: Ask) -> Findings:
    """G33: the decision to grant, D11, has its number and day."""
    plan = ask.case.plan
    if plan is None or not plan.decision_no or plan.decision_on is None:
        yield finding()


@guard("G34", "start_procurement")
def plan_is_signed(ask: Ask) -> Findings:
    """G34: the person or the representative signed the plan."""
    if ask.case.plan is None or ask.case.plan.representative_signed_on is None:
        yield finding()


@guard("G35")
def programme_still_runs(ask: Ask) -> Findings:
    """G35: no service starts after the last day of the programme, which still counts."""
    last_day = programme_period(ask.case)[1]
    if ask.today > last_day:
        yield finding(date=last_day)


@guard("G36")
def route_is_chosen(ask: Ask) -> Findings:
    """G36: bought, in-house, or both (C7), as far as the programme leaves the choice (DOMAIN 3, provider)."""
    if ask.get("route") not in main_programme(ask.case.case_type).routes:
        yield finding("route")


def start_procurement(ask: Ask) -> None:
    """Hand the requested lines to the procurement officers; the time of DL-04 starts (8.2).

    Without `requested_lines` the family wants the whole plan. The estimated value stays in the history, from where
    the form of the contract takes it.
    """
    case = ask.case
    lines = _wanted_lines(ask)
    for line in case.plan.lines if case.plan else ():
        line.requested = line in lines
    case.route = ask.given["route"]
    case.procurement_started_on = ask.today
    _note_application(ask)
    wanted = ask.get("desired_provider")
    if wanted is not None:
        case.desired_provider = wanted.name if isinstance(wanted, Provider) else wanted
    finish_tasks(ask, "start_procurement")
    ask_for_provider(ask)
    ask.record = {**ask.given, "requested_lines": lines}


def _wanted_lines(ask: Ask) -> list[PlanLine]:
    plan = ask.case.plan
    chosen = ask.get("requested_lines")
    return [line for line in plan.lines if chosen is None or line in chosen] if plan else []


def _note_application(ask: Ask) -> None:
    """D02 with its day, unless it is in the file already; asked for anew, stopped services may go on."""
    applied_on: dt.date | None = ask.get("service_application_on")
    known = {row.received_on for row in ask.case.applications if row.kind == "services"}
    if applied_on is not None and applied_on not in known:
        document = add_document(ask, "D02", applied_on)
        ask.session.flush()
        ask.case.applications.append(Application(kind="services", received_on=applied_on, document_id=document.id))
    latest = max(known | ({applied_on} if applied_on else set()))
    if ask.case.stopped_on is not None and latest >= ask.case.stopped_on:
        ask.case.stopped_on = None
