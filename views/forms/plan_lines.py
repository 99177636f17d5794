"""One line of a plan: the services by programme, the people who may receive them, quantity, days, description."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from views.forms.days import TOO_EARLY
from views.forms.fields import ChoiceField, DayField, QuantityField, RowForm, TextField, YesNoField, shown_day
from views.forms.steps import Desk
from workflow.calendar import age_on
from workflow.facts import Programme, Service, facts
from workflow.models import Case, Person
from workflow.quantities import PERIODS
from workflow.stages.common import main_programme
from workflow.stages.plan_guards import RECEIVES, representatives_on
from workflow.wording import name_of_unit

OF_AGE = 18
ABOVE_ZERO = _l("Enter a quantity above 0.")
WHOLE_STEPS = _l("The quantity must be a multiple of %(step)s.")
Group = tuple[str, list[tuple[str, str]]]


class ServiceField(ChoiceField):
    """A service, offered under the name of its programme."""

    def __init__(self, label: object = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self._groups: list[Group] = []

    @property
    def groups(self) -> list[Group]:
        return self._groups

    @groups.setter
    def groups(self, groups: list[Group]) -> None:
        self._groups = groups
        self.choices = [option for _, options in groups for option in options]

    def grouped_options(self) -> list[tuple[str, list[tuple[str, object, bool]]]]:
        """`(programme, options)` for the macro."""
        by_code = {option[0]: option for option in self.options()}
        return [(name, [by_code[code] for code, _ in options]) for name, options in self._groups]


class PlanLineForm(RowForm):
    """One service for one recipient (DOMAIN 7.1, plan_line)."""

    service = ServiceField(_l("Service"))
    recipient = ChoiceField(_l("Recipient"), required=False)
    quantity = QuantityField(_l("Quantity"), required=False)
    starts_on = DayField(_l("From"), required=False)
    ends_on = DayField(_l("Until"), required=False)
    frequency = TextField(_l("How often"), required=False, longest=100)
    description = TextField(_l("Description"), required=False, longest=500)
    received_before_project = YesNoField(_l("Received before the project"))

    def validate_quantity(self, field: Any) -> None:
        """Above nothing, in whole steps of the service's unit (DOMAIN 6)."""
        if field.data is None:
            return
        if field.data <= 0:
            raise ValidationError(ABOVE_ZERO)
        service = facts().services.get(self.service.data or "")
        step = facts().units[service.unit].step if service else None
        if step is not None and field.data % step:
            raise ValidationError(WHOLE_STEPS % {"step": step})

    def validate_ends_on(self, field: Any) -> None:
        """A line ends after it starts."""
        starts_on = self.starts_on.data
        if field.data is not None and starts_on is not None and field.data < starts_on:
            raise ValidationError(TOO_EARLY % {"day": shown_day(starts_on)})


def services_of(desk: Desk) -> list[Group]:
    """The catalogue of the case's programmes in the language of the page: `REH-15 · Physiotherapist`."""
    groups = []
    for code in facts().case_types[desk.case.case_type].programmes:
        programme = facts().programmes[code]
        services = [facts().services[service] for service in programme.service_codes]
        units = _units_of(programme)
        options = [(service.code, _option(service, desk.language, with_unit=len(units) > 1)) for service in services]
        groups.append((programme.name(desk.language), options))
    return groups


def _option(service: Service, language: str, *, with_unit: bool) -> str:
    unit = f" ({name_of_unit(service.unit, language)})" if with_unit else ""
    return f"{service.code} · {service.name(language)}{unit}"


def _units_of(programme: Programme) -> set[str]:
    return {facts().services[code].unit for code in programme.service_codes}


def measures_of(desk: Desk) -> list[str]:
    """What a quantity of each programme of the case means: hours a week, days a year, sessions in all (G23, G26)."""
    programmes = [facts().programmes[code] for code in facts().case_types[desk.case.case_type].programmes]
    return list(dict.fromkeys(_measure(programme, desk) for programme in programmes if programme.service_codes))


def _measure(programme: Programme, desk: Desk) -> str:
    units = _units_of(programme)
    unit = name_of_unit(next(iter(units)), desk.language) if len(units) == 1 else _("units of the service")
    cap = facts().cap_on(programme.code, desk.today)
    if cap is not None and cap.kind in PERIODS:
        return f"{unit} {facts().label('cap_kind', cap.kind, desk.language)}"
    return _("%(unit)s in all", unit=unit)


def recipients_of(desk: Desk) -> list[tuple[Person, str]]:
    """The person of the case, and those who represent the child where a programme serves them too."""
    person = desk.case.person
    kind = kind_of(desk.case, person, desk.today)
    own = (person, f"{person.name} ({facts().label('recipient_kind', kind, desk.language)})")
    programmes = (facts().programmes[code] for code in facts().case_types[desk.case.case_type].programmes)
    if not any("guardian" in RECEIVES[programme.recipient] for programme in programmes):
        return [own]
    adults = representatives_on(desk.session, desk.case, desk.today)
    return [own, *((adult, adult.name) for adult in adults if adult.id != person.id)]


def kind_of(case: Case, recipient: Person, day: dt.date) -> str:
    """As what a person receives a service of the case: the child, an adult, or who represents the child."""
    if recipient.id != case.person_id:
        return "guardian"
    kinds = RECEIVES[main_programme(case.case_type).recipient]
    grown_up = recipient.birth_date is not None and age_on(recipient.birth_date, day) >= OF_AGE
    return "adult" if "child" not in kinds or (grown_up and "adult" in kinds) else "child"
