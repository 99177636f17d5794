"""One case of the demonstration on its way: every movement is a step of the machine, on the day it would have been.

Nothing is written past the machine. A step that its guards refuse stops the demonstration with StepRefused: the
walks are as right as the office's own work.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Self

from sqlalchemy.orm import Session

from workflow.calendar import add_months
from workflow.demo import DAY
from workflow.demo.families import Family
from workflow.demo.office import Place
from workflow.demo.providers import BOUGHT, DAY_CENTRE, SUPPORT, Offer
from workflow.guards import Ask, StepRefused, working_days
from workflow.machine import ROLES
from workflow.models import Case, ConfirmationRequest
from workflow.stages.planning import next_decision_no
from workflow.steps import decide_request, request_confirmation, take_step
from workflow.wording import RIGA

POST_OF = {
    "social_worker": "darbinieks",
    "procurement_officer": "iepirkumi",
    "supervisor": "vaditajs",
}
EARLIER = "Izvērtējums un plāns izstrādāts projektā agrāk; ģimene tos iesniedza kopā ar iesniegumu."
STILL_TRUE = "Pārrunāts ar ģimeni: bērna vajadzības nav mainījušās."


@dataclass(frozen=True)
class Wish:
    """What the plan asks for: sessions of a service for the child or for who represents it, and of whom."""

    offer: Offer
    service: str
    quantity: int | None

    @property
    def for_adult(self) -> bool:
        """The four services of the representatives (G24)."""
        return self.service.startswith("GRD")


@dataclass
class Walk:
    """A case and the day it has come to; every verb below takes one step, or the usual steps up to a place.

    As it stands it is children's rehabilitation; what differs in the other programmes says `workflow.demo.manners`.
    """

    mode: ClassVar[str] = "full"
    professions: ClassVar[tuple[str, ...]] = ("psychologist", "physiotherapist", "occupational_therapist")
    goals: ClassVar[tuple[str, ...]] = (
        "Uzlabot kustību prasmes un līdzsvaru.",
        "Attīstīt valodu un saskarsmi ar vienaudžiem.",
        "Mazināt trauksmi, stiprināt ģimenes atbalstu.",
        "Attīstīt patstāvību ikdienas darbībās.",
    )
    frequencies: ClassVar[tuple[str, ...]] = ("1 reizi nedēļā", "2 reizes nedēļā", "")
    wanted: ClassVar[str | None] = None  # what every application of the programme is for; None: as the story has it

    session: Session
    place: Place
    family: Family
    child: dict[str, Any]
    rng: random.Random
    received_on: dt.date
    municipality_id: int
    case_type: str = "REHAB"
    post: str = "darbinieks"
    for_guardian: bool = False
    wishes: list[Wish] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.day = self.received_on
        self.minute = 0
        self._case: Case | None = None
        if not self.wishes:
            self.wishes = self.usual_wishes()

    @property
    def case(self) -> Case:
        """The case, once it is registered."""
        if self._case is None:
            raise LookupError("the application is not registered yet")
        return self._case

    # Time ---------------------------------------------------------------------------------------------------------

    def wait(self, fewest: int, most: int | None = None) -> Self:
        """Go on some days later, on a working day."""
        return self.until(self.day + dt.timedelta(days=self.rng.randint(fewest, most or fewest)))

    def until(self, day: dt.date) -> Self:
        """Go on not before the day, on a working day."""
        if day > self.day:
            self.day, self.minute = working_days(self.session).next_working(day), 0
        return self

    def take(self, step: str, confirmed: dict[str, str] | None = None, **given: Any) -> Self:
        """Take one step today; who takes it follows from the step. Raises StepRefused.

        Of the reasons in `confirmed` those are used that a soft guard asks for.
        """
        if self.day > DAY:
            raise ValueError(f"{step} on {self.day}: the demonstration ends on {DAY}")
        role = ROLES[step][0].value
        actor, moment = self.place.actor(self.post if role == "social_worker" else POST_OF[role]), self._moment()
        reasons: dict[str, str] = {}
        try:
            self._case = take_step(self.session, self._case, step, actor, given, self.day, at=moment)
        except StepRefused as refusal:
            reasons = {one.code: confirmed[one.code] for one in refusal.problems if confirmed and one.code in confirmed}
            if not reasons:
                raise
        if reasons:
            self._case = take_step(self.session, self._case, step, actor, given, self.day, reasons, at=moment)
        return self

    def _moment(self) -> dt.datetime:
        """A moment of the office's hours, later with every step of the day."""
        self.minute += self.rng.randint(5, 50)
        start = dt.datetime.combine(self.day, dt.time(8, 30), RIGA)
        return (start + dt.timedelta(minutes=min(self.minute, 500))).astimezone(dt.UTC)

    def ask_supervisor(self, guard: str, reason: str, step: str, **given: Any) -> ConfirmationRequest:
        """The worker meets a guard that only a supervisor confirms, and asks for it (8.3)."""
        ask = Ask(self.session, self.case, step, self.day, self.place.actor(self.post), given)
        return request_confirmation(ask, guard, reason, at=self._moment())

    def supervisor_confirms(self, request: ConfirmationRequest, answer: str) -> Self:
        """The supervisor looked at it and agrees."""
        supervisor = self.place.actor(POST_OF["supervisor"])
        ask = Ask(self.session, self.case, request.step, self.day, supervisor)
        decide_request(ask, request, confirm=True, answer=answer, at=self._moment())
        return self

    # From the counter to the plan -----------------------------------------------------------------------------------

    def apply(self, documents: Sequence[str] | None = None, **more: Any) -> Self:
        """The application comes in, usually with everything it needs."""
        given: dict[str, Any] = {
            "case_type": self.case_type,
            "municipality_id": self.municipality_id,
            "person": {**self.child, "declared_municipality": self.municipality_id},
            "applicant": dict(self.child if self.family.kind == "self" else self.family.adult),
            "applicant_kind": self.family.kind,
            "wanted": "both",
            "received_on": self.day,
            "channel": self.rng.choice(("in_person", "in_person", "in_person", "post", "e_mail_signed", "e_address")),
            "documents": self.papers() if documents is None else list(documents),
            "desired_provider": self._named_provider(),
        }
        if self.wanted is not None:
            more["wanted"] = self.wanted
        return self.take("register_application", **given | more)

    def papers(self) -> list[str]:
        """The documents that a complete application brings (G10)."""
        return ["D03"] if self.family.kind == "parent" else ["D03", "D05"]

    def _named_provider(self) -> str | None:
        """Some families name whom they want [000]."""
        if not self.wishes or self.rng.random() > 0.12:
            return None
        return self.place.providers[self.wishes[0].offer.key].name

    def assess(self, on: dt.date | None = None, **more: Any) -> Self:
        """The assessment; with `on` one that was made earlier in the project (G18)."""
        given = self.assessment(on) | more
        return self.take("record_assessment", {"G18": EARLIER} if on else None, **given)

    def assessment(self, on: dt.date | None = None) -> dict[str, Any]:
        """What the assessor found, as the form gives it."""
        given: dict[str, Any] = {
            "assessment_mode": self.mode,
            "assessed_on": on or self.day,
            "assessor_name": self.rng.choice(("Ilze Piemēra", "Oļegs Primerovs", "Sanita Nosacītā", "Dace Fiktīvā")),
            "assessor_profession": self.rng.choice(self.professions),
            "living": self.living(),
            "summary": "Izdomāts izvērtējums demonstrācijai: ieteicami plānā minētie pakalpojumi.",
            "earlier_in_project": on is not None,
        }
        return given | self.conditions(add_months(min(on or self.day, self.received_on), -self.rng.randint(6, 20)))

    def living(self) -> str:
        """Where the person lives on the day of the assessment."""
        return self.family.living

    def conditions(self, begun: dt.date) -> dict[str, Any]:
        """What the programme asks for, in force since `begun`: for a child a disability without a group (G11)."""
        return {"disability": {"status": "disability", "group": None, "valid_from": begun, "valid_to": None}}

    def draft(self, on: dt.date | None = None, **more: Any) -> Self:
        """The first version of the plan; with `on` one that was drafted earlier in the project."""
        given: dict[str, Any] = {
            "drafted_on": on or self.day,
            "goals": self.rng.choice(self.goals),
            "lines": self._lines(),
        }
        return self.take("draft_plan", {"G27": STILL_TRUE}, **given | more)

    def revise(self, reason: str) -> Self:
        """The next version, with what the wishes say now."""
        return self.take("revise_plan", {"G27": STILL_TRUE}, drafted_on=self.day, reason=reason, lines=self._lines())

    def _lines(self) -> list[dict[str, Any]]:
        return [
            {
                "service": wish.service,
                "recipient_kind": "guardian" if wish.for_adult else self.recipient_kind,
                "recipient": self.case.applicant if wish.for_adult else self.case.person,
                "quantity": None if wish.quantity is None else Decimal(wish.quantity),
                "frequency": self.rng.choice(self.frequencies),
            }
            for wish in self.wishes
        ]

    @property
    def recipient_kind(self) -> str:
        """How the plan calls the person of the case; an adult is never represented by a parent or guardian."""
        return "child" if self.family.is_of_child else "adult"

    def approve(self) -> Self:
        """The supervisor approves what the family signed, and grants the services."""
        plan = self.case.plan
        signed_on = max(plan.drafted_on if plan else self.day, self.day - dt.timedelta(days=self.rng.randint(0, 2)))
        return self.take(
            "approve_plan",
            approved_on=self.day,
            representative_signed_on=signed_on,
            decision_no=next_decision_no(self.case),
            decision_on=self.day,
        )

    def to_assessed(self, **application: Any) -> Self:
        """Apply, and be assessed within a fortnight or so."""
        return self.apply(**application).wait(7, 18).assess()

    def to_plan(self, **application: Any) -> Self:
        """The plan is drafted and awaits its approval."""
        return self.to_assessed(**application).wait(6, 16).draft()

    def to_approved(self, **application: Any) -> Self:
        """The plan is approved."""
        return self.to_plan(**application).wait(2, 8).approve()

    def usual_wishes(self) -> list[Wish]:
        """One or two services of one provider, sometimes one of the day centre, sometimes one for the adult."""
        rng = self.rng
        offer = rng.choices(BOUGHT, weights=(5, 4, 3, 3, 3, 2, 1))[0]
        if self.for_guardian and not offer.for_adults:
            offer = SUPPORT
        child = [service for service in offer.services if service not in offer.for_adults]
        wishes = [Wish(offer, service, rng.randint(10, 14)) for service in rng.sample(child, rng.choice((1, 1, 2)))]
        if rng.random() < 0.15:
            wishes.append(Wish(DAY_CENTRE, rng.choice(DAY_CENTRE.services[:4]), rng.randint(8, 12)))
        # Siblings share the adult: two sessions of the adult at one time would be one (G55).
        if self.for_guardian or (offer.for_adults and self.family.family_id is None and rng.random() < 0.35):
            wishes.append(Wish(offer, rng.choice(offer.for_adults), rng.randint(4, 8)))
        return wishes
