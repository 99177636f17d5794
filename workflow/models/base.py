"""What every table shares: the registry, exact number types, and the common columns of DOMAIN section 7."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
import sqlalchemy.orm as so

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class _Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal kept as a whole number of its smallest part: SQLite has no exact decimal of its own."""

    impl = sa.BigInteger
    places: ClassVar[int]

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


class Money(_Exact):
    """EUR with two places, stored as cents (invariant 8)."""

    cache_ok = True
    places = 2


class Rate(_Exact):
    """EUR per unit with up to four places (DOMAIN 7.1, unit_cost)."""

    cache_ok = True
    places = 4


class Amount(_Exact):
    """A quantity in the unit of its service, with two places (DOMAIN 7, decimal(9,2))."""

    cache_ok = True
    places = 2


class Moment(sa.types.TypeDecorator[dt.datetime]):
    """A moment: aware in Python, UTC in the database (TRUST 18)."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(so.DeclarativeBase):
    """The one registry of tables."""

    registry = so.registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={
            str: sa.String(200),
            dt.datetime: Moment,
            dt.date: sa.Date,
            dict[str, Any]: sa.JSON,
            list[str]: sa.JSON,
        },
    )


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def one_of(column: str, values: object) -> sa.CheckConstraint:
    """A CHECK that a text column holds one of the values; names itself after the column."""
    listed = ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Entity(Base):
    """The common columns of every table: id, created_at, created_by (DOMAIN 7)."""

    __abstract__ = True

    id: so.Mapped[int] = so.mapped_column(primary_key=True, sort_order=-10)
    created_at: so.Mapped[dt.datetime] = so.mapped_column(default=now, sort_order=100)
    created_by: so.Mapped[int | None] = so.mapped_column(sort_order=101)
