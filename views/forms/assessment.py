"""The form of the assessment: who was assessed, when, by whom, and the papers of disability (DOMAIN 8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from views.forms.fields import (
    ChoiceField,
    DayField,
    GroupField,
    LongTextField,
    RowForm,
    TextField,
    YesNoField,
)
from views.forms.steps import Desk, StepForm
from workflow.facts import Programme, facts
from workflow.stages.assessment import DOCUMENT_CHECK, FAMILIES
from workflow.stages.common import main_programme

LIVING_WITH = {"parent": "family", "guardian": "guardian_family", "foster_parent": "foster_family"}
ADULT = 18


class DisabilityForm(RowForm):
    """The disability as the document states it; children have no group (G11)."""

    status = ChoiceField(_l("Status"), required=False)
    group = ChoiceField(
        _l("Group"), required=False, hint=_l("Group I or II is needed when the person may end up in an institution.")
    )
    valid_from = DayField(_l("Valid from"), required=False)
    valid_to = DayField(_l("Valid to"), required=False, hint=_l("Leave empty if it has no end."))


class OpinionForm(RowForm):
    """The VDEĀK opinion on the need for special care."""

    no = TextField(_l("Number"), required=False, longest=60)
    issued_on = DayField(_l("Issued on"), required=False)
    valid_to = DayField(_l("Valid to"), required=False, hint=_l("Leave empty if it has no end."))


def _likely_home(desk: Desk) -> str | None:
    """What the applicant's relation suggests, or the only home of the programme."""
    homes = main_programme(desk.case.case_type).living
    suggested = LIVING_WITH.get(desk.case.applicant_kind)
    return homes[0] if len(homes) == 1 else suggested if suggested in homes else None


def _homes(programme: Programme) -> Sequence[str]:
    """Children may turn out to live outside a family: then G12 says so. Other programmes know their own homes."""
    return tuple(facts().choices["living"]) if FAMILIES.issuperset(programme.living) else programme.living


class RecordAssessment(StepForm):
    """What the guards judge is not required here: they say it in the words of the rule book (G10–G18)."""

    step = "record_assessment"

    assessment_mode = ChoiceField(_l("Kind of assessment"))
    assessed_on = DayField(_l("Assessed on"), required=False)
    assessor_name = TextField(_l("Assessor"), required=False)
    assessor_profession = ChoiceField(_l("Profession of the assessor"), required=False)
    agreed_time = TextField(
        _l("Time agreed with the family"),
        required=False,
        longest=200,
        hint=_l("The assessment takes place when it suits the family."),
    )
    living = ChoiceField(_l("The person lives"), required=False)
    target_ground = ChoiceField(_l("Target group"), required=False)
    disability = GroupField(DisabilityForm, _l("Disability"))
    special_care_opinion = GroupField(OpinionForm, _l("VDEĀK opinion on special care"), required=False)
    wishes = LongTextField(
        _l("Wishes of the child"), required=False, rows=2, hint=_l("What the child itself wants and does not want.")
    )
    summary = LongTextField(
        _l("Summary of the needs"),
        required=False,
        rows=6,
        hint=_l("Enter diagnoses only if they are needed for the plan."),
    )
    earlier_in_project = YesNoField(
        _l("The assessment was made earlier in the project"),
        required=False,
        hint=_l("Enter it with its own date; you will be asked to confirm it."),
    )

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        """The programme's kind of assessment, today, and the home that the applicant's relation suggests."""
        return {
            "assessment_mode": main_programme(desk.case.case_type).assessment_mode,
            "assessed_on": desk.today,
            "living": _likely_home(desk),
            "disability": {"status": "disability"},
        }

    def offer(self, desk: Desk) -> None:
        """The choices in the language of the page; what the programme does not ask is not shown."""
        programme = main_programme(desk.case.case_type)
        self._leave_out(programme)
        if programme.recipient == "adult":
            self._speak_of_the_person()
        for name in ("assessment_mode", "assessor_profession"):
            if name in self:
                self[name].choices = list(facts().labels(name, desk.language).items())
        homes = facts().labels("living", desk.language)
        self.living.choices = [(home, homes[home]) for home in _homes(programme)]
        if "target_ground" in self:
            labels = facts().labels("target_ground", desk.language)
            self.target_ground.choices = [(ground, labels[ground]) for ground in programme.target_grounds]
        if "disability" in self:
            self._offer_disability(desk)

    def _leave_out(self, programme: Programme) -> None:
        unasked = []
        if not programme.target_grounds:
            unasked.append("target_ground")
        if not programme.requires_disability:
            unasked.append("disability")
        if not programme.requires_special_care_opinion:
            unasked.append("special_care_opinion")
        if programme.assessment_mode == DOCUMENT_CHECK:
            unasked += ["assessor_name", "assessor_profession", "agreed_time", "wishes", "earlier_in_project"]
        for name in unasked:
            if name in self:
                del self[name]

    def _speak_of_the_person(self) -> None:
        """Adults are no children, and have no family that must agree."""
        self.agreed_time.label.text = _l("Time agreed with the person")
        self.agreed_time.description = _l("The assessment takes place when it suits the person.")
        self.wishes.label.text = _l("Wishes of the person")
        self.wishes.description = _l("What the person wants and does not want.")

    def _offer_disability(self, desk: Desk) -> None:
        inner = self.disability.form
        inner.status.choices = list(facts().labels("disability_status", desk.language).items())
        programme = main_programme(desk.case.case_type)
        if programme.min_age is not None and programme.min_age >= ADULT:
            inner.group.choices = list(facts().labels("disability_group", desk.language).items())
        elif "group" in inner:
            del inner["group"]
