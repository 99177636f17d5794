"""What all fields of the office share: required or not, a hint, the text as typed, blank or not."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from wtforms import Field, widgets
from wtforms.validators import StopValidation

from views.forms import messages

LONGEST_REDISPLAY = 4000


def language() -> str:
    """The language of the page (Latvian outside a request)."""
    return str(get_locale() or "lv")[:2]


class OfficeField(Field):
    """What all fields share: required or not, a hint, and whether the officer left it blank."""

    look = "text"
    width = "wide"
    empty_message: object = messages.FILL_IN
    widget = widgets.TextInput()

    def __init__(self, label: object = "", *, required: bool = True, hint: object = "", **kwargs: Any) -> None:
        super().__init__(label, description=hint, **kwargs)
        self.required = required
        if required:
            self.flags.required = True

    @property
    def typed_text(self) -> str:
        """What was posted, as text; a file under the name of a text field counts as nothing."""
        first = self.raw_data[0] if self.raw_data else ""
        return first if isinstance(first, str) else ""

    def is_blank(self) -> bool:
        """True when the officer entered nothing (rows of blanks are ignored)."""
        return not self.typed_text.strip()

    def pre_validate(self, form: object) -> None:
        if self.process_errors:
            raise StopValidation()
        if self.required and self.data in (None, "", []):
            raise StopValidation(self.empty_message)


class TypedField(OfficeField):
    """A one-line text field whose text becomes a value by ``parse`` and is shown again by ``show``."""

    input_mode = "text"

    def parse(self, text: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not self.is_blank():
            self.data = self.parse(self.typed_text.strip())

    def _value(self) -> str:
        if self.raw_data:
            return self.typed_text[:LONGEST_REDISPLAY]
        return "" if self.data is None else self.show(self.data)
