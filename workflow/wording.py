"""Facts and values in words: formats, plurals, names and the texts of guards (DOMAIN 7.4, 8.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from string import Formatter
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_date
from babel.lists import format_list
from babel.numbers import format_decimal

from workflow.facts import State, facts

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
RIGA = ZoneInfo("Europe/Riga")
LOCALES = {"lv": Locale("lv"), "ru": Locale("ru"), "en": Locale("en", "GB")}
DATES = {"lv": "dd.MM.y.", "ru": "dd.MM.y", "en": "d MMMM y"}
DATES_IN_LETTERS = {"ru": "d MMMM y 'года'", "en": "d MMMM y"}
MONTHS = {"lv": "y. 'gada' LLLL", "ru": "LLLL y 'года'", "en": "LLLL y"}
# The place of each plural category in plurals.toml; a Russian fraction takes the form of 2 ("2,50 часа").
PLURALS = {
    "lv": {"zero": 0, "one": 1, "other": 2},
    "ru": {"one": 0, "few": 1, "many": 2, "other": 1},
    "en": {"one": 0, "other": 1},
}
# "On the 3rd of March": Babel knows only the nominative, letters need the locative (DOMAIN 7.4).
LATVIAN_MONTHS_LOCATIVE = (
    "janvārī",
    "februārī",
    "martā",
    "aprīlī",
    "maijā",
    "jūnijā",
    "jūlijā",
    "augustā",
    "septembrī",
    "oktobrī",
    "novembrī",
    "decembrī",
)
Number = int | Decimal


def format_date(day: dt.date, language: str) -> str:
    """`03.03.2021.`, `03.03.2021`, `3 March 2021` (DOMAIN 7.4)."""
    return str(babel_date(day, DATES[language], LOCALES[language]))


def format_date_in_letters(day: dt.date, language: str) -> str:
    """`2021. gada 3. martā`, `3 марта 2021 года`, `3 March 2021`, as letters write it."""
    if language == "lv":
        return f"{day.year}. gada {day.day}. {LATVIAN_MONTHS_LOCATIVE[day.month - 1]}"
    return str(babel_date(day, DATES_IN_LETTERS[language], LOCALES[language]))


def format_month(month: dt.date, language: str) -> str:
    """`2021. gada marts`, `март 2021 года`, `March 2021`, of any day of the month."""
    return str(babel_date(month, MONTHS[language], LOCALES[language]))


def format_moment(moment: dt.datetime, language: str) -> str:
    """Date and time in Riga of an aware moment; ValueError for a naive one, whose place nobody knows."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    local = moment.astimezone(RIGA)
    return f"{format_date(local.date(), language)}{NO_BREAK_SPACE}{local:%H:%M}"


def format_number(number: Number, language: str) -> str:
    """A whole number as it is, a fraction with two places: `3`, `2,50`."""
    pattern = "#,##0" if number == int(number) else "#,##0.00"
    return str(format_decimal(_shown(number), pattern, LOCALES[language]))


def format_money(amount: Decimal, language: str) -> str:
    """EUR with two places: `1 234,56 EUR`, in English `EUR 1,234.56` (DOMAIN 7.4)."""
    cents = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _in_euros(format_decimal(cents, "#,##0.00", LOCALES[language]), language)


def format_rate(amount: Decimal, language: str) -> str:
    """EUR for one unit with two to four places (DOMAIN 7.1, unit_cost)."""
    return _in_euros(format_decimal(amount, "#,##0.00##", LOCALES[language]), language)


def _in_euros(number: str, language: str) -> str:
    order = ("EUR", number) if language == "en" else (number, "EUR")
    return NO_BREAK_SPACE.join(order)


def format_quantity(quantity: Number, unit: str, language: str) -> str:
    """A quantity with its unit or noun: `3 reizes`, `21 reize`, `2,50 часа` (nouns of plurals.toml)."""
    return f"{format_number(quantity, language)}{NO_BREAK_SPACE}{plural(unit, quantity, language)}"


def format_age(age: int, language: str) -> str:
    """An age in completed years: `1 gads`, `2 gadi`, `21 gads` (DOMAIN 7.4)."""
    return format_quantity(age, "year", language)


def plural(noun: str, number: Number, language: str) -> str:
    """The form of a noun of plurals.toml that stands after the number."""
    return _form(facts().plurals[noun][language], number, language)


def _form(forms: tuple[str, ...], number: Number, language: str) -> str:
    # Babel's own rule is right for Latvian 10–20; only its gettext header is not (ENGINEERING, trap 11).
    return forms[PLURALS[language][LOCALES[language].plural_form(_shown(number))]]


