"""A worked example is granted and arranged: from the application to the contracts, form by form (DOMAIN 8.2, 9.6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from tests.factory import Office
from tests.views.paper import Values
from tests.views.worked_book import lasting_until, programme_of
from tests.views.worked_desks import OFFICER, SUPERVISOR, WORKER, Desks, typed
from workflow.calendar import birthday
from workflow.facts import facts, holding
from workflow.models import UnitCost

Row = Mapping[str, Any]
ADULT = {"applicant_kind": "self", "documents": ["D03", "D06", "D07"]}
CHILD = {
    "applicant_kind": "parent",
    "applicant-first_name": "Māra",
    "applicant-last_name": "Paraudziņa",
    "applicant-address": "Parauga iela 1",
    "documents": ["D03"],
}
FATHER = {"applicant-first_name": "Juris", "applicant-last_name": "Paraudziņš"}


class Granting(Desks):
    """The case with its plan and its providers; `granted_on` is the day of approval in the example."""

    def __init__(self, app: Flask, session: Session, example: Row) -> None:
        super().__init__(app)
        self.session, self.example = session, example
        self.adult = example["case_type"] == "ADULT_COMMUNITY"
        self.granted_on: dt.date = example["plan_line"][0]["approved_on"]
        self.providers = self._open_providers()

    def _open_providers(self) -> dict[int, str]:
        """A provider for each assignment, registered as the example says, and the unit costs of the example."""
        office, found = Office(self.session), {}
        kinds = {"procured": "company", "in_house": "municipal_institution"}
        for row in self.example["assignment"]:
            entry = {"valid_from": dt.date(2015, 1, 1), "valid_to": row.get("registered_until")}
            found[office.provider(name_of(row), kinds[row["kind"]], **entry).id] = row["id"]
        for row in self.example["unit_cost"]:
            period = {"valid_from": row["valid_from"], "valid_to": row.get("valid_to")}
            cost = {"service_code": row["service"], "amount": Decimal(row["amount"]), "source": "Metodika"}
            self.session.add(UnitCost(**cost, **period))
        self.session.commit()
        return found

    def _before(self, days: int) -> str:
        """A day of the paper work before the plan was approved."""
        return typed(self.granted_on - dt.timedelta(days=days))

    def register(self) -> None:
        """The application with what was used before; both parents, where both receive something."""
        opening = self.example["opening"]
        years = opening.get("used_year", {})
        boxes = {
            "case_type": self.example["case_type"],
            "person-first_name": "Anna",
            "person-last_name": "Paraudziņa",
            "person-birth_date": typed(self.example["person"]["birth_date"]),
            "person-address": "Parauga iela 1",
            "received_on": self._before(9),
            **(ADULT if self.adult else CHILD),
        }
        if self.example["case_type"] in ("RESPITE", "CHILD_CARE"):
            boxes["documents"] = ["D03", "D04"]
        if "window_start" in opening:
            boxes["opening_window_start"] = typed(opening["window_start"])
        used = opening.get("used") or years.get(str(self.granted_on.year))
        if used:
            boxes |= self._opening(programme_of(self.example), used)
        self.path = self.send(WORKER, f"/cases/new?case_type={self.example['case_type']}", boxes)
        if any(row.get("recipient") == "father" for row in self.example["delivery"]):
            father = {"applicant-first_name": "Juris", "applicant-last_name": "Paraudziņš"}
            self.send(WORKER, f"{self.path}/representatives", father)

    def _opening(self, programme: str, used: str) -> Values:
        """The units of the main programme have a box of their own."""
        if programme == facts().case_types[self.example["case_type"]].main_programme:
            return {"opening_used": used}
        return {"opening_parts-0-of": programme, "opening_parts-0-quantity": used}

    def grant(self) -> None:
        """Assessed, planned, approved by another person, and handed over."""
        held = self.open(WORKER, self.address("record-assessment")).values
        boxes = {name: value for name, value in self._assessment().items() if name in held}
        self.step(WORKER, "record-assessment", boxes)
        self.step(WORKER, "draft-plan", self._plan())
        approved = typed(self.granted_on)
        signed = {"representative_signed_on": self._before(3), "approved_on": approved, "decision_on": approved}
        self.step(SUPERVISOR, "approve-plan", signed)
        kinds = {row["kind"] for row in self.example["assignment"]}
        route = "mixed" if len(kinds) == 2 else {"procured": "procure", "in_house": "in_house"}[kinds.pop()]
        self.step(WORKER, "start-procurement", {"route": route, "estimated_value_ex_vat": "470,00"})

    def _assessment(self) -> Values:
        valid = typed(self.example["person"]["birth_date"] + dt.timedelta(days=30))
        return {
            "assessed_on": self._before(7),
            "assessor_name": "Ilze Vērtētāja",
            "assessor_profession": "psychologist",
            "living": "own_home" if self.adult else "family",
            "target_ground": "at_risk_group_1_or_2",
            "disability-status": "disability",
            "disability-valid_from": valid,
            "disability-group": "II",
            "special_care_opinion-no": "V-1",
            "special_care_opinion-issued_on": valid,
            "summary": "Pakalpojumi ir vajadzīgi.",
        }

    def _plan(self) -> Values:
        boxes: Values = {"drafted_on": self._before(5), "goals": "Uzlabot prasmes."}
        for number, row in enumerate(self.example["plan_line"]):
            line = {"service": row["service"], "quantity": row.get("quantity", ""), "starts_on": self._starts(row)}
            boxes |= {f"lines-{number}-{name}": value for name, value in line.items()}
            if facts().programmes[facts().services[row["service"]].programme].recipient == "guardian":
                plan = self.open(WORKER, self.address("draft-plan"))
                boxes[f"lines-{number}-recipient"] = plan.choose(f"lines-{number}-recipient", "Māra")
        return boxes

    def _starts(self, row: Row) -> str:
        """A service from an age that is not reached yet is planned from the birthday on (G22)."""
        min_age = facts().services[row["service"]].min_age
        first = birthday(self.example["person"]["birth_date"], min_age or 0)
        return typed(first) if first > self.granted_on - dt.timedelta(days=5) else ""

    def arrange(self) -> None:
        """The contracts and in-house assignments. A contract beyond the project is of the days when it was to last."""
        programme = programme_of(self.example)
        for row in self.example["assignment"]:
            last_day = max(facts().programmes[programme].last_day, row["valid_to"])
            with holding(lasting_until(facts(), programme, last_day)):
                self._sign(row) if row["kind"] == "procured" else self._assign(row)

    def _sign(self, row: Row) -> None:
        form = self.open(OFFICER, self.address("sign-contract"))
        ticked = [form.choose("plan_lines", f"{service} ·") for service in row["prices"]]
        day = typed(row["valid_from"])
        boxes = {"plan_lines": ticked, "contract_no": f"L-{row['id']}", "decision_on": day, "signed_on": day}
        boxes |= self._period(row) | {"register_entry": form.choose("register_entry", f"{name_of(row)} ·")}
        boxes |= {"procedure": "market_survey", "estimated_value_ex_vat": "470,00"}
        for number, (service, price) in enumerate(row["prices"].items()):
            boxes |= {f"lines-{number}-service": service, f"lines-{number}-unit_price": price}
        self.step(OFFICER, "sign-contract", boxes)

    def _assign(self, row: Row) -> None:
        form = self.open(OFFICER, self.address("assign-in-house"))
        entry = form.choose("register_entry", f"{name_of(row)} ·")
        self.step(OFFICER, "assign-in-house", self._period(row) | {"register_entry": entry})

    def _period(self, row: Row) -> Values:
        return {"starts_on": typed(row["valid_from"]), "ends_on": typed(row["valid_to"])}


def name_of(assignment: Row) -> str:
    """The provider of an assignment of the example."""
    return f"Sniedzējs {assignment['id']}"
