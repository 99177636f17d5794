"""The dated facts as tables, so that rows can refer to them and an administrator's data join them.

The catalogue and the rule sets come from `workflow/facts`; unit costs, local holidays and settings are the
municipality's own (DOMAIN sections 4, 6, 7.1).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.models.base import Amount, Base, Entity, Rate, one_of

ORIGINS = ("source", "law", "public", "assumption")
CAP_KINDS = ("lifetime", "calendar_year", "calendar_month", "iso_week", "window", "none")


class Unit(Base):
    """A unit of service and its smallest step (DOMAIN 6)."""

    __tablename__ = "unit"

    code: so.Mapped[str] = so.mapped_column(sa.String(20), primary_key=True)
    step: so.Mapped[Decimal] = so.mapped_column(Amount)


class Programme(Base):
    """A programme and its days (DOMAIN 3)."""

    __tablename__ = "programme"

    code: so.Mapped[str] = so.mapped_column(sa.String(40), primary_key=True)
    case_type: so.Mapped[str] = so.mapped_column(sa.String(40))
    name_lv: so.Mapped[str]
    method: so.Mapped[str] = so.mapped_column(sa.String(40))
    first_day: so.Mapped[dt.date]
    last_day: so.Mapped[dt.date]
    origin: so.Mapped[str]


class Service(Base):
    """A service of the catalogue; codes never change and are never reused (DOMAIN 6)."""

    __tablename__ = "service"

    code: so.Mapped[str] = so.mapped_column(sa.String(20), primary_key=True)
    programme_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("programme.code"), index=True)
    unit_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("unit.code"))
    name_lv: so.Mapped[str]
    min_age: so.Mapped[int | None]
    max_age: so.Mapped[int | None]
    origin: so.Mapped[str]


class RuleSet(Base):
    """A dated version of the caps; never edited once used (R3)."""

    __tablename__ = "rule_set"
    __table_args__ = (sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),)

    code: so.Mapped[str] = so.mapped_column(sa.String(40), primary_key=True)
    name: so.Mapped[str]
    valid_from: so.Mapped[dt.date]
    valid_to: so.Mapped[dt.date | None]
    origin: so.Mapped[str]


class Cap(Entity):
    """A cap of a programme in a rule set (R5)."""

    __tablename__ = "cap"
    __table_args__ = (sa.UniqueConstraint("rule_set_code", "programme_code"), one_of("kind", CAP_KINDS))

    rule_set_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("rule_set.code"))
    programme_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("programme.code"))
    kind: so.Mapped[str]
    unit_code: so.Mapped[str | None] = so.mapped_column(sa.ForeignKey("unit.code"))
    quantity: so.Mapped[Decimal | None] = so.mapped_column(Amount)
    months: so.Mapped[int | None]
    ceiling: so.Mapped[Decimal | None] = so.mapped_column(Rate)
    scope: so.Mapped[str]
    origin: so.Mapped[str]


class Band(Entity):
    """An age band of a cap (care by age, DOMAIN 4)."""

    __tablename__ = "band"
    __table_args__ = (sa.UniqueConstraint("cap_id", "min_age"),)

    cap_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("cap.id"))
    min_age: so.Mapped[int]
    max_age: so.Mapped[int]
    quantity: so.Mapped[Decimal] = so.mapped_column(Amount)


class UnitCost(Entity):
    """The cost of one unit from a day on; entered by the administrator, empty by default (C14)."""

    __tablename__ = "unit_cost"
    __table_args__ = (
        sa.UniqueConstraint("service_code", "valid_from"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
    )

    service_code: so.Mapped[str] = so.mapped_column(sa.ForeignKey("service.code"))
    amount: so.Mapped[Decimal] = so.mapped_column(Rate)
    valid_from: so.Mapped[dt.date]
    valid_to: so.Mapped[dt.date | None]
    source: so.Mapped[str]


class Holiday(Entity):
    """A local day on top of the law's holidays: a holiday, a moved free or a moved working day (DOMAIN 5.3)."""

    __tablename__ = "holiday"
    __table_args__ = (one_of("kind", ("holiday", "moved_free", "moved_working")),)

    day: so.Mapped[dt.date] = so.mapped_column(unique=True)
    kind: so.Mapped[str]
    name: so.Mapped[str]


class Setting(Entity):
    """A setting with its origin; an assumption stays «to be confirmed» until somebody confirms it (DOMAIN 15)."""

    __tablename__ = "setting"
    __table_args__ = (one_of("origin", ORIGINS),)

    key: so.Mapped[str] = so.mapped_column(unique=True)
    value: so.Mapped[str] = so.mapped_column(sa.Text)
    origin: so.Mapped[str]
    confirmed_on: so.Mapped[dt.date | None]
    confirmed_by: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("user.id"))
