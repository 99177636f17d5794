"""The caps of a case as a person reads them, and what to warn of before it ends (DOMAIN 4, 8.4; 13.1 story 10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflow.models import Case
from workflow.queries.case_file import CaseFile
from workflow.queries.cases import warnings_of
from workflow.stages.accounts import CapAccount, accounts_of
from workflow.stages.forecast import Bound, bounds_of
from workflow.stages.used import shared_units
from workflow.warnings import CAP_NEARLY_USED, WINDOW_ENDS, Told

BY_ACCOUNT = (CAP_NEARLY_USED, WINDOW_ENDS)  # told in the row of their account


@dataclass(frozen=True)
class Entitlement:
    """What is left for the person of a case: accounts, the days that matter, and warnings of what ends soon."""

    accounts: list[CapAccount]
    bounds: list[Bound]
    told: list[Told]


def entitlement(session: Session, case: Case, file: CaseFile, today: dt.date, *, health: bool) -> Entitlement:
    """Read from the case, its file and one statement more, whatever the number of caps.

    `health`: also disability and opinion, which are not for every role (DOMAIN 2.1). The warnings are those of the
    lists: kept with the case, decided by the day.
    """
    told = warnings_of(case.warnings, case.state, today, health=health)
    services = [service for service, _, _ in file.planned]
    return Entitlement(
        accounts=accounts_of(shared_units(session, case), file.planned, today),
        bounds=bounds_of(case, services, file.grants if health else [], today),
        told=[one for one in told if one.code not in BY_ACCOUNT],
    )
