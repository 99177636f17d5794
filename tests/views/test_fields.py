"""Fields take what officers type; forms give typed values, one list of problems, and lose nothing typed."""

from __future__ import annotations

import datetime as dt
import functools
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import wtforms
from flask import Flask, render_template
from hypothesis import given, settings
from hypothesis import strategies as st
from wtforms.validators import Length

from tests.pages import check_html
from tests.views.shell import shell
from views.forms import fields, messages, typed
from views.forms.base import GaitaForm

WIDE = st.text(max_size=60) | st.sampled_from(["9" * 5000, "NaN", "1e999999", "٣.٣.٢٠٢١", "-", "²", "\ud800", "∞"])
PARSERS = [typed.day, typed.month, typed.clock, typed.moment, typed.personal_code]


class Row(fields.RowForm):
    plan_line = fields.HiddenField()
    service = fields.ChoiceField("Service", [("PSY", "Psychologist"), ("OCC", "Occupational therapist")])
    quantity = fields.QuantityField("Quantity")
    starts_on = fields.DayField("From", required=False)


class Opinion(fields.RowForm):
    number = fields.TextField("Number")
    issued_on = fields.DayField("Issued")


class Sample(GaitaForm):
    day = fields.DayField("Day", hint="The day of the visit")
    month = fields.MonthField("Month", required=False)
    at = fields.ClockField("At", required=False)
    arrived = fields.MomentField("Arrived", required=False)
    amount = fields.MoneyField("Amount", required=False)
    quantity = fields.QuantityField("Quantity", required=False)
    people = fields.WholeField("People", required=False)
    code = fields.PersonalCodeField("Personal code", required=False)
    name = fields.TextField("Name", required=False)
    note = fields.LongTextField("Note", required=False)
    who = fields.ChoiceField("Who", [(1, "Anna"), (2, "Jānis")], required=False)
    where = fields.ChoiceField("Where", [("a", "A")], look="radio", required=False)
    documents = fields.TicksField("Documents", [("D01", "Application"), ("D02", "Opinion")], required=False)
    heard = fields.YesNoField("Heard", look="radio", required=False)
    earlier = fields.YesNoField("Earlier")
    sheet = fields.SheetField("Sheet", required=False, kinds=(".xlsx",))
    opinion = fields.GroupField(Opinion, "Opinion", required=False)
    lines = fields.LinesField(Row, "Lines", required=False, most=5)


class Strict(GaitaForm):
    who = fields.ChoiceField("Who", [])
    documents = fields.TicksField("Documents", [("D01", "Application")])
    heard = fields.YesNoField("Heard", look="radio")
    sheet = fields.SheetField("Sheet")
    name = fields.TextField("Name")
    lines = fields.LinesField(Row, "Lines")


@functools.cache
def app_in(language: str) -> Flask:
    return shell(language)


@pytest.fixture
def app() -> Flask:
    return app_in("en")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def posted(form: type[GaitaForm] = Sample, **data: Any) -> GaitaForm:
    """The form as one request posted it; asserts nothing."""
    names = {name.replace("__", "-"): value for name, value in data.items()}
    context = app_in("en").test_request_context("/sample", method="POST", data=names)
    context.push()
    try:
        sent = form()
        sent.is_good = sent.validate()
        sent.body_html = render_template("_sample.html", form=sent)
        check_html(sent.body_html)
        return sent
    finally:
        context.pop()


def typed_value(name: str, text: str) -> Any:
    form = posted(**{"day": "1.1.2021", name: text})
    assert form[name].errors == [], form[name].errors
    return form.given()[name]


def refusal(name: str, text: str) -> str:
    form = posted(**{"day": "1.1.2021", name: text})
    assert form.given()[name] in (None, []), form.given()[name]
    assert len(form[name].errors) == 1
    return str(form[name].errors[0])


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


def test_every_required_field_says_what_to_do() -> None:
    form = posted(Strict)
    wanted = [
        messages.CHOOSE,
        messages.TICK,
        messages.YES_OR_NO,
        messages.ATTACH,
        messages.FILL_IN,
        messages.ROWS_NEEDED,
    ]
    assert [str(line.text) for line in form.problem_lines()] == [str(text) for text in wanted]


def test_an_optional_group_is_none_or_whole() -> None:
    assert posted().given()["opinion"] is None
    half = posted(day="1.1.2021", opinion__number="12")
    assert [line.anchor for line in half.problem_lines()] == ["opinion-issued_on"]


def test_blank_rows_are_ignored_and_filled_ones_judged() -> None:
    form = posted(
        **{"day": "1.1.2021", "lines-0-service": "", "lines-0-plan_line": "7"},
        **{"lines-1-service": "PSY", "lines-1-quantity": "12", "lines-3-service": "OCC", "lines-3-quantity": "x"},
    )
    filled = form.given()["lines"]
    assert [(row["service"], row["quantity"]) for row in filled] == [("PSY", 12), ("OCC", None)]
    assert [(line.anchor, str(line.label)) for line in form.problem_lines()] == [
        ("lines-2-quantity", "Quantity, row 3")
    ]


def test_too_many_rows_are_refused_not_read() -> None:
    form = posted(**{f"lines-{number}-service": "PSY" for number in range(40)})
    assert "at most 5" in str(form.lines.errors[0])
    assert len(form.lines.entries) == 5


