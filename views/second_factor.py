"""The second factor: codes from an authenticator app (RFC 6238), each good once (TRUST 13)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io

import pyotp
import segno
import sqlalchemy as sa
from flask import current_app, session

from views.clock import now
from views.extensions import db
from workflow.models import User

ISSUER = "Gaita"
STEP = 30
# One step of 30 seconds on either side: telephones are seldom exact.
STEPS_ASIDE = 1


def new_secret(user: User) -> str:
    """The secret offered to this person in this sign-in.

    Derived, so that nothing is stored, nor put into the cookie, before the person shows a right code.
    """
    parts = (session.get("token", ""), user.id, user.password_hash, user.second_factor_last or 0)
    key = current_app.config["SECRET_KEY"].encode()
    digest = hmac.digest(key, "|".join(("second factor", *map(str, parts))).encode(), "sha256")
    return base64.b32encode(digest[:20]).decode()


def picture(secret: str, login: str) -> bytes:
    """The QR code as SVG, served from our own address: the content security policy allows no other."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=5, border=4, light="#fff", dark="#000")
    return out.getvalue()


def step_of(secret: str, code: str) -> int | None:
    """The time step that the code belongs to, or None when it is wrong."""
    present = int(now().timestamp()) // STEP
    known = pyotp.TOTP(secret)
    for step in range(present - STEPS_ASIDE, present + STEPS_ASIDE + 1):
        if hmac.compare_digest(known.generate_otp(step).encode(), code.encode()):
            return step
    return None


def use_code(user_id: int, code: str) -> bool:
    """Use up a code of the person; False when it is wrong or an equal or later one was used. The caller commits."""
    secret = db.session.scalar(sa.select(User.second_factor_secret).where(User.id == user_id))
    step = step_of(secret, code) if secret else None
    if step is None:
        return False
    last = User.second_factor_last
    here = sa.and_(User.id == user_id, sa.or_(last.is_(None), last < step))
    use_up = sa.update(User).where(here).values(second_factor_last=step).returning(User.id)
    return db.session.execute(use_up).one_or_none() is not None


def fingerprint(user: User) -> str:
    """Changes when the password or the second factor does."""
    parts = f"{user.id}|{user.password_hash}|{user.second_factor_secret}"
    return hashlib.sha256(parts.encode()).hexdigest()[:32]
