"""Values and guards are said in the grammar and the formats of each language (DOMAIN 7.4, 8.3)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from workflow import wording
from workflow.facts import LANGUAGES, State, facts
from workflow.wording import NO_BREAK_SPACE, say

DAY = dt.date(2021, 3, 3)
PARAMS: dict[str, object] = {
    "accepted": Decimal("5.00"),
    "age": 18,
    "amount": Decimal("120.50"),
    "cap": Decimal(40),
    "case_no": "REZN-2021-00001",
    "characters": 30,
    "claim_no": "K-7",
    "date": DAY,
    "dates": [DAY, dt.date(2021, 3, 4)],
    "documents": ["D01|D02", "D03"],
    "invoice": Decimal("1234.50"),
    "max": 17,
    "min": 0,
    "months": 12,
    "period": "iso_week",
    "planned": Decimal(50),
    "price": Decimal("9.40"),
    "provider": "Saule",
    "quantity": Decimal("2.50"),
    "service": "REH-14",
    "state": State.APPLIED,
    "step": Decimal("0.25"),
    "threshold": Decimal("10000.00"),
    "unit": "HOUR",
    "unit_cost": Decimal("8.7512"),
    "used": Decimal(30),
    "value": Decimal("12000.00"),
    "what": ["disability", "age"],
}


def spaced(text: str) -> str:
    """The text with ordinary spaces, so that an expectation can be read."""
    return text.replace(NO_BREAK_SPACE, " ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(facts().guards))
def test_every_guard_is_said_in_every_language(code: str, language: str) -> None:
    text = say(code, language, **PARAMS)
    assert text
    assert not set("{}") & set(text)
    assert ".." not in text
    assert "None" not in text


@pytest.mark.parametrize("code", [code for code, guard in facts().guards.items() if guard.placeholders("lv")])
def test_a_parameter_that_is_not_given_is_an_error(code: str) -> None:
    with pytest.raises(KeyError):
        say(code, "lv")


@pytest.mark.parametrize(
    ("code", "language", "text"),
    [
        ("G14", "lv", "Personai 03.03.2021. ir 18 gadi; programma paredzēta vecumam 0–17."),
        ("G14", "ru", "На 03.03.2021 лицу 18 лет; программа предназначена для возраста 0–17."),
        ("G14", "en", "The person is 18 on 3 March 2021; the programme is for ages 0–17."),
        ("G23", "lv", "Plānots 50 un izmantots 30 (stundas); tas pārsniedz limitu 40."),
        ("G26", "ru", "Можно запланировать не более 40 часов в неделю."),
        ("G46", "en", "The price EUR 9.40 is above the unit cost EUR 8.7512; the municipality pays the difference."),
        ("G50", "lv", "03.03.2021. nav līguma vai pašvaldības norīkojuma par pakalpojumu “Psihologs”."),
        ("G54", "lv", "Virs limita: 2,50 stundas; tiks reģistrēts, bet netiks kompensēts."),
        ("G54", "ru", "Сверх лимита: 2,50 часа; учитывается, но не компенсируется."),
        ("G66", "lv", "Rēķina summa 1 234,50 EUR atšķiras no pieņemtajiem pakalpojumiem 5,00 EUR."),
        ("G98", "lv", "Šī darbība nav iespējama stāvoklī “Iesniegums saņemts”."),
    ],
)
def test_a_guard_speaks_the_grammar_of_the_language(code: str, language: str, text: str) -> None:
    assert spaced(say(code, language, **PARAMS)) == text


def test_alternatives_and_lists_of_documents_can_be_told_apart() -> None:
    text = say("G10", "en", documents=["D01|D02", "D03"])
    assert text.endswith("or Application for services (may name the wanted provider); Proof of disability.")


def test_an_open_age_bound_is_left_out_and_an_empty_list_is_a_dash() -> None:
    assert say("G14", "en", age=17, date=DAY, min=18, max=None).endswith("for ages 18–.")
    assert say("G89", "lv", dates=[]).endswith("pakalpojumi: –")


def test_money_that_is_not_a_number_is_an_error() -> None:
    with pytest.raises(TypeError):
        say("G73", "lv", amount="120,50")


@pytest.mark.parametrize(
    ("language", "date", "letters", "month", "money"),
    [
        ("lv", "03.03.2021.", "2021. gada 3. martā", "2021. gada marts", "1 234,56 EUR"),
        ("ru", "03.03.2021", "3 марта 2021 года", "март 2021 года", "1 234,56 EUR"),
        ("en", "3 March 2021", "3 March 2021", "March 2021", "EUR 1,234.56"),
    ],
)
def test_formats_of_the_language(language: str, date: str, letters: str, month: str, money: str) -> None:
    assert wording.format_date(DAY, language) == date
    assert wording.format_date_in_letters(DAY, language) == letters
    assert wording.format_month(DAY, language) == month
    assert spaced(wording.format_money(Decimal("1234.56"), language)) == money


def test_money_breaks_nowhere_and_is_rounded_half_up() -> None:
    assert wording.format_money(Decimal("1234567.125"), "lv") == "1\u00a0234\u00a0567,13\u00a0EUR"


@pytest.mark.parametrize(
    ("age", "lv", "ru", "en"),
    [
        (1, "1 gads", "1 год", "1 year"),
        (2, "2 gadi", "2 года", "2 years"),
        (5, "5 gadi", "5 лет", "5 years"),
        (11, "11 gadi", "11 лет", "11 years"),
        (21, "21 gads", "21 год", "21 years"),
    ],
)
def test_ages_take_the_plural_of_the_language(age: int, lv: str, ru: str, en: str) -> None:
    assert [spaced(wording.format_age(age, language)) for language in LANGUAGES] == [lv, ru, en]


@pytest.mark.parametrize(
    ("quantity", "unit", "lv", "ru", "en"),
    [
        (Decimal(1), "SESSION", "1 reize", "1 раз", "1 session"),
        (Decimal(3), "SESSION", "3 reizes", "3 раза", "3 sessions"),
        (Decimal("11.00"), "SESSION", "11 reižu", "11 раз", "11 sessions"),
        (Decimal(21), "SESSION", "21 reize", "21 раз", "21 sessions"),
        (Decimal("2.5"), "HOUR", "2,50 stundas", "2,50 часа", "2.50 hours"),
        (Decimal("0.25"), "HOUR", "0,25 stundas", "0,25 часа", "0.25 hours"),
        (Decimal(30), "DAY24", "30 diennakšu", "30 суток", "30 days (24 h)"),
        (2, "working_day", "2 darba dienas", "2 рабочих дня", "2 working days"),
    ],
)
def test_quantities_take_the_plural_of_the_language(quantity: Decimal, unit: str, lv: str, ru: str, en: str) -> None:
    assert [spaced(wording.format_quantity(quantity, unit, language)) for language in LANGUAGES] == [lv, ru, en]


def test_a_moment_is_shown_in_riga() -> None:
    moment = dt.datetime(2021, 3, 3, 22, 30, tzinfo=dt.UTC)
    assert spaced(wording.format_moment(moment, "lv")) == "04.03.2021. 00:30"
    with pytest.raises(ValueError, match="time zone"):
        wording.format_moment(moment.replace(tzinfo=None), "lv")


def test_names_come_from_the_facts() -> None:
    assert wording.name_of_state("applied", "lv") == "Iesniegums saņemts"
    assert wording.name_of_step("draft_plan", "en") == "Draft plan"
    assert wording.name_of_service("REH-35", "ru") == "Канистерапия"
    assert wording.name_of_document("D10", "en") == "Individual support plan"
    assert wording.name_of_programme("RESPITE", "en") == "Respite"
    assert wording.name_of_unit("HOUR", "lv") == "stundas"
    assert wording.name_of_role("supervisor", "lv") == "sociālā dienesta vadītājs"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_remedy_and_every_owner_has_a_name(language: str) -> None:
    for guard in facts().guards.rows:
        assert wording.name_of_remedy(guard.remedy, language)
        assert wording.name_of_role(facts().owner_of(guard.code, "draft_plan"), language)
