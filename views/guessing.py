"""Slows guessing, in the database, so that all processes count together (TRUST 14).

An attempt is written as failed before the password is checked: many workers at once cannot slip past the count.
A refused attempt is not written, or whoever keeps trying would keep the owner out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress

import sqlalchemy as sa
from flask import request

from views.clock import now
from views.database import begin_write
from views.extensions import db
from workflow.models import SignInAttempt

WINDOW = dt.timedelta(minutes=15)
# Failures in the window: of one account from one address, of one address, of one account from everywhere.
PAIR_LIMIT = 5
ADDRESS_LIMIT = 10
ACCOUNT_LIMIT = 8
# Over its limit an account is not closed: a new address may still try once in a while.
ACCOUNT_PAUSE = dt.timedelta(seconds=30)
# From where somebody signed in lately only the pair counts: strangers cannot lock the owner out, nor the office.
KNOWN_FOR = dt.timedelta(days=90)
LOCK_KEY = 7014  # PostgreSQL: one count at a time

Attempt = SignInAttempt


class TooManyAttemptsError(Exception):
    """Guessed too often; `seconds` says when to try again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def account_key(login: str) -> str:
    """The login as the table keeps it: people type their password into the wrong field."""
    return hashlib.sha256(login.strip().casefold().encode()).hexdigest()


def address_key() -> str:
    """Where the request came from; of IPv6 the network, since one household has 2^64 addresses."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def reserve_attempt(login: str) -> int:
    """Count this attempt as failed and commit, before anything is checked. Returns its id.

    Raises TooManyAttemptsError when the limits of this account and address are reached.
    """
    begin_write()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_KEY)))
    account, address, moment = account_key(login), address_key(), now()
    wait = _wait(account, address, moment)
    if wait > dt.timedelta():
        db.session.rollback()
        raise TooManyAttemptsError(max(1, round(wait.total_seconds())))
    attempt = Attempt(account=account, address=address, at=moment, succeeded=False)
    db.session.add(attempt)
    db.session.flush()
    number = attempt.id
    db.session.commit()
    return number


def forgive(attempt_id: int) -> None:
    """The attempt was right but is not yet a sign-in (a code is still asked for); the caller commits."""
    db.session.execute(sa.delete(Attempt).where(Attempt.id == attempt_id))


def succeed(attempt_id: int) -> None:
    """The attempt signed somebody in; the caller commits. Old attempts are dropped."""
    db.session.execute(sa.update(Attempt).where(Attempt.id == attempt_id).values(succeeded=True))
    moment = now()
    old_failure = sa.and_(Attempt.succeeded.is_(False), Attempt.at < moment - dt.timedelta(days=1))
    db.session.execute(sa.delete(Attempt).where(sa.or_(old_failure, Attempt.at < moment - KNOWN_FOR)))


def _wait(account: str, address: str, moment: dt.datetime) -> dt.timedelta:
    pair = _failures(moment, Attempt.account == account, Attempt.address == address)
    since = _last_success(account, address)
    pair = [at for at in pair if since is None or at > since]
    wait = _until_free(pair, PAIR_LIMIT, moment)
    if since is None or since < moment - KNOWN_FOR:
        of_address = _failures(moment, Attempt.address == address)
        wait = max(wait, _until_free(of_address, ADDRESS_LIMIT, moment))
        of_account = _failures(moment, Attempt.account == account)
        if len(of_account) >= ACCOUNT_LIMIT:
            wait = max(wait, of_account[-1] + ACCOUNT_PAUSE - moment)
    return wait


def _until_free(failures: list[dt.datetime], limit: int, moment: dt.datetime) -> dt.timedelta:
    """How long until fewer than `limit` failures lie in the window."""
    return failures[-limit] + WINDOW - moment if len(failures) >= limit else dt.timedelta()


def _failures(moment: dt.datetime, *conditions: sa.ColumnElement[bool]) -> list[dt.datetime]:
    recent = sa.select(Attempt.at).where(*conditions, Attempt.succeeded.is_(False), Attempt.at > moment - WINDOW)
    return list(db.session.scalars(recent.order_by(Attempt.at)))


def _last_success(account: str, address: str) -> dt.datetime | None:
    # Order, not max(): the type that makes a moment of it must see the column.
    wanted = sa.select(Attempt.at).where(
        Attempt.account == account, Attempt.address == address, Attempt.succeeded.is_(True)
    )
    return db.session.scalars(wanted.order_by(Attempt.at.desc()).limit(1)).first()
