"""An app with a few rooms of its own, to try the door on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, request

from views.access import ANYONE, accepts_uploads, allowed_to, current_actor, get_case_for, get_or_404, public
from workflow.models import Case, Document, Procurement


def with_rooms(make_app: Callable[..., Flask], **settings: Any) -> Flask:
    """A new app on the test's database with routes of every kind."""
    app = make_app(**settings)
    app.add_url_rule("/forgotten", view_func=forgotten, methods=["GET", "POST"])
    app.add_url_rule("/open", view_func=open_room)
    app.add_url_rule("/office", view_func=office, methods=["GET", "POST"])
    app.add_url_rule("/chief", view_func=chief, methods=["GET", "POST"])
    app.add_url_rule("/upload", view_func=upload, methods=["POST"])
    app.add_url_rule("/numbers/<int:number>", view_func=numbers)
    app.add_url_rule("/words/<path:word>", view_func=words)
    app.add_url_rule("/case/<int:case_id>", view_func=one_case, methods=["GET", "POST"])
    app.add_url_rule("/procurement/<int:row_id>", view_func=one_procurement)
    app.add_url_rule("/document/<int:row_id>", view_func=one_document)
    app.add_url_rule("/fails", view_func=fails)
    return app


def forgotten() -> str:
    return "nobody may read this"


@public
def open_room() -> str:
    return "open"


@allowed_to(*ANYONE)
def office() -> str:
    return ",".join(map(str, sorted(current_actor().municipality_ids)))


@allowed_to("supervisor", "admin")
def chief() -> str:
    return "chief"


@accepts_uploads(10 * 1024 * 1024)
@allowed_to(*ANYONE)
def upload() -> str:
    return str(len(request.files["file"].read()))


@public
def numbers(number: int) -> str:
    return str(number)


@public
def words(word: str) -> str:
    return word


@allowed_to(*ANYONE)
def one_case(case_id: int) -> str:
    found = get_case_for(current_actor(), case_id, for_update=request.method == "POST")
    assert get_or_404(Case, case_id) is found
    return found.case_no


@allowed_to(*ANYONE)
def one_procurement(row_id: int) -> str:
    return str(get_or_404(Procurement, row_id).id)


@allowed_to(*ANYONE)
def one_document(row_id: int) -> str:
    return str(get_or_404(Document, row_id).id)


@public
def fails() -> str:
    raise RuntimeError("Anna Bērziņa 161175-19997")
