"""Days that no guard judges: a form checks them itself, with the day on which it was shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from views.forms.fields import shown_day

FUTURE = _l("The date cannot be in the future.")
TOO_EARLY = _l("The date cannot be before %(day)s.")


def not_future(field: Any, today: dt.date) -> None:
    """Raise for a day after today: what is recorded has happened."""
    if field.data is not None and field.data > today:
        raise ValidationError(FUTURE)


def not_before(field: Any, first: dt.date | None) -> None:
    """Raise for a day before the first one that makes sense."""
    if field.data is not None and first is not None and field.data < first:
        raise ValidationError(TOO_EARLY % {"day": shown_day(first)})
