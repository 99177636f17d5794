"""The rules that Gaita goes by, with their validity and their source (UX, «Rules»); read by every role."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from views.access import ANYONE, allowed_to, current_actor
from views.extensions import db
from views.forms.core import language
from views.pages import show
from workflow.facts import Band, Cap, facts, parse_required_documents
from workflow.queries.rules import changes, local_days, unit_costs
from workflow.roles import Role
from workflow.rulebook import GROUPS, Entry, entries, entry
from workflow.rulebook.entries import FIXED, assumed
from workflow.rulebook.overlay import READ
from workflow.wording import (
    format_date,
    format_money,
    format_number,
    format_quantity,
    format_rate,
    join,
    name_of_document,
)

bp = Blueprint("rules", __name__)


@bp.get("/rules")
@allowed_to(*ANYONE)
def page() -> Response:
    """Programmes with their days and caps, deadlines, settings, unit costs; assumptions are marked."""
    session, found = db.session(), entries(facts())
    return show(
        "rules/page.html",
        book=facts(),
        rule_sets=facts().rule_sets.rows,
        entries={group: [one for one in found if one.group == group] for group in GROUPS},
        by_key={one.key: one for one in found},
        unconfirmed=assumed(found),
        costs=unit_costs(session),
        days=local_days(session),
        changes=changes(session),
        may_change=current_actor().may_act_as(Role.ADMIN),
        **WORDS,
    )


def cap_text(cap: Cap | None) -> str:
    """A cap in a few words: how much, in which time, for whom (DOMAIN 4, R5)."""
    tongue = language()
    if cap is None or cap.kind == "none":
        return facts().label("cap_kind", "none", tongue)
    how_much = [*_quantities(cap, tongue)]
    if cap.months is not None:
        how_much.append(format_quantity(cap.months, "month", tongue))
    words = [" / ".join(how_much), facts().label("cap_kind", cap.kind, tongue) if cap.months is None else ""]
    words.append(facts().label("cap_scope", cap.scope, tongue))
    if cap.ceiling is not None:
        words.append(_("not above %(rate)s", rate=format_rate(cap.ceiling, tongue)))
    return ", ".join(word for word in words if word)


def _quantities(cap: Cap, tongue: str) -> list[str]:
    if cap.quantity is not None and cap.unit:
        return [format_quantity(cap.quantity, cap.unit, tongue)]
    return [
        _(
            "%(quantity)s (ages %(first)s–%(last)s)",
            quantity=_banded(cap, band.quantity, tongue),
            first=band.min_age,
            last=band.max_age,
        )
        for band in cap.bands
    ]


def _banded(cap: Cap, quantity: Any, tongue: str) -> str:
    return format_quantity(quantity, cap.unit, tongue) if cap.unit else format_number(quantity, tongue)


def value_text(entry: Entry) -> str:
    """The value of an entry as people say it: `10 working days`, `yes`, `1 234,56 EUR`."""
    tongue, value = language(), entry.value
    match entry.kind:
        case "yes_no":
            return _("yes") if value else _("no")
        case "documents":
            return "; ".join(_document_text(item, tongue) for item in parse_required_documents(str(value)))
        case "day":
            return format_date(value, tongue)  # type: ignore[arg-type]
        case "money":
            return format_money(value, tongue)  # type: ignore[arg-type]
        case _ if entry.unit:
            return format_quantity(value, entry.unit, tongue)  # type: ignore[arg-type]
        case _:
            return str(value)


def _document_text(item: Any, tongue: str) -> str:
    names = name_of_document("|".join(item.any_of), tongue)
    conditions = {"represented": _("if somebody else acts"), "at_risk": _("if there is a risk of an institution")}
    return f"{names} ({conditions[item.only_if]})" if item.only_if in conditions else names


def sources(marks: str) -> str:
    """The marks of a source in words: `000;001`."""
    known = facts().choices["origin"]
    return join([known[mark][language()] for mark in marks.split(";") if mark in known], language()) if marks else ""


def kept_text(key: str, value: str) -> str:
    """The value that a change keeps of an entry, as people say it."""
    one = entry(facts(), key)
    return value if one is None or one.kind == FIXED else value_text(replace(one, value=READ[one.kind](value)))


def cap_of(data: dict[str, Any], origin: str) -> Cap:
    """The cap of a proposed rule set."""

    def exact(name: str) -> Decimal | None:
        return None if data.get(name) is None else Decimal(data[name])

    bands = tuple(Band(row["min_age"], row["max_age"], Decimal(row["quantity"])) for row in data["bands"])
    return Cap(
        programme=data["programme"],
        kind=data["kind"],
        scope=data["scope"],
        unit=data["unit"],
        quantity=exact("quantity"),
        months=data["months"],
        bands=bands,
        ceiling=exact("ceiling"),
        origin=origin,
        scope_origin=origin,
    )


WORDS: dict[str, Any] = {
    "cap_text": cap_text,
    "cap_of": cap_of,
    "value_text": value_text,
    "kept_text": kept_text,
    "sources": sources,
    "exact": Decimal,  # a change keeps its numbers as text
}
"""What the templates of the rules need to speak."""
