"""Lines opened before they are written are the lines that the step writes, to the cent (9.1, 9.5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.billing import in_house, two_providers
from tests.workflow.stages.delivering import confirm, limited
from workflow.guards import Ask
from workflow.models import Case, Claim, Delivery
from workflow.stages.drafts import make_draft
from workflow.stages.opened import CorrectionSeen, claim_lines, corrections_seen, to_pay

D = Decimal
OCTOBER = date(2021, 10, 1)
STEP = "record_correction"


def change(case: Case, day: int, quantity: str | None = None, price: str | None = None) -> dict[str, Any]:
    delivery = next(row for row in case.deliveries if row.delivered_on.day == day)
    typed = {"new_quantity": D(quantity) if quantity else None, "new_unit_price": D(price) if price else None}
    return {"delivery": delivery, **typed}


def seen(office: Office, case: Case, *changes: dict[str, Any]) -> list[CorrectionSeen]:
    return corrections_seen(
        Ask(office.session, case, STEP, office.today, given={"changes": list(changes)}, looking=True)
    )


def written(office: Office, case: Case, *changes: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The lines of the correction that the step makes."""
    document = {"document_no": "KR-1", "document_on": date(2021, 11, 20), "reason": "Kredītrēķins"}
    office.take(case, STEP, "procurement_officer", **document, changes=list(changes))
    claim = office.session.scalars(sa.select(Claim).where(Claim.kind == "correction").order_by(Claim.id.desc())).first()
    assert claim is not None
    return [(row.month, row.service_code, row.quantity, row.rate, row.amount) for row in claim.lines]


def test_a_draft_opens_into_the_units_of_its_lines(office: Office) -> None:
    draft = make_draft(office.session, two_providers(office), "CHILD_REHAB", OCTOBER)
    lines = claim_lines(draft)
    assert [line.amount for line in lines] == [line.amount for line in draft.lines] == [D("47.00"), D("47.00")]
    assert [[unit.on.day for unit in line.units] for line in lines] == [[4, 6], [4, 6]]
    paid = to_pay(draft)
    costs = draft.accepted_cost(draft.to_invoice)
    assert {key: sum(row.amount for row in rows) for key, rows in paid.items()} == costs


def test_refused_units_are_paid_for_but_not_in_the_lines(office: Office) -> None:
    case = confirm(office, limited(office, "2"), G54="ģimenes lūgums")
    draft = make_draft(office.session, case, "CHILD_REHAB", OCTOBER)
    [line] = claim_lines(draft)
    [[row]] = to_pay(draft).values()
    assert (line.quantity, row.quantity, row.amount) == (2, 3, D("70.50"))


@pytest.mark.parametrize(
    "changes", [[(6, "0", None)], [(6, None, "20.00")], [(4, "0", None), (11, None, "30.00")], [(4, None, "23.51")]]
)
def test_a_correction_is_seen_as_it_will_be_written(office: Office, changes: list[tuple[int, Any, Any]]) -> None:
    case = office.case_in("compensated")
    wanted = [change(case, *each) for each in changes]
    [found] = seen(office, case, *wanted)
    before = [(row.quantity, row.unit_price) for row in case.deliveries]
    assert [(row.quantity, row.unit_price) for row in case.deliveries] == before  # looked at, not written
    shown = [(line.month, line.service, line.quantity, line.rate, line.amount) for line in found.lines]
    assert shown == written(office, case, *wanted)
    assert found.total == found.compensated[1] - found.compensated[0]
    assert all(sum(unit.quantity for unit in line.units) == line.quantity for line in found.lines if line.units)


def test_a_cancelled_unit_makes_room_for_a_refused_one(office: Office) -> None:
    """W08: nothing changes but which units are compensated; the own cost goes down."""
    case = confirm(office, limited(office, "2"), G54="ģimenes lūgums")
    office.take(case, "submit_claim", **office.claim(case))
    office.pay(case)
    [found] = seen(office, case, change(case, 6, "0"))
    assert (found.total, found.own_cost) == (D("0.00"), (D("23.50"), D("0.00")))
    assert len(found.lines) == 2


def test_what_is_not_claimed_yet_needs_no_correction(office: Office) -> None:
    case = office.case_in("service_delivered")
    [found] = seen(office, case, change(case, 6, "0"))
    assert (found.claimed, found.lines) == (False, ())
    assert found.compensated == (D("70.50"), D("47.00"))


def test_incomplete_changes_are_still_being_typed(office: Office) -> None:
    case = office.case_in("compensated")
    half: dict[str, Any] = {"delivery": None, "new_quantity": D(0), "new_unit_price": None}
    assert seen(office, case, change(case, 6), half) == []
    assert seen(office, case) == []


def test_a_missing_tariff_is_told(office: Office) -> None:
    [found] = seen(office, case := in_house(office, None), change(case, 6, "0"))
    assert found.missing == ("REH-15", date(2021, 10, 4))
    assert isinstance(case.deliveries[0], Delivery)
