"""The planning region answers a claim: it comes back, or the money does (DOMAIN 8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from sqlalchemy import select

from workflow.calculation import CalculationError
from workflow.deadlines import last_day
from workflow.facts import State
from workflow.guards import Ask, Findings, finding, guard
from workflow.models import Claim, ClaimLine, ClaimUnit, Payment
from workflow.quantities import CENT
from workflow.roles import Role
from workflow.stages.claimed import Key, claimed_of
from workflow.stages.common import add_task
from workflow.stages.settlement import PAID, STANDING, all_settled, claims_of
from workflow.stages.terms import calculation_of, delivered_programmes


def amount_of(claim: Claim) -> Decimal:
    """The amount of the claim in EUR: the sum of its lines (9.1, item 5); a correction may be negative."""
    return sum((line.amount for line in claim.lines), Decimal("0.00"))


@guard("G70")
def claim_is_submitted(ask: Ask) -> Findings:
    """G70: a claim with lines of this case waits for its answer; without a form: any such claim."""
    if not ask.acting:
        if not any(row.status == "submitted" for row in claims_of(ask.session, ask.case)):
            yield finding()
    elif _waiting(ask) is None:
        yield finding("claim")


def _waiting(ask: Ask) -> Claim | None:
    """The claim given, if it is one of this case and submitted."""
    claim = ask.get("claim")
    if not isinstance(claim, Claim) or claim.status != "submitted":
        return None
    return claim if any(line.case_id == ask.case.id for line in claim.lines) else None


@guard("G71")
def payment_is_possible(ask: Ask) -> Findings:
    """G71: not before the submission, between 0.00 and the amount; a negative correction is paid back (9.5)."""
    claim = _waiting(ask)
    if claim is None:
        return
    paid_on, paid, amount = ask.get("paid_on"), ask.get("amount"), amount_of(claim)
    if paid_on is None or (claim.submitted_on is not None and paid_on < claim.submitted_on):
        yield finding("paid_on")
    if paid is None or not min(amount, Decimal(0)) <= paid <= max(amount, Decimal(0)):
        yield finding("amount")


@guard("G72")
def shortfall_has_reason(ask: Ask) -> Findings:
    """G72: a smaller payment needs a reason."""
    claim = _waiting(ask)
    if claim is not None and ask.get("amount") != amount_of(claim) and not ask.get("shortfall_reason"):
        yield finding("shortfall_reason")


@guard("G73")
def something_stays_open(ask: Ask) -> Findings:
    """G73, for information: what is not settled after this payment, EUR; the case stays where it is."""
    if ask.case.state != State.SERVICE_DELIVERED or _waiting(ask) is None:
        return
    if not all_settled(ask, paying=ask.get("claim")):
        yield finding(amount=open_amount(ask, paying=ask.get("claim")))


def open_amount(ask: Ask, paying: Claim | None = None) -> Decimal:
    """Compensation of everything accepted that no paid claim holds, EUR; `paying` counts as paid.

    A programme whose unit costs are not entered yet counts with what was claimed of it.
    """
    paid = {row.id for row in claims_of(ask.session, ask.case) if row.status in PAID}
    paid |= {paying.id} if paying is not None else set()
    return sum((_due(ask, code) for code in delivered_programmes(ask.case)), Decimal("0.00")) - _sum_of(ask, paid)


def _due(ask: Ask, programme: str) -> Decimal:
    try:
        return calculation_of(ask.session, ask.case, programme).compensated
    except CalculationError:
        claimed = claimed_of(ask.session, ask.case, programme)
        return sum((line.amount for line in claimed.lines), Decimal("0.00"))


def _sum_of(ask: Ask, claims: set[int]) -> Decimal:
    rows = select(ClaimLine.amount).where(ClaimLine.case_id == ask.case.id, ClaimLine.claim_id.in_(claims))
    return sum(ask.session.scalars(rows), Decimal("0.00"))


def record_payment(ask: Ask) -> None:
    """The payment, what falls on each line, and the claim's new status (DOMAIN 8.2)."""
    claim, paid, reason = ask.given["claim"], ask.given["amount"], ask.get("shortfall_reason")
    in_full = paid == amount_of(claim)
    for line, share in zip(claim.lines, shares(paid, [line.amount for line in claim.lines]), strict=True):
        line.paid_amount = share
        line.shortfall_reason = None if in_full else reason
    claim.status = "paid" if in_full else "paid_in_part"
    claim.payments.append(
        Payment(
            paid_on=ask.given["paid_on"],
            amount=paid,
            reference=ask.get("reference") or "",
            created_by=ask.doer.user_id,
        )
    )


