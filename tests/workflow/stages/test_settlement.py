"""What is accepted, open and settled: asked at every step, so it must be right and cheap (G87, DOMAIN 8.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused
from tests.workflow.stages.billing import NOVEMBER, OCTOBER, claims_of, two_providers
from workflow.guards import Ask
from workflow.models import Case
from workflow.stages.claims import submit_claim
from workflow.stages.compensation import accepted_units, all_settled, is_unsettled, rewrite_refusals, unclaimed_months
from workflow.stages.drafts import programmes_with_claims


def ask(office: Office, case: Case) -> Ask:
    return Ask(office.session, case, "close", office.today)


@pytest.mark.parametrize(
    ("place", "accepted", "unsettled", "settled", "months"),
    [
        ("procurement", "0", False, False, []),
        ("service_delivered", "3", True, False, [OCTOBER]),
        ("claimed", "3", True, False, []),
        ("compensated", "3", False, True, []),
    ],
)
def test_the_way_of_the_money(
    office: Office, place: str, accepted: str, unsettled: bool, settled: bool, months: list[date]
) -> None:
    case = office.case_in(place)
    found = ask(office, case)
    assert accepted_units(found) == Decimal(accepted)
    assert (is_unsettled(found), all_settled(found)) == (unsettled, settled)
    assert unclaimed_months(office.session, case) == months


def test_a_claim_about_to_be_paid_counts_as_paid(office: Office) -> None:
    case = office.case_in("claimed")
    assert all_settled(ask(office, case), paying=claims_of(office)[0])


def test_units_refused_altogether_leave_nothing_open(office: Office) -> None:
    """Explanation 6: nothing can be claimed, the supervisor may close the case."""
    case = office.case_in("service_delivered")
    case.assignments[0].contract_line.contract.ended_on = date(2021, 10, 3)
    rewrite_refusals(office.session, case, None)
    found = ask(office, case)
    assert (is_unsettled(found), all_settled(found)) == (False, False)
    assert unclaimed_months(office.session, case) == []


def test_cancelled_deliveries_do_not_count(office: Office) -> None:
    case = office.case_in("service_delivered")
    change = {"delivery": case.deliveries[0], "new_quantity": Decimal(0), "new_unit_price": None}
    given = {"document_no": "A-1L", "document_on": office.today, "reason": "akts", "changes": [change]}
    office.take(case, "record_correction", "social_worker", **given)
    assert accepted_units(ask(office, case)) == Decimal(2)


def test_the_programmes_with_something_to_claim(office: Office) -> None:
    case = two_providers(office)
    assert programmes_with_claims(office.session, case) == ["CHILD_REHAB"]
    assert programmes_with_claims(office.session, office.case_in("claimed")) == []


def test_a_claim_without_month_and_invoice_names_both(office: Office) -> None:
    case = office.case_in("service_delivered")
    found = refused(office, case, "submit_claim", **office.claim(case, period=None, invoices=[]))
    assert codes(found) == ["G61", "G62"]
    assert fields(found, "G61") == ["invoices"]


def test_the_writer_trusts_the_guards_only(office: Office) -> None:
    case = office.case_in("procurement")
    with pytest.raises(LookupError):
        submit_claim(Ask(office.session, case, "submit_claim", office.today, given={"period": NOVEMBER}))


@pytest.mark.parametrize(("days", "statements"), [((4,), 2), (tuple(range(1, 29)), 2)])
def test_open_months_cost_the_same_with_more_deliveries(office: Office, days: tuple[int, ...], statements: int) -> None:
    case = office.case_in("assigned")
    office.take(case, "confirm_delivery", **office.month(case, days=days), G54="daudz")
    sent: list[str] = []
    engine = office.session.get_bind()

    def note(*parts: object) -> None:
        sent.append(str(parts[2]))

    sa.event.listen(engine, "before_cursor_execute", note)
    unclaimed_months(office.session, case)
    sa.event.remove(engine, "before_cursor_execute", note)
    assert len(sent) == statements
