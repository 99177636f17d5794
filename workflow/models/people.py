"""The people of a case: persons, their relations, disability and opinions (DOMAIN 7.1)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.folding import fold
from workflow.models.base import Entity, one_of
from workflow.models.users import LANGUAGES, Municipality

RELATIONS = ("parent", "guardian", "foster_parent", "trustee", "authorised_person", "institution")


class Family(Entity):
    """A family: children of one family may share a cap (R4)."""

    __tablename__ = "family"

    name: so.Mapped[str]


class Person(Entity):
    """A client or an adult of the family. Age is never derived from the personal code (DOMAIN 7.4)."""

    __tablename__ = "person"
    __table_args__ = (
        one_of("language", LANGUAGES),
        one_of("sex", ("female", "male")),
        sa.Index("ix_person_folded", "folded"),
    )

    first_name: so.Mapped[str]
    last_name: so.Mapped[str]
    birth_date: so.Mapped[dt.date | None]  # always entered for a client; an adult applicant may lack it
    personal_code: so.Mapped[str | None] = so.mapped_column(sa.String(11), index=True)
    sex: so.Mapped[str | None] = so.mapped_column(sa.String(6))
    language: so.Mapped[str] = so.mapped_column(sa.String(2), default="lv")
    declared_municipality_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("municipality.id"))
    registered_municipality_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("municipality.id"), index=True)
    address: so.Mapped[str | None]
    phone: so.Mapped[str | None]
    e_mail: so.Mapped[str | None]
    family_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("family.id"), index=True)
    died_on: so.Mapped[dt.date | None]
    folded: so.Mapped[str] = so.mapped_column(default="")
    version: so.Mapped[int] = so.mapped_column()

    declared_municipality: so.Mapped[Municipality | None] = so.relationship(foreign_keys=[declared_municipality_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"


@sa.event.listens_for(Person, "before_insert")
@sa.event.listens_for(Person, "before_update")
def _keep_folded(_mapper: object, _connection: object, person: Person) -> None:
    """Search ignores case and diacritics; SQLite cannot, so the folded name is stored (ENGINEERING trap 9)."""
    person.folded = fold(f"{person.first_name} {person.last_name}")


class Relation(Entity):
    """Who may act for a person, and since when (DOMAIN 7.1)."""

    __tablename__ = "relation"
    __table_args__ = (
        one_of("kind", RELATIONS),
        sa.UniqueConstraint("child_id", "adult_id", "kind", "valid_from"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
    )

    child_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("person.id"), index=True)
    adult_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: so.Mapped[str]
    document_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("document.id"))
    valid_from: so.Mapped[dt.date]
    valid_to: so.Mapped[dt.date | None]

    adult: so.Mapped[Person] = so.relationship(foreign_keys=[adult_id])


class Disability(Entity):
    """A disability status; a child has no group (G11)."""

    __tablename__ = "disability"
    __table_args__ = (
        one_of("status", ("disability", "none")),
        sa.CheckConstraint("disability_group IN ('I', 'II', 'III')", name="group_known"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
    )

    person_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("person.id"), index=True)
    status: so.Mapped[str]
    disability_group: so.Mapped[str | None] = so.mapped_column(sa.String(3))
    valid_from: so.Mapped[dt.date]
    valid_to: so.Mapped[dt.date | None]
    document_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("document.id"))


class SpecialCareOpinion(Entity):
    """The VDEĀK opinion on the need for special care (G13)."""

    __tablename__ = "special_care_opinion"
    __table_args__ = (sa.CheckConstraint("valid_to IS NULL OR valid_to >= issued_on", name="period"),)

    person_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("person.id"), index=True)
    number: so.Mapped[str]
    issued_on: so.Mapped[dt.date]
    valid_to: so.Mapped[dt.date | None]
    document_id: so.Mapped[int | None] = so.mapped_column(sa.ForeignKey("document.id"))
