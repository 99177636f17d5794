"""An office for tests: a municipality, its people, and cases that *walk* to their state through the machine."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflow.models import Case, Document, Municipality, Person, Provider, RegisterEntry, User
from workflow.roles import Actor, Role
from workflow.steps import take_step

DAY = dt.date
TODAY = DAY(2021, 11, 22)
PDF = b"%PDF-1.4\n%fictional attendance sheet\n"

WHO = {
    "register_application": "social_worker",
    "record_assessment": "social_worker",
    "draft_plan": "social_worker",
    "approve_plan": "supervisor",
    "start_procurement": "social_worker",
    "sign_contract": "procurement_officer",
    "assign_in_house": "procurement_officer",
    "confirm_delivery": "social_worker",
    "submit_claim": "procurement_officer",
    "record_payment": "procurement_officer",
}
SPINE = (
    "applied",
    "assessed",
    "plan_drafted",
    "approved",
    "procurement",
    "assigned",
    "service_delivered",
    "claimed",
    "compensated",
)


class Upload:
    """A received file, as the form hands it over."""

    def __init__(self, name: str = "lapa.pdf", content: bytes = PDF) -> None:
        self.name, self.content = name, content


class Office:
    """One municipality with a person in every role; `case_in("assessed")` walks a child's case there."""

    def __init__(self, session: Session, code: str = "rezeknes-novads", today: dt.date = TODAY) -> None:
        self.session, self.today, self._children = session, today, 0
        self.municipality = session.scalars(sa.select(Municipality).where(Municipality.code == code)).one()
        self.users = {role.value: self.hire(role.value) for role in Role}

    def hire(self, *roles: str, name: str | None = None, municipality: Municipality | None = None) -> User:
        """A user with these roles; the password hash opens nothing."""
        place = municipality or self.municipality
        login = name or f"{roles[0]}-{place.code}-{self.session.scalar(sa.select(sa.func.count(User.id)))}"
        user = User(
            name=name or f"Tests {roles[0]}",
            login=login,
            password_hash="!",
            roles=list(roles),
            municipality_id=place.id,
        )
        self.session.add(user)
        self.session.flush()
        return user

    def actor(self, who: str | User) -> Actor:
        """The person as the workflow sees them."""
        user = self.users[who] if isinstance(who, str) else who
        return Actor(user.id, user.name, user.role_set(), frozenset({user.municipality_id}))

    def take(self, case: Case | None, step: str, who: str | User | None = None, **given: Any) -> Case:
        """Take the step with `given`; a confirmed guard is given as `G18="reason"`."""
        confirmed = {key: given.pop(key) for key in [*given] if key[0] == "G" and key[1:].isdigit()}
        actor = self.actor(who or WHO.get(step, "supervisor"))
        return take_step(self.session, case, step, actor, given, self.today, confirmed)

    # What a well-filled form gives, step by step ------------------------------------------------------------------

    def person(self, first_name: str = "Anna", birth_date: dt.date = DAY(2012, 5, 14), **more: Any) -> Person:
        """A fictional child of this municipality."""
        self._children += 1
        person = Person(
            first_name=first_name,
            last_name=f"Paraudziņa{self._children}",
            birth_date=birth_date,
            declared_municipality_id=self.municipality.id,
            registered_municipality_id=self.municipality.id,
            address="Parauga iela 1",
            **more,
        )
        self.session.add(person)
        self.session.flush()
        return person

    def application(self, **changes: Any) -> dict[str, Any]:
        """A complete application of a mother for her child."""
        return {
            "case_type": "REHAB",
            "municipality_id": self.municipality.id,
            "person": changes.pop("person", None) or self.person(),
            "applicant": {"first_name": "Māra", "last_name": "Paraudziņa", "address": "Parauga iela 1"},
            "applicant_kind": "parent",
            "wanted": "both",
            "received_on": DAY(2021, 9, 1),
            "channel": "in_person",
            "documents": ["D03"],
        } | changes

    def assessment(self, **changes: Any) -> dict[str, Any]:
        """A full assessment of a child who lives in the family."""
        return {
            "assessment_mode": "full",
            "assessed_on": DAY(2021, 9, 10),
            "assessor_name": "Ilze Vērtētāja",
            "assessor_profession": "psychologist",
            "disability": {"status": "disability", "group": None, "valid_from": DAY(2020, 1, 1), "valid_to": None},
            "living": "family",
            "summary": "Bērnam nepieciešama fizioterapija.",
            "earlier_in_project": False,
        } | changes

    def plan(self, case: Case, **changes: Any) -> dict[str, Any]:
        """A plan of twenty sessions of physiotherapy."""
        return {
            "drafted_on": DAY(2021, 9, 15),
            "goals": "Uzlabot kustību prasmes.",
            "lines": [self.line(case)],
        } | changes

    def line(self, case: Case, service: str = "REH-15", quantity: str = "20", **changes: Any) -> dict[str, Any]:
        """One plan line for the child."""
        return {
            "service": service,
            "recipient_kind": "child",
            "recipient": case.person,
            "quantity": Decimal(quantity),
        } | changes

    def approval(self, **changes: Any) -> dict[str, Any]:
        """The supervisor's approval and decision."""
        return {
            "approved_on": DAY(2021, 9, 20),
            "representative_signed_on": DAY(2021, 9, 18),
            "decision_no": f"SD-{self.session.scalar(sa.select(sa.func.count(Document.id)))}",
            "decision_on": DAY(2021, 9, 20),
        } | changes

    def request(self, case: Case, **changes: Any) -> dict[str, Any]:
        """Every line of the plan goes to procurement."""
        return {
            "route": "procure",
            "service_application_on": DAY(2021, 9, 21),
            "requested_lines": list(case.plan.lines) if case.plan else [],
            "estimated_value_ex_vat": Decimal("470.00"),
        } | changes

    def provider(self, name: str = "Kustību centrs", kind: str = "company", **entry: Any) -> Provider:
        """A provider with an entry in the register that covers everything and ends far away."""
        provider = Provider(name=name, kind=kind, address="Centra iela 2", municipality_id=None)
        if kind in ("municipal_institution", "created_by_municipality"):
            provider.municipality_id = self.municipality.id
        self.session.add(provider)
        self.session.flush()
        values = {
            "register": "social_providers",
            "number": f"R-{provider.id}",
            "services": [],
            "address": "Centra iela 2",
            "valid_from": DAY(2019, 1, 1),
            "valid_to": DAY(2023, 12, 31),
            "checked_on": DAY(2021, 9, 1),
            "checked_by": self.users["procurement_officer"].id,
        } | entry
        self.session.add(RegisterEntry(provider_id=provider.id, **values))
        self.session.flush()
        self.session.refresh(provider)
        return provider

    def contract(self, case: Case, **changes: Any) -> dict[str, Any]:
        """A new contract for the requested lines at 23.50 a session."""
        provider = changes.pop("provider", None) or self.provider()
        lines = [line for line in case.plan.lines if line.requested] if case.plan else []
        services = dict.fromkeys(line.service_code for line in lines)
        return {
            "provider": provider,
            "register_entry": provider.entries[0],
            "procedure": "market_survey",
            "estimated_value_ex_vat": Decimal("470.00"),
            "decision_on": DAY(2021, 9, 27),
            "contract_no": f"L-{provider.id}",
            "signed_on": DAY(2021, 9, 28),
            "starts_on": DAY(2021, 10, 1),
            "ends_on": DAY(2022, 9, 30),
            "lines": [{"service": code, "unit_price": Decimal("23.50"), "max_quantity": None} for code in services],
            "plan_lines": lines,
        } | changes

    def month(self, case: Case, days: tuple[int, ...] = (4, 6, 11), **changes: Any) -> dict[str, Any]:
        """A month of sessions, one a day, with act and attendance sheet."""
        month = changes.get("month", DAY(2021, 10, 1))
        return {
            "month": month,
            "assignment": case.assignments[0],
            "deliveries": [
                {"date": month.replace(day=day), "quantity": Decimal(1), "started_at": None} for day in days
            ],
            "act_no": f"A-{month:%Y-%m}-{len(case.deliveries)}",
            "act_on": DAY(2021, 11, 2),
            "attendance_sheet": Upload(),
        } | changes

    def claim(self, case: Case, amount: str = "70.50", **changes: Any) -> dict[str, Any]:
        """A claim for October with the provider's invoice, paid."""
        return {
            "period": DAY(2021, 10, 1),
            "claim_no": f"P-{case.id}-{self.session.scalar(sa.select(sa.func.count(Document.id)))}",
            "submitted_on": DAY(2021, 11, 10),
            "invoices": [
                {
                    "no": f"R-{case.id}-{len(case.deliveries)}",
                    "date": DAY(2021, 11, 3),
                    "amount": Decimal(amount),
                    "paid_on": DAY(2021, 11, 8),
                    "reference": "MU-1",
                }
            ],
        } | changes

    # Walking --------------------------------------------------------------------------------------------------------

    def case_in(self, place: str, **application: Any) -> Case:
        """A child's case walked to the place: a state, or `approved` (a plan), `assigned`, `claimed` on the way."""
        case = self.take(None, "register_application", **self.application(**application))
        for station in SPINE[1 : SPINE.index(place) + 1]:
            self._walk(case, station)
        return case

    def _walk(self, case: Case, station: str) -> None:
        match station:
            case "assessed":
                self.take(case, "record_assessment", **self.assessment())
            case "plan_drafted":
                self.take(case, "draft_plan", **self.plan(case))
            case "approved":
                self.take(case, "approve_plan", **self.approval())
            case "procurement":
                self.take(case, "start_procurement", **self.request(case))
            case "assigned":
                self.take(case, "sign_contract", **self.contract(case))
            case "service_delivered":
                self.take(case, "confirm_delivery", **self.month(case))
            case "claimed":
                self.take(case, "submit_claim", **self.claim(case))
            case "compensated":
                self.pay(case)

    def pay(self, case: Case, **changes: Any) -> Case:
        """The whole of the only submitted claim of the case is paid."""
        from workflow.models import Claim, ClaimLine

        rows = (
            sa.select(Claim).join(ClaimLine).where(ClaimLine.case_id == case.id, Claim.status == "submitted").distinct()
        )
        claim = self.session.scalars(rows).unique().first()
        amount = sum((line.amount for line in claim.lines), Decimal(0)) if claim else Decimal(0)
        given = {"claim": claim, "paid_on": DAY(2021, 11, 20), "amount": amount, "reference": "LPR-1"} | changes
        return self.take(case, "record_payment", **given)
