"""What a month of service is made of: visits of some hours, days, sessions, and stays (DOMAIN 5.1, 6)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from workflow.demo.cases import Walk
from workflow.facts import facts
from workflow.models import Assignment

HOURS = ("1.25", "1.5", "1.75", "2", "2.25")
"""How long a visit may take, in quarters of an hour; four of them are within every cap (DOMAIN 4)."""

LIVED_IN = "ADL-04"
"""Group apartments: the one service of stays where somebody lives for good."""


class UnitsWalk(Walk):
    """A walk that knows what one attendance of each service is."""

    def deliveries(self, assignment: Assignment, days: list[dt.date]) -> list[dict[str, Any]]:
        """What took place on the days, in the unit of the service: visits of some hours, one stay, or times."""
        match facts().services[assignment.plan_line.service_code].unit:
            case "DAY24":
                return [self._stay(assignment, days)]
            case "HOUR":
                return [{"date": day, "quantity": self.hours(day), "started_at": self._start()} for day in days]
            case "DAY":
                return [{"date": day, "quantity": Decimal(1)} for day in days]
            case _:
                return [{"date": day, "quantity": Decimal(1), "started_at": self._start()} for day in days]

    def _start(self) -> dt.time:
        return dt.time(self.rng.randint(8, 17))

    def hours(self, day: dt.date) -> Decimal:
        """How long the visit on the day took."""
        return Decimal(self.rng.choice(HOURS))

    def _stay(self, assignment: Assignment, days: list[dt.date]) -> dict[str, Any]:
        """From the first of the days on, over a weekend perhaps; not after the last of them, nor beyond the plan."""
        wanted = (days[-1] - days[0]).days
        if assignment.plan_line.service_code != LIVED_IN:
            wanted = min(wanted, len(days) + 2)
        left = self.left(assignment)
        return self.stay(days[0], max(wanted if left is None else min(wanted, left), 1))

    def left(self, assignment: Assignment) -> int | None:
        """What the plan leaves of the service, in whole units; None when it does not limit it."""
        quantity = assignment.plan_line.quantity
        done = sum(row.quantity for row in self.case.deliveries if row.assignment_id == assignment.id)
        return None if quantity is None else int(quantity - done)

    @staticmethod
    def stay(first: dt.date, units: int) -> dict[str, Any]:
        """A stay of so many times twenty-four hours from ten in the morning of the day (DOMAIN 5.1)."""
        check_in = dt.datetime.combine(first, dt.time(10))
        return {"check_in": check_in, "check_out": check_in + dt.timedelta(days=units)}


def day_of(row: dict[str, Any]) -> dt.date:
    """The day of an attendance: that of the check-in of a stay."""
    day: dt.date = row["check_in"].date() if "check_in" in row else row["date"]
    return day
