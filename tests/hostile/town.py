"""A world to attack: three municipalities with people in every role, and cases at every place of the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests.factory import SPINE, TODAY, Office
from tests.hostile.pen import given_for, in_house
from tests.views.signing_in import PASSWORD, try_password
from views.passwords import hash_password
from workflow.facts import LANGUAGES
from workflow.models import Base, Case, ConfirmationRequest, Municipality, Person, Provider, User, now
from workflow.rulebook.changes import propose

HERE, MERGED, AWAY = "rezeknes-novads", "vilanu-novads-2009", "ludzas-novads"
# Stands in everything that another municipality wrote, so that a glimpse of it can be found in any page.
MARKS = {HERE: "Mūspuse", MERGED: "Agrāk", AWAY: "Svešzeme"}
ELSEWHERE = ("applied", "approved", "assigned", "service_delivered", "claimed", "compensated", "suspended", "closed")
INHERITED = ("applied", "claimed")


class MarkedOffice(Office):
    """An office whose people, papers and numbers carry its mark."""

    def __init__(self, session: Session, code: str = HERE, known: Mapping[str, int] | None = None) -> None:
        """A new office, or with `known` the one of the town again with the people it has."""
        self.mark = MARKS[code]
        if known is not None:
            self.session, self.today, self._children = session, TODAY, 1000
            self.municipality = session.scalars(sa.select(Municipality).where(Municipality.code == code)).one()
            self.users = {name: session.get_one(User, number) for name, number in known.items()}
            return
        super().__init__(session, code)
        self.users["second_worker"] = self.hire("social_worker")
        for user in self.users.values():
            user.name = f"{self.mark} {user.login}"

    def person(self, first_name: str | None = None, **more: Any) -> Person:
        return super().person(first_name or self.mark, **more)

    def application(self, **changes: Any) -> dict[str, Any]:
        filled = super().application(**changes)
        return filled | {"applicant": {**filled["applicant"], "first_name": f"{self.mark}māte"}}

    def provider(self, name: str | None = None, kind: str = "company", **entry: Any) -> Provider:
        return super().provider(name or f"Kustību centrs {self._children}", kind, **entry)

    def contract(self, case: Case, **changes: Any) -> dict[str, Any]:
        filled = super().contract(case, **changes)
        return filled | {"contract_no": changes.get("contract_no") or f"{self.mark}-L-{case.id}"}

    def claim(self, case: Case, amount: str = "70.50", **changes: Any) -> dict[str, Any]:
        filled = super().claim(case, amount, **changes)
        return filled | {"claim_no": changes.get("claim_no") or f"{self.mark}-P-{case.id}"}

    def case_at(self, place: str) -> Case:
        """A case in any state, or at one of the places on the way that the factory knows."""
        if place in SPINE:
            return self.case_in(place)
        match place:
            case "returned":
                return self._then("plan_drafted", "return_plan")
            case "in_house":
                case = self.case_in("procurement")
                return self.take(case, "assign_in_house", **in_house(self, case))
            case "suspended":
                return self._then("claimed", "suspend", "social_worker")
            case "rejected":
                return self._then("applied", "reject")
            case "withdrawn":
                return self._then("assessed", "withdraw", "social_worker")
            case "closed":
                return self._then("compensated", "close")
        raise LookupError(place)

    def ask(self, case_id: int) -> None:
        """A worker has asked the supervisor to confirm an exception in the case."""
        worker = self.users["social_worker"].id
        values = {"step": "record_assessment", "guard": "G15", "reason": f"{self.mark} lūdz.", "requested_by": worker}
        self.session.add(ConfirmationRequest(case_id=case_id, requested_at=now(), **values))
        self.session.flush()

    def propose(self) -> None:
        """An administrator has proposed a change of the rules."""
        key, names = "deadline.DL-02", dict.fromkeys(LANGUAGES, "DL-02")
        data = {"key": key, "entry": key, "value": "9", "origin": "law", "names": names}
        propose(self.session, "setting", data, "Ministrijas vēstule", self.users["admin"].id)

    def _then(self, place: str, step: str, who: str = "supervisor") -> Case:
        case = self.case_in(place)
        return self.take(case, step, who, **given_for(self, case, step))


PLACES = (*SPINE, "returned", "in_house", "suspended", "rejected", "withdrawn", "closed")


@dataclass
class Town:
    """What was built, by number: rows are read anew in each test."""

    cases: dict[str, dict[str, int]] = field(default_factory=dict)
    users: dict[str, dict[str, int]] = field(default_factory=dict)
    logins: dict[tuple[str, str], str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    ids: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def case(self, place: str, code: str = HERE) -> int:
        """The number of the case at that place."""
        return self.cases[code][place]

    def cookie(self, role: str, code: str = HERE) -> str:
        """The cookie of somebody who signed in."""
        return self.cookies[self.logins[code, role]]


def build(app: Flask, session: Session) -> Town:
    """Walk everything through the machine and sign everybody in at the door."""
    town = Town()
    for code, places in ((HERE, PLACES), (MERGED, INHERITED), (AWAY, ELSEWHERE)):
        before = _ids(session)
        office = MarkedOffice(session, code)
        town.cases[code] = {place: office.case_at(place).id for place in places}
        office.ask(town.cases[code]["applied"])
        if code == HERE:  # the rules are common to all, and so is who changed them
            office.propose()
        town.users[code] = {name: user.id for name, user in office.users.items()}
        town.logins |= {(code, name): user.login for name, user in office.users.items()}
        session.commit()
        town.ids[code] = {name: sorted(ids - before[name]) for name, ids in _ids(session).items()}
    with app.app_context():
        session.execute(sa.update(User).values(password_hash=hash_password(PASSWORD)))
    session.commit()  # a reader too would lock out the door
    for number, login in enumerate(town.logins.values()):
        town.cookies[login] = _signed_in(app, login, f"192.0.2.{number + 1}")
    return town


def _ids(session: Session) -> dict[str, set[int]]:
    """The ids of every table whose rows have one."""
    tables = [table for table in Base.metadata.sorted_tables if "id" in table.columns]
    return {table.name: set(session.scalars(sa.select(table.c.id))) for table in tables}


def _signed_in(app: Flask, login: str, address: str) -> str:
    client = app.test_client()
    assert try_password(client, login, address=address).status_code == 303
    client.get("/account")
    cookie = client.get_cookie("session")
    assert cookie
    return cookie.value
