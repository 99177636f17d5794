"""What three people type for a case of each programme, page by page, from the application to its end (DOMAIN 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import expect

from tests.browser.accessibility import check_accessibility
from tests.browser.visitor import NEXT_STEP, SHEET, Visitor

Values = dict[str, Any]
MOTHER = {
    "applicant_kind": "parent",
    "applicant-first_name": "Māra",
    "applicant-last_name": "Paraudziņa",
    "applicant-address": "Parauga iela 1",
}
DISABILITY = {"disability-status": "disability", "disability-valid_from": "01.06.2021."}
OPINION = {"special_care_opinion-no": "V-1", "special_care_opinion-issued_on": "01.08.2021."}
ASSESSOR = {"assessor_name": "Ilze Vērtētāja", "assessor_profession": "social_worker", "summary": "Vajadzīgs atbalsts."}
SERVICES = {"wanted": "services"}


@dataclass(frozen=True)
class Errand:
    """One case: its person, papers, assessment, plan, price and month. Days are those of the autumn of `year`."""

    case_type: str
    application: Values
    assessment: Values
    plan: Values
    deliveries: tuple[Values, ...] = ()
    price: str = "23,50"
    invoice: str = ""
    paid: str = ""
    born: str = "14.05.2012."
    year: int = 2021
    in_house: bool = False
    words: Mapping[str, str] = field(default_factory=dict)  # what must stand on the page of a step

    def day(self, text: str) -> str:
        """`4.10.` in the year of the errand."""
        return f"{text}{self.year}"


class Desks:
    """A social worker, a procurement officer and a supervisor with one case between them."""

    def __init__(self, errand: Errand, worker: Visitor, officer: Visitor, supervisor: Visitor) -> None:
        self.errand, self.worker, self.officer, self.supervisor = errand, worker, officer, supervisor
        self.case = 0

    def register(self) -> None:
        """The worker chooses the programme; the page then asks what this programme needs."""
        worker, errand = self.worker, self.errand
        worker.go_to_room("/cases")
        worker.follow("#content a[href='/cases/new']", "/cases/new")
        if errand.case_type != worker.value("case_type"):
            worker.fill({"case_type": errand.case_type})
            if not worker.has_script:
                worker.send(".beside button")
            expect(worker.page.locator(f"input[name=shown_for][value={errand.case_type}]")).to_be_attached()
        self._read(worker, "register-application")
        person = {"person-first_name": "Anna", "person-last_name": "Paraudziņa", "person-birth_date": errand.born}
        received = {"received_on": errand.day("1.9."), "person-address": "Parauga iela 1"}
        worker.fill(person | received | errand.application)
        worker.send()
        worker.arrives(re.compile("/cases/[0-9]+"))
        self.case = worker.number_in("/cases/([0-9]+)")

    def plan(self) -> None:
        """Assessed, planned, and approved by another person."""
        errand = self.errand
        self.step(self.worker, "record-assessment", {"assessed_on": errand.day("10.9.")} | errand.assessment)
        drafted = {"drafted_on": errand.day("15.9."), "goals": "Atbalstīt ikdienā."}
        self.step(self.worker, "draft-plan", drafted | errand.plan)
        days = {name: errand.day("20.9.") for name in ("approved_on", "representative_signed_on", "decision_on")}
        self.step(self.supervisor, "approve-plan", days)

    def arrange(self, entry: int) -> None:
        """Handed over and given to the provider whose register entry this is."""
        errand = self.errand
        asked = {"service_application_on": errand.day("21.9.")}
        value = {} if errand.in_house else {"route": "procure", "estimated_value_ex_vat": "470"}
        self.step(self.worker, "start-procurement", asked | value)
        if errand.in_house:
            tariff = {"starts_on": errand.day("1.10."), "lines-0-own_tariff": errand.price}
            self.step(self.officer, "assign-in-house", {"register_entry": str(entry)} | tariff)
            return
        days = {"decision_on": "27.9.", "signed_on": "28.9.", "starts_on": "1.10.", "ends_on": "31.12."}
        typed = {name: errand.day(text) for name, text in days.items()}
        contract = {"register_entry": str(entry), "contract_no": "L-1", "lines-0-unit_price": errand.price}
        self.step(self.officer, "sign-contract", contract | typed)

    def serve(self) -> None:
        """October is accepted with its act."""
        errand = self.errand
        rows = {f"deliveries-{n}-{name}": text for n, row in enumerate(errand.deliveries) for name, text in row.items()}
        act = {"act_no": "A-1", "act_on": errand.day("2.11."), "attendance_sheet": SHEET}
        self.step(self.worker, "confirm-delivery", {"month": f"10.{errand.year}"} | rows | act)
        self.worker.sees_state("service_delivered")

    def be_paid(self) -> None:
        """Claimed with its invoice, and paid in full."""
        errand = self.errand
        paid = {} if errand.in_house else {"invoices-0-paid_on": errand.day("8.11."), "invoices-0-reference": "MU-1"}
        invoice = {"invoices-0-no": "R-1", "invoices-0-date": errand.day("3.11."), "invoices-0-amount": errand.invoice}
        self.step(self.officer, "submit-claim", {"submitted_on": errand.day("10.11.")} | invoice | paid)
        self.step(self.officer, "record-payment", {"paid_on": errand.day("20.11."), "reference": "LPR-1"})
        self.officer.sees_state("compensated")
        self.officer.follow("#claims tbody a", re.compile("/claims/[0-9]+"))
        expect(self.officer.page.locator("#lines tfoot td").last).to_contain_text(errand.paid)

    def step(self, visitor: Visitor, step: str, values: Values) -> None:
        """From the page of the case by its one button through the form, and back to the case."""
        link = f"{NEXT_STEP}[href$='/steps/{step}']"
        if visitor.path != f"/cases/{self.case}" or not visitor.page.locator(link).count():
            visitor.open_case(self.case)
        visitor.follow(link, f"/cases/{self.case}/steps/{step}")
        self._read(visitor, step)
        visitor.fill(values)
        visitor.send()
        visitor.arrives(f"/cases/{self.case}")

    def _read(self, visitor: Visitor, step: str) -> None:
        """The worker's forms differ most from programme to programme: those are looked at."""
        if visitor is self.worker:
            check_accessibility(visitor.page)
        if step in self.errand.words:
            expect(visitor.page.locator("#content")).to_contain_text(self.errand.words[step])


def sessions(*days: str) -> tuple[Values, ...]:
    """One session on each day, as the form suggests."""
    return tuple({"date": day} for day in days)
