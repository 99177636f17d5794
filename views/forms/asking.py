"""Asking somebody else to confirm: what was typed goes with the request and is there again afterwards (DOMAIN 8.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from views.forms import typed
from views.forms.base import LONGEST_REASON, GaitaForm
from views.forms.fields import ChoiceField, LongTextField
from views.forms.steps import StepForm

MOST_KEPT = 200_000  # characters of a form that are kept with a request; a month of deliveries has some 20 000
_GUARD = re.compile("G[0-9]{2,3}")
_STEERING = ("csrf_token", "version", "go", "ask", "more")


class DecideRequest(GaitaForm):
    """The supervisor's answer to a request."""

    decision = ChoiceField(
        _l("Decision"), [("confirm", _l("Confirm the exception")), ("decline", _l("Decline"))], look="radio"
    )
    answer = LongTextField(_l("Reason"), longest=LONGEST_REASON, hint=_l("It stands in the history of the case."))


def guard_asked_for() -> str | None:
    """The guard whose confirmation the pressed button asks for."""
    pressed = request.form.get("ask", "")
    return pressed if _GUARD.fullmatch(pressed) else None


def reason_of_asking(code: str) -> str:
    """Why it should be confirmed; empty when nothing readable was typed."""
    try:
        return typed.words(request.form.get(f"ask-{code}", ""), LONGEST_REASON, lines=True) or ""
    except ValueError:
        return ""


def typed_fields() -> list[tuple[str, str]]:
    """The form as it was sent, without what only steers the page; nothing when it is too large to be kept."""
    names = (name for name in request.form if name not in _STEERING and not name.startswith("ask-"))
    pairs = [(name, text) for name in names for text in request.form.getlist(name)]
    return pairs if sum(len(name) + len(text) for name, text in pairs) <= MOST_KEPT else []


def filled_again(form_class: type[StepForm], pairs: Iterable[Sequence[str]], version: int) -> StepForm:
    """The form as it was sent with the request, for the case as it stands now."""
    fields = [(name, text) for name, text in pairs]
    form = form_class(formdata=MultiDict([*fields, ("version", str(version))]))
    form.take_reasons(fields)
    return form
