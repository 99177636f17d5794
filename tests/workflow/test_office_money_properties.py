"""The money of one case through random months of work: it agrees to the cent with the calculation (DOMAIN 9.1, 9.5).

Real steps on a real database: months are accepted late and early, claimed, returned, paid, corrected, cancelled and
entered again, the plan is revised and the case rests, and after each step the claims are what they must be.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal
from random import Random
from typing import Any

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run
from sqlalchemy.orm import Session

from tests.factory import Office
from workflow.guards import StepRefused
from workflow.models import Case, Claim, ClaimLine, ClaimUnit, Delivery, RefusalOfUnits
from workflow.quantities import to_cents
from workflow.stages.drafts import make_draft
from workflow.stages.settlement import STANDING, claims_of, open_corrections, unclaimed_months, unclaimed_units
from workflow.stages.terms import calculation_of
from workflow.stages.used import used_units

PROGRAMME, CAP = "CHILD_REHAB", 100
TODAY = dt.date(2022, 1, 20)
MONTHS = tuple(dt.date(2021, month, 1) for month in (10, 11, 12))
PRICES = {"REH-14": Decimal("19.99"), "REH-15": Decimal("23.50")}
REASONS = dict.fromkeys(("G18", "G27", "G41", "G54", "G59", "G65", "G82"), "Pamatots.")

WORK = {
    "accept": 5,
    "claim": 3,
    "pay": 3,
    "send_back": 2,
    "reprice": 1,
    "recount": 2,
    "cancel_and_enter_again": 2,
    "revise": 1,
    "rest_and_go_on": 1,
    "settle": 2,
}


class Months(RuleBasedStateMachine):
    """A child with few sessions left; every example begins with the same case and leaves nothing behind."""

    session: Session
    office: Office
    case_id: int
    tally: Counter[str]

    @initialize(used=st.sampled_from(["0", "92", "96"]))
    def begin(self, used: str) -> None:
        self.case = self.session.get_one(Case, self.case_id)
        self.case.opening_used = {PROGRAMME: used}
        self.number = 0

    def teardown(self) -> None:
        self.session.rollback()

    # What people do -------------------------------------------------------------------------------------------------

    @rule(chance=st.randoms(use_true_random=False, note_method_calls=False))
    def somebody_works(self, chance: Random) -> None:
        work = chance.choice([action for action, weight in WORK.items() for _ in range(weight)])
        getattr(self, work)(chance)

    def accept(self, chance: Random) -> None:
        month, assignment = chance.choice(MONTHS), chance.choice(list(self.case.assignments)[:2])
        days = sorted(chance.sample(range(1, 29), chance.randint(1, 3)))
        given = self.office.month(self.case, days=tuple(days), month=month, assignment=assignment)
        self.take("confirm_delivery", **given | {"act_no": self.next("A"), "act_on": TODAY})

    def claim(self, chance: Random) -> None:
        left = unclaimed_months(self.session, self.case)
        self.take("submit_claim", **self.claim_of(chance.choice(left or MONTHS)))

    def pay(self, chance: Random) -> None:
        for claim in self.submitted()[:1]:
            part = chance.choice(["1", "1", "0.5", "0"])
            amount = to_cents(sum((line.amount for line in claim.lines), Decimal(0)) * Decimal(part))
            paid = {"claim": claim, "paid_on": TODAY, "amount": amount, "reference": self.next("M")}
            self.take("record_payment", **paid, shortfall_reason="Tik pārskaitīja." if part != "1" else None)

    def send_back(self, chance: Random) -> None:
        for claim in self.submitted()[-1:]:
            self.take("return_claim", claim=claim, returned_on=TODAY, reason="Trūkst lapas.")

    def reprice(self, chance: Random) -> None:
        for row in self.some_accepted(chance):
            self.correct(row, None, Decimal(chance.randint(1, 4000)) / 100)

    def recount(self, chance: Random) -> None:
        for row in self.some_accepted(chance):
            self.correct(row, Decimal(chance.randint(0, 3)), None)

    def cancel_and_enter_again(self, chance: Random) -> None:
        """Neutral, where no other delivery of the day could take the place meanwhile."""
        for row in self.some_accepted(chance):
            before, quantity, priced = self.due(), row.quantity, row.unit_price
            alone = [one for one in self.accepted() if one.delivered_on == row.delivered_on] == [row]
            if not self.correct(row, Decimal(0), None):
                return
            typed = {"date": row.delivered_on, "quantity": quantity, "started_at": None}
            given = self.office.month(self.case, month=row.delivered_on.replace(day=1), assignment=row.assignment)
            given |= {"deliveries": [typed], "act_no": self.next("A"), "act_on": TODAY}
            if self.take("confirm_delivery", **given) and alone and priced is None:
                assert self.due() == before
                self.tally["entered again"] += 1

    def revise(self, chance: Random) -> None:
        quantity = chance.choice(["1", "4", "20"])
        lines = [self.office.line(self.case, service, quantity) for service in PRICES]
        new = {"reason": "Mainījies", "drafted_on": TODAY, "goals": "Cits mērķis.", "lines": lines}
        if self.take("revise_plan", "social_worker", **new):
            approved = {"approved_on": TODAY, "representative_signed_on": TODAY, "decision_on": TODAY}
            self.take("approve_plan", **self.office.approval(**approved, decision_no=self.next("S")))
            self.take("start_procurement", **self.office.request(self.case))

    def rest_and_go_on(self, chance: Random) -> None:
        later = TODAY + dt.timedelta(days=20)
        rest = {"reason": "illness", "note": "", "from_on": TODAY, "expected_resume_on": later}
        if self.take("suspend", "social_worker", **rest):
            self.take("resume", "social_worker", resumed_on=TODAY)

    def settle(self, chance: Random) -> None:
        """Everything that is left is claimed: then the claims together are the calculation."""
        for month in unclaimed_months(self.session, self.case):
            self.take("submit_claim", **self.claim_of(month))
        if not unclaimed_months(self.session, self.case):
            assert self.claimed() == self.due()
            self.tally["settled"] += 1

    # What must be true ----------------------------------------------------------------------------------------------

    @invariant()
    def no_unit_is_in_two_claims_and_none_is_more_than_was_accepted(self) -> None:
        held = Counter[tuple[int, dt.date]]()
        for unit, status in self.session.execute(
            sa.select(ClaimUnit, Claim.status).join(ClaimLine, ClaimUnit.claim_line_id == ClaimLine.id).join(Claim)
        ):
            assert not unit.live or status in STANDING
            held[unit.delivery_id, unit.on_day] += int(unit.live)
        assert all(count <= 1 for count in held.values())
        assert all(unit.quantity > 0 for unit in unclaimed_units(self.session, self.case))

    @invariant()
    def claims_are_the_units_they_hold_rounded_once(self) -> None:
        """Per month, service, assignment and rate, over all claims and corrections together (9.1, items 3 and 4)."""
        sums: dict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0), Decimal(0)])
        for line in self.session.scalars(sa.select(ClaimLine).join(Claim).where(Claim.status.in_(STANDING))):
            found = sums[line.month, line.service_code, line.assignment_id, line.rate]
            found[0] += line.quantity
            found[1] += line.amount
            found[2] += sum((unit.quantity for unit in line.units if unit.live), Decimal(0))
        for (_, _, _, rate), (quantity, amount, held) in sums.items():
            assert quantity == held
            assert amount == to_cents(quantity * rate)

    @invariant()
    def refusals_are_those_of_the_calculation(self) -> None:
        rows = self.session.execute(
            sa.select(RefusalOfUnits.delivery_id, RefusalOfUnits.reason, RefusalOfUnits.quantity)
        )
        refused = calculation_of(self.session, self.case, PROGRAMME).refused
        assert sorted(map(tuple, rows)) == sorted((unit.delivery, unit.reason.value, unit.quantity) for unit in refused)

    @invariant()
    def nobody_gets_more_than_the_cap(self) -> None:
        assert used_units(self.session, self.case, PROGRAMME, TODAY) <= CAP
        if open_corrections(claims_of(self.session, self.case)):
            return  # the region sent back what takes units from an earlier claim: it has to be claimed again
        live = sa.select(sa.func.sum(ClaimUnit.quantity)).where(ClaimUnit.live)
        assert (self.session.scalar(live) or 0) + Decimal(self.case.opening_used[PROGRAMME]) <= CAP

    # The hands ------------------------------------------------------------------------------------------------------

    def take(self, step: str, who: str | None = None, **given: Any) -> bool:
        """True when the step was taken."""
        note(f"{step} {given}")
        try:
            self.office.take(self.case, step, who or OFFICERS.get(step), **given, **REASONS)
        except StepRefused as refused:
            self.tally["refused"] += 1
            codes = {problem.code for problem in refused.problems}
            self.tally[f"{step} {' '.join(sorted(codes))}"] += 1
            return False
        self.tally[step] += 1
        return True

    def correct(self, row: Delivery, quantity: Decimal | None, price: Decimal | None) -> bool:
        change = {"delivery": row, "new_quantity": quantity, "new_unit_price": price}
        paper = {"document_no": self.next("K"), "document_on": TODAY, "reason": "Precizēts akts."}
        return self.take("record_correction", **paper, changes=[change])

    def claim_of(self, month: dt.date) -> dict[str, Any]:
        """The month with an invoice for what no invoice covers yet."""
        draft = make_draft(self.session, self.case, PROGRAMME, month)
        costs = draft.accepted_cost(draft.to_invoice)
        people = {row.provider_id: row.provider for row in self.case.assignments}
        day = {"date": TODAY, "paid_on": TODAY, "reference": "MU"}
        rows = [day | {"no": self.next("R"), "amount": cost, "provider": people[key]} for key, cost in costs.items()]
        return {"period": month, "claim_no": self.next("P"), "submitted_on": TODAY, "invoices": rows}

    def claimed(self) -> Decimal:
        lines = sa.select(sa.func.sum(ClaimLine.amount)).join(Claim).where(Claim.status.in_(STANDING))
        return self.session.scalar(lines) or Decimal(0)

    def due(self) -> Decimal:
        return calculation_of(self.session, self.case, PROGRAMME).compensated

    def accepted(self) -> list[Delivery]:
        return [row for row in self.case.deliveries if not row.cancelled]

    def some_accepted(self, chance: Random) -> list[Delivery]:
        rows = self.accepted()
        return [chance.choice(rows)] if rows else []

    def submitted(self) -> list[Claim]:
        return list(self.session.scalars(sa.select(Claim).where(Claim.status == "submitted").order_by(Claim.id)))

    def next(self, mark: str) -> str:
        self.number += 1
        return f"{mark}-{self.number}"


OFFICERS = {
    "record_correction": "procurement_officer",
    "return_claim": "procurement_officer",
    "revise_plan": "social_worker",
}


def case_with_two_services(office: Office) -> Case:
    """A plan of two services with a contract for each, from October on."""
    case = office.case_in("assessed")
    lines = [office.line(case, service, "20") for service in PRICES]
    office.take(case, "draft_plan", **office.plan(case, lines=lines), **REASONS)
    office.take(case, "approve_plan", **office.approval())
    office.take(case, "start_procurement", **office.request(case))
    for line in case.plan.lines:
        price = [{"service": line.service_code, "unit_price": PRICES[line.service_code], "max_quantity": None}]
        office.take(case, "sign_contract", **office.contract(case, lines=price, plan_lines=[line]), **REASONS)
    return case


def test_random_months_are_paid_to_the_cent(session: Session) -> None:
    office = Office(session, today=TODAY)
    case = case_with_two_services(office)
    session.commit()
    tally: Counter[str] = Counter()
    walk = type("Walk", (Months,), {"session": session, "office": office, "case_id": case.id, "tally": tally})
    run(
        walk,
        settings=settings(
            max_examples=25,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # what a walk found is long to shorten; its steps are printed as they were
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert tally["settled"] > 5, tally
    for step in ("confirm_delivery", "submit_claim", "record_payment", "record_correction", "return_claim", "resume"):
        assert tally[step] > 1, tally