@pytest.mark.parametrize("index", ["²", "٣", "9" * 5000, "-1", "", "0x1", "99999"])
def test_hostile_row_numbers_are_no_rows(index: str) -> None:
    assert posted(**{"day": "1.1.2021", f"lines-{index}-service": "PSY"}).given()["lines"] == []


def test_more_rows_keep_what_was_typed() -> None:
    data = {"more": "lines", "day": "31.2.2021", "lines-0-quantity": "abc"}
    with app_in("en").test_request_context("/sample", method="POST", data=data):
        form = Sample()
        assert form.wants_more
        form.add_rows()
        form.add_rows()
        text = render_template("_sample.html", form=form)
    assert len(form.lines.entries) == 5
    assert 'value="abc"' in text
    assert 'value="31.2.2021"' in text


def test_a_version_that_is_no_number_counts_as_missing() -> None:
    assert posted(version="4").version.data == 4
    assert [posted(version=bad).version.data for bad in ("x", "9" * 30, "²", "-1", "")] == [None] * 5


def test_what_steers_the_form_is_not_given() -> None:
    given_names = set(posted(version="4").given())
    assert given_names == set(Sample()._fields) - {"version"}


def test_reasons_of_soft_guards_are_read_and_kept() -> None:
    form = posted(
        **{"confirm-G18": " done <b>earlier</b> ", "confirm-G03": "  ", "confirm-X": "no", "confirm-G5": "no"}
    )
    assert form.confirmed() == {"G18": "done <b>earlier</b>"}
    assert 'name="confirm-G18" value=" done &lt;b&gt;earlier&lt;/b&gt; "' in form.body_html


def test_a_reason_that_is_too_long_is_refused() -> None:
    form = posted(**{"day": "1.1.2021", "confirm-G18": "x" * 2000})
    assert form.confirmed() == {}
    assert [line.anchor for line in form.problem_lines()] == ["confirm-G18"]


def problem(guard: str, kind: str, field: str | None, may: bool = True) -> Any:
    return SimpleNamespace(
        guard=guard,
        kind=kind,
        field=field,
        owner="supervisor",
        text=lambda language: f"{guard} & co",
        confirmable_by=lambda actor: kind == "soft" and may,
    )


def test_guards_are_shown_in_the_summary_and_at_their_field() -> None:
    form = Sample()
    form.attach(
        [problem("G14", "hard", "day"), problem("G18", "soft", None), problem("G15", "soft", "x", may=False)], "me"
    )
    text = render_template("_sample.html", form=form)
    check_html(text)
    assert text.count("G14 &amp; co") == 2
    assert 'aria-describedby="day-hint day-error"' in text
    assert re.findall(r'<textarea[^>]*name="(confirm-G..)"', text) == ["confirm-G18"]


def test_one_guard_with_two_findings_asks_for_one_reason() -> None:
    form = Sample()
    form.attach([problem("G18", "soft", "day"), problem("G18", "soft", "month")], "me")
    text = render_template("_sample.html", form=form)
    assert text.count('id="confirm-G18"') == 1


def test_a_problem_can_be_added_at_a_field_or_to_the_form() -> None:
    form = posted(day="1.1.2021")
    form.add_problem("opinion-number", "wrong")
    form.add_problem("nowhere", "all wrong")
    assert [(line.anchor, line.text) for line in form.problem_lines()] == [
        ("opinion-number", "wrong"),
        ("", "all wrong"),
    ]


@pytest.mark.parametrize("field", ["day", "name", "note", "code", "who", "lines-0-quantity", "confirm-G18"])
def test_markup_comes_back_as_text(field: str) -> None:
    form = posted(**{field: '"><script>alert(1)</script>'})
    assert "<script>" not in form.body_html


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


names = st.sampled_from(
    [*Sample.__dict__, "version", "more", "lines-0-service", "lines-0-quantity", "opinion-number", "confirm-G18"]
)


@given(
    data=st.dictionaries(names, st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=3))
)
@settings(max_examples=40, deadline=None)
def test_a_form_survives_anything(data: dict[str, list[str]]) -> None:
    form = posted(**data)
    assert set(form.given()) == set(Sample()._fields) - {"version"}
    assert bool(form.problem_lines()) == (not form.is_good)


def test_no_english_sentence_of_wtforms_leaks() -> None:
    sources = Path(wtforms.__file__).parent
    text = "\n".join(path.read_text() for path in sources.rglob("*.py"))
    asked = set(re.findall(r'gettext\(\s*"([^"]+)"', text))
    assert len(asked) > 25
    assert asked - set(messages.WTFORMS_TEXTS) - set(messages.WTFORMS_PLURALS) == set()


def test_wtforms_own_validators_speak_our_words() -> None:
    class Short(GaitaForm):
        name = fields.TextField("Name", validators=[Length(max=2)])
        both = fields.TextField("Both", validators=[Length(min=3, max=4)])

    form = posted(Short, name="abc", both="a")
    assert [str(line.text) for line in form.problem_lines()] == [
        "Enter at most 2 characters.",
        "The text must have between 3 and 4 characters.",
    ]
