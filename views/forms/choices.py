"""Fields that offer something to choose, and the upload of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import widgets
from wtforms.validators import StopValidation

from views.forms import messages
from views.forms.core import OfficeField

Options = Sequence[tuple[Any, object]]
Choices = Options | Callable[[], Options]


class ChoiceField(OfficeField):
    """One of several options. ``choices`` are ``(value, label)`` or a function that gives them.

    The posted text is compared with the options' values as text and the option's own value is the result:
    an ``int``, an enum or a string, never something coerced from outside. ``look="radio"`` draws buttons.
    """

    look = "select"
    empty_message = messages.CHOOSE

    def __init__(
        self,
        label: object = "",
        choices: Choices = (),
        *,
        look: str = "select",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.look = look
        self._choices = list(choices() if callable(choices) else choices)

    @property
    def choices(self) -> list[tuple[Any, object]]:
        return self._choices

    @choices.setter
    def choices(self, choices: Choices) -> None:
        """Options only the view knows are set later; what was posted is then looked up again."""
        self._choices = list(choices() if callable(choices) else choices)
        if self.raw_data is not None:
            self.process_formdata(self.raw_data)

    def _by_text(self) -> dict[str, Any]:
        return {str(value): value for value, _ in self._choices}

    def options(self) -> list[tuple[str, object, bool]]:
        """``(text, label, chosen)`` for the macro."""
        chosen = self.typed_text if self.raw_data else ("" if self.data is None else str(self.data))
        return [(str(value), label, str(value) == chosen) for value, label in self._choices]

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = self._by_text().get(self.typed_text.strip())

    def pre_validate(self, form: object) -> None:
        if not self.is_blank() and self.typed_text.strip() not in self._by_text():
            raise StopValidation(messages.NOT_AN_OPTION)
        super().pre_validate(form)


class MaybeChoice(ChoiceField):
    """A choice that is asked only where there is something to choose; else it travels unseen."""

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class TicksField(ChoiceField):
    """Any number of several options; the value is a list in the order of the options."""

    look = "ticks"
    empty_message = messages.TICK

    def __init__(self, label: object = "", choices: Choices = (), **kwargs: Any) -> None:
        super().__init__(label, choices, look="ticks", **kwargs)

    def _ticked(self) -> set[str]:
        return {text for text in self.raw_data or () if isinstance(text, str) and text}

    def is_blank(self) -> bool:
        return not self._ticked()

    def options(self) -> list[tuple[str, object, bool]]:
        ticked = self._ticked() if self.raw_data is not None else {str(value) for value in self.data or ()}
        return [(str(value), label, str(value) in ticked) for value, label in self._choices]

    def process_formdata(self, valuelist: list[Any]) -> None:
        ticked = self._ticked()
        self.data = [value for value, _ in self._choices if str(value) in ticked]

    def pre_validate(self, form: object) -> None:
        if self._ticked() - set(self._by_text()):
            raise StopValidation(messages.NOT_AN_OPTION)
        OfficeField.pre_validate(self, form)


class YesNoField(OfficeField):
    """Yes or no: a box to tick (unticked is no), or with ``look="radio"`` two buttons, none chosen."""

    look = "tick"
    empty_message = messages.YES_OR_NO

    def __init__(self, label: object = "", *, look: str = "tick", **kwargs: Any) -> None:
        kwargs.setdefault("required", look == "radio")
        super().__init__(label, **kwargs)
        self.look = look

    def options(self) -> list[tuple[str, object, bool]]:
        return [("yes", messages.YES, self.data is True), ("no", messages.NO, self.data is False)]

    def process_formdata(self, valuelist: list[Any]) -> None:
        unanswered = None if self.look == "radio" else False
        answers: dict[str, bool | None] = {"yes": True, "no": False, "": unanswered}
        if self.typed_text not in answers:
            self.data = None
            raise ValueError(messages.YES_OR_NO)
        self.data = answers[self.typed_text]


class SheetField(OfficeField):
    """An uploaded file as werkzeug's ``FileStorage``; its content is judged where it is read."""

    look = "file"
    widget = widgets.FileInput()
    empty_message = messages.ATTACH

    def __init__(self, label: object = "", *, kinds: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.kinds = kinds

    def process_formdata(self, valuelist: list[Any]) -> None:
        sheet = next((part for part in valuelist if isinstance(part, FileStorage) and part.filename), None)
        self.data = None
        if sheet is None:
            return
        if len(sheet.filename or "") > 200:
            raise ValueError(messages.FILE_NAME)
        if self.kinds and not (sheet.filename or "").lower().endswith(self.kinds):
            raise ValueError(messages.FILE_KIND % {"kinds": ", ".join(self.kinds)})
        self.data = sheet

    def is_blank(self) -> bool:
        return self.data is None and not self.process_errors

    def _value(self) -> bool:
        return False
