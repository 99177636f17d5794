"""WTForms fields of the domain: they take what officers type, keep it for redisplay, and hold a typed value.

A field is required unless told ``required=False``; its hint is WTForms' ``description``. ``look`` names the
part of ``macros/forms.html`` that draws it. Nothing here judges the rules of the office: the guards do.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from wtforms import widgets

from views.clock import RIGA
from views.forms import messages, typed
from views.forms.choices import ChoiceField, MaybeChoice, SheetField, TicksField, YesNoField
from views.forms.core import OfficeField, TypedField, language
from views.forms.lines import GroupField, LinesField, RowForm
from workflow import wording
from workflow.quantities import MOST

__all__ = [
    "ChoiceField",
    "ClockField",
    "DayField",
    "GroupField",
    "HiddenField",
    "LinesField",
    "LongTextField",
    "MaybeChoice",
    "MomentField",
    "MoneyField",
    "MonthField",
    "OfficeField",
    "PersonalCodeField",
    "QuantityField",
    "RowForm",
    "SheetField",
    "TextField",
    "TicksField",
    "WholeField",
    "YesNoField",
]


class TextField(TypedField):
    """One line of text; stripped, without control characters. ``None`` when left empty."""

    def __init__(self, label: object = "", *, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.longest = longest

    def parse(self, text: str) -> str:
        return typed.words(text, self.longest, lines=False)


class LongTextField(TypedField):
    """Several lines of text."""

    look = "area"
    widget = widgets.TextArea()

    def __init__(self, label: object = "", *, longest: int = 4000, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.longest = longest
        self.rows = rows

    def parse(self, text: str) -> str:
        return typed.words(text, self.longest, lines=True)

    def _value(self) -> str:
        # A long report that was refused comes back whole; the request's size is the only limit.
        return self.typed_text if self.raw_data else (self.data or "")


class DayField(TypedField):
    """A date as officers type it."""

    width = "short"
    empty_message = messages.DAY_FORMAT

    def parse(self, text: str) -> date:
        return typed.day(text)

    def show(self, value: date) -> str:
        return shown_day(value)


class MonthField(TypedField):
    """A month; the value is its first day."""

    width = "short"
    empty_message = messages.MONTH_FORMAT

    def parse(self, text: str) -> date:
        return typed.month(text)

    def show(self, value: date) -> str:
        return f"{value:%m.%Y}"


class ClockField(TypedField):
    """A time of day."""

    width = "short"
    empty_message = messages.CLOCK_FORMAT

    def parse(self, text: str) -> time:
        return typed.clock(text)

    def show(self, value: time) -> str:
        return f"{value:%H:%M}"


class MomentField(TypedField):
    """A date and a time by the clocks of Riga; the value is in UTC."""

    width = "middle"
    empty_message = messages.MOMENT_FORMAT

    def parse(self, text: str) -> datetime:
        return typed.moment(text)

    def show(self, value: datetime) -> str:
        local = value.astimezone(RIGA)
        return f"{shown_day(local.date())} {local:%H:%M}"


class NumberField(TypedField):
    """A decimal number; subclasses say how many places and how large."""

    input_mode = "decimal"
    width = "short"
    places = 2
    most = Decimal("999999.99")
    message: object = messages.QUANTITY_FORMAT

    def __init__(self, label: object = "", *, below_zero: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.below_zero = below_zero

    def parse(self, text: str) -> Decimal:
        return typed.number(text, self.places, self.most, self.below_zero, self.message)

    def show(self, value: Decimal) -> str:
        text = f"{value:f}"
        return text if language() == "en" else text.replace(".", ",")


class MoneyField(NumberField):
    """Euros and cents; ``places=4`` for unit costs (DOMAIN 9.1)."""

    most = Decimal("9999999999.99")
    message = messages.MONEY_FORMAT
    empty_message = messages.MONEY_FORMAT

    def __init__(self, label: object = "", *, places: int = 2, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.places = places

    def parse(self, text: str) -> Decimal:
        bare = typed.tidy(text[: typed.SHORT + 10]).upper()
        return super().parse(bare.removeprefix("EUR").removesuffix("EUR").strip("€ "))


class QuantityField(NumberField):
    """Units of a service: sessions, hours, days; at most two places."""

    most = MOST
    empty_message = messages.QUANTITY_FORMAT

    def show(self, value: Decimal) -> str:
        return super().show(value.quantize(Decimal(1)) if value == value.to_integral() else value)


class WholeField(NumberField):
    """A whole number, as ``int``."""

    input_mode = "numeric"
    places = 0
    most = Decimal("999999999")
    message = messages.WHOLE_FORMAT
    empty_message = messages.WHOLE_FORMAT

    def parse(self, text: str) -> int:  # type: ignore[override]
        return int(super().parse(text))

    def show(self, value: int) -> str:  # type: ignore[override]
        return str(value)


class PersonalCodeField(TypedField):
    """The digits of a personal code; shown with a hyphen after the sixth (DOMAIN 7.4)."""

    width = "short"

    def parse(self, text: str) -> str:
        return typed.personal_code(text)

    def show(self, value: str) -> str:
        return f"{value[:6]}-{value[6:]}" if len(value) == 11 else value


class HiddenField(TypedField):
    """A whole number carried along unseen, such as the version of a case; nonsense counts as missing."""

    look = "hidden"
    widget = widgets.HiddenInput()

    def __init__(self, label: object = "", **kwargs: Any) -> None:
        super().__init__(label, required=False, **kwargs)

    def parse(self, text: str) -> int | None:
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def shown_day(value: date) -> str:
    """A date for an input as the page shows dates (DOMAIN 7.4); ``typed.day`` reads each of the three back."""
    return wording.format_date(value, language())
