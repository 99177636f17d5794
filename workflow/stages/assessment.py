"""The assessment of needs: who was assessed, by whom, and whether the programme is open to them (DOMAIN 8.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from workflow.calendar import age_on
from workflow.facts import Programme, facts
from workflow.guards import Ask, Findings, finding, guard
from workflow.models import Assessment, Disability, Document, SpecialCareOpinion
from workflow.stages.common import add_document, main_programme, valid_opinion
from workflow.stages.papers import AT_RISK, missing_papers

DOCUMENT_CHECK = "document_check"
FAMILIES = frozenset({"family", "guardian_family", "foster_family"})
SEVERE_GROUPS = ("I", "II")


def programme_of(ask: Ask) -> Programme:
    """The programme of the person whom the case is about."""
    return main_programme(ask.case.case_type)


def needs_disability(programme: Programme, ground: str | None) -> bool:
    """Adults need a disability only on the ground of risk (C12); children as their programme says."""
    return programme.requires_disability and (not programme.target_grounds or ground == AT_RISK)


@guard("G10")
def papers_are_there(ask: Ask) -> Findings:
    """G10: the documents of the case type; of alternatives any one."""
    missing = missing_papers(ask, ask.get("target_ground"))
    if missing:
        yield finding(documents=["|".join(codes) for codes in missing])


@guard("G11")
def disability_is_valid(ask: Ask) -> Findings:
    """G11: a disability is established and valid on the day of the assessment."""
    if not needs_disability(programme_of(ask), ask.get("target_ground")):
        return
    day, given = ask.get("assessed_on") or ask.today, ask.get("disability") or {}
    if given.get("status") != "disability":
        yield finding("disability-status", date=day)
    elif given.get("valid_from") is None or given["valid_from"] > day:
        yield finding("disability-valid_from", date=day)
    elif _over(given, day):
        yield finding("disability-valid_to", date=day)


def _over(given: Mapping[str, Any], day: dt.date) -> bool:
    return given.get("valid_to") is not None and given["valid_to"] < day


@guard("G12")
def lives_in_a_family(ask: Ask) -> Findings:
    """G12: where the programme is for children in families, the child lives in one."""
    living, fitting = ask.get("living"), programme_of(ask).living
    if living is None or (FAMILIES.issuperset(fitting) and living not in fitting):
        yield finding("living")


@guard("G13", "record_assessment")
def special_care_is_needed(ask: Ask) -> Findings:
    """G13: a VDEĀK opinion that is valid on the day, entered now or kept from before."""
    day = ask.get("assessed_on") or ask.today
    if not programme_of(ask).requires_special_care_opinion or _opinion_holds(ask, day):
        return
    if valid_opinion(ask, ask.case.person, day) is None:
        yield finding("special_care_opinion-no")


def _opinion_holds(ask: Ask, day: dt.date) -> bool:
    given = ask.get("special_care_opinion")
    if not given or not given.get("no") or given.get("issued_on") is None:
        return False
    return bool(given["issued_on"] <= day) and not _over(given, day)


DAY_FIELD = {"record_assessment": "assessed_on", "draft_plan": "drafted_on", "revise_plan": "drafted_on"}


@guard("G14")
def age_fits_programme(ask: Ask) -> Findings:
    """G14: the person's age on the day of the assessment or of the plan; both bounds inclusive."""
    programme, field = programme_of(ask), DAY_FIELD[ask.step]
    day = ask.get(field) or ask.today
    age = age_of_person(ask, day)
    if not age_fits(programme.min_age, programme.max_age, age):
        yield finding(field, age=age, date=day, min=programme.min_age, max=programme.max_age)


def age_of_person(ask: Ask, day: dt.date) -> int:
    """Completed years of the person of the case; ValueError without a birth date, which a client always has."""
    birth_date = ask.case.person.birth_date
    if birth_date is None:
        raise ValueError(f"case {ask.case.case_no}: the person has no birth date")
    return age_on(birth_date, day)


def age_fits(min_age: int | None, max_age: int | None, age: int) -> bool:
    """True inside the bounds, both inclusive; an absent bound is not tested (DOMAIN 5.1)."""
    return (min_age is None or age >= min_age) and (max_age is None or age <= max_age)


