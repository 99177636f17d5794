"""Steps sent over HTTP as an honest officer would fill them in, for any case of our municipality."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy.orm as so
from werkzeug.test import TestResponse

from tests.hostile.browsing import Browser
from tests.hostile.pen import given_for, typed
from tests.hostile.rooms import roles_of
from tests.hostile.town import MarkedOffice, Town
from workflow.models import Case

# Where the well-filled form of each step is taken; test_smuggling proves that it is.
AT = {
    "request_documents": "applied",
    "extend_deadline": "applied",
    "record_assessment": "applied",
    "draft_plan": "assessed",
    "approve_plan": "plan_drafted",
    "return_plan": "plan_drafted",
    "revise_plan": "returned",
    "start_procurement": "approved",
    "sign_contract": "procurement",
    "assign_in_house": "procurement",
    "terminate_contract": "assigned",
    "confirm_delivery": "assigned",
    "stop_service": "service_delivered",
    "submit_claim": "service_delivered",
    "return_claim": "claimed",
    "record_payment": "claimed",
    "record_correction": "compensated",
    "reject": "applied",
    "withdraw": "assessed",
    "suspend": "procurement",
    "resume": "suspended",
    "close": "compensated",
    "reopen": "rejected",
    "reassign": "applied",
}


@dataclass(frozen=True)
class Attempt:
    """One filled form: where it goes, what is in it, which version of the case it saw."""

    case_id: int
    step: str
    fields: tuple[tuple[str, Any], ...]
    version: int

    @property
    def path(self) -> str:
        """The address of the step."""
        return f"/cases/{self.case_id}/steps/{self.step.replace('_', '-')}"

    def send(self, browser: Browser, *extra: tuple[str, Any], **options: Any) -> TestResponse:
        """Send it, with more fields than the form has if wanted."""
        return browser.post(self.path, [("version", str(self.version)), *self.fields, *extra], **options)

    def texts(self) -> list[str]:
        """The words that were typed, which a refusal must not lose."""
        words = ("reason", "note", "goals", "summary", "remarks", "reasons", "assessor_name", "reference")
        return [value for name, value in self.fields if name in words and isinstance(value, str)]


Prepare = Callable[[str, str], Attempt]


def preparer(office: MarkedOffice, town: Town, session: so.Session) -> Prepare:
    """Fills in forms; what they refer to (a provider, its register entry) is there before they are sent."""

    def prepare(step: str, place: str | None = None) -> Attempt:
        case = session.get_one(Case, town.case(place or AT[step]))
        fields = tuple(typed(given_for(office, case, step)))
        attempt = Attempt(case.id, step, fields, case.version)
        session.commit()
        return attempt

    return prepare


def who_may(step: str) -> str:
    """Somebody who may take the step, by the rule book."""
    return sorted(roles_of(step))[-1]
