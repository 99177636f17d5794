"""One line of a plan: the services by programme, the people who may receive them, quantity, days, description."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from views.forms.days import TOO_EARLY
from views.forms.fields import ChoiceField, DayField, QuantityField, RowForm, TextField, shown_day
from views.forms.steps import Desk
from workflow.facts import facts
from workflow.models import Person
from workflow.stages.plan_guards import representatives_on

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
        options = [(service.code, f"{service.code} · {service.name(desk.language)}") for service in services]
        groups.append((programme.name(desk.language), options))
    return groups


def recipients_of(desk: Desk) -> list[tuple[Person, str]]:
    """The person of the case and those who represent the child, each with what they are to the case."""
    person = desk.case.person
    kind = "adult" if desk.case.case_type == "ADULT_COMMUNITY" else "child"
    adults = representatives_on(desk.session, desk.case, desk.today)
    own = (person, f"{person.name} ({facts().label('recipient_kind', kind, desk.language)})")
    return [own, *((adult, adult.name) for adult in adults if adult.id != person.id)]
