"""Numbers without gaps: each series is a row that the transaction of the step locks and moves on."""

from __future__ import annotations

import sqlalchemy.orm as so
from sqlalchemy.dialects import postgresql, sqlite

from workflow.models.base import Base


class NumberSeries(Base):
    """The last number given out in a series: case numbers of a municipality and year, referrals, decisions."""

    __tablename__ = "number_series"

    name: so.Mapped[str] = so.mapped_column(primary_key=True)
    last: so.Mapped[int]


def next_number(session: so.Session, name: str) -> int:
    """The next number of the series; a refused or failed step gives it back with its transaction (no gaps)."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    table = NumberSeries.__table__
    statement = (
        insert(NumberSeries)
        .values(name=name, last=1)
        .on_conflict_do_update(index_elements=["name"], set_={"last": table.c.last + 1})
        .returning(table.c.last)
    )
    return int(session.execute(statement).scalar_one())
