"""What an application asks depends on its programme: who applies, which papers, what was used before (DOMAIN 3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from views.clock import today
from views.forms.offered import service_choices
from workflow.facts import CaseType, Programme, facts
from workflow.quantities import CapKind
from workflow.wording import name_of_programme, name_of_unit

APPLICATIONS = {"assessment": "D01", "services": "D02"}
"""The application itself is a paper: it comes with the choice of what is asked for (C13)."""


def fit_to(form: Any, case_type: CaseType, language: str) -> None:
    """Offer what the programme knows, and leave out what it does not ask."""
    programme = facts().programmes[case_type.main_programme]
    _offer_applicants(form, programme, language)
    _offer_papers(form, case_type, language)
    _speak_of(form, programme)
    _ask_what_was_used(form, case_type, language)
    if not programme.family_may_name_provider:
        _leave_out(form, "desired_provider")


def _leave_out(form: Any, name: str) -> None:
    """The form may be fitted twice: before it is judged and before it is shown again."""
    if name in form:
        del form[name]


def _offer_applicants(form: Any, programme: Programme, language: str) -> None:
    labels = facts().labels("applicant_kind", language)
    form.applicant_kind.choices = [(kind, labels[kind]) for kind in programme.applicant]
    _choose_offered(form.applicant_kind)


def _offer_papers(form: Any, case_type: CaseType, language: str) -> None:
    """The papers of G10, and of the two applications those that the programme takes."""
    wanted = dict.fromkeys(code for paper in facts().required_documents(case_type.code) for code in paper.any_of)
    kinds = [kind for kind, code in APPLICATIONS.items() if code in wanted]
    labels = facts().labels("wanted", language)
    form.wanted.choices = [(kind, labels[kind]) for kind in (*kinds, *(["both"] if len(kinds) > 1 else []))]
    _choose_offered(form.wanted)
    papers = [facts().documents[code] for code in wanted if code not in APPLICATIONS.values()]
    if not papers:
        _leave_out(form, "documents")
        return
    form.documents.choices = [(paper.code, f"{paper.code} · {paper.name(language)}") for paper in papers]


def _choose_offered(field: Any) -> None:
    """The first showing prefers what most applications say; where the programme does not know it, its first."""
    offered = [value for value, _label in field.choices]
    if field.raw_data is None and field.data not in offered:
        field.data = "both" if "both" in offered else offered[0]


def _speak_of(form: Any, programme: Programme) -> None:
    if programme.recipient in ("child", "guardian", "child_or_guardian"):
        form.person.label.text = _l("Child")
    if programme.recipient == "adult" and "desired_provider" in form:
        form.desired_provider.description = _l("The person may name a provider.")
    if "self" in programme.applicant:
        form.applicant.description = _l("Leave empty if the person applies in person.")
    if "parent" not in programme.applicant:
        form.applicant.form.address.description = ""


def _ask_what_was_used(form: Any, case_type: CaseType, language: str) -> None:
    """Only what its cap counts: units of the whole project or of the year, or the day the two years began (R2)."""
    programme = facts().programmes[case_type.main_programme]
    cap, kinds = facts().cap_on(programme.code, today()), {_kind_of_cap(code) for code in case_type.programmes}
    if cap is None or cap.months is None:
        _leave_out(form, "opening_window_start")
    if CapKind.LIFETIME not in kinds:
        _leave_out(form, "opening_parts")
    else:
        _offer_parts(form, case_type, language)
    kind = _kind_of_cap(programme.code)
    if kind not in (CapKind.LIFETIME, CapKind.CALENDAR_YEAR):
        _leave_out(form, "opening_used")
        return
    unit = name_of_unit(facts().services[programme.service_codes[0]].unit, language)
    form.opening_used.description = _(
        "Compensated elsewhere, for example in another municipality. Unit: %(unit)s.", unit=unit
    )
    if kind == CapKind.CALENDAR_YEAR:
        form.opening_used.label.text = _("Units used earlier in the year of the application")


def _kind_of_cap(programme: str) -> CapKind:
    cap = facts().cap_on(programme, today())
    return CapKind(cap.kind) if cap else CapKind.NONE


def _offer_parts(form: Any, case_type: CaseType, language: str) -> None:
    options = list(_countable(case_type, language))
    for row in form.opening_parts.entries:
        row.form.of.choices = options


def _countable(case_type: CaseType, language: str) -> Iterable[tuple[str, str]]:
    """The programmes of the case type, each with its services behind it."""
    for code in case_type.programmes:
        yield code, name_of_programme(code, language)
        yield from service_choices(facts().programmes[code].service_codes, language)
