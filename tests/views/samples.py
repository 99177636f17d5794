"""Two forms with every field of the house, and a way to post to them."""

from __future__ import annotations

import functools
from typing import Any

from flask import Flask, render_template

from tests.pages import check_html
from tests.views.shell import shell
from views.forms import fields
from views.forms.base import GaitaForm


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