@guard("G15", "record_assessment", "draft_plan")
def contested_age_is_confirmed(ask: Ask) -> Findings:
    """G15: at the age that the two languages of the source contest, a supervisor confirms (C3)."""
    if not facts().settings["over_18_needs_supervisor"].value:
        return
    day = ask.get(DAY_FIELD[ask.step]) or ask.today
    contested = programme_of(ask).contested_age
    if contested is not None and age_of_person(ask, day) == contested:
        yield finding(DAY_FIELD[ask.step], age=contested, date=day)


@guard("G16")
def adult_is_in_target_group(ask: Ask) -> Findings:
    """G16: adults belong to one of two grounds; the ground of risk asks for group I or II (C12)."""
    grounds, ground = programme_of(ask).target_grounds, ask.get("target_ground")
    if not grounds:
        return
    if ground not in grounds:
        yield finding("target_ground")
    elif ground == AT_RISK and (ask.get("disability") or {}).get("group") not in SEVERE_GROUPS:
        yield finding("disability-group")


@guard("G17")
def assessor_is_named(ask: Ask) -> Findings:
    """G17: assessor, profession and a day that is not in the future; a check of documents has no assessor (C11)."""
    assessed_on = ask.get("assessed_on")
    if assessed_on is None or assessed_on > ask.today:
        yield finding("assessed_on")
    if ask.get("assessment_mode") != DOCUMENT_CHECK:
        yield from (finding(name) for name in ("assessor_name", "assessor_profession") if ask.get(name) is None)


@guard("G18")
def assessed_after_application(ask: Ask) -> Findings:
    """G18: an assessment before the application was made earlier in the project, which somebody confirms."""
    assessed_on = ask.get("assessed_on")
    if assessed_on is not None and assessed_on < ask.case.received_on:
        yield finding("assessed_on")


def record_assessment(ask: Ask) -> None:
    """Write the assessment, the disability, the opinion, and document D09 (DOMAIN 8.2)."""
    mode = ask.get("assessment_mode") or programme_of(ask).assessment_mode
    document = None if mode == DOCUMENT_CHECK else add_document(ask, "D09", ask.given["assessed_on"])
    ask.session.flush()
    ask.case.assessments.append(_assessment(ask, mode, document))
    ask.session.add_all([*_disability(ask), *_opinion(ask)])


def _assessment(ask: Ask, mode: str, document: Document | None) -> Assessment:
    return Assessment(
        mode=mode,
        assessed_on=ask.given["assessed_on"],
        entered_on=ask.today,
        assessor_name=ask.get("assessor_name") or ask.doer.name,
        assessor_profession=ask.get("assessor_profession") or "social_worker",
        target_ground=ask.get("target_ground"),
        living=ask.given["living"],
        summary=ask.get("summary") or "",
        agreed_time=ask.get("agreed_time") or "",
        wishes=ask.get("wishes") or "",
        earlier_in_project=bool(ask.get("earlier_in_project")),
        document_id=document.id if document else None,
        created_by=ask.doer.user_id,
    )


def _disability(ask: Ask) -> Iterator[Disability]:
    """As the document states it: without its first day nothing is established, on grounds that do not ask for it."""
    given = ask.get("disability")
    if given and given.get("status") and (given["status"] == "none" or given.get("valid_from")):
        yield Disability(
            person_id=ask.case.person_id,
            status=given["status"],
            disability_group=given.get("group"),
            valid_from=given.get("valid_from") or ask.given["assessed_on"],
            valid_to=given.get("valid_to"),
            document_id=_paper(ask, "D03"),
        )


def _opinion(ask: Ask) -> Iterator[SpecialCareOpinion]:
    given = ask.get("special_care_opinion")
    if given and given.get("no") and given.get("issued_on"):
        yield SpecialCareOpinion(
            person_id=ask.case.person_id,
            number=given["no"],
            issued_on=given["issued_on"],
            valid_to=given.get("valid_to"),
            document_id=_paper(ask, "D04"),
        )


def _paper(ask: Ask, code: str) -> int | None:
    """The newest document of the kind: what the entry was read from."""
    return next((document.id for document in reversed(ask.case.documents) if document.code == code), None)
