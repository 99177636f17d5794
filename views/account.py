"""One's own account: password, second factor, and how Gaita looks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from views import passwords, second_factor
from views.access import ANYONE, allowed_to, current_account, own_path, public, without_second_factor
from views.context import preferences
from views.database import begin_read, begin_write
from views.extensions import db
from views.forms.account import PREFERENCES, EnrolForm, PasswordForm, PreferencesForm, RemoveForm
from views.guessing import forgive, reserve_attempt
from views.logs import log
from views.pages import refused, see_other, show
from views.sign_ins import Account, end_all_of, start_sign_in
from workflow.models import User

bp = Blueprint("account", __name__)


@bp.get("/account")
@without_second_factor
@allowed_to(*ANYONE)
def page() -> Response:
    """Everything a person may change about their own account."""
    return show("account/page.html", **_page())


@bp.post("/account/password")
@without_second_factor
@allowed_to(*ANYONE)
def change_password() -> Response:
    """A new password ends every other sign-in of the person."""
    form, account = PasswordForm(), _account()
    words = (account.login, *account.name.split(), "gaita")
    if form.validate() and passwords.is_weak(form.new_password.data, *words):
        form.add_problem("new_password", _("This password is easy to guess. Choose another one."))
    if form.problem_lines() or not _password_is_right(form, account):
        return refused("account/page.html", **_page(password_form=form))
    new_hash = passwords.hash_password(form.new_password.data)
    begin_write()
    _change(account, password_hash=new_hash)
    flash(_("The password is changed. You are signed out everywhere else."), "good")
    return see_other(url_for("account.page"))


@bp.get("/account/second-factor")
@without_second_factor
@allowed_to(*ANYONE)
def second_factor_page() -> Response:
    """Switch the second factor on, or off."""
    return show("account/second_factor.html", **_second_factor())


@bp.get("/account/second-factor.svg")
@without_second_factor
@allowed_to(*ANYONE)
def second_factor_picture() -> Response:
    """The QR code of the offered secret; once the second factor is on there is nothing to see."""
    account = _account()
    if account.has_second_factor:
        abort(404)
    drawn = second_factor.picture(second_factor.new_secret(_user(account)), account.login)
    return Response(drawn, mimetype="image/svg+xml")


@bp.post("/account/second-factor")
@without_second_factor
@allowed_to(*ANYONE)
def switch_second_factor_on() -> Response:
    """Needs the password and a right code, so that nobody locks themselves out."""
    form, account = EnrolForm(), _account()
    if account.has_second_factor:
        abort(409)
    if not form.validate() or not _password_is_right(form, account):
        return refused("account/second_factor.html", **_second_factor(form))
    begin_write()
    secret = second_factor.new_secret(_user(account))
    step = second_factor.step_of(secret, str(form.code_typed.data))
    if step is None:
        form.add_problem("code_typed", _("The code is wrong. Check the clock of your telephone."))
        return refused("account/second_factor.html", **_second_factor(form))
    _change(account, second_factor_secret=secret, second_factor_last=step)
    flash(_("The second factor is on. From now on each sign-in asks for a code."), "good")
    return see_other(url_for("account.page"))


@bp.post("/account/second-factor/off")
@allowed_to(*ANYONE)
def switch_second_factor_off() -> Response:
    """Needs the password: an open browser alone must not weaken the account."""
    form, account = RemoveForm(), _account()
    if not account.has_second_factor:
        abort(409)
    if not form.validate() or not _password_is_right(form, account):
        return refused("account/second_factor.html", **_second_factor(form))
    begin_write()
    _change(account, second_factor_secret=None)
    flash(_("The second factor is off."), "good")
    return see_other(url_for("account.page"))


@bp.post("/preferences")
@without_second_factor
@public
def set_preferences() -> Response:
    """Language, colours, contrast, text size: kept with the user, or in the cookie of somebody signed out."""
    chosen = {key: request.form[key] for key in PREFERENCES if key in request.form}
    if any(value not in dict(PREFERENCES[key]) for key, value in chosen.items()):
        abort(400)
    account = current_account()
    if account is None:
        session.update(chosen)
    elif chosen:
        _keep(account, chosen)
    return see_other(own_path(request.form.get("next")))


def _keep(account: Account, chosen: dict[str, Any]) -> None:
    if "text_size" in chosen:
        chosen["text_size"] = int(chosen["text_size"])
    db.session.execute(sa.update(User).where(User.id == account.user_id).values(**chosen))
    db.session.commit()


def _account() -> Account:
    return current_account() or abort(401)


def _user(account: Account) -> User:
    return db.session.get(User, account.user_id) or abort(401)


def _password_is_right(form: Any, account: Account) -> bool:
    """Asked again before the account is changed, and counted like an attempt to sign in."""
    attempt = reserve_attempt(account.login)
    begin_read()
    known = _user(account).password_hash
    db.session.rollback()
    if not passwords.matches(known, form.password.data):
        form.add_problem("password", _("The present password is wrong."))
        return False
    begin_write()
    forgive(attempt)
    db.session.commit()
    return True


def _change(account: Account, **values: Any) -> None:
    """Change what somebody needs to sign in: all other sign-ins end, this one gets a new token."""
    db.session.execute(sa.update(User).where(User.id == account.user_id).values(**values))
    end_all_of(account.user_id)
    start_sign_in(account.user_id)
    db.session.commit()
    log.info("account changed", user_id=account.user_id, changed=sorted(values))


def _page(password_form: PasswordForm | None = None) -> dict[str, Any]:
    return {
        "account": _account(),
        "password_form": password_form or PasswordForm(formdata=None),
        "preferences_form": PreferencesForm(formdata=None, data=preferences()),
    }


def _second_factor(form: Any = None) -> dict[str, Any]:
    account = _account()
    form = form or (RemoveForm() if account.has_second_factor else EnrolForm())
    secret = "" if account.has_second_factor else second_factor.new_secret(_user(account))
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return {"account": account, "form": form, "secret": " ".join(groups)}
