"""Providers, their register entries, procurements, contracts and what ties them to cases (DOMAIN 7.1, 10)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.folding import fold
from workflow.models.base import Amount, Entity, Money, one_of
from workflow.models.plans import PlanLine

PROVIDER_KINDS = (
    "municipal_institution",
    "created_by_municipality",
    "company",
    "association",
    "foundation",
    "medical_institution",
    "medical_practitioner",
    "natural_person",
)
IN_HOUSE_KINDS = PROVIDER_KINDS[:2]
REGISTERS = ("social_providers", "medical_practitioners", "medical_institutions")
PROCEDURES = ("market_survey", "small_procurement", "annex_2", "open_procedure", "framework_call_off", "delegation")


class Provider(Entity):
    """Somebody who may deliver services; providers are shared by all municipalities."""

    __tablename__ = "provider"
    __table_args__ = (one_of("kind", PROVIDER_KINDS), sa.Index("ix_provider_folded", "folded"))

    name: so.Mapped[str]
    kind: so.Mapped[str]
    registration_no: so.Mapped[str | None] = so.mapped_column(sa.String(11), index=True)
    address: so.Mapped[str] = so.mapped_column(default="")
    contacts: so.Mapped[str] = so.mapped_column(default="")
    municipality_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("municipality.id"))  # whose institution
    folded: so.Mapped[str] = so.mapped_column(default="")

    entries: so.Mapped[list[RegisterEntry]] = so.relationship(order_by="RegisterEntry.valid_from")


@sa.event.listens_for(Provider, "before_insert")
@sa.event.listens_for(Provider, "before_update")
def _keep_folded(_mapper: object, _connection: object, provider: Provider) -> None:
    """See Person: the folded name is what search reads."""
    provider.folded = fold(provider.name)


class RegisterEntry(Entity):
    """An entry in a register, and who checked it when. One entry per service and address (DOMAIN 10)."""

    __tablename__ = "register_entry"
    __table_args__ = (
        one_of("register", REGISTERS),
        sa.UniqueConstraint("provider_id", "register", "number"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
    )

    provider_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("provider.id"), index=True)
    register: so.Mapped[str]
    number: so.Mapped[str] = so.mapped_column(sa.String(30))
    services: so.Mapped[list[str]] = so.mapped_column(default=list)
    address: so.Mapped[str] = so.mapped_column(default="")
    valid_from: so.Mapped[dt.date]
    valid_to: so.Mapped[dt.date | None]
    checked_on: so.Mapped[dt.date]
    checked_by: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id"))

    provider: so.Mapped[Provider] = so.relationship(back_populates="entries")


class Procurement(Entity):
    """How a provider was chosen; several cases may share one (DOMAIN 10)."""

    __tablename__ = "procurement"
    __table_args__ = (one_of("procedure", PROCEDURES),)

    municipality_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("municipality.id"), index=True)
    procedure: so.Mapped[str]
    reference: so.Mapped[str | None]
    estimated_value_ex_vat: so.Mapped[Decimal] = so.mapped_column(Money)
    published_on: so.Mapped[dt.date | None]
    decision_on: so.Mapped[dt.date]
    note: so.Mapped[str] = so.mapped_column(sa.Text, default="")


class Contract(Entity):
    """A contract of a municipality with a provider; one contract serves many cases (DOMAIN 7.2)."""

    __tablename__ = "contract"
    __table_args__ = (
        sa.UniqueConstraint("municipality_id", "number"),
        sa.CheckConstraint("ends_on >= starts_on", name="period"),
    )

    municipality_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("municipality.id"), index=True)
    provider_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("provider.id"), index=True)
    register_entry_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("register_entry.id"))
    procurement_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("procurement.id"))
    number: so.Mapped[str] = so.mapped_column(sa.String(60))
    signed_on: so.Mapped[dt.date]
    starts_on: so.Mapped[dt.date]
    ends_on: so.Mapped[dt.date]
    ended_on: so.Mapped[dt.date | None]
    end_ground: so.Mapped[str | None]
    max_value: so.Mapped[Decimal | None] = so.mapped_column(Money)

    provider: so.Mapped[Provider] = so.relationship()
    register_entry: so.Mapped[RegisterEntry] = so.relationship()
    procurement: so.Mapped[Procurement | None] = so.relationship()
    lines: so.Mapped[list[ContractLine]] = so.relationship(order_by="ContractLine.id")


class ContractLine(Entity):
    """The price of one service in a contract, with VAT if VAT is charged (DOMAIN 9.1)."""

    __tablename__ = "contract_line"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "service_code", "valid_from"),
        sa.CheckConstraint("unit_price > 0", name="price_positive"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
    )

    contract_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("contract.id"), index=True)
    service_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("service.code"))
    unit_price: so.Mapped[Decimal] = so.mapped_column(Money)
    valid_from: so.Mapped[dt.date]
    valid_to: so.Mapped[dt.date | None]
    max_quantity: so.Mapped[Decimal | None] = so.mapped_column(Amount)

    contract: so.Mapped[Contract] = so.relationship(back_populates="lines")


class Assignment(Entity):
    """The norīkojums: a plan line of a case tied to a contract line or to an in-house provider (DOMAIN 7.2)."""

    __tablename__ = "assignment"
    __table_args__ = (
        one_of("kind", ("procured", "in_house")),
        sa.CheckConstraint("(kind = 'procured') = (contract_line_id IS NOT NULL)", name="procured_has_contract"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
        sa.CheckConstraint("own_tariff >= 0", name="tariff_not_negative"),
    )

    case_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("case.id"), index=True)
    plan_line_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("plan_line.id"), index=True)
    kind: so.Mapped[str]
    contract_line_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("contract_line.id"), index=True)
    provider_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("provider.id"), index=True)
    register_entry_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("register_entry.id"))
    own_tariff: so.Mapped[Decimal | None] = so.mapped_column(Money)
    starts_on: so.Mapped[dt.date]
    ends_on: so.Mapped[dt.date | None]
    referral_no: so.Mapped[str]

    plan_line: so.Mapped[PlanLine] = so.relationship()
    contract_line: so.Mapped[ContractLine | None] = so.relationship()
    provider: so.Mapped[Provider] = so.relationship()
    register_entry: so.Mapped[RegisterEntry] = so.relationship()
