"""What officers type, turned into typed values: plain functions, no form, no request.

Every function takes the text as typed, looks at its length first and then at a pattern of ASCII digits, so
that ``"9" * 5000``, ``NaN``, ``1e999999`` and Unicode digits never reach ``int`` or ``Decimal``. Each raises
``ValueError`` with the sentence for the officer.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import Decimal

from views.clock import RIGA
from views.forms import messages

FIRST_YEAR, LAST_YEAR = 1900, 2199
SHORT = 40
LONGEST_NUMBER = 15
ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

_SPACES = re.compile("[ \\t\u00a0\u2007\u2009\u202f]+")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_DAY_FIRST = re.compile(r"([0-9]{1,2}) ?[./-] ?([0-9]{1,2}) ?[./-] ?([0-9]{2,4})\.?")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})\.?")
_DAY_BARE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_DAY_ENGLISH = re.compile(r"([0-9]{1,2}) ([a-z]{3,9}) ([0-9]{4})")
_MONTH_FIRST = re.compile(r"([0-9]{1,2}) ?[./-] ?([0-9]{4})\.?|([0-9]{2})([0-9]{4})")
_MONTH_LAST = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})\.?")
_CLOCK = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})|([0-9]{2})([0-9]{2})")
_PLAIN = re.compile(r"-?[0-9]+(?:[.,]([0-9]+))?")
_GROUPED = (
    re.compile(r"-?[0-9]{1,3}(?: [0-9]{3})+(?:[.,]([0-9]+))?"),
    re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+\.([0-9]{1,2})"),
    re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+,([0-9]{1,2})"),
)
# Marks that turn the reading direction: they can make a stored text look like another one.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def tidy(text: str) -> str:
    """One-line text with single plain spaces and plain hyphens, for the patterns below."""
    return _HYPHENS.sub("-", _SPACES.sub(" ", text)).strip()


def _short(text: str, message: object) -> str:
    if len(text) > SHORT:
        raise ValueError(message)
    return tidy(text)


def _day_of(year: str, month: str, day: str) -> date:
    if len(year) != 4:
        raise ValueError(messages.DAY_SHORT_YEAR)
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise ValueError(messages.DAY_RANGE % {"first": FIRST_YEAR, "last": LAST_YEAR})
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        typed = f"{int(day):02d}.{int(month):02d}.{year}"
        raise ValueError(messages.DAY_MISSING % {"text": typed}) from None


def _month_number(name: str) -> str:
    for number, month in enumerate(ENGLISH_MONTHS, start=1):
        if name in (month, month[:3]):
            return str(number)
    raise ValueError(messages.DAY_FORMAT)


def day(text: str) -> date:
    """``3.3.2021``, ``03.03.2021.``, ``3/3/2021``, ``2021-03-03``, ``03032021``, ``3 March 2021`` (7.4)."""
    text = _short(text, messages.DAY_FORMAT)
    if found := _YEAR_FIRST.fullmatch(text):
        return _day_of(*found.groups())
    if found := _DAY_FIRST.fullmatch(text) or _DAY_BARE.fullmatch(text):
        typed_day, month, year = found.groups()
        return _day_of(year, month, typed_day)
    if found := _DAY_ENGLISH.fullmatch(text.lower()):
        typed_day, name, year = found.groups()
        return _day_of(year, _month_number(name), typed_day)
    raise ValueError(messages.DAY_FORMAT)


def month(text: str) -> date:
    """``2021-03``, ``03.2021``, ``3/2021`` or ``032021``: the first day of that month."""
    text = _short(text, messages.MONTH_FORMAT)
    if found := _MONTH_LAST.fullmatch(text):
        year, number = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        number, year = [part for part in found.groups() if part]
    else:
        raise ValueError(messages.MONTH_FORMAT)
    if not 1 <= int(number) <= 12:
        raise ValueError(messages.MONTH_FORMAT)
    return _day_of(year, number, "1")


def clock(text: str) -> time:
    """``9:05``, ``09:05``, ``09.05`` or ``0905``: a time of day."""
    found = _CLOCK.fullmatch(_short(text, messages.CLOCK_FORMAT))
    if not found:
        raise ValueError(messages.CLOCK_FORMAT)
    hour, minute = [int(part) for part in found.groups() if part]
    if hour > 23 or minute > 59:
        raise ValueError(messages.CLOCK_FORMAT)
    return time(hour, minute)


def moment(text: str) -> datetime:
    """A date and a time as the wall clock in Riga showed them; returned in UTC, as it is stored."""
    text = _short(re.sub("(?<=[0-9])T(?=[0-9])", " ", text[: SHORT + 1]), messages.MOMENT_FORMAT)
    left, _, right = text.rpartition(" ")
    if not left:
        raise ValueError(messages.MOMENT_FORMAT)
    local = datetime.combine(day(left.rstrip(",")), clock(right), RIGA)
    utc = local.astimezone(UTC)
    # In the hour that spring takes away, the way to UTC and back leads elsewhere.
    if utc.astimezone(RIGA).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(messages.MOMENT_SKIPPED)
    return utc


def number(text: str, places: int, most: Decimal, below_zero: bool, message: object) -> Decimal:
    """A decimal number typed with comma or point and perhaps thousands; at most ``places`` decimals."""
    text = _short(text, message)
    found = next(filter(None, (form.fullmatch(text) for form in (_PLAIN, *_GROUPED))), None)
    if found is None:
        raise ValueError(message)
    decimals = found[1] or ""
    if len(decimals) > places:
        raise ValueError(messages.TOO_MANY_PLACES % {"places": places} if places else message)
    digits = re.sub("[^0-9]", "", text.removesuffix(decimals) if decimals else text).lstrip("0") or "0"
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(_too_large(most))
    value = Decimal(f"{digits}.{decimals or 0}").quantize(Decimal(1).scaleb(-places))
    if text.startswith("-") and value and not below_zero:
        raise ValueError(messages.NEGATIVE)
    if value > most:
        raise ValueError(_too_large(most))
    return -value if text.startswith("-") and value else value


def _too_large(most: Decimal) -> str:
    return str(messages.TOO_LARGE % {"most": f"{most:f}".replace(".", ",")})


def personal_code(text: str) -> str:
    """The digits of a personal code without hyphen and spaces; G02 and G03 judge the rest."""
    digits = _short(text, messages.CODE_FORMAT).replace("-", "").replace(" ", "")
    if not re.fullmatch("[0-9]{1,20}", digits):
        raise ValueError(messages.CODE_FORMAT)
    return digits


def words(text: str, longest: int, lines: bool) -> str:
    """A text without control characters, in Unicode form C, at most ``longest`` characters."""
    if len(text) > 4 * longest + 1000:
        raise ValueError(messages.TOO_LONG % {"most": longest})
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    text = text if lines else text.replace("\n", " ").replace("\t", " ")
    if any(_unfit(character) for character in text):
        raise ValueError(messages.CONTROL_CHARACTERS)
    if len(text) > longest:
        raise ValueError(messages.TOO_LONG % {"most": longest})
    return text


def _unfit(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _TURNING or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
