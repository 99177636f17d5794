"""What the screen does when a step is refused: all reasons at once, at their places, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.visitor import Visitor
from tests.factory import Office
from workflow.facts import facts

Open = Callable[..., Page]
scripts = pytest.mark.parametrize("javascript", [True, False], ids=["with_htmx", "without_javascript"])
ASSESSMENT = {
    "assessor_name": "Ilze Vērtētāja",
    "assessor_profession": "psychologist",
    "disability-valid_from": "01.01.2020.",
    "summary": "Bērnam nepieciešama <b>fizioterapija</b> & =1+1.",
}


def guards_of(page: Page) -> set[str]:
    """The numbers of the guards in the summary of problems."""
    return {text for text in page.locator("#error-summary .tag").all_inner_texts() if text.startswith("G")}


def worker_at(
    office: Office, session: Session, page: Page, place: str, step: str, **application: str
) -> tuple[Visitor, int]:
    """A social worker with the form of a step of a case that was walked to its place."""
    case = office.case_in(place, **application).id
    session.commit()
    worker = Visitor(page, looks=False).sign_in("social_worker")
    assert worker.open(f"/cases/{case}/steps/{step}") == 200
    worker.looks = True
    return worker, case


@scripts
def test_every_guard_that_fails_is_shown_at_once(
    office: Office, session: Session, open_page: Open, javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    worker, case = worker_at(office, session, page, "plan_drafted", "start-procurement", wanted="assessment")
    typed = {"desired_provider": "Centrs «Ū»", "estimated_value_ex_vat": "470,00"}
    worker.fill(typed)
    worker.send()
    worker.is_refused("service_application_on")
    assert guards_of(page) == {"G30", "G32", "G33", "G34"}
    assert {name: worker.value(name) for name in typed} == typed
    expect(worker.box("route").and_(page.locator(":checked"))).to_have_value("procure")
    worker.open(f"/cases/{case}")
    worker.sees_state("plan_drafted")


@scripts
def test_a_day_that_does_not_exist_is_told_at_its_field(
    office: Office, session: Session, open_page: Open, javascript: bool
) -> None:
    worker, _case = worker_at(office, session, open_page(javascript=javascript), "applied", "record-assessment")
    typed = {"assessed_on": "31.02.2021", **ASSESSMENT}
    worker.fill(typed)
    worker.send()
    worker.is_refused("assessed_on")
    expect(worker.page.locator("#assessed_on-error")).to_contain_text("31.02.2021")
    expect(worker.box("assessed_on")).to_have_attribute("aria-invalid", "true")
    assert {name: worker.value(name) for name in typed} == typed


@scripts
def test_a_soft_guard_is_confirmed_with_a_reason_that_the_supervisor_reads(
    office: Office, session: Session, open_page: Open, javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    worker, case = worker_at(office, session, page, "applied", "record-assessment")
    worker.fill({"assessed_on": "10.08.2021.", **ASSESSMENT})
    worker.box("earlier_in_project").check()
    worker.send()
    worker.is_refused("assessed_on")
    assert guards_of(page) == {"G18"}
    reason = "Izvērtēts projektā 2021. gada augustā."
    worker.fill({"confirm-G18": reason})
    worker.send()
    worker.arrives(f"/cases/{case}")
    worker.sees_state("assessed")
    supervisor = Visitor(open_page(javascript=javascript)).sign_in("supervisor")
    supervisor.go_to_room("/exceptions")
    row = supervisor.page.locator("#confirmed tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator(".tag")).to_have_text("G18")
    expect(row).to_contain_text(reason)
    expect(row.locator(f"a[href='/cases/{case}']")).to_be_visible()


def test_a_closed_door_says_who_has_the_key(office: Office, session: Session, page: Page) -> None:
    case = office.case_in("applied").id
    session.commit()
    officer = Visitor(page).sign_in("procurement_officer")
    assert officer.open(f"/cases/{case}/steps/record-assessment") == 403
    door = page.locator("#step .panel")
    expect(door.locator(".tag")).to_have_text("G95")
    expect(door).to_contain_text(facts().label("role", "social_worker", "lv"))
    officer.follow(door.locator(f"a[href='/cases/{case}']"), f"/cases/{case}")
    assert officer.open(f"/cases/{case}/steps/sign-contract") == 200
    expect(page.locator("#step .panel .tag")).to_have_text("G98")
    expect(page.locator("#step form")).to_have_count(0)


@scripts
def test_somebody_was_faster(office: Office, session: Session, open_page: Open, javascript: bool) -> None:
    slow, case = worker_at(office, session, open_page(javascript=javascript), "plan_drafted", "revise-plan")
    fast = Visitor(open_page(javascript=javascript), looks=False).sign_in("social_worker")
    fast.open(f"/cases/{case}/steps/revise-plan")
    fast.fill({"reason": "Ģimene lūdz mazāk.", "lines-0-quantity": "10"})
    fast.send()
    fast.arrives(f"/cases/{case}")
    typed = {"reason": "Ģimene lūdz vairāk.", "goals": "Staigāt.", "lines-0-quantity": "15"}
    slow.fill(typed)
    with slow.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        slow.send()
    assert sent.value.status == 409
    slow.is_refused()
    assert {name: slow.value(name) for name in typed} == typed
    slow.send()
    slow.arrives(f"/cases/{case}")
    expect(slow.page.locator("#plan-3")).to_contain_text("15")
    expect(slow.page.locator("#plan-2")).to_contain_text("10")


@scripts
@pytest.mark.parametrize(
    ("place", "step", "table", "typed"),
    [
        ("assessed", "draft-plan", "lines", {"lines-0-service": "REH-15", "lines-3-quantity": "2,5"}),
        ("assigned", "confirm-delivery", "deliveries", {"deliveries-0-date": "4.10.2021", "act_no": "A-1"}),
    ],
)
def test_more_rows_keep_what_was_typed(
    office: Office,
    session: Session,
    open_page: Open,
    javascript: bool,
    place: str,
    step: str,
    table: str,
    typed: dict[str, str],
) -> None:
    worker, _case = worker_at(office, session, open_page(javascript=javascript), place, step)
    rows = worker.page.locator(f"#{table} tbody tr")
    before = rows.count()
    worker.fill(typed)
    worker.send(f"button[name=more][value={table}]")
    expect(rows).to_have_count(before + 3)
    assert {name: worker.value(name) for name in typed} == typed
    expect(worker.page.locator("#error-summary")).to_have_count(0)
    worker.look()
