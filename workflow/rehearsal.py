"""A change of the rules tried out on the open cases, and carried to them once it is saved (R3; 13.3, story 9).

Case after case, some at a time: each batch writes the change inside a savepoint, judges its cases under both rule
books and takes the change back. Only what was found is kept. So nobody is held up, and nothing half-done can hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow import history, position
from workflow.calculation import CalculationError
from workflow.deadlines import earliest
from workflow.facts import EXITS, holding
from workflow.guards import Ask, find_problems, forget_working_days
from workflow.models import Case, Claim, ClaimLine, RuleChange
from workflow.rulebook.changes import write
from workflow.rulebook.reading import read, token_in_force
from workflow.stages.refusals import rewrite_refusals
from workflow.stages.terms import calculation_of, delivered_programmes

BATCH = 20
"""So many cases are judged between two commits: less than half a second, during which a writer may wait."""

PLAN_GUARDS = frozenset({"G21", "G22", "G23", "G26"})
"""What a plan in force may come to violate: catalogue, ages and caps; it then needs a new decision."""

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Standing:
    """How a case stands under one rule book; money in EUR, apart for months that were claimed already."""

    blockers: frozenset[str]
    due_on: dt.date | None
    plan: frozenset[str]
    claimed: Decimal
    unclaimed: Decimal
    unpriced: frozenset[str]


def open_cases(session: Session) -> int:
    """How many cases a rehearsal has to judge: all that have not ended."""
    return session.scalar(sa.select(sa.func.count(Case.id)).where(_OPEN)) or 0


_OPEN = Case.state.not_in([state.value for state in EXITS])


def rehearse(session: Session, change: RuleChange, today: dt.date) -> None:
    """Judge the next batch of open cases under the rules in force and under the change; keep what differs.

    Flushes, never commits. The change is finished when `is_rehearsed` says so.
    """
    effect = _begun(session, change)
    rows = sa.select(Case).where(_OPEN, Case.id > change.seen_id).order_by(Case.id).limit(BATCH)
    cases = session.scalars(rows).unique().all()
    before = [standing(session, case, today) for case in cases]
    after = _tried(session, change, cases, today)
    for case, old, new in zip(cases, before, after, strict=True):
        _note(effect, case, old, new)
    effect["seen"] += len(cases)
    effect["done"] = len(cases) < BATCH
    change.seen_id = cases[-1].id if cases else change.seen_id
    change.effect = effect
    session.flush()


def begin_anew(session: Session, change: RuleChange) -> None:
    """Forget what was found: other rules hold now. Flushes, never commits."""
    change.base, change.seen_id, change.effect = token_in_force(session), 0, {}
    session.flush()


def is_rehearsed(change: RuleChange) -> bool:
    """True when every open case was judged."""
    return bool(change.effect.get("done"))


def _tried(session: Session, change: RuleChange, cases: Iterable[Case], today: dt.date) -> list[Standing]:
    """The cases under the change, which is taken back."""
    with session.begin_nested() as trial:
        write(session, change.kind, change.data, change.source, None, today)
        forget_working_days(session)
        with holding(read(session)):
            found = [standing(session, case, today) for case in cases]
        trial.rollback()
    forget_working_days(session)
    return found


def standing(session: Session, case: Case, today: dt.date) -> Standing:
    """How the case stands under the rule book that holds."""
    with session.no_autoflush:
        claimed, unclaimed, unpriced = _money(session, case)
        first = earliest(position.open_deadlines(session, case))
        return Standing(
            blockers=_blockers(session, case, today),
            due_on=first.due_on if first else None,
            plan=_plan_problems(session, case, today),
            claimed=claimed,
            unclaimed=unclaimed,
            unpriced=unpriced,
        )


def _blockers(session: Session, case: Case, today: dt.date) -> frozenset[str]:
    """What stands in the way of the next step; a step of its own is judged by the rules that hold."""
    step = position.next_step(session, case, today)
    found = find_problems(Ask(session, case, step, today, acting=False)) if step else []
    return frozenset(problem.code for problem in found if problem.kind == "hard")


def _plan_problems(session: Session, case: Case, today: dt.date) -> frozenset[str]:
    """What the newest plan would violate if it were drafted today (R9)."""
    if case.plan is None or case.stopped_on is not None:
        return frozenset()
    lines = [
        {
            "service": line.service_code,
            "recipient_kind": line.recipient_kind,
            "recipient": line.recipient,
            "quantity": line.quantity,
            "starts_on": line.starts_on,
            "ends_on": line.ends_on,
            "description": line.description,
        }
        for line in case.plan.lines
    ]
    ask = Ask(session, case, "revise_plan", today, given={"lines": lines, "drafted_on": today, "reason": "–"})
    return PLAN_GUARDS & {problem.code for problem in find_problems(ask)}


def _money(session: Session, case: Case) -> tuple[Decimal, Decimal, frozenset[str]]:
    """Compensation of claimed and of other months, and the programmes that lack a price or unit cost (G64)."""
    claimed, unclaimed, unpriced = NOTHING, NOTHING, set()
    if not case.deliveries:
        return claimed, unclaimed, frozenset()
    months = _claimed_months(session, case)
    for programme in delivered_programmes(case):
        try:
            lines = calculation_of(session, case, programme).lines
        except CalculationError:
            unpriced.add(programme)
            continue
        claimed += sum((line.amount for line in lines if line.month in months), NOTHING)
        unclaimed += sum((line.amount for line in lines if line.month not in months), NOTHING)
    return claimed, unclaimed, frozenset(unpriced)


def _claimed_months(session: Session, case: Case) -> set[dt.date]:
    rows = sa.select(ClaimLine.month).join(Claim, Claim.id == ClaimLine.claim_id)
    return set(session.scalars(rows.where(ClaimLine.case_id == case.id, Claim.status != "returned").distinct()))


# What was found -------------------------------------------------------------------------------------------------------


def _begun(session: Session, change: RuleChange) -> dict[str, Any]:
    """What was found so far, a copy of its own: the row must be seen to change. At the first batch nothing."""
    if change.effect:
        return deepcopy(change.effect)
    empty: dict[str, Any] = {name: [] for name in ("freed", "blocked", "due", "plans", "allowed", "money", "cases")}
    return {**empty, "seen": 0, "of": open_cases(session), "done": False, "unclaimed": "0.00", "claimed": "0.00"}


def _note(effect: dict[str, Any], case: Case, old: Standing, new: Standing) -> None:
    """Add what differs for the case; case numbers only, no names (TRUST, «Privacy»)."""
    if old == new:
        return
    effect["cases"].append(case.id)
    for name, codes in (
        ("freed", old.blockers - new.blockers),
        ("blocked", new.blockers - old.blockers),
        ("plans", new.plan - old.plan),
        ("allowed", old.plan - new.plan),
    ):
        if codes:
            effect[name].append([case.case_no, sorted(codes)])
    if old.due_on != new.due_on:
        effect["due"].append([case.case_no, _iso(old.due_on), _iso(new.due_on)])
    unclaimed, claimed = new.unclaimed - old.unclaimed, new.claimed - old.claimed
    if unclaimed or claimed or old.unpriced != new.unpriced:
        effect["money"].append([case.case_no, str(unclaimed), str(claimed), sorted(new.unpriced)])
        effect["unclaimed"] = str(Decimal(effect["unclaimed"]) + unclaimed)
        effect["claimed"] = str(Decimal(effect["claimed"]) + claimed)


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


# Carried to the cases -------------------------------------------------------------------------------------------------


def carry(session: Session, change: RuleChange, user_id: int, today: dt.date) -> int:
    """Bring the next cases that the saved change concerns up to it; how many are left. Flushes, never commits.

    Refused units and position are computed anew, and the history of the case says why. Claims stay as they are.
    """
    batch, left = change.waiting[:BATCH], change.waiting[BATCH:]
    cases = sa.select(Case).where(Case.id.in_(batch)).order_by(Case.id)
    for case in session.scalars(cases.with_for_update(of=Case)).unique():
        _bring_up(session, case, change, user_id, today)
    change.waiting = left
    session.flush()
    return len(left)


def _bring_up(session: Session, case: Case, change: RuleChange, user_id: int, today: dt.date) -> None:
    touched_on = case.touched_on
    if case.deliveries:
        rewrite_refusals(session, case, user_id)
    history.take_number(case)
    session.flush()
    data = {"change": change.id, "kind": change.kind, "source": change.source}
    history.append(session, case, "change_rules", case.state, user_id, data, [], kind="entry")
    position.refresh(session, case, today, moved=False)
    case.touched_on = touched_on  # nobody worked on the case: it does not stop being idle
    session.flush()
