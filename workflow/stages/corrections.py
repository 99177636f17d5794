"""A credit note, a corrected act or price: the whole case is recomputed, the difference is claimed (DOMAIN 9.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from workflow.calculation import Line, MissingPrice, MissingUnitCost
from workflow.calendar import month_of, units_of_stay
from workflow.facts import facts
from workflow.guards import Ask, Finding, Findings, Problem, StepRefused, finding, guard
from workflow.models import AcceptanceAct, Claim, Delivery, Invoice, invoice_act
from workflow.quantities import CENT, MOST
from workflow.stages.claimed import correct, correction_number, day_of, write_claim
from workflow.stages.common import add_document
from workflow.stages.drafts import Reckoning, costs_of
from workflow.stages.refusals import rewrite_refusals
from workflow.stages.settlement import Day, all_settled
from workflow.stages.terms import delivered_programmes

Change = Mapping[str, Any]


@guard("G74")
def correction_is_documented(ask: Ask) -> Findings:
    """G74: number, day and reason of the document, and for at least one delivery what changes."""
    for name in ("document_no", "reason"):
        if ask.get(name) is None:
            yield finding(name)
    if ask.get("document_on") is None or ask.given["document_on"] > ask.today:
        yield finding("document_on")
    changes: Sequence[Change] = ask.get("changes") or ()
    if not changes:
        yield finding("changes")
    seen: set[int] = set()
    for number, change in enumerate(changes):
        yield from faults_of_change(ask, f"changes-{change.get('row', number)}", change, seen)


def faults_of_change(ask: Ask, name: str, change: Change, seen: set[int]) -> Iterable[Finding]:
    """What is wrong with one change of the table (G74); `seen` gathers the deliveries named so far."""
    delivery = change.get("delivery")
    if not isinstance(delivery, Delivery) or delivery.case_id != ask.case.id or delivery.cancelled:
        yield finding(f"{name}-delivery")
        return
    if delivery.id in seen:
        yield finding(f"{name}-delivery")
    seen.add(delivery.id)
    quantity, price = change.get("new_quantity"), change.get("new_unit_price")
    if quantity is None and price is None:
        yield finding(f"{name}-new_quantity")
    if quantity is not None and not _is_possible(delivery, quantity):
        yield finding(f"{name}-new_quantity")
    if price is not None and (price <= 0 or price != price.quantize(CENT)):
        yield finding(f"{name}-new_unit_price")


def _is_possible(delivery: Delivery, quantity: Decimal) -> bool:
    """0 cancels; else a multiple of the unit's step (G57); a stay has no more units than started 24 hours."""
    if not 0 <= quantity <= MOST or quantity % facts().units[facts().services[delivery.service_code].unit].step:
        return False
    if delivery.check_in is None or delivery.check_out is None:
        return True
    return quantity <= len(units_of_stay(delivery.check_in, delivery.check_out))


def record_correction(ask: Ask) -> None:
    """Change the deliveries, recompute from the first day, and claim the difference (DOMAIN 8.2, 9.5).

    Months of which nothing was claimed yet need no correction: their claim is computed anew. A settled case whose
    money does not change gets a correction of 0.00, so that the payment step leads it back.
    Raises StepRefused with G64 when the new calculation lacks a unit cost.
    """
    was_settled = all_settled(ask)
    before = [_reckoning(ask, code) for code in delivered_programmes(ask.case)]
    free = {one.programme: _free_days(ask, one) for one in before}
    costs = {one.programme: _costs(one) for one in before}
    for change in ask.given["changes"]:
        _apply(change)
    rewrite_refusals(ask.session, ask.case, ask.doer.user_id)
    claims = [claim for one in before for claim in _corrections(ask, one, free[one.programme])]
    if was_settled and not claims:
        claims = [_zero_claim(ask, before)]
    credited = _file_credits(ask, before, costs)
    kind = "D19" if credited else "D15"
    add_document(ask, kind, ask.given["document_on"], number=ask.given["document_no"], created_by=ask.doer.user_id)
    for claim in claims:
        for code in ("D17", "D18"):
            add_document(ask, code, claim.submitted_on or ask.today, number=claim.number)
    ask.record = {**ask.given, "changes": [_kept(change) for change in ask.given["changes"]], "claims": claims}


