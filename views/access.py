"""The door: deny by default, who may use which route, and the getters that are the gate (TRUST 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

import sqlalchemy as sa
from flask import abort, current_app, g, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response

from views.database import begin_read, begin_write
from views.extensions import db
from views.pages import is_htmx, is_local, see_other, show, sorry, to_sign_in
from views.sign_ins import Account, load_account
from workflow.models import Base, Case
from workflow.roles import Actor, Role

ANYONE = tuple(role.value for role in Role)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Flask's own route: files that anybody may read.
PUBLIC_ENDPOINTS = frozenset({"static"})
LONGEST_NEXT = 2000
SECRET_FIELDS = ("password", "code_typed")

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row", bound=Base)


def public(view: View) -> View:
    """Anybody may use this route, signed in or not."""
    view.public = True  # type: ignore[attr-defined]
    return view


def allowed_to(*roles: str) -> Callable[[View], View]:
    """Only these roles may use this route; `ANYONE` stands for every role. Stands directly above the function."""
    allowed = frozenset(Role(role) for role in roles)
    if not allowed:
        raise ValueError("name the roles")

    def declare(view: View) -> View:
        view.allowed = allowed  # type: ignore[attr-defined]
        return view

    return declare


def accepts_uploads(limit: int) -> Callable[[View], View]:
    """Let a request of this route be `limit` bytes long. The form is read before the view runs, so it is declared."""

    def declare(view: View) -> View:
        view.upload_limit = limit  # type: ignore[attr-defined]
        return view

    return declare


def without_second_factor(view: View) -> View:
    """A person who still has to set up the required second factor may use this route."""
    view.without_second_factor = True  # type: ignore[attr-defined]
    return view


def only_reads(view: View) -> View:
    """A request of this route saves nothing, though it is posted: it takes no write lock and keeps nobody waiting."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


class RowId(IntegerConverter):
    """`<int:…>` in an address: plain digits that fit a row's id. Python's own rule takes `٣` and 5000 digits."""

    regex = r"[0-9]{1,9}"


def current_account() -> Account | None:
    """Who is signed in, or None."""
    return g.get("account")


def current_actor() -> Actor:
    """Who acts, for the workflow; only for routes that are not public."""
    account = current_account()
    if account is None:
        abort(401)
    return account.actor()


def may_use(view: Callable[..., Any] | None, account: Account | None) -> bool:
    """True when the route's declaration lets this person in; no declaration lets nobody in."""
    if getattr(view, "public", False):
        return True
    allowed: frozenset[Role] = getattr(view, "allowed", frozenset())
    return account is not None and not allowed.isdisjoint(account.roles)


def undeclared_routes() -> list[str]:
    """Endpoints that forgot to say who may use them; they answer 403 and `flask check` names them."""
    views = current_app.view_functions.items()
    return sorted(
        name
        for name, view in views
        if name not in PUBLIC_ENDPOINTS and not (hasattr(view, "public") or hasattr(view, "allowed"))
    )


def guard() -> Response | None:
    """The one door, before every request. Answers itself when the request may not go on."""
    g.account = None
    if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS:
        begin_read()
        # No such page: said to a person who is signed in in their own language, with their menu around it.
        g.account = None if request.endpoint else load_account(_is_polling())
        return None
    view = current_app.view_functions[request.endpoint]
    _read_request(view)
    g.account = load_account(_is_polling())
    if g.account is None and not getattr(view, "public", False):
        return _ask_to_sign_in()
    if not may_use(view, g.account):
        raise Forbidden
    return _ask_for_second_factor(view)


def _read_request(view: Callable[..., Any]) -> None:
    """Refuse what is malformed or foreign, and read the body before any lock is taken: clients may be slow."""
    if hasattr(view, "upload_limit"):
        request.max_content_length = view.upload_limit
    if request.method in SAFE:
        begin_read()
        sent = [request.query_string]
    elif request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden
    else:
        if hasattr(view, "only_reads"):
            begin_read()
        else:
            begin_write()
        sent = [request.query_string, request.get_data() if _is_plain_form() else b""]
    _refuse_undecodable(sent)


