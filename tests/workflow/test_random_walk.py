"""Random steps by random people with random data: whatever happens, the invariants hold (ARCHITECTURE)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.workflow.test_machine import STEPS, sources
from workflow import history
from workflow.guards import StepRefused
from workflow.models import Base, Case, Claim, ClaimLine, ClaimUnit, Delivery, TransitionLog
from workflow.roles import Role

DAY = dt.date(2021, 11, 22)
DATES = st.dates(dt.date(2021, 8, 1), dt.date(2022, 1, 31))
OTHERS = {
    dt.date: DATES,
    Decimal: st.decimals(-5, 200, places=2),
    str: st.sampled_from(["=1+1", "<b>x</b>", "x" * 200]),
}
CODES = ("assessment_mode", "assessor_profession", "living", "route", "procedure", "reason")  # the form offers these
MOVING = [step for step in STEPS if step != "register_application"]


def claim_of(office: Office, case: Case) -> Claim | None:
    rows = sa.select(Claim).join(ClaimLine).where(ClaimLine.case_id == case.id).order_by(Claim.id.desc())
    return office.session.scalars(rows).unique().first()


def fitting(office: Office, case: Case, step: str, day: int) -> dict[str, Any]:
    """What a person who knows the work would give for the step."""
    lines = [office.line(case, quantity=str(day))]
    last = {"closed_on": DAY, "reason": "completed", "note": ""}
    given = {
        "request_documents": lambda: {"missing": ["D05"], "reply_by": DAY},
        "extend_deadline": lambda: {"new_due_on": DAY, "reason": "Trūkst ziņu", "long_fact_finding": False},
        "record_assessment": office.assessment,
        "draft_plan": lambda: office.plan(case, lines=lines),
        "revise_plan": lambda: {"reason": "Mainījies", "drafted_on": DAY, "goals": "Cits mērķis.", "lines": lines},
        "approve_plan": office.approval,
        "return_plan": lambda: {"remarks": "Precizēt"},
        "start_procurement": lambda: office.request(case),
        "sign_contract": lambda: office.contract(case),
        "confirm_delivery": lambda: office.month(case, days=(day, day + 1)),
        "submit_claim": lambda: office.claim(case, amount=str(Decimal("23.50") * len(case.deliveries))),
        "return_claim": lambda: {"claim": claim_of(office, case), "returned_on": DAY, "reason": "Kļūda"},
        "stop_service": lambda: {"last_day": DAY, "reason": "family_wish", "note": ""},
        "withdraw": lambda: {"withdrawn_on": DAY, "reason": ""},
        "suspend": lambda: {
            "reason": "illness",
            "note": "",
            "from_on": DAY,
            "expected_resume_on": DAY + dt.timedelta(20),
        },
        "resume": lambda: {"resumed_on": DAY},
        "close": lambda: last,
        "reopen": lambda: {"reason": "Kļūda", "dispute_decision": None, "reopened_on": DAY},
        "reassign": lambda: {"to_user": office.users["social_worker"], "reason": ""},
    }
    return given[step]() if step in given else {}


def rows_of(session: Session) -> dict[str, int]:
    """How many rows each table holds."""
    count = sa.func.count()
    return {
        name: session.scalar(sa.select(count).select_from(table)) or 0 for name, table in Base.metadata.tables.items()
    }


def test_random_steps_keep_every_invariant(session: Session) -> None:
    class Walk(RuleBasedStateMachine):
        @initialize(
            place=st.sampled_from(["applied", "approved", "assigned", "service_delivered", "claimed", "compensated"])
        )
        def begin(self, place: str) -> None:
            self.office = Office(session)
            self.case = self.office.case_in(place)

        @rule(step=st.sampled_from(MOVING), role=st.sampled_from([*Role]), day=st.integers(1, 27))
        def anybody_tries(self, step: str, role: Role, day: int) -> None:
            self._try(step, role.value, fitting_or_nothing(self.office, self.case, step, day))

        @rule(data=st.data(), day=st.integers(1, 27))
        def somebody_who_may_goes_on(self, data: st.DataObject, day: int) -> None:
            step = data.draw(st.sampled_from(sorted(self.case.offered)))
            role = STEPS[step]["roles"].split(";")[0]
            given = fitting_or_nothing(self.office, self.case, step, day)
            loose = sorted(name for name, value in given.items() if type(value) in OTHERS and name not in CODES)
            if loose and data.draw(st.booleans()):
                name = data.draw(st.sampled_from(loose))
                given[name] = data.draw(OTHERS[type(given[name])])
            self._try(step, role, given)

        def _try(self, step: str, role: str, given: dict[str, Any]) -> None:
            before, seq, rows = self.case.state, self.case.history_seq, rows_of(session)
            reasons = dict.fromkeys(STEPS[step]["guards"].split(), "Pamatots")
            try:
                self.office.take(self.case, step, role, **given, **reasons)
            except StepRefused:
                assert (self.case.state, self.case.history_seq) == (before, seq)
                assert rows_of(session) == rows
                return
            assert before in sources(step)
            assert role in STEPS[step]["roles"].split(";")
            assert self.case.history_seq == seq + 1

        @invariant()
        def the_history_is_whole(self) -> None:
            if not hasattr(self, "case"):
                return
            assert list(history.verify(session)) == []
            count = sa.select(sa.func.count(TransitionLog.id)).where(TransitionLog.case_id == self.case.id)
            assert session.scalar(count) == self.case.history_seq

        @invariant()
        def the_position_can_be_acted_on(self) -> None:
            if hasattr(self, "case"):
                assert self.case.next_step is None or self.case.next_step in self.case.offered

        @invariant()
        def nothing_is_claimed_twice_or_above_the_cap(self) -> None:
            if not hasattr(self, "case"):
                return
            live = sa.select(ClaimUnit.delivery_id, sa.func.sum(ClaimUnit.quantity)).where(ClaimUnit.live)
            claimed = {row[0]: row[1] for row in session.execute(live.group_by(ClaimUnit.delivery_id))}
            accepted = {row.id: row.quantity for row in session.scalars(sa.select(Delivery))}
            assert all(quantity <= accepted[key] for key, quantity in claimed.items())
            assert sum(claimed.values(), Decimal(0)) <= 100

        def teardown(self) -> None:
            session.rollback()

    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Walk, settings=settings(max_examples=30, stateful_step_count=14, deadline=None, suppress_health_check=quiet)
    )


def fitting_or_nothing(office: Office, case: Case, step: str, day: int) -> dict[str, Any]:
    """The fitting data, or none when the case has nothing yet that the step could be about."""
    try:
        return dict(fitting(office, case, step, day))
    except (IndexError, AttributeError, TypeError):
        return {}
