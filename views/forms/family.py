"""The form of a representative: the other parent, a guardian appointed later (DOMAIN 7.1, relation)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from views.clock import today
from views.forms.base import GaitaForm
from views.forms.days import not_future
from views.forms.fields import ChoiceField, DayField, GroupField, TextField
from views.forms.intake import ApplicantForm
from workflow.facts import facts
from workflow.models import RELATIONS, Case


class RepresentativeForm(ApplicantForm):
    """Who it is; the name is not optional here."""

    first_name = TextField(_l("First name"))
    last_name = TextField(_l("Last name"))


class AddRepresentative(GaitaForm):
    """Somebody else who acts for the person. Field names are those of the application (DOMAIN 8.2)."""

    applicant = GroupField(RepresentativeForm, _l("Representative"))
    applicant_kind = ChoiceField(_l("Relation to the person"))
    received_on = DayField(_l("Acts for the person since"))

    def offer(self, case: Case, language: str) -> None:
        """The relations that the programmes of the case know."""
        programmes = [facts().programmes[code] for code in facts().case_types[case.case_type].programmes]
        known = {kind for programme in programmes for kind in programme.applicant}
        labels = facts().labels("relation_kind", language)
        self.applicant_kind.choices = [(kind, labels[kind]) for kind in RELATIONS if kind in known & labels.keys()]

    def validate_received_on(self, field: DayField) -> None:
        """What is recorded has happened."""
        not_future(field, today())
