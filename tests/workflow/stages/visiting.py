"""The home visits of W10: an adult, the municipality's own service, compensated by the unit cost (DOMAIN 9.6)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tests.factory import Office
from tests.workflow.terms import EXAMPLES
from workflow.calendar import month_end, month_of
from workflow.models import Case, UnitCost

[W10] = [row for row in EXAMPLES if row["id"] == "W10"]
GRANTED_ON: date = W10["plan_line"][0]["approved_on"]
LATE = {"G18": "agrāk projektā", "G27": "joprojām aktuāls", "G65": "nodots vēlāk"}


class Visits:
    """The office of the example in December 2019; nothing is confirmed that need not be."""

    def __init__(self, session: Session) -> None:
        self.office = Office(session, today=date(2019, 12, 20))
        [cost] = W10["unit_cost"]
        amount = Decimal(cost["amount"])
        session.add(UnitCost(service_code="ADL-01", amount=amount, valid_from=cost["valid_from"], source="Metodika"))

    def take(self, case: Case | None, step: str, who: str | None = None, **given: Any) -> Case:
        return self.office.take(case, step, who, **given)

    def granted(self) -> Case:
        """The case with its approved plan and the municipality's own provider."""
        person = self.office.person(birth_date=W10["person"]["birth_date"])
        papers = {"case_type": "ADULT_COMMUNITY", "applicant_kind": "self", "documents": ["D03", "D06", "D07"]}
        given = self.office.application(person=person, received_on=before(60), **papers)
        case = self.take(None, "register_application", **given)
        valid = {"valid_from": date(2010, 1, 1), "valid_to": None}
        disability = {"status": "disability", "group": "II", **valid}
        ground = {"target_ground": "at_risk_group_1_or_2", "living": "own_home", "disability": disability}
        self.take(case, "record_assessment", **self.office.assessment(assessed_on=before(40), **ground), **LATE)
        line = self.office.line(case, "ADL-01", recipient_kind="adult") | {"quantity": None}
        self.take(case, "draft_plan", **self.office.plan(case, drafted_on=before(20), lines=[line]), **LATE)
        days = {"approved_on": GRANTED_ON, "decision_on": GRANTED_ON, "representative_signed_on": before(5)}
        self.take(case, "approve_plan", **self.office.approval(**days))
        asked = self.office.request(case, service_application_on=GRANTED_ON, route="in_house")
        self.take(case, "start_procurement", **asked)
        provider = self.office.provider("Novada centrs", "municipal_institution", valid_from=date(2015, 1, 1))
        period = {"starts_on": date(2019, 1, 1), "ends_on": date(2020, 12, 31)}
        lines = [{"service": "ADL-01", "own_tariff": None}]
        entry = {"provider": provider, "register_entry": provider.entries[0]}
        return self.take(case, "assign_in_house", **entry, **period, lines=lines)

    def deliver(self, case: Case, only: slice = slice(None)) -> None:
        """The visits, an act for every month."""
        by_month: dict[date, list[dict[str, Any]]] = defaultdict(list)
        for row in W10["delivery"][only]:
            typed = {"date": row["date"], "quantity": Decimal(row["quantity"]), "started_at": None}
            by_month[month_of(row["date"])].append(typed)
        for month, rows in by_month.items():
            act = {"act_no": f"A-{len(case.deliveries)}", "act_on": month_end(month), "deliveries": rows}
            self.take(case, "confirm_delivery", **self.office.month(case, month=month, **act))

    def claim(self, case: Case, month: date, part: str = "") -> None:
        """The month with its cost note, claimed and paid."""
        day = month_end(month) + timedelta(days=1)
        note = {"no": f"R-{month}{part}", "date": day, "amount": Decimal(100), "paid_on": None, "reference": None}
        given = {"period": month, "claim_no": f"K-{month}{part}", "submitted_on": day, "invoices": [note]}
        self.take(case, "submit_claim", **given, **LATE)
        self.office.pay(case, paid_on=self.office.today)


def before(days: int) -> date:
    """A day of the paper work before the plan was approved."""
    return GRANTED_ON - timedelta(days=days)
