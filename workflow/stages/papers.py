"""Which documents a case needs, which came in and which are missing (G10, documents.csv)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from workflow.facts import facts
from workflow.guards import Ask
from workflow.models import Case
from workflow.stages.common import add_document, received

AT_RISK = "at_risk_group_1_or_2"
"""The target ground of adults that asks for a disability group (DOMAIN C12)."""


def required_documents(case: Case, target_ground: str | None = None) -> Iterator[tuple[str, ...]]:
    """The documents the case needs, each as its alternatives; the list is a setting per case type (G10).

    `target_ground` is the one being recorded; without it that of the assessment decides.
    """
    ground = target_ground or (case.assessment.target_ground if case.assessment else None)
    for document in facts().required_documents(case.case_type):
        if _applies(document.only_if, case, ground):
            yield document.any_of


def _applies(condition: str, case: Case, ground: str | None) -> bool:
    match condition:
        case "represented":
            return not _acts_alone(case) and not _parent_at_home(case)
        case "at_risk":
            # Until the ground is known the document is asked for: it decides which ground it is.
            return ground in (None, AT_RISK)
        case _:
            return True


def _acts_alone(case: Case) -> bool:
    return case.applicant_kind == "self"


def _parent_at_home(case: Case) -> bool:
    """D05 is not asked from a parent with the same declared address [ASM]."""
    address = (case.person.address or "").casefold().strip()
    return (
        case.applicant_kind == "parent"
        and bool(address)
        and address == (case.applicant.address or "").casefold().strip()
    )


def missing_documents(ask: Ask) -> list[str]:
    """The codes still missing; of alternatives the first."""
    return [codes[0] for codes in missing_papers(ask)]


def missing_papers(ask: Ask, target_ground: str | None = None) -> list[tuple[str, ...]]:
    """What is still missing, each with all its alternatives (G10)."""
    have = received(ask.case.documents)
    return [codes for codes in required_documents(ask.case, target_ground) if not have.intersection(codes)]


def note_completeness(ask: Ask) -> None:
    """When the last document came in, the internal target DL-01a starts (DOMAIN 13.1, story 3)."""
    if missing_documents(ask):
        ask.case.documents_complete_on = None
    elif ask.case.documents_complete_on is None:
        ask.case.documents_complete_on = max(
            (document.dated_on for document in ask.case.documents if document.direction == "in"), default=ask.today
        )


def receive_documents(ask: Ask, codes: list[str], received_on: dt.date) -> None:
    """An entry of data, no step: documents came in (DOMAIN 13.1, story 3)."""
    for code in codes:
        add_document(ask, code, received_on)
    note_completeness(ask)
