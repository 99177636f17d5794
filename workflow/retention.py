"""How long an ended case is kept (DOMAIN 7.3, Q16): a setting, by default not set."""

from __future__ import annotations

import datetime as dt

from workflow.calendar import add_months
from workflow.facts import EXITS, facts
from workflow.models import Case


def kept_until(case: Case) -> dt.date | None:
    """The last day on which the case is kept: so many years from its end; None while open, or when nothing is set."""
    years = int(facts().settings["retention_years"].value)
    if not years or case.state not in EXITS:
        return None
    return add_months(case.state_since_on, 12 * years)
