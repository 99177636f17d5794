"""Users, their sign-ins and the attempts to guess one (DOMAIN 2.1, TRUST 13 and 14)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
import sqlalchemy.orm as so

from workflow.models.base import Entity, one_of
from workflow.roles import Role

LANGUAGES = ("lv", "en", "ru")


class Municipality(Entity):
    """A municipality; a merged one keeps its cases, its successors' users see them (DOMAIN 7.2, 11)."""

    __tablename__ = "municipality"

    code: so.Mapped[str] = so.mapped_column(unique=True)
    name_lv: so.Mapped[str]
    kind: so.Mapped[str]
    valid_from: so.Mapped[dt.date]
    valid_to: so.Mapped[dt.date | None]
    successors: so.Mapped[list[str]] = so.mapped_column(default=list)
    address: so.Mapped[str | None]
    phone: so.Mapped[str | None]
    e_mail: so.Mapped[str | None]
    registration_no: so.Mapped[str | None]
    signatory_name: so.Mapped[str | None]
    signatory_post: so.Mapped[str | None]


class User(Entity):
    """Somebody who signs in. Rights come from `roles` and `municipality`, read anew at every request."""

    __tablename__ = "user"
    __table_args__ = (one_of("language", LANGUAGES),)

    name: so.Mapped[str]
    login: so.Mapped[str] = so.mapped_column(unique=True)
    password_hash: so.Mapped[str]
    second_factor_secret: so.Mapped[str | None]
    second_factor_last: so.Mapped[int | None]  # the last time step used, so that no code works twice
    roles: so.Mapped[list[str]] = so.mapped_column(default=list)
    municipality_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("municipality.id"), index=True)
    language: so.Mapped[str] = so.mapped_column(sa.String(2), default="lv")
    theme: so.Mapped[str] = so.mapped_column(default="auto")
    contrast: so.Mapped[str] = so.mapped_column(default="auto")
    text_size: so.Mapped[int] = so.mapped_column(default=100)
    active: so.Mapped[bool] = so.mapped_column(default=True)

    municipality: so.Mapped[Municipality] = so.relationship()

    def role_set(self) -> frozenset[Role]:
        """The roles as a set of Role."""
        return frozenset(Role(role) for role in self.roles)


class SignIn(Entity):
    """One signed-in browser. The cookie holds only the token; its hash is here, so sign-out kills a copy."""

    __tablename__ = "sign_in"

    user_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: so.Mapped[str] = so.mapped_column(sa.String(64), unique=True)
    last_seen_at: so.Mapped[dt.datetime]
    expires_at: so.Mapped[dt.datetime]
    ended_at: so.Mapped[dt.datetime | None]

    user: so.Mapped[User] = so.relationship()


class SignInAttempt(Entity):
    """One attempt to sign in, kept to slow guessing in every process alike (TRUST 14)."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index("ix_attempt_account", "account", "at"),
        sa.Index("ix_attempt_address", "address", "at"),
    )

    account: so.Mapped[str]
    address: so.Mapped[str]
    at: so.Mapped[dt.datetime]
    succeeded: so.Mapped[bool]
