"""The forms in which an administrator changes or confirms the rules (DOMAIN 4, 5.3, 15)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from views.forms.base import GaitaForm
from views.forms.days import FUTURE
from views.forms.fields import (
    ChoiceField,
    DayField,
    LinesField,
    LongTextField,
    MoneyField,
    QuantityField,
    RowForm,
    TextField,
    WholeField,
    YesNoField,
)
from views.forms.offered import service_choices
from workflow.calculation import Method
from workflow.facts import facts, parse_required_documents
from workflow.rulebook import Entry
from workflow.rulebook.changes import MARKS

LONGEST_DAYS, OLDEST = 3660, 120
CONDITIONS = ("", "represented", "at_risk")

# One box for each kind of value; made before the form below, so that it is drawn first.
BOXES: dict[str, Any] = {
    "number": WholeField(_l("New value")),
    "yes_no": YesNoField(_l("Holds")),
    "documents": TextField(
        _l("Documents"),
        longest=400,
        hint=_l(
            "Codes with blanks between them; “|” parts alternatives, “?represented” and “?at_risk” are conditions."
        ),
    ),
    "day": DayField(_l("New value")),
    "money": MoneyField(_l("New value")),
    "quantity": QuantityField(_l("New value")),
}


class GroundForm(GaitaForm):
    """What every change says: on what ground it is made. First what shall hold, then why."""

    source = LongTextField(
        _l("On what ground"), rows=2, longest=1000, hint=_l("The regulation, letter or decision with its date.")
    )

    @property
    def body(self) -> list[Any]:
        """The fields with those of the ground last."""
        last = [self[name] for name in ("origin", "source") if name in self]
        return [*(field for field in super().body if field not in last), *last]


class SourceForm(GroundForm):
    """A change that also names the mark of its source."""

    origin = ChoiceField(_l("Source"))

    def offer(self, language: str) -> None:
        """Fill what can be chosen."""
        known = facts().choices["origin"]
        self.origin.choices = [(mark, known[mark][language]) for mark in ("source", *MARKS)]


class ConfirmForm(GroundForm):
    """The municipality has confirmed a value as it stands."""

    confirmed_on = DayField(_l("Confirmed on"))

    def judge(self, today: dt.date) -> bool:
        """Nobody confirms tomorrow."""
        if self.confirmed_on.data > today:
            self.add_problem("confirmed_on", FUTURE)
        return not self.problem_lines()


class _ValueForm(SourceForm):
    """Another value for one entry; a threshold also says from which day."""

    value: Any

    def judge(self, entry: Entry) -> bool:
        """Within what makes sense for the entry; the rest is tried out."""
        problem = _fault(entry, self.value.data)
        if problem:
            self.add_problem("value", problem)
        elif entry.group != "threshold" and str(self.value.data) == entry.value_text:
            self.add_problem("value", _("This is the value that holds already."))
        return not self.problem_lines()


VALUE_FORMS: dict[str, type[_ValueForm]] = {
    kind: type(f"{kind.title()}ValueForm", (_ValueForm,), {"value": box}) for kind, box in BOXES.items()
}
THRESHOLD_FORM: type[_ValueForm] = type(
    "ThresholdForm", (VALUE_FORMS["money"],), {"valid_from": DayField(_l("Holds from"))}
)


def value_form(entry: Entry) -> type[_ValueForm]:
    """The form for the kind of the entry."""
    return THRESHOLD_FORM if entry.group == "threshold" else VALUE_FORMS[entry.kind]


def _fault(entry: Entry, value: Any) -> str | None:
    """Why the value makes no sense, in words; None when it does."""
    if entry.kind == "number":
        least, most = (0 if value == 0 and entry.key == "retention_years" else 1), LONGEST_DAYS
        most = OLDEST if entry.unit == "year" else most
        if not least <= value <= most:
            return _("The number must lie between %(least)s and %(most)s.", least=least, most=most)
    if entry.kind == "documents":
        return _fault_of_documents(value)
    if entry.kind == "day" and value < facts().programmes[entry.code].first_day:
        return _("The last day cannot be before the first.")
    return None


def _fault_of_documents(value: str) -> str | None:
    for wanted in parse_required_documents(value):
        unknown = [code for code in wanted.any_of if code not in facts().documents]
        if unknown:
            return _("There is no document %(code)s.", code=unknown[0])
        if wanted.only_if not in CONDITIONS:
            return _("There is no condition “%(name)s”.", name=wanted.only_if)
    return None


class CostRow(RowForm):
    """The cost of one unit of a service."""

    service = ChoiceField(_l("Service"))
    amount = MoneyField(_l("Cost of one unit"), places=4)


class UnitCostsForm(SourceForm):
    """A new version of the methodology: costs from one day on; those before end the day before."""

    valid_from = DayField(_l("Holds from"))
    valid_to = DayField(_l("Holds to"), required=False, hint=_l("If empty: until the next version."))
    lines = LinesField(CostRow, _l("Unit costs"), blank=4)

    def offer(self, language: str) -> None:
        """The services that are paid by unit cost."""
        super().offer(language)
        codes = [
            code
            for programme in facts().programmes.rows
            if programme.compensation_method == Method.UNIT_COST
            for code in programme.service_codes
        ]
        for row in self.lines.entries:
            row.form.service.choices = service_choices(codes, language)

    def judge(self) -> bool:
        """The dates in their order, each service once, every amount above zero."""
        if self.valid_to.data and self.valid_from.data and self.valid_to.data < self.valid_from.data:
            self.add_problem("valid_to", _("The last day cannot be before the first."))
        seen: set[str] = set()
        for row in self.lines.filled_rows():
            if row.service.data in seen:
                self.add_problem(row.service.name, _("This service stands in another row already."))
            seen.add(row.service.data)
            if row.amount.data is not None and row.amount.data <= 0:
                self.add_problem(row.amount.name, _("The cost must be above 0."))
        return not self.problem_lines()

    def as_data(self) -> dict[str, Any]:
        """The costs as a change keeps them."""
        given = self.given()
        lines = [{"service": row["service"], "amount": str(row["amount"])} for row in given["lines"]]
        return {"lines": lines, **_period(given)}


class LocalDayForm(GroundForm):
    """A day that is free, or worked, on top of the law's holidays."""

    day = DayField(_l("Day"))
    kind = ChoiceField(_l("Kind"), required=False, hint=_l("Nothing chosen: the local day is taken away."))
    name = TextField(_l("Name"), required=False)

    def offer(self, language: str) -> None:
        """Fill what can be chosen."""
        self.kind.choices = list(facts().labels("holiday_kind", language).items())

    def judge(self) -> bool:
        """A day that stays has a name."""
        if self.kind.data and not self.name.data:
            self.add_problem("name", _("Give the day a name."))
        return not self.problem_lines()

    def as_data(self) -> dict[str, Any]:
        """The day as a change keeps it; no kind takes it away."""
        given = self.given()
        return {"day": given["day"].isoformat(), "kind": given["kind"] or "", "name": given["name"] or ""}


