"""The invoices behind a claim: what the municipality was billed and paid for the accepted deliveries (G61, G66).

A row names the invoice, its day and amount for this case, and the payment: `no`, `date`, `amount`, `paid_on`,
`reference`, and the `provider` where the month has several. One invoice may serve many cases: the parts add up.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.calculation import Piece
from workflow.guards import Ask, Finding, Findings, finding, guard
from workflow.models import AcceptanceAct, Case, Invoice, Provider
from workflow.stages.common import add_document
from workflow.stages.drafts import Draft, draft_of

Row = Mapping[str, Any]


@guard("G61")
def invoices_are_entered(ask: Ask) -> Findings:
    """G61: for every provider of the month an invoice that is paid; in-house a cost note. Only past days."""
    draft = draft_of(ask)
    rows = _rows(ask)
    if draft is None or draft.unpriced:
        if not rows:
            yield finding("invoices")
        return
    named = {_provider_id(draft, row) for row in rows}
    if any(provider_id not in named for provider_id in draft.accepted_cost(draft.to_invoice)):
        yield finding("invoices")
    for number, row in enumerate(rows):
        yield from _faults(ask, draft, _name(row, number), row)


def _name(row: Row, number: int) -> str:
    """How the row is called in the form, where blank rows may stand between."""
    return f"invoices-{row.get('row', number)}"


def _rows(ask: Ask) -> Sequence[Row]:
    return ask.get("invoices") or ()


def _faults(ask: Ask, draft: Draft, name: str, row: Row) -> Iterable[Finding]:
    provider_id = _provider_id(draft, row)
    if provider_id is None:
        yield finding(f"{name}-provider")
    if not row.get("no"):
        yield finding(f"{name}-no")
    if _is_no_past_day(ask, row.get("date")) or _dated_otherwise(ask, provider_id, row):
        yield finding(f"{name}-date")
    if row.get("amount") is None or row["amount"] <= 0:
        yield finding(f"{name}-amount")
    if provider_id is not None and not draft.in_house(provider_id) and _is_no_past_day(ask, row.get("paid_on")):
        yield finding(f"{name}-paid_on")


def _is_no_past_day(ask: Ask, day: dt.date | None) -> bool:
    return day is None or day > ask.today


def _dated_otherwise(ask: Ask, provider_id: int | None, row: Row) -> bool:
    """The number is known with another day: one of the two is mistyped."""
    known = _known(ask.session, ask.case, provider_id, row.get("no")) if provider_id else None
    return known is not None and known.dated_on != row.get("date")


def _known(session: Session, case: Case, provider_id: int, number: str | None) -> Invoice | None:
    return session.scalar(
        select(Invoice).where(
            Invoice.municipality_id == case.municipality_id,
            Invoice.provider_id == provider_id,
            Invoice.number == number,
        )
    )


def _provider_id(draft: Draft, row: Row) -> int | None:
    """The provider of the row: named, or the only one of the month."""
    named = row.get("provider")
    if isinstance(named, Provider):
        return named.id
    billed = draft.accepted_cost(billed_pieces(draft, has_rows=True))
    return next(iter(billed)) if len(billed) == 1 else None


def billed_pieces(draft: Draft, *, has_rows: bool) -> list[Piece]:
    """What the invoices must cover: the units not invoiced yet, else those of a returned claim, billed anew."""
    if draft.to_invoice or not has_rows:
        return draft.to_invoice
    return draft.invoiced_before


@guard("G66")
def invoices_match_deliveries(ask: Ask) -> Findings:
    """G66: to the cent, by provider; the refused units are billed too. Without a price there is nothing to compare."""
    draft = draft_of(ask)
    rows = _rows(ask)
    if draft is None or draft.unpriced or not rows:
        return
    billed = billed_by_provider(draft, rows)
    accepted = draft.accepted_cost(billed_pieces(draft, has_rows=True))
    for provider_id in billed.keys() | accepted.keys():
        due, total = accepted.get(provider_id, Decimal("0.00")), billed.get(provider_id)
        if due is not None and total is not None and total != due:
            yield finding(_first_row(draft, rows, provider_id), invoice=total, accepted=due)


def billed_by_provider(draft: Draft, rows: Sequence[Row]) -> dict[int, Decimal]:
    """The sums of the rows, EUR by provider; rows whose provider nobody knows are left to G61."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        provider_id = _provider_id(draft, row)
        if provider_id is not None and row.get("amount") is not None:
            sums[provider_id] += row["amount"]
    return dict(sums)


def _first_row(draft: Draft, rows: Sequence[Row], provider_id: int) -> str:
    names = [_name(row, number) for number, row in enumerate(rows) if _provider_id(draft, row) == provider_id]
    return f"{names[0]}-amount" if names else "invoices"


def record_invoices(ask: Ask, draft: Draft) -> None:
    """Write the invoices with their payments, tie them to the acts, and file them (D16)."""
    rows = _rows(ask)
    pieces = billed_pieces(draft, has_rows=bool(rows))
    acts = _acts_by_provider(draft, pieces)
    for row in rows:
        provider_id = _provider_id(draft, row)
        if provider_id is not None:
            _record(ask, draft, row, provider_id, acts[provider_id])
            add_document(ask, "D16", row["date"], number=row["no"], created_by=ask.doer.user_id)


def _acts_by_provider(draft: Draft, pieces: Iterable[Piece]) -> dict[int, set[AcceptanceAct]]:
    days = {piece.delivered.key for piece in pieces}
    acts: dict[int, set[AcceptanceAct]] = defaultdict(set)
    for delivery in draft.case.deliveries:
        if delivery.id in days:
            acts[draft.assignments[delivery.assignment_id].provider_id].add(delivery.act)
    return acts


def _record(ask: Ask, draft: Draft, row: Row, provider_id: int, acts: set[AcceptanceAct]) -> None:
    """A known number is the same invoice: its amount grows by the part of this case, unless it was counted."""
    invoice = _known(ask.session, ask.case, provider_id, row["no"])
    if invoice is None:
        invoice = Invoice(
            municipality_id=ask.case.municipality_id,
            provider_id=provider_id,
            number=row["no"],
            dated_on=row["date"],
            amount=row["amount"],
            kind="cost_note" if draft.in_house(provider_id) else "invoice",
            created_by=ask.doer.user_id,
        )
        ask.session.add(invoice)
    elif not acts <= set(invoice.acts):
        invoice.amount += row["amount"]
    invoice.paid_on = row.get("paid_on") or invoice.paid_on
    invoice.payment_reference = row.get("reference") or invoice.payment_reference
    invoice.acts.extend(acts - set(invoice.acts))
