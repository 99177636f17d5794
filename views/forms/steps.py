"""What every step's form has in common: whose case it is, what it offers to choose from, what it is prefilled with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from views.forms.base import GaitaForm
from workflow.guards import Problem
from workflow.models import Case
from workflow.roles import Actor
from workflow.stages.requests import may_ask


@dataclass(frozen=True)
class Desk:
    """What a form needs to know: the case on the desk, who sits there, which day it is, in which language."""

    session: Session
    case: Case
    actor: Actor
    today: dt.date
    language: str


class StepForm(GaitaForm):
    """The form of one step. Field names are those of DOMAIN 8.2, so that `given()` goes to `take_step` as it is."""

    step: ClassVar[str]
    # What the button is called that shows what would come of it; such a form has a fragment `steps/_<step>.html`,
    # which is drawn anew while typing.
    look_ahead: ClassVar[object] = None

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        """The values a person would most likely type, for the first showing of the form."""
        return {}

    def offer(self, desk: Desk) -> None:
        """Fill the choices that depend on the case; called before every showing and every validation."""

    def values(self, desk: Desk) -> dict[str, Any]:
        """The typed values for `take_step`; a form that chooses rows turns ids into what the stage expects."""
        return self.given()

    def may_ask(self, problem: Problem) -> bool:
        """True when the person can only ask the supervisor to confirm the guard (G15; DOMAIN 8.3)."""
        return self.actor is not None and may_ask(problem, self.actor)

    def context(self, desk: Desk) -> dict[str, Any]:
        """What the step's own template shows beside the form: counters, forecasts, a summary."""
        return {}
