"""A story of the demonstration: which walk, how many people go it, and when they applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from workflow.demo.service import ServedWalk


@dataclass(frozen=True)
class Story:
    """A kind of walk: how many people go it, and between which days they applied."""

    walk: Callable[[ServedWalk], None]
    count: int
    first: dt.date
    last: dt.date
    case_type: str = "REHAB"
    kind: str | None = None  # who applies: parent, guardian, foster_parent, institution, self, trustee
    born: tuple[dt.date, dt.date] | None = None
    for_guardian: bool = False  # the plan has a service for the child's representative, whatever else it has