def shares(paid: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """The payment spread over the lines in proportion, exact to the cent: the largest remainders get the last ones."""
    total = sum(amounts, Decimal(0))
    if paid == total:
        return list(amounts)
    exact = [amount * paid / total for amount in amounts]
    parts = [share.quantize(CENT, ROUND_FLOOR) for share in exact]
    left = int((paid - sum(parts, Decimal(0))) / CENT)
    by_remainder = sorted(range(len(parts)), key=lambda n: parts[n] - exact[n])
    for n in by_remainder[:left]:
        parts[n] += CENT
    return parts


def return_claim(ask: Ask) -> None:
    """The claim comes back: its units are free again, and the officer is to correct it (DOMAIN 13.2, story 9).

    Unpaid corrections of its lines come back with it: without the claim there is nothing to correct.
    """
    claim: Claim = ask.given["claim"]
    for row in [*_later_corrections(ask, claim), claim]:
        _free(ask, row)
        row.status = "returned"
        row.returned_on = ask.given["returned_on"]
        row.return_reason = ask.given["reason"]
        ask.session.flush()
    due_on = last_day("DL-05", ask.today, ask.days)
    add_task(ask, "claim_returned", due_on, role=Role.PROCUREMENT_OFFICER.value, detail=claim.number)


def _later_corrections(ask: Ask, claim: Claim) -> list[Claim]:
    """Submitted corrections of the lines of the claim, newest first."""
    keys = {_key(line) for line in claim.lines}
    rows = ask.session.scalars(
        select(Claim)
        .where(
            Claim.id > claim.id,
            Claim.id.in_(select(ClaimLine.claim_id).where(ClaimLine.case_id == ask.case.id)),
            Claim.programme_code == claim.programme_code,
            Claim.kind == "correction",
            Claim.status == "submitted",
        )
        .order_by(Claim.id.desc())
    )
    return [row for row in rows if keys & {_key(line) for line in row.lines}]


def _free(ask: Ask, claim: Claim) -> None:
    """Let the units go; what a correction took back stands again, with the units it held before."""
    for unit in (unit for line in claim.lines for unit in line.units):
        unit.live = False
    ask.session.flush()  # first let go, then take: a unit is never in two claims
    for line in claim.lines:
        if line.quantity < 0:
            for unit in _units_before(ask, claim, line):
                unit.live = True
    ask.session.flush()


def _units_before(ask: Ask, claim: Claim, taken_back: ClaimLine) -> list[ClaimUnit]:
    """The units of the same line in the standing claims since it was last taken back."""
    rows = ask.session.scalars(
        select(ClaimLine)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(
            ClaimLine.case_id == ask.case.id,
            ClaimLine.claim_id < claim.id,
            Claim.status.in_(STANDING),
            Claim.programme_code == claim.programme_code,
        )
        .order_by(ClaimLine.claim_id, ClaimLine.quantity)
    )
    units: list[ClaimUnit] = []
    for line in rows:
        if _key(line) == _key(taken_back):
            units = [] if line.quantity < 0 else [*units, *line.units]
    return units


def _key(line: ClaimLine) -> Key:
    return line.month, line.service_code, line.assignment_id, line.rate
