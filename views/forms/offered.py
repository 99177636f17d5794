"""What the forms of procurement offer to choose from, in words: plan lines, services, entries, contracts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from views.forms.fields import TicksField
from workflow.facts import facts
from workflow.models import Contract, PlanLine, RegisterEntry
from workflow.wording import format_date, format_money, format_quantity, join, name_of_service


def line_choices(lines: Iterable[PlanLine], language: str) -> list[tuple[int, str]]:
    """Plan lines as options: service, quantity, for whom."""
    return [(line.id, line_label(line, language)) for line in lines]


def line_label(line: PlanLine, language: str) -> str:
    """`REH-15 · Fizioterapija · 20 reizes · Anna Paraudziņa`."""
    service = facts().services[line.service_code]
    quantity = [format_quantity(line.quantity, service.unit, language)] if line.quantity is not None else []
    return " · ".join([service.code, service.name(language), *quantity, line.recipient.name])


def chosen_rows(field: TicksField, rows: Iterable[Any]) -> list[Any]:
    """The rows whose ids were ticked."""
    return [row for row in rows if row.id in (field.data or ())]


def service_choices(codes: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Services as options, with their codes."""
    return [(code, f"{code} · {name_of_service(code, language)}") for code in codes]


def entry_label(entry: RegisterEntry, language: str) -> str:
    """Provider, number in the register, what and where it covers, and until when."""
    until = _("until %(day)s", day=format_date(entry.valid_to, language)) if entry.valid_to else _("without end")
    services = ", ".join(entry.services) if entry.services else _("all services")
    parts = [entry.provider.name, entry.number, services, *([entry.address] if entry.address else []), until]
    return " · ".join(parts)


def contract_label(contract: Contract, services: Iterable[str], language: str) -> str:
    """Provider, number, end and the prices of the services that matter here."""
    wanted = set(services)
    prices = [
        f"{line.service_code} {format_money(line.unit_price, language)}"
        for line in contract.lines
        if line.service_code in wanted
    ]
    ends_on = format_date(contract.ended_on or contract.ends_on, language)
    until = _("until %(day)s", day=ends_on)
    return " · ".join([contract.provider.name, contract.number, until, join(prices, language)])
