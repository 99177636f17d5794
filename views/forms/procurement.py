"""The forms of procurement: hand over, buy, provide in-house, end a contract (DOMAIN 8.2)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from views.forms.contracts import SignContract, TerminateContract
from views.forms.fields import (
    ChoiceField,
    DayField,
    LinesField,
    MoneyField,
    RowForm,
    TextField,
    TicksField,
)
from views.forms.numbered import numbered
from views.forms.offered import chosen_rows, entry_label, line_choices, service_choices
from views.forms.steps import Desk, StepForm
from workflow.calculation import Method
from workflow.facts import facts
from workflow.queries.providers import entries_to_choose
from workflow.stages.assigning import requested, unassigned
from workflow.stages.common import main_programme

__all__ = ["AssignInHouse", "SignContract", "StartProcurement", "TerminateContract"]


class StartProcurement(StepForm):
    """How the services are to be provided, which of them, and the application D02."""

    step = "start_procurement"

    route = ChoiceField(_l("How the service is provided"), look="radio", required=False)
    requested_lines = TicksField(_l("Services asked for now"))
    service_application_on = DayField(
        _l("Application for the services received on"),
        required=False,
        hint=_l("D02: with the plan in hand the family applies for the services."),
    )
    desired_provider = TextField(
        _l("Wanted provider"), required=False, hint=_l("The family may name a provider; another choice needs a reason.")
    )
    estimated_value_ex_vat = MoneyField(
        _l("Estimated value without VAT"), required=False, hint=_l("Not needed when everything is provided in-house.")
    )

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        plan, case = desk.case.plan, desk.case
        asked = [line.id for line in plan.lines if line.requested] if plan else []
        dates = [row.received_on for row in case.applications if row.kind == "services"]
        return {
            "route": case.route or main_programme(case.case_type).routes[0],
            "requested_lines": asked or ([line.id for line in plan.lines] if plan else []),
            "service_application_on": max(dates, default=None),
            "desired_provider": case.desired_provider,
        }

    def offer(self, desk: Desk) -> None:
        programme, labels = main_programme(desk.case.case_type), facts().labels("route", desk.language)
        self.route.choices = [(route, labels[route]) for route in programme.routes]
        if "procure" not in programme.routes and "estimated_value_ex_vat" in self:
            del self.estimated_value_ex_vat
        if not programme.family_may_name_provider and "desired_provider" in self:
            del self.desired_provider
        if programme.recipient == "adult":
            self.service_application_on.description = _l("D02: with the plan in hand the person applies for services.")
            self.desired_provider.description = _l("The person may name a provider; another choice needs a reason.")
        plan = desk.case.plan
        self.requested_lines.choices = line_choices(plan.lines if plan else (), desk.language)

    def values(self, desk: Desk) -> dict[str, Any]:
        plan = desk.case.plan
        return self.given() | {"requested_lines": chosen_rows(self.requested_lines, plan.lines if plan else ())}

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        value = self._fields.get("estimated_value_ex_vat")
        if self.route.data in ("procure", "mixed") and value is not None and value.data is None and good:
            self.add_problem("estimated_value_ex_vat", _("Enter the estimated value of what is to be bought."))
            return False
        return good


class TariffRow(RowForm):
    """A service with the municipality's own tariff."""

    service = ChoiceField(_l("Service"))
    own_tariff = MoneyField(_l("Own tariff per unit"), required=False)


class AssignInHouse(StepForm):
    """The municipality's own provider for some services of the plan."""

    step = "assign_in_house"

    register_entry = ChoiceField(_l("Institution of the municipality and its register entry"), required=False)
    starts_on = DayField(_l("From"), required=False)
    ends_on = DayField(_l("Until"), required=False, hint=_l("If empty: until the programme ends."))
    lines = LinesField(TariffRow, _l("Services"), blank=1, most=20)

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        services = dict.fromkeys(line.service_code for line in unassigned(desk.case, desk.today))
        return {"starts_on": desk.today, "lines": [{"service": code} for code in services]}

    def offer(self, desk: Desk) -> None:
        self.desk = desk
        self.entries = entries_to_choose(desk.session, desk.actor.municipality_ids, in_house=True)
        self.register_entry.choices = [(row.id, entry_label(row, desk.language)) for row in self.entries]
        self._offer_services()

    def _offer_services(self) -> None:
        codes = dict.fromkeys(line.service_code for line in requested(self.desk.case))
        for row in self.lines.entries:
            row.form.service.choices = service_choices(codes, self.desk.language)

    def add_rows(self) -> None:
        super().add_rows()
        self._offer_services()

    def values(self, desk: Desk) -> dict[str, Any]:
        entry = next((row for row in self.entries if row.id == self.register_entry.data), None)
        provider = entry.provider if entry else None
        return self.given() | {"register_entry": entry, "provider": provider, "lines": numbered(self.lines)}

    def validate(self, extra_validators: Any = None) -> bool:
        """Where the actual cost is compensated, the tariff is that cost (Q9): without it nothing can be claimed."""
        good = super().validate(extra_validators)
        for row in self.lines.filled_rows():
            if row.own_tariff.data is None and row.service.data and _compensates_cost(row.service.data):
                self.add_problem(row.own_tariff.name, _("Enter the tariff: it is what will be compensated."))
                good = False
        return good


def _compensates_cost(service: str) -> bool:
    programme = facts().programmes[facts().services[service].programme]
    return programme.compensation_method == Method.ACTUAL_COST.value
