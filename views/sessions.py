"""Signing in and out: name and password, then the code of the second factor (TRUST 13 and 14)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from views import passwords, second_factor
from views.access import current_account, own_path, public
from views.clock import now
from views.database import begin_read, begin_write
from views.extensions import db
from views.forms.account import CodeForm, SignInForm
from views.guessing import forgive, reserve_attempt, succeed
from views.logs import log
from views.pages import refused, see_other, show
from views.sign_ins import end_sign_ins, start_sign_in
from workflow.models import SignIn, User

bp = Blueprint("sessions", __name__)

# Between the password and the code.
CODE_WITHIN = dt.timedelta(minutes=5)


@bp.get("/sign-in")
@public
def sign_in() -> Response:
    """The form; somebody who is signed in already goes on."""
    if current_account():
        return see_other(_next())
    expired = session.get("expired", False)
    return show("sign_in/page.html", form=SignInForm(), expired=expired, next=_next())


@bp.post("/sign-in")
@public
def check_sign_in() -> Response:
    """Name and password. Every failure looks and takes the same."""
    form = SignInForm()
    if not form.validate():
        return _refused(form)
    login = str(form.login.data).casefold()
    attempt = reserve_attempt(login)
    # No lock is held while the hash is computed: it takes long on purpose.
    begin_read()
    user = _user(User.login == login)
    db.session.rollback()
    right = passwords.matches(user.password_hash if user else None, form.password.data)
    if not (right and user and user.active):
        log.info("sign-in refused")
        form.add_problem(None, _("The user name or the password is wrong."))
        return _refused(form)
    begin_write()
    if user.second_factor_secret:
        return _ask_for_code(user, attempt)
    return _signed_in(user, attempt, form.password.data)


@bp.get("/sign-in/code")
@public
def code() -> Response:
    """The form for the code of the second factor."""
    if _waiting() is None:
        return see_other(url_for("sessions.sign_in", next=_next()))
    return show("sign_in/code.html", form=CodeForm(), next=_next())


@bp.post("/sign-in/code")
@public
def check_code() -> Response:
    """The code, each only once."""
    user, form = _waiting(), CodeForm()
    if user is None:
        return see_other(url_for("sessions.sign_in", next=_next()))
    if not form.validate():
        return refused("sign_in/code.html", form=form, next=_next())
    attempt = reserve_attempt(user.login)
    begin_write()
    if not second_factor.use_code(user.id, str(form.code_typed.data)):
        db.session.rollback()
        log.info("second factor refused", user_id=user.id)
        form.add_problem("code_typed", _("The code is wrong or was used already. Wait for the next one."))
        return refused("sign_in/code.html", form=form, next=_next())
    return _signed_in(user, attempt)


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End the row: a copy of the cookie is dead too. Signing out twice does no harm."""
    account = current_account()
    if account:
        end_sign_ins(SignIn.id == account.sign_in_id)
        db.session.commit()
        log.info("signed out", user_id=account.user_id)
    kept = {key: session[key] for key in ("language",) if key in session}
    session.clear()
    session.update(kept)
    response = see_other(url_for("sessions.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _refused(form: SignInForm) -> Response:
    return refused("sign_in/page.html", form=form, expired=False, next=_next())


def _next() -> str:
    return own_path(request.args.get("next"))


def _user(*conditions: Any) -> User | None:
    user = db.session.scalars(sa.select(User).where(*conditions)).one_or_none()
    if user is not None:
        db.session.expunge(user)  # read once; what is asked of it later must not open a transaction
    return user


def _ask_for_code(user: User, attempt: int) -> Response:
    forgive(attempt)
    db.session.commit()
    session["waiting"] = [user.id, second_factor.fingerprint(user), (now() + CODE_WITHIN).timestamp()]
    return see_other(url_for("sessions.code", next=_next()))


def _waiting() -> User | None:
    """Whose password was right a moment ago, and has not been changed since."""
    user_id, fingerprint, until = session.get("waiting", (0, "", 0))
    if now().timestamp() >= until:
        return None
    user = _user(User.id == user_id, User.active)
    return user if user and second_factor.fingerprint(user) == fingerprint else None


def _signed_in(user: User, attempt: int, password: str | None = None) -> Response:
    if password and passwords.is_outdated(user.password_hash):
        new_hash = passwords.hash_password(password)
        db.session.execute(
            sa.update(User)
            .where(User.id == user.id, User.password_hash == user.password_hash)
            .values(password_hash=new_hash)
        )
    succeed(attempt)
    start_sign_in(user.id)
    db.session.commit()
    log.info("signed in", user_id=user.id, demo=current_app.config["DEMO"])
    return see_other(_next())
