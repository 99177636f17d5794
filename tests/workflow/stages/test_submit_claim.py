"""submit_claim: computed lines, each unit once, in time (G60, G62–G65)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from tests.factory import Office
from tests.workflow.stages.asking import codes, fields, refused, the_one
from tests.workflow.stages.billing import NOVEMBER, OCTOBER, claim, claims_of, in_house, invoice, limited, problems
from workflow.models import Case, ClaimUnit, Document, RefusalOfUnits, TransitionLog
from workflow.stages import drafts, terms
from workflow.stages.claimed import Claimed
from workflow.stages.claims import suggested_number
from workflow.stages.compensation import unclaimed_months
from workflow.steps import blockers


@pytest.fixture
def case(office: Office) -> Case:
    """Three sessions at 23.50 in October."""
    return office.case_in("service_delivered")


def test_the_lines_are_computed(office: Office, case: Case) -> None:
    made = claim(office, case)
    [line] = made.lines
    assert (made.status, made.kind, made.period, made.programme_code) == (
        "submitted",
        "normal",
        OCTOBER,
        "CHILD_REHAB",
    )
    assert (line.quantity, line.rate, line.amount) == (Decimal(3), Decimal("23.50"), Decimal("70.50"))
    assert [(unit.on_day.day, unit.live) for unit in line.units] == [(4, True), (6, True), (11, True)]
    assert case.state == "service_delivered"
    assert case.next_step == "record_payment"
    assert (case.due_kind, case.due_on) == ("DL-06", made.submitted_on + timedelta(days=30))


def test_supervisor_may_claim_and_social_worker_may_not(office: Office, case: Case) -> None:
    assert codes(refused(office, case, "submit_claim", "social_worker", **office.claim(case))) == ["G95"]
    office.take(case, "submit_claim", "supervisor", **office.claim(case))


def test_the_papers_are_filed(office: Office, case: Case) -> None:
    made = claim(office, case)
    rows = office.session.scalars(sa.select(Document).where(Document.code.in_(["D16", "D17", "D18"])))
    assert {(row.code, row.number) for row in rows} == {
        ("D16", f"R-{case.id}-3"),
        ("D17", made.number),
        ("D18", made.number),
    }


def test_nothing_to_claim_before_a_delivery_counts(office: Office) -> None:
    """G60: the only accepted units are refused, so there is nothing to claim."""
    case = limited(office, "1")
    office.take(case, "confirm_delivery", **office.month(case, days=(4, 6)), G54="vienošanās ar ģimeni")
    office.take(case, "submit_claim", **office.claim(case, "47.00"))
    office.take(
        case,
        "confirm_delivery",
        **office.month(case, days=(1,), month=NOVEMBER, act_on=date(2021, 11, 20)),
        G54="vienošanās ar ģimeni",
    )
    assert [row.reason for row in office.session.scalars(sa.select(RefusalOfUnits))] == ["PLAN_QUANTITY"] * 2
    office.today = date(2021, 12, 6)
    found = problems(
        office, case, period=NOVEMBER, submitted_on=date(2021, 12, 6), invoices=[invoice(case, amount=Decimal("23.50"))]
    )
    assert codes(found) == ["G60"]
    assert fields(found, "G60") == ["period"]


def test_g60_stands_without_a_form(office: Office, case: Case) -> None:
    assert blockers(office.session, case, "submit_claim", None, office.today) == []
    claim(office, case)
    assert codes(blockers(office.session, case, "submit_claim", None, office.today)) == ["G60"]


def test_the_month_must_be_over(office: Office, case: Case) -> None:
    found = problems(office, case, period=NOVEMBER)
    assert fields(found, "G62") == ["period"]


def test_a_month_is_over_the_day_after_its_last(office: Office, case: Case) -> None:
    rows = [invoice(case, date=date(2021, 10, 29), paid_on=date(2021, 10, 29))]
    last = date(2021, 10, 31)
    assert fields(problems(office, case, submitted_on=last, invoices=rows), "G62") == ["period"]
    claim(office, case, submitted_on=last + timedelta(days=1), invoices=rows)


def test_a_claim_without_month_is_refused(office: Office, case: Case) -> None:
    assert fields(problems(office, case, period=None), "G62") == ["period"]


def test_units_are_claimed_once(office: Office, case: Case) -> None:
    first = claim(office, case)
    found = problems(office, case, claim_no="cits", invoices=[])
    assert codes(found) == ["G63"]
    assert fields(found, "G63") == ["period"]
    assert first.number in the_one(found).text("lv")


def test_a_number_names_one_claim(office: Office, case: Case) -> None:
    claim(office, case, claim_no="K-7")
    other = office.case_in("service_delivered")
    assert fields(problems(office, other, claim_no="K-7"), "G63") == ["claim_no"]


def test_a_race_ends_in_the_same_message(office: Office, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guards of the slower one saw the units free; the unique key of the living units decides."""

    first = claim(office, case)
    monkeypatch.setattr(drafts, "claimed_of", lambda *_: Claimed((), {}, {}))
    found = problems(office, case, claim_no="cits")
    assert (codes(found), found[0].params["claim_no"]) == (["G63"], first.number)
    assert len(claims_of(office)) == 1


