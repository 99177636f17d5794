"""The only readers of the clock. Rules in workflow/ are told the day; they never ask (TRUST 18)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

RIGA = ZoneInfo("Europe/Riga")


def now() -> dt.datetime:
    """The present moment, aware, in UTC; always the real one: sessions and second factors live by it."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The legal day: the date in Riga, whatever the machine's own zone; in a demonstration its fixed day."""
    return _office_day() or now().astimezone(RIGA).date()


def office_now() -> dt.datetime:
    """The moment to record with a step, aware, in UTC: the present one, in a demonstration on its fixed day."""
    moment, day = now(), _office_day()
    if day is None:
        return moment
    return dt.datetime.combine(day, moment.astimezone(RIGA).time(), RIGA).astimezone(dt.UTC)


def _office_day() -> dt.date | None:
    """The day on which the office of a demonstration lives: its programme ended long ago."""
    return current_app.config.get("OFFICE_DAY") if has_app_context() else None
