"""What is different in the other programmes: papers, assessment, and what a plan asks for (DOMAIN 3, 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workflow.calendar import age_on
from workflow.demo.cases import Wish
from workflow.demo.providers import ASSISTANTS, AUTISM, CARERS, COMMUNITY_HOME, REST
from workflow.demo.service import ServedWalk
from workflow.models import Assignment

LONG_VISITS = ("4.5", "5.25", "6", "6.75", "7.5")
SMALL_CHILD = 4
AT_RISK, LEAVING = "at_risk_group_1_or_2", "leaving_institution"


class OpinionWalk(ServedWalk):
    """Respite and care: a check of the documents, the VDEĀK opinion among them (C11)."""

    mode = "document_check"
    professions = ("social_worker",)
    goals = ("Dot ģimenei atelpu, nemainot bērna ikdienu.", "Bērna aprūpe, kamēr vecāki strādā vai atpūšas.")
    wanted = "services"
    opinion_ends: dt.date | None = None

    def papers(self) -> list[str]:
        """With the VDEĀK opinion on special care."""
        return [*super().papers(), "D04"]

    def conditions(self, begun: dt.date) -> dict[str, Any]:
        """Disability and the opinion, given on the same day."""
        number = f"PARAUGS-{self.case.id:05d}"
        opinion = {"no": number, "issued_on": begun, "valid_to": self.opinion_ends}
        return super().conditions(begun) | {"special_care_opinion": opinion}


class RespiteWalk(OpinionWalk):
    """Stays of some days, thirty a year."""

    frequencies = ("dažas diennaktis mēnesī", "brīvdienās", "")

    def usual_wishes(self) -> list[Wish]:
        """Some of the thirty days, with the one provider."""
        return [Wish(REST, "RSP-01", self.rng.randint(12, 24))]


class CareWalk(OpinionWalk):
    """Hours in quarters: the plan says how many a week (8.2, explanation 2)."""

    frequencies = ("2 reizes nedēļā", "darbdienu pēcpusdienās")

    def usual_wishes(self) -> list[Wish]:
        """Care at home, of one of two providers."""
        hours = self.rng.randint(30, 40) if self._is_small(self.received_on) else 10
        return [Wish(self.rng.choice((REST, CARERS)), "CAR-01", hours)]

    def left(self, assignment: Assignment) -> None:
        """Every week begins anew, and no month here has visits enough to fill one."""

    def _is_small(self, day: dt.date) -> bool:
        return age_on(self.child["birth_date"], day) <= SMALL_CHILD

    def hours(self, day: dt.date) -> Decimal:
        """A small child is looked after longer: its week has fifty hours."""
        if self._is_small(day):
            return Decimal(self.rng.choice(LONG_VISITS))
        return super().hours(day)


class AdultWalk(ServedWalk):
    """Adults on either target ground: who has a trustee leaves an institution, who applies alone may end up in one."""

    goals = ("Dzīvot savā mājoklī ar atbalstu ikdienas darbos.", "Saglabāt patstāvību un dienas ritmu.")
    frequencies = ("darbdienās", "2 reizes nedēļā", "")

    @property
    def ground(self) -> str:
        """The target ground of the assessment (C12)."""
        return LEAVING if self.family.kind == "trustee" else AT_RISK

    def papers(self) -> list[str]:
        """The two doctors' statements; the proof of disability or of representation."""
        return ["D03", "D06", "D07"] if self.family.kind == "self" else ["D03", "D05", "D06", "D07"]

    def living(self) -> str:
        """Still in the institution, or at home."""
        return "institution" if self.ground == LEAVING else "own_home"

    def conditions(self, begun: dt.date) -> dict[str, Any]:
        """The ground, and with that of risk group I or II."""
        group = self.rng.choice(("I", "II", "II"))
        disability = {"status": "disability", "group": group, "valid_from": begun, "valid_to": None}
        return {"target_ground": self.ground, "disability": disability}

    def usual_wishes(self) -> list[Wish]:
        """Care at home and somebody to talk to; who leaves an institution needs a place to live and to go to."""
        if self.ground == LEAVING:
            return [Wish(COMMUNITY_HOME, "ADL-04", None), Wish(COMMUNITY_HOME, "ADL-02", 60)]
        return [Wish(CARERS, "ADL-01", 80), Wish(CARERS, "ADL-06", 12)]


class AutismWalk(ServedWalk):
    """The autism pilot: the diagnosis is proved, a social worker assesses."""

    mode = "social_worker"
    professions = ("social_worker",)
    goals = ("Attīstīt saskarsmi un mazināt uzvedības grūtības.", "Iemācīt vecākiem atbalstīt bērna saziņu.")
    wanted = "services"

    def papers(self) -> list[str]:
        """With the proof of the diagnosis."""
        return [*super().papers(), "D08"]

    def usual_wishes(self) -> list[Wish]:
        """Sessions of the pilot's one service."""
        return [Wish(AUTISM, "ASD-01", self.rng.randint(16, 30))]


class AssistantWalk(ServedWalk):
    """The family assistant pilot: the social service's own specialists; no disability is asked for."""

    mode = "social_worker"
    professions = ("social_worker",)
    goals = ("Sakārtot ģimenes ikdienu un stiprināt vecāku prasmes.",)
    frequencies = ("3 stundas nedēļā", "2 reizes nedēļā")
    wanted = "services"

    def papers(self) -> list[str]:
        """Who represents a child that is not theirs, proves it."""
        return ["D05"] if self.family.kind == "guardian" else []

    def living(self) -> str:
        """A parent who applies alone lives in the family too."""
        return "family" if self.family.kind == "self" else super().living()

    def conditions(self, begun: dt.date) -> dict[str, Any]:
        """None."""
        return {}

    def usual_wishes(self) -> list[Wish]:
        """Hours of an assistant."""
        return [Wish(ASSISTANTS, "FAM-01", self.rng.randrange(30, 61, 5))]


class InstitutionWalk(ServedWalk):
    """Children in institutions: assessment and a plan without services (C16)."""

    goals = ("Sagatavot pāreju uz dzīvi ģimenē.", "Atjaunot saikni ar ģimeni.")
    wanted = "assessment"

    def papers(self) -> list[str]:
        """Nothing besides the application."""
        return []

    def conditions(self, begun: dt.date) -> dict[str, Any]:
        """None."""
        return {}

    def usual_wishes(self) -> list[Wish]:
        """The sources name no services."""
        return []


MANNERS: Mapping[str, type[ServedWalk]] = {
    "REHAB": ServedWalk,
    "RESPITE": RespiteWalk,
    "CHILD_CARE": CareWalk,
    "ADULT_COMMUNITY": AdultWalk,
    "INSTITUTION_CHILD": InstitutionWalk,
    "ASD_PILOT": AutismWalk,
    "FAMILY_ASSISTANT": AssistantWalk,
}
"""How a case of each type goes its way."""
