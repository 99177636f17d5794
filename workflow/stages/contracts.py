"""Bought services: a contract is registered or an existing one joined, and a contract ends (DOMAIN 8.2, 10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from workflow.facts import facts
from workflow.folding import fold
from workflow.guards import Ask, Findings, finding, guard
from workflow.models import (
    PROCEDURES,
    Assignment,
    Contract,
    ContractLine,
    Procurement,
    Provider,
    UnitCost,
)
from workflow.stages.assigning import (
    ask_for_provider,
    bare,
    chosen_lines,
    finish_search,
    period_of,
    provider_of,
    referral,
    tell_worker,
)
from workflow.stages.common import add_document, representatives


@guard("G42")
def procurement_is_recorded(ask: Ask) -> Findings:
    """G42: how the provider was chosen, and the number under which it was published (DOMAIN 10)."""
    if ask.get("contract") is not None:
        return
    if ask.get("procedure") not in PROCEDURES:
        yield finding("procedure")
    for name in ("estimated_value_ex_vat", "decision_on", "contract_no"):
        if ask.get(name) is None:
            yield finding(name)
    if ask.get("published_on") is not None and ask.get("procurement_ref") is None:
        yield finding("procurement_ref")


@guard("G43")
def value_fits_procedure(ask: Ask) -> Findings:
    """G43: the value lies between the threshold of the procedure and that of the next one, as dated (DOMAIN 10).

    Procedures without a threshold of their own (open procedure, call-off, delegation) are not judged.
    """
    value, procedure = ask.get("estimated_value_ex_vat"), ask.get("procedure")
    if ask.get("contract") is not None or value is None:
        return
    thresholds = facts().thresholds_on(ask.get("decision_on") or ask.today)
    if procedure not in thresholds:
        return
    lower = thresholds[procedure].lower_bound
    above = [row.lower_bound for row in thresholds.values() if row.lower_bound > lower]
    if value < lower:
        yield finding("estimated_value_ex_vat", value=value, threshold=lower)
    elif above and value >= min(above):
        yield finding("estimated_value_ex_vat", value=value, threshold=min(above))


@guard("G45")
def every_service_has_price(ask: Ask) -> Findings:
    """G45: a price above 0.00 for every line of the contract and for every plan line that it is to serve."""
    priced = set()
    for name, row in price_rows(ask):
        priced.add(row["service"])
        if row["unit_price"] is None or row["unit_price"] <= 0:
            yield finding(name)
    lines = chosen_lines(ask)
    existing = ask.get("contract") is not None
    if not priced and not existing:
        yield finding("lines")
    elif not lines or any(line.service_code not in priced for line in lines):
        yield finding("plan_lines" if lines or existing else "lines")


def price_rows(ask: Ask) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Service and price of every line of the contract, with the field it stands in."""
    contract = ask.get("contract")
    if contract is not None:
        starts_on = period_of(ask)[0] or contract.starts_on
        for line in lines_on(contract, starts_on):
            yield "contract", {"service": line.service_code, "unit_price": line.unit_price}
        return
    for index, row in enumerate(ask.get("lines") or ()):
        name = f"lines-{row.get('row', index)}-unit_price"
        yield name, {"service": row.get("service"), "unit_price": row.get("unit_price")}


def lines_on(contract: Contract, day: dt.date) -> list[ContractLine]:
    """The prices in force on the day, one line for a service."""
    return [
        line for line in contract.lines if line.valid_from <= day and (line.valid_to is None or day <= line.valid_to)
    ]


@guard("G46")
def price_is_covered(ask: Ask) -> Findings:
    """G46: a price above the unit cost or the ceiling is allowed; the difference is the municipality's (DOMAIN 10).

    Of an existing contract only the prices for the chosen lines are judged.
    """
    wanted = {line.service_code for line in chosen_lines(ask)}
    starts_on = period_of(ask)[0] or ask.today
    for name, row in price_rows(ask):
        service, price = row["service"], row["unit_price"]
        if price is None or (name == "contract" and service not in wanted):
            continue
        limit = _limit(ask, service, starts_on)
        if limit is not None and price > limit:
            yield finding(name, price=price, unit_cost=limit)


def _limit(ask: Ask, service: str, day: dt.date) -> Decimal | None:
    """What is compensated at most for a unit, EUR: the unit cost (C14) or the ceiling of the rule set (C15)."""
    if service not in facts().services:
        return None
    cap = facts().cap_on(facts().services[service].programme, day)
    rows = ask.session.scalars(select(UnitCost).where(UnitCost.service_code == service, UnitCost.valid_from <= day))
    costs = [row.amount for row in rows if row.valid_to is None or day <= row.valid_to]
    ceiling = [cap.ceiling] if cap is not None and cap.ceiling is not None else []
    return min([*costs, *ceiling], default=None)


