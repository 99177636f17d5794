"""What the standing claims of a case hold, how it differs from the calculation, and writing a claim (DOMAIN 9.5)."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workflow.calculation import CountedUnit, Line, difference, lines_of
from workflow.calendar import month_of
from workflow.facts import facts
from workflow.guards import Ask, Problem, StepRefused
from workflow.models import Case, Claim, ClaimLine, ClaimUnit
from workflow.quantities import to_cents
from workflow.stages.settlement import STANDING, Day

Key = tuple[dt.date, str, int, Decimal]
"""Month, service, assignment and rate: what tells the lines of a case apart (9.1, item 3)."""

LONGEST_NUMBER = 60
_SUFFIX = re.compile(r"/L?[0-9]{1,3}$")


class Held(NamedTuple):
    """Units that a standing claim holds, and the number of the claim."""

    row: ClaimUnit
    key: Key
    claim_no: str


@dataclass(frozen=True)
class Claimed:
    """What the standing claims of one programme of the case hold; the lines of corrections are among them."""

    lines: tuple[Line, ...]
    numbers: Mapping[dt.date, str]  # month → number of its first claim
    held: Mapping[Day, Held]

    @property
    def months(self) -> frozenset[dt.date]:
        """The months that were claimed at least once."""
        return frozenset(self.numbers)

    def claim_nos_in(self, month: dt.date) -> list[str]:
        """The numbers of the claims that hold units of the month, oldest first."""
        return list(dict.fromkeys(held.claim_no for day, held in self.held.items() if month_of(day[1]) == month))


def key_of(row: Line | CountedUnit) -> Key:
    """The key of a line, or of the line that a unit goes into."""
    return row.month, row.service, int(row.arrangement), row.rate


def day_of(unit: CountedUnit) -> Day:
    """What of a unit can be claimed only once."""
    return unit.delivery, unit.on


def claimed_of(session: Session, case: Case, programme: str) -> Claimed:
    """What is claimed of the programme, returned claims left out. Two statements."""
    mine = (ClaimLine.case_id == case.id, Claim.programme_code == programme, Claim.status.in_(STANDING))
    lines = session.execute(
        select(ClaimLine, Claim.number).join(Claim, Claim.id == ClaimLine.claim_id).where(*mine).order_by(ClaimLine.id)
    ).all()
    units = session.execute(
        select(ClaimUnit, ClaimLine, Claim.number)
        .join(ClaimLine, ClaimLine.id == ClaimUnit.claim_line_id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(*mine, ClaimUnit.live)
        .order_by(ClaimUnit.id)
    ).all()
    numbers: dict[dt.date, str] = {}
    for row, number in lines:
        numbers.setdefault(row.month, number)
    held = {(unit.delivery_id, unit.on_day): Held(unit, _stored_key(row), number) for unit, row, number in units}
    return Claimed(tuple(_plain(row) for row, _ in lines), numbers, held)


def _stored_key(row: ClaimLine) -> Key:
    return row.month, row.service_code, row.assignment_id, row.rate


def _plain(row: ClaimLine) -> Line:
    return Line(row.month, row.service_code, row.assignment_id, row.rate, row.quantity, row.amount)


def added_lines(claimed: Claimed, units: Iterable[CountedUnit]) -> list[Line]:
    """The lines of units that no claim holds yet.

    A line that an earlier claim began is rounded once as a whole (9.1, item 4): the later claim holds the rest.
    """
    before: dict[Key, list[Line]] = defaultdict(list)
    for line in claimed.lines:
        before[key_of(line)].append(line)
    return [_rest(line, before[key_of(line)]) for line in lines_of(units)]


def _rest(line: Line, before: Sequence[Line]) -> Line:
    whole = line.quantity + sum((row.quantity for row in before), Decimal(0))
    amount = to_cents(whole * line.rate) - sum((row.amount for row in before), Decimal("0.00"))
    return Line(line.month, line.service, line.arrangement, line.rate, line.quantity, amount)


def corrected_lines(claimed: Claimed, units: Sequence[CountedUnit]) -> tuple[Line, ...]:
    """Old lines with minus and new ones with plus where amounts, quantities or the units themselves differ (9.5)."""
    new = lines_of(units)
    lines = difference(claimed.lines, new).lines
    differ = {key_of(line) for line in lines}
    moved = [line for line in new if key_of(line) in _moved(claimed, units) - differ]
    both = [*lines, *(turned for line in moved for turned in (_minus(line), line))]
    return tuple(sorted(both, key=lambda line: (key_of(line), line.quantity)))


def _moved(claimed: Claimed, units: Iterable[CountedUnit]) -> set[Key]:
    """The lines that hold other units than before, though perhaps for the same money."""
    old: dict[Key, set[tuple[Day, Decimal]]] = defaultdict(set)
    new: dict[Key, set[tuple[Day, Decimal]]] = defaultdict(set)
    for day, held in claimed.held.items():
        old[held.key].add((day, held.row.quantity))
    for unit in units:
        new[key_of(unit)].add((day_of(unit), unit.quantity))
    return {key for key in old.keys() | new.keys() if old[key] != new[key]}


def _minus(line: Line) -> Line:
    return Line(line.month, line.service, line.arrangement, line.rate, -line.quantity, -line.amount)


def correct(
    ask: Ask, programme: str, number: str | None, on: dt.date, claimed: Claimed, units: Sequence[CountedUnit]
) -> Claim | None:
    """Write the correction claim that brings what is claimed to `units`; None when they do not differ (9.5).

    `units` are those of the claimed months. The units of the changed lines move to the correction.
    """
    lines = corrected_lines(claimed, units)
    if not lines:
        return None
    changed = {key_of(line) for line in lines}
    for held in claimed.held.values():
        if held.key in changed:
            held.row.live = False
    ask.session.flush()  # first let go, then take: a unit is never in two claims
    number = number or correction_number(ask.session, ask.case, claimed.numbers[lines[0].month])
    moved = [unit for unit in units if key_of(unit) in changed]
    return write_claim(ask, programme, number, on, lines, moved, kind="correction")


def write_claim(
    ask: Ask,
    programme: str,
    number: str,
    on: dt.date,
    lines: Sequence[Line],
    units: Iterable[CountedUnit],
    *,
    kind: str = "normal",
) -> Claim:
    """Write a submitted claim with its lines and units; the period is the month of its first line.

    Raises StepRefused with G63 when another claim was faster: the unique key of the units decides (TRUST 4).
    """
    claim = Claim(
        municipality_id=ask.case.municipality_id,
        programme_code=programme,
        period=lines[0].month,
        number=number,
        kind=kind,
        status="submitted",
        submitted_on=on,
        compensating_body=facts().programmes[programme].compensating_body,
        created_by=ask.actor.user_id if ask.actor else None,
    )
    by_key: dict[Key, list[CountedUnit]] = defaultdict(list)
    for unit in units:
        by_key[key_of(unit)].append(unit)
    claim.lines = [_line(ask.case, line, by_key[key_of(line)]) for line in lines]
    try:
        with ask.session.begin_nested():
            ask.session.add(claim)
            ask.session.flush()
    except IntegrityError:
        raise StepRefused([_taken(ask, number, [day_of(unit) for rows in by_key.values() for unit in rows])]) from None
    return claim


def _line(case: Case, line: Line, units: Iterable[CountedUnit]) -> ClaimLine:
    row = ClaimLine(
        case_id=case.id,
        service_code=line.service,
        month=line.month,
        assignment_id=int(line.arrangement),
        quantity=line.quantity,
        rate=line.rate,
        amount=line.amount,
    )
    if line.quantity > 0:  # the line with minus lets its units go
        row.units = [ClaimUnit(delivery_id=unit.delivery, on_day=unit.on, quantity=unit.quantity) for unit in units]
    return row


def _taken(ask: Ask, number: str, days: Sequence[Day]) -> Problem:
    """Which claim was faster: the one that holds a unit, or the one with the same number."""
    rows = (
        select(Claim.number)
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .join(ClaimUnit, ClaimUnit.claim_line_id == ClaimLine.id)
        .where(ClaimUnit.live, ClaimUnit.delivery_id.in_([delivery for delivery, _ in days]))
    )
    holder = ask.session.scalar(rows.limit(1))
    field = "period" if holder else "claim_no"
    return Problem("G63", field, {"claim_no": holder or number}, ask.step)


def correction_number(session: Session, case: Case, number: str) -> str:
    """The number of a claim with the next free suffix of a correction: `K-7/L1`."""
    return _suffixed(session, case, number, "L")


def resubmission_number(session: Session, case: Case, number: str) -> str:
    """The number of a returned claim with the next free suffix: `K-7/2` (DOMAIN 13.2, story 9)."""
    return _suffixed(session, case, number, "")


def _suffixed(session: Session, case: Case, number: str, mark: str) -> str:
    """An office may use strokes in its own numbers, so only a suffix of a known number is replaced."""
    in_office = select(Claim.number).where(Claim.municipality_id == case.municipality_id)
    base = _SUFFIX.sub("", number)
    if session.scalar(in_office.where(Claim.number == base)) is None:
        base = number
    base = base[: LONGEST_NUMBER - 5]
    taken = set(session.scalars(in_office.where(Claim.number.startswith(f"{base}/", autoescape=True))))
    first = 1 if mark else 2
    return next(text for n in range(first, 1000) if (text := f"{base}/{mark}{n}") not in taken)
