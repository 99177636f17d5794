"""Random steps with random data by random people: whatever they try, the invariants hold (invariants 1, 2, 3, 7)."""

from __future__ import annotations

import warnings
from collections import Counter
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from tests.conftest import SETTINGS
from tests.hostile.ledger import digests
from tests.hostile.pen import given_for
from tests.hostile.rooms import RULE_BOOK, STEPS, roles_of, starts_of
from tests.hostile.spoiling import spoiled
from tests.hostile.town import HERE, PLACES, MarkedOffice, Town
from workflow import history
from workflow.facts import State, facts
from workflow.guards import StepRefused
from workflow.machine import EVENTS
from workflow.models import Case, ClaimUnit, Delivery, TransitionLog
from workflow.stages.used import used_units
from workflow.steps import take_step

ROLES = ("social_worker", "procurement_officer", "supervisor", "admin", "reader")
SOFT = tuple(guard.code for guard in facts().guards.rows if guard.kind == "soft")
ONWARD = ("record_assessment", "draft_plan", "approve_plan", "revise_plan", "start_procurement", "sign_contract")
ONWARD += ("assign_in_house", "confirm_delivery", "submit_claim", "record_payment", "record_correction", "resume")
CAP = 100  # sessions of a child under the rule set of the test's day (DOMAIN 4)
chances = st.randoms(use_true_random=False, note_method_calls=False)


class Walk(RuleBasedStateMachine):
    """One case of the town; each example is rolled back in the end."""

    engine: sa.Engine
    town: Town
    tally: Counter[str]
    session: so.Session | None = None

    def teardown(self) -> None:
        if self.session is not None:
            self.session.rollback()
            self.session.close()

    @initialize(place=st.sampled_from(PLACES), used=st.sampled_from(["0", "80", "97"]))
    def begin(self, place: str, used: str) -> None:
        key = {history.KEY: SETTINGS["HISTORY_KEY"].encode()}
        self.session = so.Session(self.engine, info=key)
        self.office = MarkedOffice(self.session, HERE, self.town.users[HERE])
        self.case = self.session.get_one(Case, self.town.case(place))
        self.case.opening_used = {"CHILD_REHAB": used}
        self.session.flush()

    @rule(step=st.sampled_from(STEPS), role=st.sampled_from(ROLES), chance=chances, reason=st.sampled_from(["", "Jā."]))
    def anybody_tries_anything(self, step: str, role: str, chance: Random, reason: str) -> None:
        self.attempt(step, role, chance, reason)

    @rule(chance=chances, reason=st.sampled_from(["", "Jā."]))
    def somebody_goes_on(self, chance: Random, reason: str) -> None:
        offered = self.case.offered
        on = [step for step in offered if step in ONWARD]
        step = chance.choice(on if on and chance.random() < 0.8 else offered)
        self.attempt(step, chance.choice(sorted(roles_of(step))), chance, reason)

    def attempt(self, step: str, role: str, chance: Random, reason: str) -> None:
        """One try: taken as the table says, or refused without a trace."""
        given = spoiled(given_for(self.office, self.case, step), step, chance)
        self.session.flush()
        before, where, seq = digests(self.session.connection()), self.case.state, self.case.history_seq
        try:
            with warnings.catch_warnings(), self.session.begin_nested():
                warnings.simplefilter("ignore", sa.exc.SAWarning)  # of what a failed flush leaves behind
                self.take(step, role, given, reason, before)
        except (StepRefused, IntegrityError) as refusal:  # on the second the page says that somebody was faster
            self.tally[type(refusal).__name__] += 1
            if isinstance(refusal, IntegrityError):
                assert digests(self.session.connection()) == before
            return
        self.tally[step] += 1
        assert role in roles_of(step)
        assert where in starts_of(step)
        assert self.case.state in self.ends_of(step, where)
        assert self.case.history_seq == seq + 1

    def take(self, step: str, role: str, given: dict[str, Any], reason: str, before: dict[str, str]) -> None:
        confirmed = dict.fromkeys(SOFT, reason) if reason else {}
        try:
            take_step(self.session, self.case, step, self.office.actor(role), given, self.office.today, confirmed)
        except StepRefused:
            self.refused_without_a_trace(before)
            raise

    def refused_without_a_trace(self, before: dict[str, str]) -> None:
        """Not even in the transaction that the caller will end."""
        assert not self.session.new
        assert not self.session.deleted
        assert not [row for row in self.session.dirty if self.session.is_modified(row)]
        assert digests(self.session.connection()) == before

    def ends_of(self, step: str, where: str) -> set[str]:
        text = RULE_BOOK[step]["to"]
        named = {state.value for state in State if state in text}
        if "(same)" in text:
            named.add(where)
        if "(came_from)" in text or "(closed_from)" in text:
            named |= {state.value for state in State}
        return named

    @invariant()
    def history_tells_the_truth(self) -> None:
        self.session.flush()
        assert list(history.verify(self.session)) == []
        rows = sa.select(sa.func.count(TransitionLog.id)).where(TransitionLog.case_id == self.case.id)
        assert self.session.scalar(rows) == self.case.history_seq

    @invariant()
    def position_is_one_that_the_case_can_be_in(self) -> None:
        case = self.case
        assert set(case.offered) <= set(EVENTS[case.state])
        assert case.next_step is None or case.next_step in case.offered
        assert [kept["code"] for kept in case.missing] == case.blockers
        assert case.blocker == (case.blockers[0] if case.blockers else None)
        assert (case.due_on is None) == (case.due_kind is None)
        assert (case.came_from is not None) == (case.state == State.SUSPENDED or case.closed_from == State.SUSPENDED)

    @invariant()
    def nothing_is_claimed_twice(self) -> None:
        corrected = {row.event for row in self.log()} & {"record_correction"}
        claimed = dict(
            self.session.execute(
                sa.select(ClaimUnit.delivery_id, sa.func.sum(ClaimUnit.quantity))
                .where(ClaimUnit.live)
                .group_by(ClaimUnit.delivery_id)
            ).all()
        )
        for delivery in self.session.scalars(sa.select(Delivery).where(Delivery.id.in_(claimed))):
            # A correction lowers the quantity; what was claimed before stays until its own correction claim (9.5).
            if not corrected or delivery.case_id != self.case.id:
                assert claimed[delivery.id] <= delivery.quantity

    @invariant()
    def nobody_gets_more_than_the_cap(self) -> None:
        assert used_units(self.session, self.case, "CHILD_REHAB", self.office.today) <= Decimal(CAP)

    def log(self) -> list[TransitionLog]:
        rows = sa.select(TransitionLog).where(TransitionLog.case_id == self.case.id)
        return list(self.session.scalars(rows))


@pytest.mark.parametrize("part", range(2))
def test_random_walk(part: int, engine: sa.Engine, town: Town) -> None:
    """Two parts, so that two processes share the work; derandomised, so that a failure comes again."""
    tally: Counter[str] = Counter()
    walk = type(f"Walk{part}", (Walk,), {"engine": engine, "town": town, "tally": tally})
    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=14,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # what a walk found is long to shorten; the steps are printed as they were
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert tally["StepRefused"] > 20
    assert len(set(tally) & set(STEPS)) > 8, tally
