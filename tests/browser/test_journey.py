"""Three people carry a child's case from a new application to its compensation (issue: «Done when»)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.visitor import SHEET, Visitor
from tests.factory import Office

APPLICATION = {
    "case_type": "REHAB",
    "person-first_name": "Anna",
    "person-last_name": "Paraudziņa",
    "person-birth_date": "14.05.2012.",
    "person-address": "Parauga iela 1",
    "applicant_kind": "parent",
    "applicant-first_name": "Māra",
    "applicant-last_name": "Paraudziņa",
    "applicant-address": "Parauga iela 1",
    "wanted": "both",
    "received_on": "1.9.2021",
    "channel": "in_person",
    "documents": ["D03"],
}
ASSESSMENT = {
    "assessed_on": "10.09.2021.",
    "assessor_name": "Ilze Vērtētāja",
    "assessor_profession": "psychologist",
    "disability-status": "disability",
    "disability-valid_from": "01.01.2020.",
    "summary": "Bērnam nepieciešama fizioterapija.",
}
PLAN = {
    "drafted_on": "15.09.2021.",
    "goals": "Uzlabot kustību prasmes.",
    "lines-0-service": "REH-15",
    "lines-0-quantity": "20",
}
APPROVAL = {"approved_on": "20.09.2021.", "representative_signed_on": "18.09.2021.", "decision_on": "20.09.2021."}
REQUEST = {"route": "procure", "service_application_on": "21.09.2021.", "estimated_value_ex_vat": "470,00"}
PROVIDER = {"name": "Kustību centrs", "kind": "company", "registration_no": "40003521600", "address": "Centra iela 2"}
ENTRY = {
    "register": "social_providers",
    "number": "R-1",
    "valid_from": "01.01.2019.",
    "valid_to": "31.12.2023.",
    "checked_on": "01.09.2021.",
}
CONTRACT = {
    "procedure": "market_survey",
    "decision_on": "27.09.2021.",
    "contract_no": "L-2021/1",
    "signed_on": "28.09.2021.",
    "starts_on": "01.10.2021.",
    "ends_on": "30.09.2022.",
    "lines-0-unit_price": "23,50",
}
MONTH = {
    "month": "10.2021",
    "deliveries-0-date": "04.10.2021.",
    "deliveries-1-date": "6.10.2021",
    "deliveries-2-date": "11102021",
    "act_no": "A-1",
    "act_on": "02.11.2021.",
    "attendance_sheet": SHEET,
}
INVOICE = {
    "submitted_on": "10.11.2021.",
    "invoices-0-no": "R-2021-10",
    "invoices-0-date": "03.11.2021.",
    "invoices-0-amount": "70,50",
    "invoices-0-paid_on": "08.11.2021.",
    "invoices-0-reference": "MU-1",
}
# The municipality's own work has a cost note and no payment.
COST_NOTE = {key: text for key, text in INVOICE.items() if not key.endswith(("paid_on", "reference"))}
PAYMENT = {"paid_on": "20.11.2021.", "reference": "LPR-1"}

scripts = pytest.mark.parametrize("javascript", [True, False], ids=["with_htmx", "without_javascript"])


@scripts
def test_from_application_to_compensation(
    office: Office, open_page: Callable[..., Page], session: Session, javascript: bool
) -> None:
    worker, officer, supervisor = (
        Visitor(open_page(javascript=javascript)).sign_in(login)
        for login in ("social_worker", "procurement_officer", "supervisor")
    )
    case = register(worker)
    worker.sees_state("applied")
    worker.take_next_step("record-assessment", ASSESSMENT)
    worker.sees_state("assessed")
    worker.take_next_step("draft-plan", PLAN)
    worker.sees_state("plan_drafted")
    supervisor.open_case(case)
    supervisor.take_next_step("approve-plan", APPROVAL)
    worker.open_case(case)
    worker.take_next_step("start-procurement", REQUEST)
    worker.sees_state("procurement")
    sign_contract_with_new_provider(officer, case)
    worker.open_case(case)
    worker.take_next_step("confirm-delivery", MONTH)
    worker.sees_state("service_delivered")
    officer.open_case(case)
    be_compensated(officer, INVOICE)


@scripts
def test_served_in_house(office: Office, open_page: Callable[..., Page], session: Session, javascript: bool) -> None:
    case = office.case_in("approved").id
    session.commit()
    worker = Visitor(open_page(javascript=javascript)).sign_in("social_worker")
    officer = Visitor(open_page(javascript=javascript)).sign_in("procurement_officer")
    worker.open_case(case)
    worker.take_next_step("start-procurement", {"route": "in_house", "service_application_on": "21.09.2021."})
    officer.go_to_room("/providers")
    officer.follow("#content a[href='/providers/new']", "/providers/new")
    enter_provider(officer, {"name": "Bērnu centrs", "kind": "municipal_institution"})
    officer.open_case(case)
    officer.follow("#content a[href$='/steps/assign-in-house']", f"/cases/{case}/steps/assign-in-house")
    choose_entry(officer, "Bērnu centrs")
    officer.fill({"starts_on": "01.10.2021.", "lines-0-own_tariff": "23,50"})
    officer.send()
    officer.arrives(f"/cases/{case}")
    worker.open_case(case)
    worker.take_next_step("confirm-delivery", MONTH)
    officer.open_case(case)
    be_compensated(officer, COST_NOTE)


def register(worker: Visitor) -> int:
    """From the first page to a new application; returns the id of the case."""
    worker.go_to_room("/cases")
    worker.follow("#content a[href='/cases/new']", "/cases/new")
    worker.fill(APPLICATION)
    worker.send()
    worker.arrives(re.compile("/cases/[0-9]+"))
    return worker.number_in("/cases/([0-9]+)")


def sign_contract_with_new_provider(officer: Visitor, case: int) -> None:
    """The form of the contract says where a missing provider is entered; then the case again."""
    officer.open_case(case)
    step = f"/cases/{case}/steps/sign-contract"
    officer.follow("section[aria-labelledby='next-heading'] a.button", step)
    officer.follow("#content a[href='/providers/new']", "/providers/new")
    enter_provider(officer, PROVIDER)
    officer.open_case(case)
    officer.follow("section[aria-labelledby='next-heading'] a.button", step)
    choose_entry(officer, PROVIDER["name"])
    officer.fill(CONTRACT)
    officer.send()
    officer.arrives(f"/cases/{case}")
    officer.sees_state("procurement")


def enter_provider(officer: Visitor, provider: dict[str, str]) -> None:
    """The provider, and at once what the register says of it."""
    officer.fill(provider)
    officer.send()
    officer.arrives(re.compile("/providers/[0-9]+/entries/new"))
    officer.fill(ENTRY)
    officer.send()
    officer.arrives(re.compile("/providers/[0-9]+"))
    expect(officer.page.locator("#entry-list tbody tr")).to_have_count(1)


def choose_entry(officer: Visitor, name: str) -> None:
    """The only entry of the provider, found by its name as a person would."""
    option = officer.box("register_entry").locator("option", has_text=name)
    officer.fill({"register_entry": option.get_attribute("value")})


def be_compensated(officer: Visitor, invoice: dict[str, str]) -> None:
    """Claim October and record the money; three sessions at 23.50 euros are paid in full."""
    officer.take_next_step("submit-claim", invoice)
    officer.sees_state("service_delivered")
    officer.take_next_step("record-payment", PAYMENT)
    officer.sees_state("compensated")
    officer.follow("#claims tbody a", re.compile("/claims/[0-9]+"))
    expect(officer.page.locator("#lines tfoot td").last).to_contain_text("70")
