"""The counter: an application comes in, documents are asked for, the deadline is extended (DOMAIN 8.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from stdnum.lv import pvn

from workflow.facts import Programme, State, facts
from workflow.folding import fold
from workflow.guards import Ask, Findings, Problem, finding, guard
from workflow.models import ENDED, Application, Case, Municipality, Person, Relation
from workflow.models.series import next_number
from workflow.stages.common import add_document, add_task, main_programme
from workflow.stages.papers import missing_documents, note_completeness

APPLICATION_PAPERS = {"assessment": ("D01",), "services": ("D02",), "both": ("D01", "D02")}


@guard("G01")
def applicant_and_relation(ask: Ask) -> Findings:
    """G01: who applies, and in what relation; only the relations that the programme knows.

    Who applies for oneself is named already as the person.
    """
    applicant, kind, programme = ask.get("applicant"), ask.get("applicant_kind"), _programme(ask)
    if kind != "self" and not isinstance(applicant, Person) and not _named(applicant):
        yield finding("applicant")
    if kind is None or (programme and kind not in programme.applicant):
        yield finding("applicant_kind")


def _programme(ask: Ask) -> Programme | None:
    """The main programme of the case type chosen on the form, if one is."""
    case_type = ask.get("case_type")
    return main_programme(case_type) if case_type in facts().case_types else None


def _named(person: Any) -> bool:
    return bool(person and person.get("first_name") and person.get("last_name"))


@guard("G02")
def personal_code_has_eleven_digits(ask: Ask) -> Findings:
    """G02: eleven digits, where a code is given (a foreign child may have none)."""
    for name, code in _personal_codes(ask):
        if not (len(code) == 11 and code.isascii() and code.isdigit()):
            yield finding(name)


@guard("G03")
def personal_code_is_consistent(ask: Ask) -> Findings:
    """G03: the check digit and the date in the code; soft, since not every issued code is known to satisfy them."""
    for name, code in _personal_codes(ask):
        consistent = _consistent(code, _birth_date(ask, name)) if len(code) == 11 and code.isdigit() else True
        if not consistent or _contradicts_a_stranger(ask, name):
            yield finding(name)


def _personal_codes(ask: Ask) -> list[tuple[str, str]]:
    given = [(name, ask.get(name)) for name in ("person", "applicant")]
    return [(name, who["personal_code"]) for name, who in given if isinstance(who, dict) and who.get("personal_code")]


def _birth_date(ask: Ask, name: str) -> dt.date | None:
    birth_date: dt.date | None = ask.given[name].get("birth_date")
    return birth_date


def _consistent(code: str, birth_date: dt.date | None) -> bool:
    """Check digit, and for the old format the date; a code that begins with 32 carries no date (DOMAIN 7.4)."""
    if pvn.calc_check_digit_pers(code[:-1]) != code[-1]:
        return False
    if code.startswith("32") or birth_date is None:
        return True
    century = {"0": 1800, "1": 1900, "2": 2000}.get(code[6])
    return century is not None and code[:6] == birth_date.strftime("%d%m%y") and birth_date.year // 100 * 100 == century


@guard("G04")
def received_in_time(ask: Ask) -> Findings:
    """G04: not in the future and not after the end of the programme."""
    programme = _programme(ask)
    last_day = programme.last_day if programme else None
    received_on = ask.get("received_on")
    if received_on is None or received_on > ask.today or (last_day and received_on > last_day):
        yield finding("received_on", date=last_day or ask.today)


@guard("G05")
def lives_here(ask: Ask) -> Findings:
    """G05: the declared residence lies in the municipality that registers (soft: it may be forwarded)."""
    person = ask.get("person")
    if person is None or ask.actor is None:
        return
    declared = person.declared_municipality_id if isinstance(person, Person) else person.get("declared_municipality")
    if declared not in ask.actor.municipality_ids:
        yield finding("person")


@guard("G06", "register_application")
def no_open_case_yet(ask: Ask) -> Findings:
    """G06: one open case per person and programme, in all municipalities together."""
    person = known_person(ask, "person")
    if person is not None and ask.get("case_type"):
        yield from _open_case(ask, person.id, ask.given["case_type"])


@guard("G06", "reopen")
def no_other_open_case(ask: Ask) -> Findings:
    """G06: a case is not reopened beside another open one."""
    yield from _open_case(ask, ask.case.person_id, ask.case.case_type)


def _open_case(ask: Ask, person_id: int, case_type: str) -> Findings:
    rows = select(Case.case_no, Case.municipality_id).where(
        Case.person_id == person_id, Case.case_type == case_type, Case.state.not_in(ENDED)
    )
    for row in ask.session.execute(rows.limit(1)):
        # The number of another office's case is not told (TRUST 2).
        yield finding("case_type", case_no=row.case_no if row.municipality_id in ask.doer.municipality_ids else "…")


def known_person(ask: Ask, name: str) -> Person | None:
    """The person chosen, or one with the same personal code: caps count per person everywhere (R10).

    Somebody whom only another municipality knows is found only by name and birth date as well: a code alone must
    not open what another office keeps (TRUST 2).
    """
    who = ask.get(name)
    if isinstance(who, Person):
        return who
    known = _of_the_code(ask, name)
    return known if known is not None and (_is_ours(ask, known) or _is_the_same(known, who or {})) else None


def _of_the_code(ask: Ask, name: str) -> Person | None:
    who = ask.get(name)
    code = None if isinstance(who, Person) or not who else who.get("personal_code")
    return ask.session.scalars(select(Person).where(Person.personal_code == code)).first() if code else None


def _is_ours(ask: Ask, person: Person) -> bool:
    """Registered by an office that the actor sees, or with a case in one."""
    here = ask.doer.municipality_ids
    with_case = select(Case.id).where(Case.person_id == person.id, Case.municipality_id.in_(here)).limit(1)
    return person.registered_municipality_id in here or ask.session.scalar(with_case) is not None


def _is_the_same(person: Person, typed: Mapping[str, Any]) -> bool:
    named = fold(f"{typed.get('first_name')} {typed.get('last_name')}")
    return person.birth_date is not None and typed.get("birth_date") == person.birth_date and named == person.folded


def _contradicts_a_stranger(ask: Ask, name: str) -> bool:
    """The code is another office's person's, with another name or birth date: one of them is mistyped."""
    return _of_the_code(ask, name) is not None and known_person(ask, name) is None


def register_application(ask: Ask) -> None:
    """Write the case in its first state, its people, applications and papers (DOMAIN 8.2)."""
    person = _person(ask, "person")
    applicant = _person(ask, "applicant") if ask.given.get("applicant_kind") != "self" else person
    ask.session.flush()
    case = Case(
        case_no=_case_no(ask),
        case_type=ask.given["case_type"],
        person=person,
        applicant=applicant,
        applicant_kind=ask.given["applicant_kind"],
        municipality_id=ask.given["municipality_id"],
        state=State.APPLIED.value,
        worker_id=ask.doer.user_id,
        received_on=ask.given["received_on"],
        channel=ask.given["channel"],
        wanted=ask.given["wanted"],
        desired_provider=ask.get("desired_provider"),
        opening_used=_opening(ask),
        opening_window_start=ask.get("opening_window_start"),
        note=ask.get("note") or "",
        state_since_on=ask.today,
        touched_on=ask.today,
        created_by=ask.doer.user_id,
    )
    ask.case = case
    ask.session.add(case)
    _relate(ask, person, applicant)
    _file_papers(ask)
    ask.record = {**ask.given, "person": person, "applicant": applicant}


def _person(ask: Ask, name: str) -> Person:
    known = known_person(ask, name)
    if known is not None:
        return known
    given = dict(ask.given[name])
    declared = given.pop("declared_municipality", None)
    person = Person(**given, declared_municipality_id=declared, registered_municipality_id=ask.given["municipality_id"])
    ask.session.add(person)
    return person


def _case_no(ask: Ask) -> str:
    """`{municipality}-{year}-{5 digits}`, without gaps (DOMAIN 7.4)."""
    municipality = ask.session.get_one(Municipality, ask.given["municipality_id"])
    name = f"{facts().municipalities[municipality.code].short}-{ask.today.year}"
    return f"{name}-{next_number(ask.session, f'case {name}'):05d}"


def _opening(ask: Ask) -> dict[str, str]:
    """Units used before this case: of the main programme, and by other programmes and services as known (R2)."""
    used = {main_programme(ask.given["case_type"]).code: ask.get("opening_used")}
    used |= {row["of"]: row["quantity"] for row in ask.get("opening_parts") or ()}
    return {code: str(units) for code, units in used.items() if units}


def _relate(ask: Ask, person: Person, applicant: Person) -> None:
    kind = ask.given["applicant_kind"]
    if applicant is person or kind == "self":
        return
    for row in ask.session.scalars(
        select(Relation).where(Relation.child_id == person.id, Relation.adult_id == applicant.id, Relation.kind == kind)
    ):
        if row.valid_to is None or row.valid_to >= ask.today:
            return
    ask.session.add(Relation(child_id=person.id, adult_id=applicant.id, kind=kind, valid_from=ask.given["received_on"]))


def faults_of_code(ask: Ask) -> list[Problem]:
    """What G02 and G03 find in the personal codes of the people given, outside of a registration."""
    found = []
    for code, judge in (("G02", personal_code_has_eleven_digits), ("G03", personal_code_is_consistent)):
        found += [Problem(code, fault.field, fault.params, ask.step) for fault in judge(ask)]
    return found


def add_representative(ask: Ask) -> None:
    """An entry of data, no step: somebody else who acts for the person (DOMAIN 7.1, relation).

    The other parent, or a guardian appointed later: they share the guardians' cap and may receive services (W12).
    """
    adult = _person(ask, "applicant")
    ask.session.flush()
    _relate(ask, ask.case.person, adult)
    ask.record = {**ask.given, "applicant": adult}


def _file_papers(ask: Ask) -> None:
    """The application itself is a paper (D01, D02); the others as ticked. Then L01, or L02 and a task (8.2)."""
    received_on = ask.given["received_on"]
    papers = [*APPLICATION_PAPERS[ask.given["wanted"]], *(ask.get("documents") or ())]
    documents = {code: add_document(ask, code, received_on) for code in dict.fromkeys(papers)}
    ask.session.flush()
    for kind, code in (("assessment", "D01"), ("services", "D02")):
        if code in documents:
            ask.case.applications.append(
                Application(kind=kind, received_on=received_on, document_id=documents[code].id)
            )
    note_completeness(ask)
    add_document(ask, "L02" if missing_documents(ask) else "L01", ask.today, language=ask.case.person.language)


def request_documents(ask: Ask) -> None:
    """Letter L02 with what is missing, and a task on the day by which an answer is awaited."""
    missing = " ".join(ask.given["missing"])
    add_document(ask, "L02", ask.today, note=missing, language=ask.case.person.language)
    add_task(ask, "documents_awaited", ask.given["reply_by"], user_id=ask.case.worker_id, detail=missing)