def _is_plain_form() -> bool:
    return request.mimetype == "application/x-www-form-urlencoded"


def _refuse_undecodable(sent: list[bytes]) -> None:
    """NUL breaks PostgreSQL; what is not UTF-8 would be stored as something nobody typed."""
    try:
        texts = [unquote_to_bytes(part).decode() for part in sent]
    except UnicodeDecodeError:
        raise BadRequest from None
    # In the path and in a form with files the bytes are decoded already: the replacement sign tells.
    decoded = [request.path] if _is_plain_form() else [request.path, *_strings(request.form)]
    if any("\0" in text for text in texts + decoded) or any("\ufffd" in text for text in decoded):
        raise BadRequest


def _strings(values: MultiDict[str, str]) -> list[str]:
    return [text for key, listed in values.lists() for text in (key, *listed)]


def _is_polling() -> bool:
    return request.args.get("poll") == "1" or "X-Poll" in request.headers


def _ask_to_sign_in() -> Response:
    address = url_for("sessions.sign_in", next=_page_to_return_to())
    if is_htmx() and hasattr(current_app.view_functions[request.endpoint or ""], "only_reads"):
        # Asked while somebody types: to lead them away now would lose what is typed. The answer says it in its place.
        return sorry(401)
    if "csrf_token" in request.form and session.get("expired") and not is_htmx():
        # Nothing typed is lost: the same form again, to be sent once signed in; its own token is checked then.
        return show("sign_in/kept.html", status=401, kept=typed_fields(), address=request.path, sign_in=address)
    return to_sign_in(address)


def typed_fields() -> list[tuple[str, str]]:
    """What was typed into the form that was sent, without passwords."""
    fields = request.form.items(multi=True)
    return [(name, text) for name, text in fields if not any(word in name for word in SECRET_FIELDS)]


def _page_to_return_to() -> str:
    if request.method in SAFE:
        return own_path(request.full_path.rstrip("?"))
    came_from = urlsplit(request.referrer or "")
    return own_path(came_from.path if came_from.netloc == request.host else "/")


def own_path(stated: str | None) -> str:
    """The path if it lies on this site, else the first page: `next` must not lead people away."""
    path = stated or ""
    return path if len(path) <= LONGEST_NEXT and path.isprintable() and is_local(path) else "/"


def _ask_for_second_factor(view: Callable[..., Any]) -> Response | None:
    account = current_account()
    wanted = current_app.config["REQUIRE_SECOND_FACTOR"] and account and not account.has_second_factor
    if not wanted or getattr(view, "public", False) or getattr(view, "without_second_factor", False):
        return None
    return see_other(url_for("account.second_factor_page"))


def get_case_for(actor: Actor, case_id: int, for_update: bool = False, options: Sequence[Any] = ()) -> Case:
    """The case, if it is of the actor's municipalities; else 404, unknown and foreign alike.

    `options` say what is read along with it. With `for_update` the row is locked and read anew (PostgreSQL;
    SQLite's write lock already covers it).
    """
    wanted = sa.select(Case).where(Case.id == case_id, Case.municipality_id.in_(actor.municipality_ids))
    wanted = wanted.options(*options)
    if for_update:
        wanted = wanted.with_for_update(of=Case).execution_options(populate_existing=True)
    case = db.session.execute(wanted).unique().scalar_one_or_none()
    return case if case is not None else abort(404)


def get_or_404(model: type[Row], row_id: int) -> Row:
    """The row, or 404. A row that belongs to a municipality or to a case is gated like a case."""
    actor = current_actor()
    row = db.session.get(model, row_id)
    if row is None:
        abort(404)
    columns = model.__table__.columns
    if "municipality_id" in columns and not columns["municipality_id"].nullable:
        if row.municipality_id not in actor.municipality_ids:  # type: ignore[attr-defined]
            abort(404)
    elif getattr(row, "case_id", None) is not None:
        get_case_for(actor, row.case_id)  # type: ignore[attr-defined]
    return row