def test_a_late_delivery_of_a_claimed_month_gets_a_claim_of_its_own(office: Office, case: Case) -> None:
    claim(office, case)
    office.take(case, "confirm_delivery", **office.month(case, days=(25,), act_no="A-2"))
    assert unclaimed_months(office.session, case) == [OCTOBER]
    made = claim(office, case, "23.50")
    assert [(line.quantity, line.amount) for line in made.lines] == [(Decimal(1), Decimal("23.50"))]
    assert unclaimed_months(office.session, case) == []


def test_a_unit_that_an_earlier_one_pushed_out_is_taken_back(office: Office) -> None:
    """The plan allows three; the third was claimed, then an earlier fourth is accepted: a correction goes out."""
    case = limited(office, "3")
    office.take(case, "confirm_delivery", **office.month(case, days=(11, 12, 13)))
    claim(office, case)
    office.take(case, "confirm_delivery", **office.month(case, days=(4,), act_no="A-2"), G54="aizmirsts")
    claim(office, case, "23.50")
    assert [(row.kind, sum(line.amount for line in row.lines)) for row in claims_of(office)] == [
        ("normal", Decimal("70.50")),
        ("normal", Decimal("23.50")),
        ("correction", Decimal("-23.50")),
    ]
    live = office.session.scalars(sa.select(ClaimUnit.on_day).where(ClaimUnit.live).order_by(ClaimUnit.on_day)).all()
    assert [day.day for day in live] == [4, 11, 12]


def test_an_own_tariff_is_needed_to_claim_in_house(office: Office) -> None:
    case = in_house(office, None)
    rows = [invoice(case, amount=Decimal("40.00"), paid_on=None)]
    found = problems(office, case, invoices=rows)
    assert codes(found) == ["G64"]
    assert fields(found, "G64") == ["period"]
    assert codes(blockers(office.session, case, "submit_claim", None, office.today)) == ["G64"]
    case.assignments[0].own_tariff = Decimal("20.00")
    claim(office, case, invoices=rows)


def test_the_deadline_of_the_month_is_soft(office: Office, case: Case) -> None:
    """DL-05: fifteen days after the end of October."""
    given = {"submitted_on": date(2021, 11, 16)}
    found = problems(office, case, **given)
    assert codes(found) == ["G65"]
    assert found[0].params["date"] == date(2021, 11, 15)
    office.take(case, "submit_claim", **office.claim(case, **given), G65="rēķins kavējās")
    assert case.state == "service_delivered"


def test_the_last_day_of_the_deadline_passes(office: Office, case: Case) -> None:
    claim(office, case, submitted_on=date(2021, 11, 15))


def test_the_last_claim_of_the_programme_has_its_own_deadline(office: Office, case: Case) -> None:
    """DL-08: thirty days after 31 December 2022."""
    office.today = date(2023, 2, 1)
    last = problems(office, case, submitted_on=date(2023, 1, 30))
    late = problems(office, case, submitted_on=date(2023, 1, 31))
    assert (codes(last), codes(late)) == (["G65"], ["G65", "G65"])
    assert late[1].params["date"] == date(2023, 1, 30)


def test_the_proposed_number_moves_on_only_when_it_is_used(office: Office, case: Case) -> None:
    def proposed() -> str:
        return suggested_number(office.session, case, "CHILD_REHAB", NOVEMBER, office.today)

    first = proposed()
    assert proposed() == first
    assert first.endswith("-2021-0001")
    claim(office, case, claim_no=first)
    assert proposed().endswith("-2021-0002")
    other = office.case_in("service_delivered")
    claim(office, other, claim_no="savs numurs")
    assert proposed().endswith("-2021-0002")


def test_the_history_keeps_what_was_claimed(office: Office, case: Case) -> None:

    made = claim(office, case)
    [row] = office.session.scalars(sa.select(TransitionLog).where(TransitionLog.event == "submit_claim"))
    assert (row.data["amount"], row.data["claims"], row.data["programme"]) == ("70.50", [made.id], "CHILD_REHAB")
    assert row.data["invoices"][0]["amount"] == "70.50"


def test_terms_speak_of_one_programme(office: Office, case: Case) -> None:
    found = terms.calculations(office.session, case)
    assert {code: row.compensated for code, row in found.items()} == {"CHILD_REHAB": Decimal("70.50")}
