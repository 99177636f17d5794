"""The words of forms: WTForms' own English sentences are replaced by ours, in the language of the page.

WTForms ships no Latvian catalogue, so its sentences are keys here and the values go through our own. A test
compares the table with the sentences of WTForms, so none can leak.
"""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

FILL_IN = _l("Fill in this field.")
CHOOSE = _l("Choose one of the options.")
TICK = _l("Tick at least one option.")
ATTACH = _l("Attach a file.")
BAD_INPUT = _l("This entry cannot be read. Enter it again.")
TOO_LONG = _l("The text is too long: at most %(most)s characters.")
CONTROL_CHARACTERS = _l("The text has characters that cannot be shown. Type it again instead of pasting.")
NOT_AN_OPTION = _l("This option is not in the list. Choose again.")
YES_OR_NO = _l("Choose yes or no.")
YES = _l("Yes")
NO = _l("No")

DAY_FORMAT = _l("Enter the date as day, month and year, for example 03.03.2021.")
DAY_MISSING = _l("There is no such day in the calendar: %(text)s.")
DAY_SHORT_YEAR = _l("Write the year with four digits, for example 03.03.2021.")
DAY_RANGE = _l("The year must be between %(first)s and %(last)s.")
MONTH_FORMAT = _l("Enter the month and the year, for example 03.2021.")
CLOCK_FORMAT = _l("Enter the time as hours and minutes, for example 14:30.")
MOMENT_FORMAT = _l("Enter the date and the time, for example 03.03.2021. 14:30.")
MOMENT_SKIPPED = _l("That night the clocks were put forward, so this time did not exist.")

MONEY_FORMAT = _l("Enter an amount in euros, for example 1234,56.")
QUANTITY_FORMAT = _l("Enter a number, for example 12 or 2,5.")
WHOLE_FORMAT = _l("Enter a whole number, for example 12.")
TOO_MANY_PLACES = _l("At most %(places)s digits after the comma are allowed.")
TOO_LARGE = _l("The number is too large: at most %(most)s.")
NEGATIVE = _l("The number cannot be negative.")

CODE_FORMAT = _l("A personal code has only digits and a hyphen, for example 161175-19997.")

FILE_KIND = _l("A file of this kind is not accepted. Accepted: %(kinds)s.")
FILE_NAME = _l("The name of the file is too long.")

ROW_LABEL = _l("%(label)s, row %(number)s")
ROWS_NEEDED = _l("Fill in at least one row.")
ROWS_TOO_MANY = _l("There are too many rows: at most %(most)s.")
REASON_LENGTH = _l("The reason is too long: at most %(most)s characters.")

FORM_EXPIRED = _l("The form has expired. Send it again.")

WTFORMS_TEXTS = {
    "Invalid field name '%s'.": BAD_INPUT,
    "Field must be equal to %(other_name)s.": _l("The two entries differ."),
    "Field must be between %(min)d and %(max)d characters long.": _l(
        "The text must have between %(min)d and %(max)d characters."
    ),
    "Number must be at least %(min)s.": _l("The number must be at least %(min)s."),
    "Number must be at most %(max)s.": _l("The number must be at most %(max)s."),
    "Number must be between %(min)s and %(max)s.": _l("The number must be between %(min)s and %(max)s."),
    "Date must be at least %(min)s.": _l("The date must not be before %(min)s."),
    "Date must be at most %(max)s.": _l("The date must not be after %(max)s."),
    "Date must be between %(min)s and %(max)s.": _l("The date must be between %(min)s and %(max)s."),
    "This field is required.": FILL_IN,
    "Invalid input.": BAD_INPUT,
    "Invalid email address.": _l("Enter an e-mail address, for example name@example.lv."),
    "Invalid IP address.": BAD_INPUT,
    "Invalid Mac address.": BAD_INPUT,
    "Invalid URL.": BAD_INPUT,
    "Invalid UUID.": BAD_INPUT,
    "Invalid value, must be one of: %(values)s.": NOT_AN_OPTION,
    "Invalid value, can't be any of: %(values)s.": NOT_AN_OPTION,
    "This field cannot be edited.": _l("This field cannot be changed."),
    "This field is disabled and cannot have a value.": _l("This field cannot be changed."),
    "Invalid CSRF Token.": FORM_EXPIRED,
    "CSRF token missing.": FORM_EXPIRED,
    "CSRF failed.": FORM_EXPIRED,
    "CSRF token expired.": FORM_EXPIRED,
    "Invalid Choice: could not coerce.": NOT_AN_OPTION,
    "Choices cannot be None.": NOT_AN_OPTION,
    "Not a valid choice.": NOT_AN_OPTION,
    "Invalid choice(s): one or more data inputs could not be coerced.": NOT_AN_OPTION,
    "Not a valid datetime value.": MOMENT_FORMAT,
    "Not a valid date value.": DAY_FORMAT,
    "Not a valid time value.": CLOCK_FORMAT,
    "Not a valid week value.": BAD_INPUT,
    "Not a valid integer value.": WHOLE_FORMAT,
    "Not a valid decimal value.": QUANTITY_FORMAT,
    "Not a valid float value.": QUANTITY_FORMAT,
}


def _at_least(n: int) -> str:
    return str(ngettext("Enter at least %(num)d character.", "Enter at least %(num)d characters.", n))


def _at_most(n: int) -> str:
    return str(ngettext("Enter at most %(num)d character.", "Enter at most %(num)d characters.", n))


def _exactly(n: int) -> str:
    return str(ngettext("Enter exactly %(num)d character.", "Enter exactly %(num)d characters.", n))


WTFORMS_PLURALS: dict[str, Callable[[int], str]] = {
    "Field must be at least %(min)d character long.": _at_least,
    "Field cannot be longer than %(max)d character.": _at_most,
    "Field must be exactly %(max)d character long.": _exactly,
    "'%(value)s' is not a valid choice for this field.": lambda n: str(NOT_AN_OPTION),
}


class OfficeTranslations:
    """What WTForms asks for its sentences (``Meta.get_translations``)."""

    def gettext(self, text: str) -> str:
        return str(WTFORMS_TEXTS.get(text, BAD_INPUT))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        sentence = WTFORMS_PLURALS.get(singular)
        return sentence(n) if sentence else str(BAD_INPUT)


TRANSLATIONS = OfficeTranslations()
