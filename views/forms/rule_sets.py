"""Is a new rule set whole? Its period among the others, and each of its caps (DOMAIN 4, R3 and R5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from views.forms.fields import shown_day
from views.forms.rules import RuleSetForm
from workflow.facts import RuleSet, facts
from workflow.quantities import COUNTED_KINDS
from workflow.rulebook.changes import may_begin_on
from workflow.rulebook.overlay import ONE_DAY

Fault = tuple[str, str]
"""The name of a field, and what is wrong with it."""


def judge(form: RuleSetForm, session: Session) -> bool:
    """Say at its field what is wrong; True when nothing is."""
    for name, text in (*_period_faults(form, session), *_cap_faults(form), *_band_faults(form)):
        form.add_problem(name, text)
    return not form.problem_lines()


def _period_faults(form: RuleSetForm, session: Session) -> Iterator[Fault]:
    first, last = form.valid_from.data, form.valid_to.data
    sets = facts().rule_sets.rows
    if first < sets[0].valid_from:
        yield "valid_from", _("No rule set can begin before %(day)s.", day=shown_day(sets[0].valid_from))
    elif not may_begin_on(session, first):
        name = next(row.id for row in sets if row.valid_from == first)
        yield "valid_from", _("From this day %(name)s holds, and it is never edited: choose a later day.", name=name)
    if last is not None:
        yield from _end_faults(first, last, sets)


def _end_faults(first: dt.date, last: dt.date, sets: tuple[RuleSet, ...]) -> Iterator[Fault]:
    following = min((row.valid_from for row in sets if row.valid_from > first), default=None)
    programmes_end = max(row.last_day for row in facts().programmes.rows)
    needed = following - ONE_DAY if following else programmes_end
    if last < first:
        yield "valid_to", _("The last day cannot be before the first.")
    elif last < needed:
        text = _("There would be a gap: no rule set from %(day)s.", day=shown_day(last + ONE_DAY))
        yield "valid_to", text
    elif following and last > needed:
        yield "valid_to", _("It would overlap with the rule set that begins on %(day)s.", day=shown_day(following))


def _cap_faults(form: RuleSetForm) -> Iterator[Fault]:
    banded = {row.programme.data for row in form.bands.filled_rows()}
    seen: set[Any] = set()
    for row in form.caps.filled_rows():
        if row.programme.data in seen:
            yield row.programme.name, _("This programme stands in another row already.")
        seen.add(row.programme.data)
        counted = row.kind.data in COUNTED_KINDS
        if counted and row.quantity.data is None and row.programme.data not in banded:
            yield row.quantity.name, _("Enter the quantity, here or by age below.")
        if counted and row.quantity.data is not None and row.programme.data in banded:
            yield row.quantity.name, _("The quantity stands by age below: leave this empty.")
        if not counted and row.quantity.data is not None:
            yield row.quantity.name, _("A cap of this kind has no quantity.")
        if row.kind.data == "window" and not row.months.data:
            yield row.months.name, _("Enter how many months are compensated.")
        if row.ceiling.data is not None and row.ceiling.data <= 0:
            yield row.ceiling.name, _("The cost must be above 0.")
    for row in form.bands.filled_rows():
        if row.programme.data not in seen:
            yield row.programme.name, _("The programme has no row among the caps.")


def _band_faults(form: RuleSetForm) -> Iterator[Fault]:
    """The ages of one programme in their order, without overlap; a gap would be a cap of nothing."""
    by_programme: dict[Any, list[Any]] = {}
    for row in form.bands.filled_rows():
        if row.max_age.data < row.min_age.data:
            yield row.max_age.name, _("The upper age cannot be below the lower one.")
        by_programme.setdefault(row.programme.data, []).append(row)
    for rows in by_programme.values():
        for lower, upper in pairwise(sorted(rows, key=lambda row: row.min_age.data)):
            if upper.min_age.data != lower.max_age.data + 1:
                yield upper.min_age.name, _("The ages must follow each other without a gap and without overlap.")
