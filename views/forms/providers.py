"""The forms of providers and their register entries (DOMAIN 7.4, 10)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from stdnum.exceptions import ValidationError
from stdnum.lv import pvn

from views.forms.base import GaitaForm
from views.forms.fields import ChoiceField, DayField, LongTextField, TextField, TicksField, YesNoField
from views.forms.offered import service_choices
from workflow.facts import facts

NUMBER = re.compile("[0-9]{11}")
PEOPLE = ("natural_person", "medical_practitioner")


class ProviderForm(GaitaForm):
    """A new provider. A number that looks wrong can be kept: the check is soft (DOMAIN 7.4)."""

    kept = ("keep_number",)

    name = TextField(_l("Name"))
    kind = ChoiceField(_l("Kind"))
    registration_no = TextField(
        _l("Registration number"), required=False, longest=11, hint=_l("11 digits, for example 40003521600")
    )
    keep_number = YesNoField(_l("The registration number is right all the same"))
    address = TextField(_l("Address"), required=False)
    contacts = LongTextField(_l("Contacts"), required=False, rows=2, longest=200)

    def offer(self, language: str) -> None:
        """Fill what can be chosen."""
        self.kind.choices = list(facts().labels("provider_kind", language).items())

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        number = self.registration_no.data
        if number and self.kind.data not in PEOPLE and not self.keep_number.data and not is_registration_no(number):
            self.add_problem(
                "registration_no",
                _("The check digit of the registration number does not match. Check it, or tick the box below."),
            )
            return False
        return good


def is_registration_no(number: str) -> bool:
    """A legal person's number: 11 digits, the first 4 to 9, with the right check digit (DOMAIN 7.4)."""
    if not NUMBER.fullmatch(number) or number[0] < "4":
        return False
    try:
        pvn.validate(number)
    except ValidationError:
        return False
    return True


class EntryForm(GaitaForm):
    """An entry of the provider in a register, as the officer checked it (DOMAIN 10)."""

    register = ChoiceField(_l("Register"))
    number = TextField(_l("Number of the entry"), longest=30)
    services = TicksField(
        _l("Services of the entry"), required=False, hint=_l("None ticked: the entry is for all the provider does.")
    )
    address = TextField(_l("Address"), required=False, hint=_l("One entry is for one address."))
    valid_from = DayField(_l("Valid from"))
    valid_to = DayField(_l("Valid to"), required=False, hint=_l("If empty: without end."))
    checked_on = DayField(_l("Checked on"))

    def offer(self, language: str) -> None:
        """Fill what can be chosen."""
        self.register.choices = list(facts().labels("register", language).items())
        self.services.choices = service_choices(facts().services, language)

    def judge(self, today: dt.date) -> bool:
        """The dates in their order; the check has been made already."""
        starts_on, ends_on, checked_on = self.valid_from.data, self.valid_to.data, self.checked_on.data
        if starts_on and ends_on and ends_on < starts_on:
            self.add_problem("valid_to", _("The last day cannot be before the first."))
        if checked_on and checked_on > today:
            self.add_problem("checked_on", _("The date cannot be in the future."))
        return not self.problem_lines()
