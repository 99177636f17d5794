"""The form every page of Gaita builds on: typed values out, problems in one summary, nothing typed lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import BadRequest

from views.forms import messages, typed
from views.forms.choices import TicksField
from views.forms.fields import HiddenField
from views.forms.lines import LinesField, leaves, value_of
from workflow.guards import Problem

LONGEST_REASON = 1000
MOST_CONFIRMATIONS = 40
_CONFIRM = re.compile("confirm-(G[0-9]{2,3})")
_ROW = re.compile("-([0-9]{1,4})-")
_CARRIED = ("csrf_token", "version")


@dataclass(frozen=True)
class ProblemLine:
    """One line of the error summary. ``anchor`` is the id to go to; ``guard`` is set when a guard refused."""

    anchor: str
    label: object
    text: object
    guard: Any = None


def _reasons_in(fields: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    known = [(name, text) for name, text in fields if len(name) <= 12 and _CONFIRM.fullmatch(name)]
    for name, text in known[:MOST_CONFIRMATIONS]:
        yield name.removeprefix("confirm-"), text


def _label(field: Any) -> object:
    """The field's label; a box in a table also tells its row."""
    row = _ROW.search(field.name)
    if row is None:
        return field.label.text
    return messages.ROW_LABEL % {"label": field.label.text, "number": int(row[1]) + 1}


def _anchor(field: Any) -> str:
    """Where the summary leads to; a field that is not drawn has no place on the page."""
    return "" if field.look == "hidden" else field.id


class GaitaForm(FlaskForm):
    """A form with a hidden version, confirmations of soft guards, and one list of problems.

    ``kept`` names fields that ``given()`` leaves out (they steer the page, not the step).
    """

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: object) -> messages.OfficeTranslations:
            return messages.TRANSLATIONS

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was posted, also when that is nothing: a form of unticked boxes is still an answer."""
            if formdata is _Auto and form.is_submitted():
                return CombinedMultiDict((request.files, request.form))
            return super().wrap_formdata(form, formdata)

    kept: tuple[str, ...] = ()
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.form_problems: list[ProblemLine] = []
        self.guard_problems: list[Any] = []
        self.actor: Any = None
        self._typed_reasons: dict[str, str] = {}
        if self.is_submitted():
            self.take_reasons(request.form.items())
        super().__init__(*args, **kwargs)
        if self.is_submitted() and kwargs.get("formdata", _Auto) is _Auto:
            self._refuse_twins()

    def _refuse_twins(self) -> None:
        """Of two values under one name nobody could say which was meant (TRUST, «Numbers»); only ticks may repeat."""
        ticks = {field.name for field in leaves(self) if isinstance(field, TicksField)}
        if any(len(values) > 1 and name not in ticks for name, values in request.form.lists()):
            raise BadRequest

    def given(self) -> dict[str, Any]:
        """The typed values by field name, as ``take_step`` wants them; blank rows are left out."""
        aside = (*_CARRIED, *self.kept)
        return {name: value_of(field) for name, field in self._fields.items() if name not in aside}

    @property
    def body(self) -> list[Any]:
        """The fields a page draws one after another."""
        return [field for field in self if getattr(field, "look", "hidden") != "hidden"]

    @property
    def has_file(self) -> bool:
        """True when the form needs ``multipart/form-data``."""
        return any(getattr(field, "look", "") == "file" for field in leaves(self))

    @property
    def wants_more(self) -> bool:
        """True when the officer asked for more rows: show the form again, do not validate."""
        return self.is_submitted() and "more" in request.form

    @property
    def only_looks(self) -> bool:
        """True when the officer only wants to see what would come of it: nothing may be saved."""
        return self.is_submitted() and "check" in request.form

    def add_rows(self) -> None:
        """Three blank rows for the table named by the button, or for every table if the name is unknown."""
        tables = [field for field in self if isinstance(field, LinesField)]
        named = [field for field in tables if field.name == request.form.get("more")]
        for table in named or tables:
            table.add_rows()

    def take_reasons(self, fields: Iterable[tuple[str, str]]) -> None:
        """The reasons among these fields: of the form that was sent, or of one that is shown as it was sent before."""
        self._typed_reasons = dict(_reasons_in(fields))

    def reasons(self) -> dict[str, str]:
        """The reasons as typed, for redisplay."""
        return {code: text for code, text in self._typed_reasons.items() if text.strip()}

    def confirmed(self) -> dict[str, str]:
        """``{"G18": "reason"}`` as ``take_step`` wants it; unreadable reasons are left to ``validate``."""
        good = {}
        for code, text in self.reasons().items():
            try:
                good[code] = typed.words(text, LONGEST_REASON, lines=True)
            except ValueError:
                continue
        return {code: reason for code, reason in good.items() if reason}

    def _judge_reasons(self) -> bool:
        bad = self.reasons().keys() - self.confirmed().keys()
        for code in sorted(bad):
            self.form_problems.append(
                ProblemLine(f"confirm-{code}", code, messages.REASON_LENGTH % {"most": LONGEST_REASON})
            )
        return not bad

    def validate(self, extra_validators: Any = None) -> bool:
        self.form_problems = []
        self.guard_problems = []
        fields_are_good = super().validate(extra_validators)
        return self._judge_reasons() and bool(fields_are_good)

    def field_named(self, name: str | None) -> Any:
        """The field with this HTML name (``lines-0-quantity``), or ``None``."""
        return next((field for field in leaves(self) if name and field.name == name), None)

    def add_problem(self, name: str | None, text: object) -> None:
        """Say something is wrong with the field of that name, or with the form as a whole."""
        field = self.field_named(name)
        if field is None:
            self.form_problems.append(ProblemLine("", "", text))
        else:
            field.errors = [*field.errors, text]

    def attach(self, problems: Iterable[Problem], actor: Any = None) -> None:
        """Show the guards that refused, each also at its field; ``actor`` may confirm some of them."""
        self.guard_problems = list(problems)
        self.actor = actor

    def may_confirm(self, problem: Problem) -> bool:
        """True when a reason may be typed here; G15 is for the supervisor alone (DOMAIN 8.3)."""
        return self.actor is not None and problem.confirmable_by(self.actor)

    def may_ask(self, problem: Problem) -> bool:
        """True when another role has to confirm it and the form lets the person ask; see `StepForm`."""
        return False

    def guards_at(self, field: Any) -> list[Any]:
        """The guards that refused because of this field."""
        return [problem for problem in self.guard_problems if problem.field == field.name]

    def problem_lines(self) -> list[ProblemLine]:
        """Every problem in reading order: fields, the form, then the guards."""
        lines = [
            ProblemLine(_anchor(field), _label(field), error)
            for field in leaves(self)
            for error in field.errors
            if field.name not in _CARRIED
        ]
        lines += [ProblemLine("", "", error) for error in self._token_errors()]
        return lines + self.form_problems + [self._guard_line(problem) for problem in self.guard_problems]

    def _token_errors(self) -> list[object]:
        token = self._fields.get("csrf_token")
        return [messages.FORM_EXPIRED] if token is not None and token.errors else []

    def _guard_line(self, problem: Problem) -> ProblemLine:
        field = self.field_named(problem.field)
        if field is None:
            return ProblemLine("", "", "", problem)
        return ProblemLine(_anchor(field), _label(field), "", problem)

    def leftover_reasons(self) -> dict[str, str]:
        """Reasons typed for guards that no longer ask: kept in the form, so that nothing typed is lost."""
        asked = {problem.code for problem in self.guard_problems if self.may_confirm(problem)}
        return {code: text for code, text in self.reasons().items() if code not in asked}
