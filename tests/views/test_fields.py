"""Fields take what officers type, keep it for redisplay, and give typed values."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.views.samples import Sample, Strict, app_in, posted, refusal, typed_value
from tests.views.shell import shell
from views.forms import fields, messages, typed

WIDE = st.text(max_size=60) | st.sampled_from(["9" * 5000, "NaN", "1e999999", "٣.٣.٢٠٢١", "-", "²", "\ud800", "∞"])
PARSERS = [typed.day, typed.month, typed.clock, typed.moment, typed.personal_code]


@pytest.fixture
def app() -> Flask:
    return app_in("en")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    "text",
    [
        "3.3.2021",
        "03.03.2021.",
        "03.03.2021",
        " 3. 3. 2021. ",
        "2021-03-03",
        "03032021",
        "3/3/2021",
        "3 March 2021",
        "3 mar 2021",
    ],
)
def test_a_day_is_read_as_officers_type_it(text: str) -> None:
    assert typed_value("day", text) == dt.date(2021, 3, 3)


@pytest.mark.parametrize("text", ["31.02.2021", "29.2.2023", "2021-13-01", "00.01.2021"])
def test_a_day_that_does_not_exist_is_named(text: str) -> None:
    assert "no such day in the calendar" in refusal("day", text)


@pytest.mark.parametrize("text", ["3.3.21", "1.1.0001", "1.1.9999", "today", "٣.٣.٢٠٢١", "9" * 5000, "3.3", "20210303"])
def test_what_is_not_a_day_is_refused_and_kept(text: str) -> None:
    form = posted(day=text)
    assert form.day.errors
    assert form.day._value() == text[:4000]


@pytest.mark.parametrize(("language", "shown"), [("lv", "03.03.2021."), ("ru", "03.03.2021"), ("en", "3 March 2021")])
def test_a_day_is_shown_in_the_language_and_read_back(language: str, shown: str) -> None:
    with app_in(language).test_request_context():
        assert Sample(day=dt.date(2021, 3, 3)).day._value() == shown
    assert typed.day(shown) == dt.date(2021, 3, 3)


@pytest.mark.parametrize("text", ["2021-03", "03.2021", "3/2021", "032021", "2021.3", "03.2021."])
def test_a_month_is_its_first_day(text: str) -> None:
    assert typed_value("month", text) == dt.date(2021, 3, 1)


@pytest.mark.parametrize("text", ["13.2021", "0.2021", "2021", "3.21", "March"])
def test_what_is_not_a_month_is_refused(text: str) -> None:
    assert refusal("month", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1\u00a0234,5 EUR", "1234.50"),
        ("€ 12", "12.00"),
        ("0,07", "0.07"),
        ("9999999999,99", "9999999999.99"),
        ("-0", "0.00"),
    ],
)
def test_money_is_read_with_comma_or_point(text: str, value: str) -> None:
    assert str(typed_value("amount", text)) == value


@pytest.mark.parametrize(
    "text",
    [
        "1,234",
        "1,2345",
        "NaN",
        "inf",
        "1e3",
        "١٢",
        "10000000000",
        "9" * 5000,
        "-5",
        "1 23,00",
        "1,2,3",
        "=1+1",
        "12,",
        ",5",
    ],
)
def test_money_that_is_not_clear_is_refused(text: str) -> None:
    assert refusal("amount", text)


def test_a_quantity_has_at_most_two_places() -> None:
    assert typed_value("quantity", "2,25") == Decimal("2.25")
    assert "At most 2 digits" in refusal("quantity", "2,255")


def test_a_whole_number_is_an_int() -> None:
    assert typed_value("people", "12") == 12
    assert refusal("people", "12,5") == "Enter a whole number, for example 12."


@pytest.mark.parametrize("text", ["161175-19997", "16117519997", " 161175–19997 ", "161175 19997"])
def test_a_personal_code_is_kept_as_digits(text: str) -> None:
    assert typed_value("code", text) == "16117519997"


def test_a_short_personal_code_is_left_to_the_guard() -> None:
    assert typed_value("code", "16117") == "16117"
    assert refusal("code", "16117A-19997")


@pytest.mark.parametrize(("text", "value"), [("9:05", (9, 5)), ("0905", (9, 5)), ("23.59", (23, 59))])
def test_a_time_of_day_is_read(text: str, value: tuple[int, int]) -> None:
    assert typed_value("at", text) == dt.time(*value)


@pytest.mark.parametrize("text", ["24:00", "9:60", "noon", "9:5"])
def test_what_is_not_a_time_is_refused(text: str) -> None:
    assert refusal("at", text)


def test_a_moment_is_riga_time_kept_in_utc() -> None:
    assert typed_value("arrived", "03.03.2021. 14:30") == dt.datetime(2021, 3, 3, 12, 30, tzinfo=dt.UTC)
    assert typed_value("arrived", "2021-07-03T14:30") == dt.datetime(2021, 7, 3, 11, 30, tzinfo=dt.UTC)


def test_the_hour_that_spring_takes_away_is_refused() -> None:
    assert "did not exist" in refusal("arrived", "28.03.2021. 03:30")


def test_text_is_stripped_composed_and_one_line() -> None:
    assert typed_value("name", "  Be\u0304rzin\u0327s\r\nJānis ") == "Bērziņs Jānis"


@pytest.mark.parametrize("text", ["a\x07b", "a\u202eb", "x" * 201, "\x1b[0m"])
def test_text_that_cannot_be_shown_or_is_too_long_is_refused(text: str) -> None:
    assert refusal("name", text)


def test_a_long_text_that_is_refused_comes_back_whole() -> None:
    form = posted(day="1.1.2021", note="\nā" * 5000)
    assert form.note.errors
    assert form.note._value().count("ā") == 5000


def test_a_choice_gives_the_options_own_value() -> None:
    assert typed_value("who", "2") == 2
    assert refusal("who", "3") == str(messages.NOT_AN_OPTION)


def test_choices_set_later_are_looked_up_again() -> None:
    with app_in("en").test_request_context("/sample", method="POST", data={"who": "5"}):
        form = Strict()
        form.who.choices = [(5, "Elīna")]
        form.validate()
        assert form.given()["who"] == 5
        assert not form.who.errors


def test_ticks_come_once_each_in_the_order_of_the_options() -> None:
    assert posted(documents=["D02", "D01", "D02"]).given()["documents"] == ["D01", "D02"]
    assert posted(documents=["D09"]).documents.errors


def test_an_unticked_box_is_no_and_an_unanswered_question_is_none() -> None:
    assert (posted().given()["earlier"], posted().given()["heard"]) == (False, None)
    assert (posted(earlier="yes").given()["earlier"], posted(heard="no").given()["heard"]) == (True, False)
    assert posted(heard="perhaps").heard.errors


def test_a_sheet_is_taken_only_in_its_kinds() -> None:
    assert posted(sheet=(io.BytesIO(b"x"), "a.XLSX")).given()["sheet"].filename == "a.XLSX"
    assert posted(sheet=(io.BytesIO(b"x"), "a.exe")).sheet.errors
    assert posted(sheet=(io.BytesIO(b"x"), "a" * 300 + ".xlsx")).sheet.errors


def test_a_file_under_the_name_of_a_text_field_is_nothing() -> None:
    form = posted(day=(io.BytesIO(b"x"), "a.txt"), documents=(io.BytesIO(b"x"), "b.txt"))
    assert form.given()["day"] is None
    assert form.given()["documents"] == []


@pytest.mark.parametrize("field", ["day", "amount", "name", "note", "code", "who", "arrived", "heard"])
def test_a_megabyte_in_a_field_is_refused_quickly(field: str) -> None:
    app = shell(MAX_FORM_MEMORY_SIZE=3_000_000)
    with app.test_request_context("/sample", method="POST", data={field: "ā1." * 300_000}):
        form = Sample()
        assert form.validate() is False
        assert form[field].errors


def value_or_sentence(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text) or "midnight"
    except ValueError as refused:
        return str(refused.args[0])


@given(text=WIDE)
@settings(max_examples=200, deadline=None)
def test_every_parser_gives_a_value_or_a_sentence(text: str) -> None:
    for parse in PARSERS:
        assert value_or_sentence(parse, text)


@given(text=WIDE | st.from_regex(r"-?[0-9 .,]{1,30}", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_a_number_is_finite_and_has_its_places(text: str) -> None:
    found = value_or_sentence(lambda text: typed.number(text, 2, Decimal("9999999999.99"), True, "no"), text)
    if isinstance(found, Decimal):
        assert found.as_tuple().exponent == -2
        assert abs(found) <= Decimal("9999999999.99")
    else:
        assert found


@given(amount=st.decimals(0, Decimal("9999999999.99"), places=2))
def test_money_is_read_back_as_it_is_shown(amount: Decimal) -> None:
    for language in ("lv", "en"):
        with app_in(language).test_request_context():
            shown = Sample(amount=amount).amount._value()
        assert typed.number(shown, 2, Decimal("9999999999.99"), False, "no") == amount


@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_every_day_is_read_back_as_it_is_shown(day: dt.date) -> None:
    for language in ("lv", "ru", "en"):
        with app_in(language).test_request_context():
            assert typed.day(fields.shown_day(day)) == day