def _kept(change: Change) -> dict[str, Any]:
    delivery: Delivery = change["delivery"]
    return {**change, "service": delivery.service_code, "date": delivery.delivered_on}


def _reckoning(ask: Ask, programme: str) -> Reckoning:
    return Reckoning(ask.session, ask.case, programme, dt.date.min)


def _free_days(ask: Ask, one: Reckoning) -> list[Day]:
    """Units that wait for a claim of their own: they do not go into the correction."""
    if not one.claimed.lines:
        return []
    return [day_of(unit) for unit in _units_or_refuse(ask, one)]


def _units_or_refuse(ask: Ask, one: Reckoning) -> list[Any]:
    try:
        return one.free()
    except (MissingUnitCost, MissingPrice) as error:
        params = {"service": error.service, "date": error.on}
        raise StepRefused([Problem("G64", "changes", params, ask.step)]) from None


def _costs(one: Reckoning) -> dict[int, Decimal | None]:
    """What the accepted units cost by provider, EUR."""
    whole = Reckoning(one.session, one.case, one.programme, dt.date.max)
    providers = {row.id: row.provider_id for row in one.case.assignments}
    return costs_of(whole.terms, whole.pieces, providers)


def _apply(change: Change) -> None:
    delivery: Delivery = change["delivery"]
    if change.get("new_unit_price") is not None:
        delivery.unit_price = change["new_unit_price"]
    if change.get("new_quantity") is not None:
        delivery.quantity = change["new_quantity"]
        delivery.cancelled = delivery.quantity == 0


def _corrections(ask: Ask, before: Reckoning, free: list[Day]) -> Iterator[Claim]:
    """The difference of one programme to what was claimed of it, if there is one."""
    if not before.claimed.lines:
        return
    after = _reckoning(ask, before.programme)
    _units_or_refuse(ask, after)
    claim = correct(ask, before.programme, None, ask.given["document_on"], after.claimed, after.standing(without=free))
    if claim is not None:
        yield claim


def _zero_claim(ask: Ask, before: Iterable[Reckoning]) -> Claim:
    """A correction of 0.00 that names the deliveries concerned (9.5)."""
    rows: list[Delivery] = [change["delivery"] for change in ask.given["changes"]]
    programme = facts().services[rows[0].service_code].programme
    own = [row for row in rows if facts().services[row.service_code].programme == programme]
    keys = sorted({(month_of(row.delivered_on), row.service_code, row.assignment_id) for row in own})
    lines = [Line(*key, Decimal(0), Decimal(0), Decimal("0.00")) for key in keys]
    first = min(item for one in before for item in one.claimed.numbers.items())
    number = correction_number(ask.session, ask.case, first[1])
    return write_claim(ask, programme, number, ask.given["document_on"], lines, (), kind="correction")


def _file_credits(ask: Ask, before: Sequence[Reckoning], costs: Mapping[str, Mapping[int, Decimal | None]]) -> bool:
    """A credit note for every provider whose billed deliveries cost less now; True when anything costs less."""
    credited = False
    for one in before:
        now = _costs(one)
        for provider_id, old in costs[one.programme].items():
            new = now.get(provider_id, Decimal("0.00"))
            if old is None or new is None or new >= old:
                continue
            credited = True
            _credit(ask, provider_id, new - old)
    return credited


def _credit(ask: Ask, provider_id: int, amount: Decimal) -> None:
    rows: list[Delivery] = [change["delivery"] for change in ask.given["changes"]]
    acts = [row.act_id for row in rows if row.assignment.provider_id == provider_id]
    billed = select(AcceptanceAct).where(AcceptanceAct.id.in_(acts), AcceptanceAct.id.in_(select(invoice_act.c.act_id)))
    found = list(ask.session.scalars(billed))
    if not found:
        return
    number = ask.given["document_no"]
    note = ask.session.scalar(
        select(Invoice).where(
            Invoice.municipality_id == ask.case.municipality_id,
            Invoice.provider_id == provider_id,
            Invoice.number == number,
        )
    )
    if note is None:
        note = Invoice(
            municipality_id=ask.case.municipality_id,
            provider_id=provider_id,
            number=number,
            dated_on=ask.given["document_on"],
            amount=Decimal("0.00"),
            kind="credit_note",
            created_by=ask.doer.user_id,
        )
        ask.session.add(note)
    note.amount += amount
    note.acts.extend(act for act in found if act not in note.acts)
