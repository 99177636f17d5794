"""How the measured cases may stand: each a number of steps along the way, some with a way out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from workflow.facts import State


class Stop(NamedTuple):
    """A step of the way: its event, the state after it, and the days since the application."""

    event: str
    state: State
    day: int


WAY = (
    Stop("register_application", State.APPLIED, 0),
    Stop("record_assessment", State.ASSESSED, 5),
    Stop("draft_plan", State.PLAN_DRAFTED, 9),
    Stop("approve_plan", State.PLAN_DRAFTED, 14),
    Stop("start_procurement", State.PROCUREMENT, 16),
    Stop("sign_contract", State.PROCUREMENT, 22),
    Stop("confirm_delivery", State.SERVICE_DELIVERED, 60),
    Stop("submit_claim", State.SERVICE_DELIVERED, 75),
    Stop("record_payment", State.COMPENSATED, 90),
    Stop("close", State.CLOSED, 95),
)
ASSESSED, DRAFTED, APPROVED, REQUESTED, ASSIGNED, DELIVERED, CLAIMED, PAID = range(1, 9)


@dataclass(frozen=True)
class Kind:
    """How a case may stand: how many of a hundred, how far along the way, and by which step it left it."""

    name: str
    share: int
    steps: int
    detour: Stop | None = None
    complete: bool = True

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The steps taken, the last one last."""
        return (*WAY[: self.steps], *((self.detour,) if self.detour else ()))


KINDS = (
    Kind("waiting", 10, 1, complete=False),
    Kind("applied", 16, 1),
    Kind("assessed", 8, 2),
    Kind("drafted", 6, 3),
    Kind("approved", 4, 4),
    Kind("requested", 6, 5),
    Kind("assigned", 6, 6),
    Kind("delivered", 12, 7),
    Kind("compensated", 10, 9),
    Kind("closed", 14, 10),
    Kind("rejected", 2, 1, Stop("reject", State.REJECTED, 12)),
    Kind("withdrawn", 4, 2, Stop("withdraw", State.WITHDRAWN, 12)),
    Kind("suspended", 2, 2, Stop("suspend", State.SUSPENDED, 12)),
)
BY_HUNDREDS = tuple(kind for kind in KINDS for _ in range(kind.share))
IDLE_DAYS = tuple(range(0, 66, 6))
"""How long ago the last step was, so that every colour occurs."""


class Sort(NamedTuple):
    """What the stored position depends on: the kind of case and the days since its last step."""

    kind: Kind
    idle: int


def sort_of(number: int) -> Sort:
    """The sort of the case with this number; neighbours differ."""
    return Sort(BY_HUNDREDS[number * 37 % 100], IDLE_DAYS[number * 7 % len(IDLE_DAYS)])


def numbers_of(kinds: tuple[str, ...], cases: int) -> Iterator[int]:
    """The numbers of the cases of these kinds."""
    return (number for number in range(cases) if sort_of(number).kind.name in kinds)
