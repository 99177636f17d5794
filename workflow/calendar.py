"""Ages, weeks, months, working days and legal periods (DOMAIN section 5): dates in, dates out.

Nothing here reads the clock or a file. The public holidays and the days moved by the government come from the
`holidays` library; the days an administrator enters come in as an argument and always win.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache

ONE_DAY = timedelta(days=1)

# Kinds of the administrator's table of days (DOMAIN 5.3): the first two are free, the third is worked.
LOCAL_KINDS = {"holiday": False, "moved_free": False, "moved_working": True}

# Notification Law, sections 8 and 9: days after handing over, and whether they are working days.
NOTIFIED_AFTER: Mapping[str, tuple[int, bool]] = {
    "in_person": (0, False),
    "post_registered": (7, False),
    "post_ordinary": (8, False),
    "post": (8, False),
    "e_mail_signed": (2, True),
    "e_address": (2, True),
}


def birthday(birth: date, age: int) -> date:
    """The day on which the age is reached; 29 February becomes 1 March in a non-leap year (DOMAIN 5.1)."""
    year = birth.year + age
    if (birth.month, birth.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return birth.replace(year=year)


def age_on(birth: date, day: date) -> int:
    """Completed years on a day (DOMAIN 5.1); negative before the birth."""
    years = day.year - birth.year
    # Month and day decide without building a date; 29 February counts from 1 March because (2, 28) < (2, 29).
    return years - ((day.month, day.day) < (birth.month, birth.day))


def last_day_of_age(birth: date, age: int) -> date:
    """The last day on which the person is not older than the age: the day before the next birthday (5.1)."""
    return birthday(birth, age + 1) - ONE_DAY


def month_of(day: date) -> date:
    """The month of a day, written as its first day."""
    return date(day.year, day.month, 1)


def month_end(month: date) -> date:
    """The last day of the month that holds the given day."""
    return date(month.year, month.month, monthrange(month.year, month.month)[1])


def iso_week(day: date) -> tuple[int, int]:
    """ISO year and week, Monday to Sunday, also across the year end (DOMAIN 5.1)."""
    year, week, _ = day.isocalendar()
    return year, week


def add_months(day: date, n: int) -> date:
    """The same day number n months later; the last day of that month where it has no such day (5.3)."""
    years, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    last = monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def units_of_stay(check_in: datetime, check_out: datetime) -> tuple[date, ...]:
    """The dates of the 24 h units of a stay: every started 24 hours from check-in (DOMAIN 5.1).

    The difference is taken between local clock times, so a change of the clock adds and removes nothing.
    Raises ValueError when the stay does not end after it begins.
    """
    begins, ends = check_in.replace(tzinfo=None), check_out.replace(tzinfo=None)
    if ends <= begins:
        raise ValueError(f"the stay of {begins} ends before it begins")
    started = -((begins - ends) // timedelta(days=1))
    return tuple(begins.date() + timedelta(days=n) for n in range(started))


def window_last_day(first_day: date, months: int) -> date:
    """The last day of a window: the day before the same date so many months later (DOMAIN 5.1).

    Where that month has no such date the anniversary is the first of the next one: a window of 24 months from
    29 February 2020 has its anniversary on 1 March 2022 and ends on 28 February 2022.
    """
    anniversary = add_months(first_day, months)
    return anniversary if anniversary.day < first_day.day else anniversary - ONE_DAY


@cache
def _national(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Free days and worked weekend days of a year, the days moved by the government included."""
    # Imported late: most commands never ask for a working day, and the library takes its time to load.
    from holidays import country_holidays

    days = country_holidays("LV", years=year)
    return frozenset(days), frozenset(days.weekend_workdays)


class WorkingDays:
    """Working days: Monday to Friday without holidays and moved days (DOMAIN 5.3).

    `local` holds the days of the administrator's table, date to `holiday`, `moved_free` or `moved_working`;
    they win over the library. Another kind raises ValueError.
    """

    def __init__(self, local: Mapping[date, str] | None = None) -> None:
        unknown = sorted(set((local or {}).values()) - LOCAL_KINDS.keys())
        if unknown:
            raise ValueError(f"unknown kinds of day: {', '.join(unknown)}")
        self._local = {day: LOCAL_KINDS[kind] for day, kind in (local or {}).items()}

    def is_working(self, day: date) -> bool:
        """True on a working day."""
        if day in self._local:
            return self._local[day]
        free, worked = _national(day.year)
        return day in worked or (day.weekday() < 5 and day not in free)

    def next_working(self, day: date) -> date:
        """The day itself when it is a working day, otherwise the first working day after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def add(self, day: date, n: int) -> date:
        """The n-th working day after a day, the day of the event not counted (5.3); 0 gives the day itself.

        Raises ValueError for a negative number.
        """
        if n < 0:
            raise ValueError("working days are counted forward")
        for _ in range(n):
            day = self.next_working(day + ONE_DAY)
        return day

    def between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`; negative when `b` lies before `a`."""
        if b < a:
            return -self.between(b, a)
        return sum(1 for day in _days_after(a, b) if self.is_working(day))


def _days_after(a: date, b: date) -> Iterator[date]:
    return (a + timedelta(days=n) for n in range(1, (b - a).days + 1))


def legal_months(day: date, n: int, days: WorkingDays) -> date:
    """The end of a legal period of n months (DOMAIN 5.3; Administrative Procedure Law, sections 42-43).

    A period that would end on a Saturday, a Sunday or a free day ends on the next working day. The law names
    Saturday and Sunday themselves: a Saturday that the government made a working day still moves the end.
    """
    return legal_end(add_months(day, n), days)


def legal_end(last: date, days: WorkingDays) -> date:
    """The last day of a legal period, moved off Saturday, Sunday and free days (sections 42-43; see `legal_months`)."""
    return days.next_working(last + ONE_DAY if last.weekday() >= 5 else last)


def notified_on(sent_on: date, channel: str, days: WorkingDays) -> date:
    """The day on which a letter counts as notified (DOMAIN 5.3; Notification Law, sections 8-9).

    Channels: in_person, post_registered, post_ordinary (also plain `post`), e_mail_signed, e_address.
    Another channel raises ValueError. Postal days are calendar days and are not moved.
    """
    try:
        count, working = NOTIFIED_AFTER[channel]
    except KeyError:
        raise ValueError(f"unknown channel of notification: {channel}") from None
    return days.add(sent_on, count) if working else sent_on + timedelta(days=count)


def dispute_until(notified_on: date, days: WorkingDays) -> date:
    """The last day to dispute a decision: one month from notification (APL, section 79; deadline DL-07)."""
    return legal_months(notified_on, 1, days)
