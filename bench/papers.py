"""What hangs on a measured case: papers, plan, assignments, deliveries and a paid claim."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from bench.kinds import APPROVED, ASSESSED, ASSIGNED, CLAIMED, DELIVERED, DRAFTED, PAID, REQUESTED, WAY, Kind
from bench.office import DAY, PRICES, Bought, Office
from bench.sink import Sink
from workflow.facts import State, facts
from workflow.models import (
    AcceptanceAct,
    Application,
    Assessment,
    Assignment,
    Claim,
    ClaimLine,
    ClaimUnit,
    Decision,
    Delivery,
    Document,
    Payment,
    Plan,
    PlanLine,
    Task,
)

SESSIONS = 6
AT_REST = (State.CLOSED, State.REJECTED, State.WITHDRAWN, State.COMPENSATED)


class Papers:
    """Everything of a case that hangs on it: papers, plan, assignments, deliveries, claim."""

    def __init__(self, sink: Sink, office: Office, case_id: int, number: int, began: dt.date, child: int) -> None:
        self.sink, self.office, self.case_id, self.number = sink, office, case_id, number
        self.began, self.child = began, child
        self.bought: Bought = office.contracts[number % len(office.contracts)]

    def write(self, kind: Kind) -> None:
        """As far as the kind has come."""
        self._application(kind)
        if kind.detour and kind.detour.event == "reject":
            self._decision("refuse", kind.detour.day)
        if kind.steps > ASSESSED:
            self._assessment()
        if kind.steps > DRAFTED:
            lines = self._plan(kind)
            if kind.steps > ASSIGNED:
                self._services(kind, [self._assignment(code, line) for code, line in lines.items()])

    def _on(self, step: int) -> dt.date:
        return self.began + dt.timedelta(days=WAY[step].day)

    def _document(self, code: str, on: dt.date, number: str | None = None) -> int:
        direction = facts().documents[code].direction
        return self.sink.add(Document, case_id=self.case_id, code=code, dated_on=on, direction=direction, number=number)

    def _application(self, kind: Kind) -> None:
        for code, what in (("D01", "assessment"), ("D02", "services")):
            paper = self._document(code, self.began)
            self.sink.add(Application, case_id=self.case_id, kind=what, received_on=self.began, document_id=paper)
        self._document("D03" if kind.complete else "L02", self.began)
        self._document("L01", self.began)
        if kind.stops[-1].state not in AT_REST:
            due_on = DAY + dt.timedelta(days=self.number % 30 - 5)
            worker = self.office.worker_ids[self.number % len(self.office.worker_ids)]
            self.sink.add(Task, case_id=self.case_id, title="documents_awaited", user_id=worker, due_on=due_on)

    def _decision(self, what: str, day: int) -> None:
        on = self.began + dt.timedelta(days=day)
        self.sink.add(
            Decision, case_id=self.case_id, kind=what, number=f"SD-{self.number}", dated_on=on, reasons="Mērīšanai."
        )
        self._document("D11" if what == "grant" else "D12", on, f"SD-{self.number}")

    def _assessment(self) -> None:
        self.sink.add(
            Assessment,
            case_id=self.case_id,
            mode="full",
            assessed_on=self._on(ASSESSED),
            assessor_name="Ilze Vērtētāja",
            assessor_profession="psychologist",
            living="family",
            summary="Bērnam nepieciešama fizioterapija un sociālā darbinieka atbalsts ģimenei. " * 3,
            document_id=self._document("D09", self._on(ASSESSED)),
        )

    def _plan(self, kind: Kind) -> dict[str, int]:
        approved = self._on(APPROVED) if kind.steps > APPROVED else None
        plan = self.sink.add(
            Plan,
            case_id=self.case_id,
            drafted_on=self._on(DRAFTED),
            drafted_by=self.office.worker_ids[0],
            goals="Uzlabot kustību prasmes, stiprināt ģimenes spēju rūpēties par bērnu.",
            approved_on=approved,
            approved_by=self.office.supervisor_id if approved else None,
            representative_signed_on=approved,
            decision_no=f"SD-{self.number}" if approved else None,
            decision_on=approved,
        )
        self._document("D10", self._on(DRAFTED))
        if approved:
            self._decision("grant", WAY[APPROVED].day)
        return {code: self._plan_line(plan, code, kind) for code in PRICES}

    def _plan_line(self, plan: int, code: str, kind: Kind) -> int:
        return self.sink.add(
            PlanLine,
            plan_id=plan,
            service_code=code,
            recipient_kind="child",
            recipient_id=self.child,
            quantity=Decimal(20),
            requested=kind.steps > REQUESTED,
            approved_on=self._on(APPROVED) if kind.steps > APPROVED else None,
        )

    def _assignment(self, code: str, line: int) -> int:
        number = f"N-{self.number}-{code}"
        self._document("D13", self._on(ASSIGNED), number)
        return self.sink.add(
            Assignment,
            case_id=self.case_id,
            plan_line_id=line,
            kind="procured",
            contract_line_id=self.bought.lines[code],
            provider_id=self.bought.provider_id,
            register_entry_id=self.bought.entry_id,
            starts_on=self._on(ASSIGNED),
            ends_on=self._on(ASSIGNED) + dt.timedelta(days=365),
            referral_no=number,
        )

    def _services(self, kind: Kind, assignments: list[int]) -> None:
        """The months of the first assignment: delivered, then claimed and paid."""
        if kind.steps <= DELIVERED:
            return
        month = self._on(ASSIGNED).replace(day=1)
        act = self.sink.add(
            AcceptanceAct,
            case_id=self.case_id,
            assignment_id=assignments[0],
            month=month,
            act_no=f"A-{self.number}",
            act_on=self._on(DELIVERED),
            attendance_document_id=self._document("D14", self._on(DELIVERED)),
        )
        self._document("D15", self._on(DELIVERED), f"A-{self.number}")
        units = [self._delivery(assignments[0], act, session) for session in range(SESSIONS)]
        if kind.steps > PAID:
            self._claim(assignments[0], month, units)

    def _delivery(self, assignment: int, act: int, session: int) -> tuple[int, dt.date]:
        on = self._on(ASSIGNED) + dt.timedelta(days=3 + session)
        delivery = self.sink.add(
            Delivery,
            case_id=self.case_id,
            assignment_id=assignment,
            service_code="REH-15",
            recipient_id=self.child,
            delivered_on=on,
            quantity=Decimal(1),
            act_id=act,
        )
        return delivery, on

    def _claim(self, assignment: int, month: dt.date, units: list[tuple[int, dt.date]]) -> None:
        amount = PRICES["REH-15"] * len(units)
        claim = self.sink.add(
            Claim,
            municipality_id=self.office.municipality_id,
            programme_code="CHILD_REHAB",
            period=month,
            number=f"P-{self.number}",
            status="paid",
            submitted_on=self._on(CLAIMED),
            compensating_body="LPR",
        )
        line = self.sink.add(
            ClaimLine,
            claim_id=claim,
            case_id=self.case_id,
            service_code="REH-15",
            month=month,
            assignment_id=assignment,
            quantity=Decimal(len(units)),
            rate=PRICES["REH-15"],
            amount=amount,
            paid_amount=amount,
        )
        for delivery, on in units:
            self.sink.add(ClaimUnit, claim_line_id=line, delivery_id=delivery, on_day=on, quantity=Decimal(1))
        self.sink.add(Payment, claim_id=claim, paid_on=self._on(PAID), amount=amount, reference=f"LPR-{self.number}")
        for code in ("D16", "D17", "D18"):
            self._document(code, self._on(CLAIMED), f"P-{self.number}")
