"""What several stages share: documents, tasks and decisions that a step leaves behind (DOMAIN 8.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from workflow.facts import Programme, facts
from workflow.guards import Ask
from workflow.models import Disability, Document, Person, Relation, SpecialCareOpinion, Task


def main_programme(case_type: str) -> Programme:
    """The programme of the person whom a case of this type is about (DOMAIN 3)."""
    return facts().programmes[facts().case_types[case_type].main_programme]


def add_task(
    ask: Ask, title: str, due_on: dt.date, *, role: str | None = None, user_id: int | None = None, detail: str = ""
) -> None:
    """Put a task to a role or a person (DOMAIN 8.5); `title` is a key of the choices, group `task`."""
    ask.session.add(Task(case_id=ask.case.id, title=title, due_on=due_on, role=role, user_id=user_id, detail=detail))


def finish_tasks(ask: Ask, *titles: str) -> None:
    """The step did what these tasks asked for."""
    open_tasks = select(Task).where(Task.case_id == ask.case.id, Task.title.in_(titles), Task.done_on.is_(None))
    for task in ask.session.scalars(open_tasks):
        task.done_on = ask.today


def add_document(ask: Ask, code: str, dated_on: dt.date, **details: Any) -> Document:
    """Record a document of kind `code` in the case; its direction is the kind's."""
    document = Document(code=code, dated_on=dated_on, direction=facts().documents[code].direction, **details)
    ask.case.documents.append(document)
    return document


def received(documents: Iterable[Document]) -> set[str]:
    """The kinds of documents that came in."""
    return {document.code for document in documents if document.direction == "in"}


def valid_disability(ask: Ask, person: Person, day: dt.date) -> Disability | None:
    """The disability of the person on the day, or None (G11)."""
    rows = ask.session.scalars(
        select(Disability)
        .where(Disability.person_id == person.id, Disability.status == "disability", Disability.valid_from <= day)
        .order_by(Disability.id.desc())
    )
    return next((row for row in rows if row.valid_to is None or row.valid_to >= day), None)


def valid_opinion(ask: Ask, person: Person, day: dt.date) -> SpecialCareOpinion | None:
    """The VDEĀK opinion in force on the day, or None (G13)."""
    rows = ask.session.scalars(
        select(SpecialCareOpinion)
        .where(SpecialCareOpinion.person_id == person.id, SpecialCareOpinion.issued_on <= day)
        .order_by(SpecialCareOpinion.id.desc())
    )
    return next((row for row in rows if row.valid_to is None or row.valid_to >= day), None)


def representatives(ask: Ask, person: Person, day: dt.date) -> list[Relation]:
    """Those who may act for the person on the day (DOMAIN 7.1, relation)."""
    rows = ask.session.scalars(
        select(Relation).where(Relation.child_id == person.id, Relation.valid_from <= day).order_by(Relation.id)
    )
    return [row for row in rows if row.valid_to is None or row.valid_to >= day]
