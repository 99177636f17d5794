"""The shipped facts copied into tables, so that rows can refer to them; idempotent, run at every set-up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.facts import shipped
from workflow.models.base import Base
from workflow.models.facts import Band, Cap, Programme, RuleSet, Service, Unit
from workflow.models.users import Municipality


def load_facts(session: Session) -> None:
    """Bring the tables of facts up to the shipped files; the caller commits. What an office edits stays."""
    for model, key, rows in _catalogue():
        _upsert(session, model, key, rows)
        session.flush()
    for rule_set in shipped().rule_sets.rows:
        _load_rule_set(session, rule_set)


def differences(session: Session) -> list[str]:
    """What the tables say otherwise than the shipped files: an administrator's message, empty when all is well."""
    found = []
    for model, key, rows in _catalogue():
        stored = {getattr(row, key): row for row in session.scalars(select(model))}
        for values in rows:
            row = stored.get(values[key])
            if row is None or any(getattr(row, name) != value for name, value in values.items()):
                found.append(f"{model.__tablename__} {values[key]}")
    return found


def _catalogue() -> Iterator[tuple[type[Any], str, list[dict[str, Any]]]]:
    book = shipped()
    yield Unit, "code", [{"code": unit.code, "step": unit.step} for unit in book.units.rows]
    yield Programme, "code", [_programme_values(programme) for programme in book.programmes.rows]
    yield Service, "code", [_service_values(service) for service in book.services.rows]
    yield Municipality, "code", [_municipality_values(municipality) for municipality in book.municipalities.rows]
    yield RuleSet, "code", [_rule_set_values(rule_set) for rule_set in book.rule_sets.rows]


def _programme_values(programme: Any) -> dict[str, Any]:
    return {
        "code": programme.code,
        "case_type": programme.case_type,
        "name_lv": programme.names["lv"],
        "method": programme.compensation_method,
        "first_day": programme.first_day,
        "last_day": programme.last_day,
        "origin": programme.origins.get("last_day", ""),
    }


def _service_values(service: Any) -> dict[str, Any]:
    return {
        "code": service.code,
        "programme_code": service.programme,
        "unit_code": service.unit,
        "name_lv": service.names["lv"],
        "min_age": service.min_age,
        "max_age": service.max_age,
        "origin": service.origin,
    }


def _municipality_values(municipality: Any) -> dict[str, Any]:
    return {
        "code": municipality.code,
        "name_lv": municipality.name_lv,
        "kind": municipality.kind,
        "valid_from": municipality.valid_from,
        "valid_to": municipality.valid_to,
        "successors": list(municipality.successors),
    }


def _rule_set_values(rule_set: Any) -> dict[str, Any]:
    return {
        "code": rule_set.id,
        "name": rule_set.name,
        "valid_from": rule_set.valid_from,
        "valid_to": rule_set.valid_to,
        "origin": rule_set.valid_from_origin,
    }


def _upsert(session: Session, model: type[Base], key: str, rows: list[dict[str, Any]]) -> None:
    stored = {getattr(row, key): row for row in session.scalars(select(model))}
    for values in rows:
        row = stored.get(values[key])
        if row is None:
            session.add(model(**values))
            continue
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)


def _load_rule_set(session: Session, rule_set: Any) -> None:
    """A stored rule set is never edited in place (R3): only what is missing is added."""
    known = set(session.scalars(select(Cap.programme_code).where(Cap.rule_set_code == rule_set.id)))
    for cap in rule_set.caps:
        if cap.programme in known:
            continue
        row = Cap(
            rule_set_code=rule_set.id,
            programme_code=cap.programme,
            kind=cap.kind,
            unit_code=cap.unit,
            quantity=cap.quantity,
            months=cap.months,
            ceiling=cap.ceiling,
            scope=cap.scope,
            origin=cap.origin,
        )
        session.add(row)
        session.flush()
        session.add_all(
            Band(cap_id=row.id, min_age=band.min_age, max_age=band.max_age, quantity=band.quantity)
            for band in cap.bands
        )
