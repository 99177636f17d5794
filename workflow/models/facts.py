"""The dated facts as tables, so that rows can refer to them and an administrator's data join them.

The catalogue and the rule sets come from `workflow/facts`; unit costs, local holidays and settings are the
municipality's own (DOMAIN sections 4, 6, 7.1).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.models.base import Amount, Base, Entity, Rate, one_of

ORIGINS = ("source", "law", "public", "assumption")
CHANGE_KINDS = ("setting", "rule_set", "unit_costs", "day")
CHANGE_STATUSES = ("proposed", "saved", "dropped")
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
    """A dated version of the caps; never edited once used (R3). One that no delivery used may be withdrawn."""

    __tablename__ = "rule_set"
    __table_args__ = (sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),)

    code: so.Mapped[str] = so.mapped_column(sa.String(40), primary_key=True)
    name: so.Mapped[str]
    valid_from: so.Mapped[dt.date]
    valid_to: so.Mapped[dt.date | None]
    origin: so.Mapped[str]
    withdrawn_on: so.Mapped[dt.date | None]


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
    """What the office says otherwise than the shipped facts, or confirmed; the newest version of a key holds (R3).

    A row is never edited: a change is the next version. `origin` is an assumption until somebody confirms it
    (DOMAIN 15). The keys are those of `workflow.rulebook.entries`.
    """

    __tablename__ = "setting"
    __table_args__ = (sa.UniqueConstraint("key", "version"), one_of("origin", ORIGINS))

    key: so.Mapped[str]
    version: so.Mapped[int] = so.mapped_column(default=1)
    value: so.Mapped[str] = so.mapped_column(sa.Text)
    origin: so.Mapped[str]
    source: so.Mapped[str] = so.mapped_column(sa.Text, default="")
    confirmed_on: so.Mapped[dt.date | None]
    confirmed_by: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("user.id"))


class RuleChange(Entity):
    """A change of the rules: proposed, rehearsed on the open cases, then saved or dropped (R3).

    `data` says what shall hold, in the shape of its kind; `effect` what the rehearsal found, as far as the case
    `seen_id`. Saved changes are numbered in their order; the token of the newest tells which rules hold.
    """

    __tablename__ = "rule_change"
    __table_args__ = (
        one_of("kind", CHANGE_KINDS),
        one_of("status", CHANGE_STATUSES),
        sa.CheckConstraint("(status = 'saved') = (saved_no IS NOT NULL)", name="saved_numbered"),
    )

    kind: so.Mapped[str]
    status: so.Mapped[str] = so.mapped_column(default="proposed")
    data: so.Mapped[dict[str, Any]]
    source: so.Mapped[str] = so.mapped_column(sa.Text)
    token: so.Mapped[str] = so.mapped_column(unique=True)
    base: so.Mapped[str] = so.mapped_column(default="")
    seen_id: so.Mapped[int] = so.mapped_column(default=0)
    effect: so.Mapped[dict[str, Any]] = so.mapped_column(default=dict)
    waiting: so.Mapped[list[int]] = so.mapped_column(sa.JSON, default=list)
    saved_no: so.Mapped[int | None] = so.mapped_column(unique=True)
    saved_on: so.Mapped[dt.date | None]
    saved_by: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("user.id"))
