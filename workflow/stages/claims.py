"""A compensation claim is submitted: what is in it is computed, the officer adds what only the office knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.calculation import Method
from workflow.calendar import month_end, month_of
from workflow.deadlines import deadline, pauses_of
from workflow.facts import facts
from workflow.guards import Ask, Findings, finding, guard
from workflow.models import Case, Claim, ClaimLine, NumberSeries
from workflow.models.series import next_number
from workflow.stages.claimed import correct, correction_number, day_of, resubmission_number, write_claim
from workflow.stages.common import add_document, finish_tasks
from workflow.stages.drafts import Draft, draft_of, make_draft
from workflow.stages.invoices import record_invoices
from workflow.stages.refusals import rewrite_refusals
from workflow.stages.settlement import unclaimed_months, unclaimed_units
from workflow.stages.terms import delivered_programmes


@guard("G60")
def something_to_claim(ask: Ask) -> Findings:
    """G60: compensable units that no claim holds, or a difference to what was claimed."""
    draft = draft_of(ask) if ask.acting else None
    if draft is None:
        if not unclaimed_months(ask.session, ask.case):
            yield finding()
    elif not draft.unpriced and not _is_worth(draft) and not draft.claimed.claim_nos_in(draft.period):
        yield finding("period")


def _is_worth(draft: Draft) -> bool:
    return bool(draft.added) or draft.corrects


@guard("G62")
def month_is_finished(ask: Ask) -> Findings:
    """G62: the whole month lies before the day of the claim, and before today."""
    period, submitted_on = ask.get("period"), ask.get("submitted_on") or ask.today
    if period is None or month_end(period) >= min(submitted_on, ask.today):
        yield finding("period")


@guard("G63")
def units_are_free(ask: Ask) -> Findings:
    """G63: everything of the month is in a claim already; a number of the office names one claim only."""
    draft = draft_of(ask)
    if draft is not None and not draft.unpriced and not _is_worth(draft):
        for number in draft.claimed.claim_nos_in(draft.period)[:1]:
            yield finding("period", claim_no=number)
    if number_is_taken(ask.session, ask.case, ask.get("claim_no")):
        yield finding("claim_no", claim_no=ask.get("claim_no"))


def number_is_taken(session: Session, case: Case, number: str | None) -> bool:
    """The municipality has a claim with this number."""
    rows = select(Claim.id).where(Claim.municipality_id == case.municipality_id, Claim.number == number)
    return number is not None and session.scalar(rows.limit(1)) is not None


@guard("G64")
def unit_costs_are_known(ask: Ask) -> Findings:
    """G64: the methodology's unit cost, and for the children's in-house services the own tariff (9.1, item 2)."""
    draft = draft_of(ask) if ask.acting else None
    drafts = [draft] if draft is not None else list(_unpriced_drafts(ask))
    for one in drafts:
        for service, day in one.unpriced:
            yield finding("period", service=service, date=day)


def _unpriced_drafts(ask: Ask) -> Iterator[Draft]:
    """The programmes in which a price can be missing: bought services always have the contract's."""
    if not unclaimed_units(ask.session, ask.case):
        return
    for code in delivered_programmes(ask.case):
        by_unit_cost = facts().programmes[code].compensation_method == Method.UNIT_COST
        if by_unit_cost or any(row.kind == "in_house" and row.own_tariff is None for row in ask.case.assignments):
            yield make_draft(ask.session, ask.case, code, month_of(ask.today))


@guard("G65")
def claim_is_in_time(ask: Ask) -> Findings:
    """G65: the deadline of the month (DL-05) and of the last claim of the programme (DL-08), paused by suspensions."""
    draft = draft_of(ask)
    if draft is None:
        return
    submitted_on = ask.get("submitted_on") or ask.today
    pauses = pauses_of(ask.case.pauses, ask.case.suspended_on, submitted_on)
    for starts_on, code in (
        (month_end(draft.period), "DL-05"),
        (facts().programmes[draft.programme].last_day, "DL-08"),
    ):
        due_on = deadline(code, starts_on, pauses, ask.days).due_on
        if submitted_on > due_on:
            yield finding("submitted_on", date=due_on)


def submit_claim(ask: Ask) -> None:
    """The claim with its computed lines, its invoices, and the documents D16, D17 and D18 (DOMAIN 8.2).

    Where the calculation of an earlier month has changed meanwhile, the difference goes out with it as a correction.
    Raises StepRefused with G63 when somebody else claimed the same units first.
    """
    draft = draft_of(ask)
    if draft is None:
        raise LookupError("the guards let no claim without a month pass")
    number, submitted_on = ask.given["claim_no"], ask.given["submitted_on"]
    _use_number(ask.session, ask.case, number, ask.today)
    rewrite_refusals(ask.session, ask.case, ask.doer.user_id)
    record_invoices(ask, draft)
    claims = list(_write(ask, draft, number, submitted_on))
    for claim in claims:
        for code in ("D17", "D18"):
            add_document(ask, code, submitted_on, number=claim.number, created_by=ask.doer.user_id)
    finish_tasks(ask, "claim_returned")
    amount = sum(line.amount for claim in claims for line in claim.lines)
    ask.record = {**ask.given, "programme": draft.programme, "claims": claims, "amount": amount}


def _write(ask: Ask, draft: Draft, number: str, submitted_on: dt.date) -> Iterator[Claim]:
    aside = [day_of(unit) for unit in draft.free()]
    corrected = draft.standing(aside) if draft.claimed.lines else []
    if draft.added:
        yield write_claim(ask, draft.programme, number, submitted_on, draft.lines, draft.added)
    if draft.claimed.lines:
        later_number = None if draft.added else number
        correction = correct(ask, draft.programme, later_number, submitted_on, draft.claimed, corrected)
        if correction is not None:
            yield correction


def suggested_number(session: Session, case: Case, programme: str, period: dt.date, today: dt.date) -> str:
    """The number a form proposes: of a returned claim with a suffix, else the next of the municipality's year.

    Looks only; the series moves on when a claim with this number is submitted.
    """
    mine = select(ClaimLine.claim_id).where(ClaimLine.case_id == case.id)
    returned = session.execute(
        select(Claim.number, Claim.kind)
        .where(
            Claim.id.in_(mine),
            Claim.programme_code == programme,
            Claim.period == period,
            Claim.status == "returned",
        )
        .order_by(Claim.id.desc())
        .limit(1)
    ).first()
    if returned is not None:
        follow = correction_number if returned.kind == "correction" else resubmission_number
        return follow(session, case, returned.number)
    name = _series(case, today)
    last = session.scalar(select(NumberSeries.last).where(NumberSeries.name == name)) or 0
    return _in_series(name, last + 1)


def _use_number(session: Session, case: Case, number: str, today: dt.date) -> None:
    """The proposed number is taken out of the series; another one leaves the series alone."""
    name = _series(case, today)
    last = session.scalar(select(NumberSeries.last).where(NumberSeries.name == name)) or 0
    if number == _in_series(name, last + 1):
        next_number(session, name)


def _series(case: Case, today: dt.date) -> str:
    return f"claim {facts().municipalities[case.municipality.code].short}-K-{today.year}"


def _in_series(name: str, number: int) -> str:
    """`RN-K-2021-0007`; K for «kompensācija» [ASM]."""
    return f"{name.removeprefix('claim ')}-{number:04d}"
