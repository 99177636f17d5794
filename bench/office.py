"""The office that is measured: one municipality with two merged ones, its people, its providers and contracts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from bench.sink import Sink
from workflow.folding import fold
from workflow.models import Contract, ContractLine, Municipality, Provider, RegisterEntry, User

DAY = dt.date(2021, 11, 22)
"""The day on which the office lives: the programme of its cases ended in 2022."""
OWN, MERGED = "rezeknes-novads", ("rezeknes-novads-2009", "vilanu-novads-2009")
WORKERS, PROVIDERS = 12, 40
PASSWORD = "long enough for a bench"
PRICES = {"REH-15": Decimal("23.50"), "REH-02": Decimal("18.00")}


@dataclass(frozen=True)
class Bought:
    """A contract with its prices, as the assignments of the cases need it."""

    provider_id: int
    entry_id: int
    lines: dict[str, int]


@dataclass(frozen=True)
class Office:
    """The ids that the cases refer to. The first worker and the supervisor are those who sign in."""

    municipality_id: int
    merged_ids: tuple[int, ...]
    worker_ids: tuple[int, ...]
    officer_id: int
    supervisor_id: int
    contracts: tuple[Bought, ...]


def open_office(sink: Sink, password_hash: str) -> Office:
    """Write the office; logins are `worker0` … and `supervisor`, all with the same password."""
    here = _municipality(sink, OWN)

    def hire(login: str, role: str) -> int:
        return sink.add(
            User,
            name=f"Mērīšanas {login}",
            login=login,
            password_hash=password_hash,
            roles=[role],
            municipality_id=here,
        )

    workers = tuple(hire(f"worker{number}", "social_worker") for number in range(WORKERS))
    officer, supervisor = hire("officer", "procurement_officer"), hire("supervisor", "supervisor")
    contracts = tuple(_contract(sink, here, officer, number) for number in range(PROVIDERS))
    merged = tuple(_municipality(sink, code) for code in MERGED)
    return Office(here, merged, workers, officer, supervisor, contracts)


def _municipality(sink: Sink, code: str) -> int:
    return int(sink.connection.scalars(sa.select(Municipality.id).where(Municipality.code == code)).one())


def _contract(sink: Sink, municipality_id: int, officer: int, number: int) -> Bought:
    name = f"Kustību centrs {number}"
    provider = sink.add(Provider, name=name, kind="company", folded=fold(name), address=f"Centra iela {number}")
    entry = sink.add(
        RegisterEntry,
        provider_id=provider,
        register="social_providers",
        number=f"R-{number}",
        services=[],
        valid_from=dt.date(2019, 1, 1),
        valid_to=dt.date(2023, 12, 31),
        checked_on=DAY,
        checked_by=officer,
    )
    period = {"signed_on": dt.date(2020, 12, 20), "starts_on": dt.date(2021, 1, 1), "ends_on": dt.date(2022, 12, 31)}
    contract = sink.add(
        Contract,
        municipality_id=municipality_id,
        provider_id=provider,
        register_entry_id=entry,
        number=f"L-{number}",
        **period,
    )
    lines = {
        code: sink.add(
            ContractLine, contract_id=contract, service_code=code, unit_price=price, valid_from=period["starts_on"]
        )
        for code, price in PRICES.items()
    }
    return Bought(provider, entry, lines)
