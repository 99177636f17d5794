"""The only readers of the clock. Rules in workflow/ are told the day; they never ask (TRUST 18)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

RIGA = ZoneInfo("Europe/Riga")


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The legal day: the date in Riga, whatever the machine's own zone."""
    return now().astimezone(RIGA).date()
