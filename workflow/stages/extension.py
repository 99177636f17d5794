"""The decision is put off: to which day at most, and what stays visible of the old one (DOMAIN 5.3, 8.4)."""

from __future__ import annotations

import datetime as dt

from workflow.calendar import WorkingDays, legal_months
from workflow.deadlines import Deadline, deadline, extended, paused, pauses_of
from workflow.facts import facts
from workflow.guards import Ask, Findings, finding, guard
from workflow.models import Case
from workflow.stages.common import add_document


def started_on(case: Case) -> dt.date:
    """Where the time for the decision starts: the receipt, or the reopening after a refusal (8.4; 8.2, 14)."""
    return case.reopened_on or case.received_on


def decision_deadline(case: Case, days: WorkingDays) -> Deadline:
    """DL-01 of the case: paused by its suspensions, extended when a supervisor put it off (DOMAIN 5.3, 8.4)."""
    pauses = pauses_of(case.pauses)
    legal = deadline("DL-01", started_on(case), pauses, days)
    if case.extended_due_on is None or case.extended_on is None:
        return legal
    return extended(legal, case.extended_due_on, case.extended_on, pauses, days)


def latest_extension(case: Case, days: WorkingDays, *, long_fact_finding: bool) -> dt.date:
    """The last day to which the decision may be put off: DL-01b, or a year; rests of the case move it on (8.4)."""
    starts_on, pauses = started_on(case), pauses_of(case.pauses)
    if not long_fact_finding:
        return deadline("DL-01b", starts_on, pauses, days).due_on
    year = legal_months(starts_on, int(facts().settings["extension_months_long"].value), days)
    return paused("DL-01b", year, starts_on, pauses, days)


@guard("G90")
def extension_within_bounds(ask: Ask) -> Findings:
    """G90: a reason, and not later than four months after receipt, a year for long fact-finding (DOMAIN 5.3).

    What is due is only ever put off: the new day lies after the present one of the decision.
    """
    latest = latest_extension(ask.case, ask.days, long_fact_finding=bool(ask.get("long_fact_finding")))
    due_on = ask.get("new_due_on")
    if due_on is None or not decision_deadline(ask.case, ask.days).due_on < due_on <= latest:
        yield finding("new_due_on", date=latest)
    if not (ask.get("reason") or "").strip():
        yield finding("reason", date=latest)


def extend_deadline(ask: Ask) -> None:
    """The new day of DL-01 and letter L03; the old day stays in the history (DOMAIN 13.3, story 4)."""
    before = decision_deadline(ask.case, ask.days).due_on
    ask.case.extended_due_on, ask.case.extended_on = ask.given["new_due_on"], ask.today
    add_document(ask, "L03", ask.today, note=ask.given["reason"], language=ask.case.person.language)
    ask.record = {**ask.given, "due_on_before": before}
