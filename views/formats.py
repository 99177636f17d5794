"""Values in the words of the page's language: Jinja filters over ``workflow.wording``.

A value that is missing is shown as a dash. ``{{ case.due_on|day }}``, ``{{ line.amount|money }}``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from flask_babel import get_locale, get_translations, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from workflow import wording
from workflow.facts import facts

MISSING = "–"
HIDDEN = "*****"


# Asked for a hundred times a page: the patterns of dates are worked out once (SPEED).
_date = lru_cache(maxsize=4096)(wording.format_date)


def language() -> str:
    """The language of the page (Latvian outside a request)."""
    locale = get_locale()
    return locale.language if locale else "lv"


def day(value: dt.date | None) -> str:
    """A date: ``03.03.2021.``"""
    return MISSING if value is None else _date(value, language())


def iso_day(value: str | None) -> str:
    """A date that is kept as text in JSON."""
    return day(dt.date.fromisoformat(value) if value else None)


def moment(value: dt.datetime | None) -> str:
    """A moment by the clocks of Riga: ``03.03.2021. 14:30``."""
    return MISSING if value is None else wording.format_moment(value, language())


def month(value: dt.date | None) -> str:
    """A month: ``2021. gada marts``."""
    return MISSING if value is None else wording.format_month(value, language())


def money(value: Decimal | None) -> str:
    """Euros and cents: ``1 234,56 EUR``."""
    return MISSING if value is None else wording.format_money(value, language())


def rate(value: Decimal | None) -> str:
    """Euros for one unit, with up to four places."""
    return MISSING if value is None else wording.format_rate(value, language())


def quantity(value: int | Decimal | None, unit: str | None = None) -> str:
    """A quantity, with its unit in the right form if one is given: ``3 reizes``."""
    if value is None:
        return MISSING
    if unit is None:
        return wording.format_number(value, language())
    return wording.format_quantity(value, unit, language())


def age(value: int | None) -> str:
    """An age in completed years: ``7 gadi``."""
    return MISSING if value is None else wording.format_age(value, language())


def person_code(value: str | None, full: bool = False) -> str:
    """A personal code with its hyphen; without ``full`` the second half is hidden (DOMAIN 7.3)."""
    if not value:
        return MISSING
    return f"{value[:6]}-{value[6:] if full else HIDDEN}"


def choice(value: str | None, group: str) -> str:
    """What the value of a choice is called: ``{{ case.living|choice("living") }}``."""
    return _known(lambda code, tongue: facts().label(group, code, tongue), value) if value else MISSING


def role_name(value: str | None) -> str:
    """The name of a role; a guard's owner may also be whoever takes the step."""
    return gettext("whoever takes the step") if value == "actor" else choice(value, "role")


def _known(name: Callable[[str, str], str], code: str) -> str:
    # A code that the facts do not know (a row from elsewhere) is shown as it is: the page must not fail.
    try:
        return name(code, language())
    except (KeyError, ValueError):
        return code


def _named(name: Callable[[str, str], str]) -> Callable[[str | None], str]:
    return lambda code: _known(name, code) if code else MISSING


FILTERS: dict[str, Callable[..., str]] = {
    "day": day,
    "iso_day": iso_day,
    "moment": moment,
    "month": month,
    "money": money,
    "rate": rate,
    "quantity": quantity,
    "age": age,
    "person_code": person_code,
    "choice": choice,
    "role_name": role_name,
    "state_name": _named(wording.name_of_state),
    "step_name": _named(wording.name_of_step),
    "service_name": _named(wording.name_of_service),
    "document_name": _named(wording.name_of_document),
    "programme_name": _named(wording.name_of_programme),
    "unit_name": _named(wording.name_of_unit),
    "rule_text": _named(wording.rule_text),
}


def url_with(**changes: Any) -> str:
    """This page's address with some of its query changed; ``None`` takes a part away."""
    query: MultiDict[str, str] = MultiDict(request.args)
    for name, value in changes.items():
        query.poplist(name)
        if value is not None:
            query[name] = str(value)
    path = request.script_root + request.path
    parts = urlencode(list(query.items(multi=True)))
    return f"{path}?{parts}" if parts else path


@lru_cache(maxsize=4096)
def _plain_text(translations: Any, source: str) -> Markup:
    return Markup(translations.ugettext(source)) % {}  # noqa: S704 - a text of our own


@pass_eval_context
def text(where: EvalContext, source: str, /, **values: Any) -> str:
    """What templates call ``_``: as Jinja's own, but a text without values is looked up and marked only once."""
    translations = get_translations()
    if not where.autoescape:
        return str(translations.ugettext(source)) % values
    if not values:
        return _plain_text(translations, source)
    return Markup(translations.ugettext(source)) % values  # noqa: S704 - a text of our own, the values are escaped


def init_app(app: Flask) -> None:
    """Make the filters known to the templates, and leave no empty lines where a block stood."""
    app.jinja_env.globals.update(_=text, gettext=text)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(url_with=url_with, page_language=language, facts=facts)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
