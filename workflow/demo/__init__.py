"""A demonstration office: Latgale's municipalities with fictional people, whose cases walked through the machine.

Everything is deterministic (a seed decides) and visibly fictional: surnames say «example» or «invented», codes come
from a series of their own, and nothing here is a real family, provider or contract.
"""

from __future__ import annotations

import datetime as dt

DAY = dt.date(2022, 10, 17)
"""The day on which the demonstration office lives: a Monday on which all eight programmes run (DOMAIN 3)."""
