"""What was delivered is accepted month by month, and the service ends (DOMAIN 8.2, 9.2)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from sqlalchemy import select

from workflow import filing
from workflow.calculation import Reason
from workflow.calendar import age_on, month_of
from workflow.facts import facts
from workflow.guards import Ask, Findings, finding, guard
from workflow.models import AcceptanceAct, Assignment, Case, Delivery
from workflow.stages.assigning import bare, ends_of, granted_plan, programme_period, requested
from workflow.stages.common import add_document, finish_tasks
from workflow.stages.month import ABOVE_LIMIT, Row, rows_of, verdict
from workflow.stages.refusals import rewrite_refusals

__all__ = ["accepted", "confirm_delivery", "covers", "rewrite_refusals", "stop_service"]

UNKNOWN = "–"


def accepted(case: Case) -> list[Delivery]:
    """The accepted deliveries: not cancelled, and corrected to something above 0."""
    return [row for row in case.deliveries if not row.cancelled and row.quantity > 0]


@guard("G15", "confirm_delivery")
def contested_age_is_confirmed(ask: Ask) -> Findings:
    """G15: at age 18 the Latvian and the Russian text differ (C3); asked once, at the first such row."""
    birth_date = ask.case.person.birth_date
    if not facts().settings["over_18_needs_supervisor"].value or birth_date is None:
        return
    for row in rows_of(ask):
        contested = facts().programmes[facts().services[row.service].programme].contested_age
        if contested is not None and row.on is not None and age_on(birth_date, row.on) == contested:
            yield finding(row.field, age=contested, date=row.on)
            return


@guard("G50")
def assignment_covers_day(ask: Ask) -> Findings:
    """G50: the assignment serves on the day; the day lies in the month chosen and in no pause of the case.

    Without a form: some provider must have been assigned at all.
    """
    if not ask.acting:
        if not ask.case.assignments:
            yield finding(service=_wanted_service(ask.case), date=ask.today)
        return
    assignment, month = ask.get("assignment"), ask.get("month")
    if assignment is None or month is None:
        name = "assignment" if assignment is None else "month"
        yield finding(name, service=_wanted_service(ask.case), date=month or UNKNOWN)
        return
    for row in rows_of(ask):
        if row.on is None:
            continue
        if month_of(row.on) != month_of(month) or not covers(ask.case, assignment, row.service, row.on):
            yield finding(row.field, service=row.service, date=row.on)


def _wanted_service(case: Case) -> str:
    """A service to name when no assignment is known: the first one asked for."""
    lines = requested(case) or [line for plan in case.plans for line in plan.lines]
    return lines[0].service_code if lines else next(iter(facts().services))


def covers(case: Case, assignment: Assignment, service: str, day: dt.date) -> bool:
    """True when the assignment of this case serves the day: not ended, not stopped, not suspended (8.2, 9 and 11)."""
    ends_on = ends_of(assignment) or programme_period(case)[1]
    serves = assignment.case_id == case.id and assignment.plan_line.service_code == service
    stopped = case.stopped_on is not None and day > case.stopped_on
    return serves and assignment.starts_on <= day <= ends_on and not stopped and not _paused(case, day)


def _paused(case: Case, day: dt.date) -> bool:
    """The case rested on the day; on the day of resumption it goes on."""
    return any(dt.date.fromisoformat(begun) <= day < dt.date.fromisoformat(ended) for begun, ended in case.pauses)


@guard("G51")
def day_is_past_and_planned(ask: Ask) -> Findings:
    """G51: not in the future (a stay must be over), not before the line of the plan was approved; a day is needed."""
    approved_on = _approved_on(ask)
    for row in rows_of(ask):
        ended = row.check_out.date() if row.check_out is not None else row.on
        if row.on is None or ended is None:
            yield finding(row.field, date=UNKNOWN)
        elif ended > ask.today or approved_on is None or row.on < approved_on:
            yield finding(row.field, date=ended if ended > ask.today else row.on)


def _approved_on(ask: Ask) -> dt.date | None:
    """When the service was first granted: a revised plan does not move it (9.2, test 2)."""
    assignment = ask.get("assignment")
    granted = granted_plan(ask.case)
    line_approved = assignment.plan_line.approved_on if assignment is not None else None
    return line_approved or (granted.approved_on if granted else None)


@guard("G52")
def provider_was_registered(ask: Ask) -> Findings:
    """G52: the register entry of the assignment was valid on the day (DOMAIN 10)."""
    for row, day, quantity in verdict(ask).because_of(Reason.PROVIDER_NOT_REGISTERED):
        yield finding(row.field, date=day, quantity=quantity, unit=row.unit)


@guard("G53")
def act_and_sheet_are_there(ask: Ask) -> Findings:
    """G53: the act with a number of its own in the case and a day that has come, and a sheet that can be kept."""
    number = ask.get("act_no")
    taken = select(AcceptanceAct.id).where(AcceptanceAct.case_id == ask.case.id, AcceptanceAct.act_no == number)
    if number is None or ask.session.scalar(taken) is not None:
        yield finding("act_no")
    if ask.get("act_on") is None or ask.given["act_on"] > ask.today:
        yield finding("act_on")
    if filing.fault_of(ask.get("attendance_sheet")) is not None:
        yield finding("attendance_sheet")


@guard("G54")
def units_are_below_cap(ask: Ask) -> Findings:
    """G54: units above the cap or the plan line are recorded, not compensated (9.2, tests 8 and 9).

    An earlier day entered late may push out units accepted before; they are counted too.
    """
    found = verdict(ask)
    for row, _, quantity in found.because_of(*ABOVE_LIMIT):
        yield finding(f"{row.name}-quantity", quantity=quantity, unit=row.unit)
    if found.displaced > 0:
        unit = facts().services[ask.given["assignment"].plan_line.service_code].unit
        yield finding("deliveries", quantity=found.displaced, unit=unit)


@guard("G55")
def delivery_is_new(ask: Ask) -> Findings:
    """G55: the same recipient, service and time neither twice in the form nor in any case of the recipient."""
    rows = [row for row in rows_of(ask) if row.on is not None]
    known = _known_deliveries(ask, rows)
    for row in rows:
        key = _key(row)
        if known[key]:
            yield finding(row.field)
        known[key] += 1


def _key(row: Row) -> tuple[int, str, dt.date | None, str]:
    return row.recipient_id, row.service, row.on, row.slot


def _known_deliveries(ask: Ask, rows: list[Row]) -> Counter[tuple[int, str, dt.date | None, str]]:
    columns = (Delivery.recipient_id, Delivery.service_code, Delivery.delivered_on, Delivery.slot)
    query = select(*columns).where(
        Delivery.recipient_id.in_({row.recipient_id for row in rows}),
        Delivery.delivered_on.in_({row.on for row in rows}),
        ~Delivery.cancelled,
    )
    found = ask.session.execute(query).all() if rows else []
    return Counter((row.recipient_id, row.service_code, row.delivered_on, row.slot) for row in found)


@guard("G56")
def age_is_within_bounds(ask: Ask) -> Findings:
    """G56: the age of the person of the case on the day of delivery (5.2)."""
    birth_date = ask.case.person.birth_date
    for row, day, quantity in verdict(ask).because_of(Reason.AGE):
        age = age_on(birth_date, day) if birth_date is not None else 0
        yield finding(row.field, age=age, date=day, quantity=quantity, unit=row.unit)


@guard("G57")
def quantity_fits_unit(ask: Ask) -> Findings:
    """G57: above 0, a multiple of the unit's step, at most a million; a stay must end after it begins."""
    rows = rows_of(ask)
    for row in rows:
        if not row.is_whole:
            box = "check_out" if row.check_in is not None else "quantity"
            yield finding(f"{row.name}-{box}", step=row.step)
    if not rows:
        yield finding("deliveries", step=Decimal(1))