@guard("G49")
def carer_is_no_relative(ask: Ask) -> Findings:
    """G49: care of a child is not bought from its parent or from its household [PUB]."""
    provider = provider_of(ask)
    services = (facts().services[line.service_code] for line in chosen_lines(ask))
    cares = any(facts().programmes[service.programme].no_relatives for service in services)
    if cares and provider is not None and provider.kind == "natural_person" and _is_close(ask, provider):
        yield finding("contract" if ask.get("contract") is not None else "register_entry")


def _is_close(ask: Ask, provider: Provider) -> bool:
    person, name = ask.case.person, fold(provider.name)
    same_home = bool(person.address) and fold(person.address or "") == fold(provider.address)
    adults = [relation.adult for relation in representatives(ask, person, ask.today)]
    return same_home or name in {adult.folded for adult in [*adults, ask.case.applicant]}


def sign_contract(ask: Ask) -> None:
    """Register the contract, or take the existing one, and assign its provider to the chosen lines (8.2)."""
    lines = chosen_lines(ask)
    contract = ask.get("contract") or _new_contract(ask)
    starts_on, ends_on = period_of(ask)
    number = referral(ask, contract.provider)
    prices = {line.service_code: line for line in lines_on(contract, starts_on or contract.starts_on)}
    for line in lines:
        ask.case.assignments.append(
            Assignment(
                plan_line=line,
                kind="procured",
                contract_line=prices[line.service_code],
                provider=contract.provider,
                register_entry=contract.register_entry,
                starts_on=starts_on,
                ends_on=ends_on,
                referral_no=number,
                created_by=ask.doer.user_id,
            )
        )
    ask.session.flush()
    finish_search(ask)
    tell_worker(ask, contract.provider, starts_on or contract.starts_on)
    ask.record = {**ask.given, "contract": contract, "plan_lines": lines, "lines": bare(ask.get("lines"))}


def _new_contract(ask: Ask) -> Contract:
    """Procurement, contract and its lines, in the register of the case's municipality."""
    given, user_id = ask.given, ask.doer.user_id
    procurement = Procurement(
        municipality_id=ask.case.municipality_id,
        procedure=given["procedure"],
        reference=ask.get("procurement_ref"),
        estimated_value_ex_vat=given["estimated_value_ex_vat"],
        published_on=ask.get("published_on"),
        decision_on=given["decision_on"],
        note=ask.get("note") or "",
        created_by=user_id,
    )
    contract = Contract(
        municipality_id=ask.case.municipality_id,
        provider=given["provider"],
        register_entry=given["register_entry"],
        procurement=procurement,
        number=given["contract_no"],
        signed_on=ask.get("signed_on") or given["starts_on"],
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        max_value=ask.get("max_value"),
        lines=[_new_line(ask, row, user_id) for row in given["lines"]],
        created_by=user_id,
    )
    ask.session.add(contract)
    ask.session.flush()
    return contract


def _new_line(ask: Ask, row: Mapping[str, Any], user_id: int) -> ContractLine:
    return ContractLine(
        service_code=row["service"],
        unit_price=row["unit_price"],
        valid_from=ask.given["starts_on"],
        max_quantity=row.get("max_quantity"),
        created_by=user_id,
    )


@guard("G89")
def nothing_after_last_day(ask: Ask) -> Findings:
    """G89: last day and ground are known, and nothing was delivered under the contract afterwards."""
    contract, last_day = ask.get("contract"), ask.get("last_day")
    if contract is None:
        yield finding("contract", dates=[])
    if not ask.get("ground"):
        yield finding("ground", dates=[])
    if last_day is None or (contract is not None and not contract.starts_on <= last_day <= contract.ends_on):
        yield finding("last_day", dates=[])
    elif contract is not None:
        later = sorted({row.delivered_on for row in _delivered_under(ask, contract) if row.delivered_on > last_day})
        if later:
            yield finding("last_day", dates=later)


def _delivered_under(ask: Ask, contract: Contract) -> list[Any]:
    ids = {row.id for row in under_contract(ask.case.assignments, contract)}
    return [row for row in ask.case.deliveries if not row.cancelled and row.assignment_id in ids]


def under_contract(assignments: list[Assignment], contract: Contract) -> list[Assignment]:
    """The assignments that rest on the contract."""
    return [row for row in assignments if row.contract_line is not None and row.contract_line.contract is contract]


def terminate_contract(ask: Ask) -> None:
    """End the contract and what it gave the case, write to family and provider, and search anew (explanation 8)."""
    contract, last_day = ask.given["contract"], ask.given["last_day"]
    contract.ended_on, contract.end_ground = last_day, ask.given["ground"]
    for assignment in under_contract(ask.case.assignments, contract):
        if assignment.ends_on is None or assignment.ends_on > last_day:
            # One that was to begin later never served: it shrinks to the last day, where nothing is delivered.
            assignment.starts_on = min(assignment.starts_on, last_day)
            assignment.ends_on = last_day
    language = ask.case.person.language
    add_document(ask, "L06", ask.today, note=ask.case.applicant.name, language=language)
    add_document(ask, "L06", ask.today, note=contract.provider.name)
    if ask.get("reprocure"):
        ask.case.procurement_started_on = ask.today
        ask_for_provider(ask)