class CapRow(RowForm):
    """The cap of one programme."""

    programme = ChoiceField(_l("Programme"))
    kind = ChoiceField(_l("Counted"))
    quantity = QuantityField(_l("Quantity"), required=False)
    months = WholeField(_l("Months"), required=False)
    ceiling = MoneyField(_l("Ceiling per unit"), required=False, places=4)
    scope = ChoiceField(_l("For whom"))


class BandRow(RowForm):
    """How much for which ages."""

    programme = ChoiceField(_l("Programme"))
    min_age = WholeField(_l("From age"))
    max_age = WholeField(_l("To age, inclusive"))
    quantity = QuantityField(_l("Quantity"))


class RuleSetForm(SourceForm):
    """All caps from a day on: a new version, never an edit of an old one (R3)."""

    name = TextField(_l("Name"), longest=60, hint=_l("Short, for example “100 / 40”."))
    valid_from = DayField(_l("Holds from"))
    valid_to = DayField(_l("Holds to"), required=False, hint=_l("If empty: until the next version."))
    caps = LinesField(CapRow, _l("Caps"), hint=_l("A programme without a row has no cap."), most=30)
    bands = LinesField(
        BandRow,
        _l("Quantities by age"),
        required=False,
        hint=_l("For a cap whose quantity depends on the age; its own quantity stays empty."),
        most=30,
    )

    def offer(self, language: str) -> None:
        """Fill what can be chosen."""
        super().offer(language)
        programmes = [(row.code, row.name(language)) for row in facts().programmes.rows if not row.plan_only]
        kinds = list(facts().labels("cap_kind", language).items())
        scopes = list(facts().labels("cap_scope", language).items())
        for row in self.caps.entries:
            row.form.programme.choices, row.form.kind.choices, row.form.scope.choices = programmes, kinds, scopes
        for row in self.bands.entries:
            row.form.programme.choices = programmes

    @staticmethod
    def prefill() -> dict[str, Any]:
        """The newest rule set, to be changed where the new one differs."""
        caps, bands = [], []
        for cap in facts().rule_sets.rows[-1].caps:
            caps.append({name: getattr(cap, name) for name in ("programme", "kind", "quantity", "months", "scope")})
            caps[-1]["ceiling"] = cap.ceiling
            bands += [{"programme": cap.programme, **vars(band)} for band in cap.bands]
        return {"caps": caps, "bands": bands, "origin": "law"}

    def as_data(self) -> dict[str, Any]:
        """The caps as a change keeps them."""
        given = self.given()
        bands: dict[str, list[dict[str, Any]]] = {}
        for row in given["bands"]:
            band = {"min_age": row["min_age"], "max_age": row["max_age"], "quantity": _text(row["quantity"])}
            bands.setdefault(row["programme"], []).append(band)
        caps = [
            {
                "programme": row["programme"],
                "kind": row["kind"],
                "unit": _unit_of(row["programme"]) if row["kind"] not in ("window", "none") else None,
                "quantity": _text(row["quantity"]),
                "months": row["months"],
                "ceiling": _text(row["ceiling"]),
                "scope": row["scope"],
                "bands": bands.get(row["programme"], []),
            }
            for row in given["caps"]
        ]
        return {"name": given["name"], "origin": given["origin"], "caps": caps, **_period(given)}


def _period(given: dict[str, Any]) -> dict[str, str | None]:
    """The first and the last day as text; an open end is None."""
    return {name: given[name].isoformat() if given[name] else None for name in ("valid_from", "valid_to")}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _unit_of(programme: str) -> str:
    """A programme counts in the unit of its services."""
    return facts().services[facts().programmes[programme].service_codes[0]].unit
