"""The rows behind signed-in browsers: a cookie alone opens nothing (TRUST 13)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import g, session

from views.clock import now
from views.database import write_aside
from views.extensions import db
from views.rule_book import hold
from workflow.models import Municipality, SignIn, User
from workflow.roles import Actor, Role
from workflow.rulebook.reading import NEWEST_TOKEN

IDLE = dt.timedelta(minutes=30)
LONGEST = dt.timedelta(hours=10)
# How old «last seen» may grow before it is written: a read should not cost a write each time.
SEEN_AGAIN_AFTER = dt.timedelta(minutes=1)

_own = so.aliased(Municipality)
_merged = so.aliased(Municipality)
_successors = sa.cast(_merged.successors, sa.Text)
# Exact on both databases: the list holds the code exactly when taking «"code"» out of it changes it.
_inherited = (
    sa.select(sa.func.aggregate_strings(sa.cast(_merged.id, sa.String), ","))
    .where(sa.func.replace(_successors, sa.literal('"') + _own.code + sa.literal('"'), "") != _successors)
    .correlate(_own)
    .scalar_subquery()
)
# Columns, not entities: what the page shows of its user must not be read again after the commit.
_SIGNED_IN = (
    sa.select(
        SignIn.id.label("sign_in_id"),
        SignIn.last_seen_at,
        SignIn.expires_at,
        User.id.label("user_id"),
        User.name,
        User.login,
        User.roles,
        User.language,
        User.theme,
        User.contrast,
        User.text_size,
        User.municipality_id,
        User.second_factor_secret.is_not(None).label("has_second_factor"),
        _own.name_lv.label("municipality"),
        _inherited.label("inherited"),
        NEWEST_TOKEN.scalar_subquery().label("rules"),
    )
    .join(User, User.id == SignIn.user_id)
    .join(_own, _own.id == User.municipality_id)
    .where(SignIn.token_hash == sa.bindparam("token_hash"), SignIn.ended_at.is_(None), User.active)
)


@dataclass(frozen=True)
class Account:
    """Who is signed in, as read at the beginning of this request."""

    sign_in_id: int
    user_id: int
    name: str
    login: str
    roles: frozenset[Role]
    municipality_ids: frozenset[int]
    municipality_id: int
    municipality: str
    language: str
    theme: str
    contrast: str
    text_size: int
    has_second_factor: bool
    ends_at: dt.datetime

    @property
    def is_authenticated(self) -> bool:
        """True: nobody signed in is None."""
        return True

    def actor(self) -> Actor:
        """The same person, as the workflow sees them."""
        return Actor(self.user_id, self.name, self.roles, self.municipality_ids)


def load_account(polling: bool) -> Account | None:
    """The person behind this browser's token, or None; one query. Polling does not keep a session alive.

    From here on the rules hold that the office saved last.
    """
    token = session.get("token")
    if not token:
        return None
    row = db.session.execute(_SIGNED_IN, {"token_hash": hash_of(token)}).one_or_none()
    moment = now()
    if row is None or moment >= row.expires_at or moment >= row.last_seen_at + IDLE:
        _forget()
        return None
    seen = row.last_seen_at
    if not polling and moment - seen >= SEEN_AGAIN_AFTER:
        g.seen = row.sign_in_id
        seen = moment
    hold(row.rules)
    return _account(row, min(row.expires_at, seen + IDLE))


def _account(row: sa.Row, ends_at: dt.datetime) -> Account:
    inherited = {int(number) for number in (row.inherited or "").split(",") if number}
    return Account(
        sign_in_id=row.sign_in_id,
        user_id=row.user_id,
        name=row.name,
        login=row.login,
        roles=frozenset(Role(role) for role in row.roles),
        municipality_ids=frozenset(inherited | {row.municipality_id}),
        municipality_id=row.municipality_id,
        municipality=row.municipality,
        language=row.language,
        theme=row.theme,
        contrast=row.contrast,
        text_size=row.text_size,
        has_second_factor=bool(row.has_second_factor),
        ends_at=ends_at,
    )


def _forget() -> None:
    """Drop the dead token, but know the browser again: its open forms stay valid for the same person."""
    session.pop("token", None)
    session["expired"] = True


def write_last_seen(error: BaseException | None = None) -> None:
    """Note that the person was there, after the request let go of its own transaction (SQLite would lock itself).

    A database that is locked, full or read-only must not spoil a page that is already made.
    """
    seen = g.pop("seen", None)
    if seen is not None:
        write_aside(sa.update(SignIn).where(SignIn.id == seen, SignIn.ended_at.is_(None)).values(last_seen_at=now()))


def hash_of(token: str) -> str:
    """What the database keeps of a token: whoever reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def start_sign_in(user_id: int) -> None:
    """Sign this browser in with a new token; the caller commits. A row it already had is ended."""
    token = session.get("token")
    if token:
        end_sign_ins(SignIn.token_hash == hash_of(token))
    # Only the same person's open forms stay valid (a form that was open over lunch is not lost).
    kept = {"csrf_token": session.get("csrf_token")} if session.get("last_user") == user_id else {}
    session.clear()
    session.update({key: value for key, value in kept.items() if value})
    session["last_user"] = user_id
    session["token"] = secrets.token_urlsafe(32)
    moment = now()
    db.session.add(
        SignIn(
            user_id=user_id,
            token_hash=hash_of(session["token"]),
            last_seen_at=moment,
            expires_at=moment + LONGEST,
        )
    )


def end_sign_ins(*conditions: sa.ColumnElement[bool]) -> None:
    """End the live rows that meet the conditions; the caller commits."""
    db.session.execute(
        sa.update(SignIn).where(SignIn.ended_at.is_(None), *conditions).values(ended_at=now()),
        execution_options={"synchronize_session": False},
    )


def end_all_of(user_id: int) -> None:
    """End every sign-in of a user: disabled, another role, another password (TRUST 13)."""
    end_sign_ins(SignIn.user_id == user_id)
