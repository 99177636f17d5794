"""Several fields as one: a group (the disability, the opinion) and a table of lines (plan lines, deliveries).

The server adds rows: the button ``more`` posts the form, blank rows come back and everything typed stays.
Rows left blank are ignored, so clearing a row is how it is taken away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wtforms import Field, FieldList, Form, FormField
from wtforms.meta import DefaultMeta
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from views.forms import messages

_INDEX = re.compile("[0-9]{1,4}")
MORE_ROWS = 3


class RowForm(Form):
    """The fields of one row or group. No token of its own: the form around it carries one."""

    class Meta(DefaultMeta):
        def get_translations(self, form: object) -> messages.OfficeTranslations:
            return messages.TRANSLATIONS

    def is_blank(self) -> bool:
        """True when no field holds anything but what it showed at first."""
        return all(_untouched(field) for field in self)

    def given(self) -> dict[str, Any]:
        """The typed values by field name."""
        return {name: value_of(field) for name, field in self._fields.items()}


def _untouched(field: Any) -> bool:
    if field.look == "hidden" or field.is_blank():
        return True
    default = field.default() if callable(field.default) else field.default
    return default is not None and field.data == default


def value_of(field: Any) -> Any:
    """The typed value of a field: rows as a list of dicts, a group as a dict, otherwise its data."""
    return field.given() if isinstance(field, LinesField | GroupField) else field.data


def leaves(fields: Any) -> Iterator[Any]:
    """Every field that has a box of its own, in reading order; a table of lines comes before its rows."""
    for field in fields:
        if isinstance(field, LinesField):
            yield field
            for row in field.entries:
                yield from leaves(row.form)
        elif isinstance(field, GroupField):
            yield from leaves(field.form)
        else:
            yield field


class GroupField(FormField):
    """A few fields under one heading; with ``required=False`` the whole group may be left blank."""

    look = "group"

    def __init__(
        self,
        form_class: type[RowForm],
        label: object = "",
        *,
        required: bool = True,
        hint: object = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(form_class, label, description=hint, **kwargs)
        self.required = required

    def is_blank(self) -> bool:
        return self.form.is_blank()

    def given(self) -> dict[str, Any] | None:
        """The values of the group, or ``None`` for an optional group left blank."""
        return None if not self.required and self.is_blank() else self.form.given()

    def validate(self, form: object, extra_validators: Any = ()) -> bool:
        if not self.required and self.is_blank():
            return True
        return bool(super().validate(form, extra_validators))


class LinesField(FieldList):
    """A table of rows; ``most`` bounds what is read, ``blank`` is the number of empty rows at the start."""

    look = "lines"
    min_entries: int

    def __init__(
        self,
        row_class: type[RowForm],
        label: object = "",
        *,
        required: bool = True,
        hint: object = "",
        most: int = 60,
        blank: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(FormField(row_class), label, min_entries=blank, max_entries=most, description=hint, **kwargs)
        self.required = required
        self.most = most
        self.too_many = False

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Fill the rows, then pad with blank ones: WTForms would pad with what was posted, and read a row twice."""
        blank: int = self.min_entries
        self.min_entries = 0
        super().process(formdata, data, extra_filters)
        self.min_entries = blank
        self.add_rows(blank - len(self.entries))

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """Row numbers in the posted names; only short ASCII numbers, and a note when there are too many."""
        start = f"{prefix}-"
        numbers = {
            int(number)
            for name in formdata
            if name.startswith(start) and _INDEX.fullmatch(number := name[len(start) :].split("-", 1)[0])
        }
        self.too_many = len(numbers) > self.most
        yield from numbers

    @property
    def columns(self) -> list[Field]:
        """The fields of the first row, for the head of the table."""
        return list(self.entries[0].form) if self.entries else []

    def filled_rows(self) -> list[RowForm]:
        return [row.form for row in self.entries if not row.form.is_blank()]

    def given(self) -> list[dict[str, Any]]:
        """The values of the rows that hold something."""
        return [row.given() for row in self.filled_rows()]

    def is_blank(self) -> bool:
        return not self.filled_rows()

    def add_rows(self, number: int = MORE_ROWS) -> None:
        """Append blank rows up to the bound."""
        for _ in range(min(number, self.most - len(self.entries))):
            self.append_entry()

    def validate(self, form: object, extra_validators: Any = ()) -> bool:
        """Only filled rows are judged; a blank one is not an error."""
        self.errors = []
        # A list: every row is judged, not only those up to the first bad one.
        judged = [row.validate() for row in self.filled_rows()]
        try:
            self.pre_validate(form)
        except StopValidation as stop:
            self.errors.append(stop.args[0])
        self._run_validation_chain(form, [*self.validators, *extra_validators])
        return all(judged) and not self.errors

    def pre_validate(self, form: object) -> None:
        if self.too_many:
            raise StopValidation(messages.ROWS_TOO_MANY % {"most": self.most})
        if self.required and self.is_blank():
            raise StopValidation(messages.ROWS_NEEDED)