def _shown(number: Number) -> Number:
    """The number with the digits that are shown: they decide the plural of a fraction."""
    return int(number) if number == int(number) else Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP)


def join(words: Iterable[str], language: str, style: Literal["standard", "or"] = "standard") -> str:
    """Words as a list of the language: `a, b un c`; the style "or" gives `a vai b`, no words a dash."""
    return str(format_list(list(words), style, LOCALES[language])) or "–"


def name_of_state(state: str, language: str) -> str:
    """The name of a state; KeyError when there is none."""
    return facts().states[state].name(language)


def name_of_step(step: str, language: str) -> str:
    """The name of a step, as on its button."""
    return facts().steps[step].name(language)


def name_of_service(service: str, language: str) -> str:
    """The name of a service, in Russian the one for display (DOMAIN C10)."""
    return facts().services[service].name(language)


def name_of_document(codes: str, language: str) -> str:
    """The name of a document; of alternatives (`D01|D02`) both names with "or" (G10)."""
    return join((facts().documents[code].name(language) for code in codes.split("|")), language, "or")


def name_of_programme(programme: str, language: str) -> str:
    """The name of a programme."""
    return facts().programmes[programme].name(language)


def name_of_unit(unit: str, language: str) -> str:
    """The unit without a number: `reizes`, `часов`, `hours`."""
    return facts().units[unit].name(language)


def name_of_role(role: str, language: str) -> str:
    """The role as the office calls it: `sociālais darbinieks`."""
    return facts().label("role", role, language)


def name_of_remedy(remedy: str, language: str) -> str:
    """Where a guard is cleared: the name of the step, or of the page."""
    return name_of_step(remedy, language) if remedy in facts().steps else facts().label("page", remedy, language)


def _label_of(group: str) -> Callable[[str, str], str]:
    return lambda value, language: facts().label(group, value, language)


# Parameters that hold a code, not a text: the words come from the facts.
CODES: dict[str, Callable[[str, str], str]] = {
    "state": lambda state, language: name_of_state(state, language) if state in facts().states else state,
    "service": name_of_service,
    "documents": name_of_document,
    "unit": name_of_unit,
    "period": _label_of("cap_kind"),
    "what": _label_of("condition"),
}


def say(code: str, language: str, **params: object) -> str:
    """The text of a guard with its parameters (DOMAIN 8.3).

    Braces hold a name and, after a colon, how to say it: `eur` and `rate` (EUR), `#a|b|c` (the number and the
    form that fits it), or the name of the number whose plural a unit takes. Raises KeyError for an unknown
    guard, language or code, and for a parameter that is not given.
    """
    pieces = Formatter().parse(facts().guards[code].messages[language])
    return "".join(
        text + (_filled(name, spec or "", language, params) if name else "") for text, name, spec, _ in pieces
    )


def _filled(name: str, spec: str, language: str, params: dict[str, object]) -> str:
    value = params[name]
    if not spec:
        return _in_words(name, value, language)
    if spec.startswith("#"):
        number, forms = _number(value), tuple(spec[1:].split("|"))
        return f"{format_number(number, language)}{NO_BREAK_SPACE}{_form(forms, number, language)}"
    if spec in ("eur", "rate"):
        return (format_money if spec == "eur" else format_rate)(Decimal(_number(value)), language)
    return plural(str(value), _number(params[spec]), language)


def _number(value: object) -> Number:
    if isinstance(value, int | Decimal):
        return value
    raise TypeError(f"{value!r} is not a whole number or a Decimal")


def _in_words(name: str, value: object, language: str) -> str:
    """A value in the words of the language, by its name if it is a code, else by its type."""
    if isinstance(value, list | tuple | set | frozenset):
        words = [_in_words(name, item, language) for item in value]
        # Names of documents hold commas themselves, so "a, b un c" would not be readable.
        return "; ".join(words) if name == "documents" else join(words, language)
    if isinstance(value, State):
        return name_of_state(value, language)
    if name in CODES:
        return CODES[name](str(value), language)
    if isinstance(value, dt.date):
        return format_date(value, language)
    if isinstance(value, int | Decimal):
        return format_number(value, language)
    return "" if value is None else str(value)


def rule_text(code: str, language: str) -> str:
    """The text of a guard as a rule, without the values of a case: «Programma beidzās …»."""
    pieces = Formatter().parse(facts().guards[code].messages[language])
    return "".join(text + ("…" if name else "") for text, name, _, _ in pieces)
