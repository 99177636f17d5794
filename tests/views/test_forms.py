"""Forms give typed values, one list of problems, and lose nothing typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import wtforms
from flask import Flask, render_template
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest
from wtforms.validators import Length

from tests.pages import check_html
from tests.views.samples import Sample, Strict, app_in, posted
from views.forms import fields, messages
from views.forms.base import GaitaForm


@pytest.fixture
def app() -> Flask:
    return app_in("en")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


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
        code=guard,
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


names = st.sampled_from(
    [*Sample.__dict__, "version", "more", "lines-0-service", "lines-0-quantity", "opinion-number", "confirm-G18"]
)


@given(
    data=st.dictionaries(names, st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=3))
)
@settings(max_examples=40, deadline=None)
def test_a_form_survives_anything(data: dict[str, list[str]]) -> None:
    ticks = {name for name, field in Sample()._fields.items() if isinstance(field, fields.TicksField)}
    if any(len(values) > 1 for name, values in data.items() if name not in ticks):
        with pytest.raises(BadRequest):  # of two values under one name nobody could say which was meant
            posted(**data)
        return
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