@guard("G58")
def window_is_open(ask: Ask) -> Findings:
    """G58: the two years of compensation are over (adults, 5.1)."""
    found = verdict(ask)
    for row, day, quantity in found.because_of(Reason.WINDOW):
        yield finding(row.field, date=found.window_last_day or day, quantity=quantity, unit=row.unit)


@guard("G59")
def service_is_in_plan(ask: Ask) -> Findings:
    """G59: a revision took the service out of the approved plan."""
    for row, _, quantity in verdict(ask).because_of(Reason.NOT_IN_PLAN):
        yield finding(row.field, service=row.service, quantity=quantity, unit=row.unit)


def confirm_delivery(ask: Ask) -> None:
    """Accept the rows with act D15 and the signed sheet D14, and recompute what is refused (8.2)."""
    given, user_id = ask.given, ask.doer.user_id
    stored = filing.store(ask.session, given["attendance_sheet"], user_id)
    sheet = add_document(ask, "D14", given["act_on"], file=stored, created_by=user_id)
    add_document(ask, "D15", given["act_on"], number=given["act_no"], created_by=user_id)
    ask.session.flush()
    act = AcceptanceAct(
        case_id=ask.case.id,
        assignment=given["assignment"],
        month=month_of(given["month"]),
        act_no=given["act_no"],
        act_on=given["act_on"],
        attendance_document=sheet,
        signed_by=ask.get("signed_by") or "",
        created_by=user_id,
    )
    for row in rows_of(ask):
        ask.case.deliveries.append(_delivery(row, act, user_id))
    finish_tasks(ask, "provider_arranged")
    rewrite_refusals(ask.session, ask.case, user_id)
    ask.record = {**given, "deliveries": bare(given["deliveries"]), "attendance_sheet": filing.summary(stored)}


def _delivery(row: Row, act: AcceptanceAct, user_id: int) -> Delivery:
    return Delivery(
        assignment=act.assignment,
        service_code=row.service,
        recipient_id=row.recipient_id,
        delivered_on=row.on,
        started_at=row.started_at,
        check_in=row.check_in,
        check_out=row.check_out,
        slot=row.slot,
        quantity=row.quantity,
        act=act,
        created_by=user_id,
    )


def stop_service(ask: Ask) -> None:
    """No delivery after the last day; letter L05, but none to a person who died (explanations 9 and 13)."""
    ask.case.stopped_on = ask.given["last_day"]
    if ask.given["reason"] != "died":
        add_document(ask, "L05", ask.today, note=ask.get("note") or "", language=ask.case.person.language)
