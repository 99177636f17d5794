"""Providers and their register entries: everybody may look, procurement officers write (DOMAIN 10, 13.2)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from views.access import allowed_to, current_account, current_actor, get_or_404
from views.clock import today
from views.extensions import db
from views.forms.providers import EntryForm, ProviderForm
from views.marks import mark_for
from views.pages import refused, see_other, show
from workflow.models import IN_HOUSE_KINDS, PROVIDER_KINDS, Provider, RegisterEntry
from workflow.queries.providers import (
    ENTRY_ENDS,
    ContractFilters,
    ProviderFilters,
    list_contracts,
    list_providers,
    soon,
)

bp = Blueprint("providers", __name__, url_prefix="/providers")

READERS = ("procurement_officer", "social_worker", "supervisor", "reader")


@bp.get("")
@allowed_to(*READERS)
def index() -> Response:
    """The list, filtered and a page at a time; all of its state stands in the address."""
    kind = request.args.get("kind", "")
    filters = ProviderFilters(
        q=request.args.get("q", "")[:100],
        kind=kind if kind in PROVIDER_KINDS else "",
        ending=request.args.get("ending") == "1",
    )
    mark = mark_for(lambda row_id: db.session.scalar(sa.select(Provider.folded).where(Provider.id == row_id)))
    page = list_providers(db.session(), filters, today(), mark)
    return show(
        "providers/list.html",
        "providers/_list.html",
        providers=page,
        filters=filters,
        kinds=PROVIDER_KINDS,
        near=soon(today(), ENTRY_ENDS),
        may_write=_may_write(),
    )


@bp.get("/<int:provider_id>", endpoint="show")
@allowed_to(*READERS)
def show_provider(provider_id: int) -> Response:
    """The provider with its register entries and the municipality's contracts."""
    provider = get_or_404(Provider, provider_id)
    contracts = list_contracts(
        db.session(), current_actor().municipality_ids, ContractFilters(provider_id=provider.id), today()
    )
    return show(
        "providers/page.html",
        provider=provider,
        contracts=contracts,
        near=soon(today(), ENTRY_ENDS),
        may_write=_may_write(),
    )


@bp.get("/new")
@allowed_to("procurement_officer")
def new() -> Response:
    """The form of a new provider."""
    form = ProviderForm(formdata=None)
    form.offer(str(get_locale()))
    return show("providers/new.html", "providers/_new.html", form=form)


@bp.post("/new")
@allowed_to("procurement_officer")
def create() -> Response:
    """Save the provider, unless one with the same number or name is known; then on to its register entry."""
    form = ProviderForm()
    form.offer(str(get_locale()))
    if not form.validate() or not _is_unknown(form):
        return refused("providers/new.html", "providers/_new.html", form=form)
    account = current_account()
    given = form.given()
    provider = Provider(
        **given | {"address": given["address"] or "", "contacts": given["contacts"] or ""},
        # «Whose institution»: only the municipality's own may provide in-house (G48).
        municipality_id=account.municipality_id if account and given["kind"] in IN_HOUSE_KINDS else None,
        created_by=current_actor().user_id,
    )
    db.session.add(provider)
    db.session.flush()
    address = url_for("providers.new_entry", provider_id=provider.id)
    db.session.commit()
    flash(_("The provider is saved. Enter what the register says."), "good")
    return see_other(address)


def _is_unknown(form: ProviderForm) -> bool:
    number = form.registration_no.data
    same = sa.select(Provider.name).where(Provider.registration_no == number)
    known = db.session.scalar(same.limit(1)) if number else None
    if known is not None:
        form.add_problem("registration_no", _("A provider with this number is known already: %(name)s.", name=known))
    return known is None


@bp.get("/<int:provider_id>/entries/new")
@allowed_to("procurement_officer")
def new_entry(provider_id: int) -> Response:
    """The form of a register entry, with the day of the check prefilled."""
    provider = get_or_404(Provider, provider_id)
    form = EntryForm(formdata=None, data={"checked_on": today(), "address": provider.address})
    form.offer(str(get_locale()))
    return _entry_page(provider, form)


@bp.post("/<int:provider_id>/entries/new")
@allowed_to("procurement_officer")
def create_entry(provider_id: int) -> Response:
    """Save the entry with who checked it."""
    provider = get_or_404(Provider, provider_id)
    form = EntryForm()
    form.offer(str(get_locale()))
    if not form.validate() or not form.judge(today()):
        return _entry_page(provider, form, 422)
    user_id = current_actor().user_id
    given = form.given()
    values = given | {"address": given["address"] or "", "services": given["services"] or []}
    db.session.add(RegisterEntry(provider_id=provider.id, **values, checked_by=user_id, created_by=user_id))
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        form.add_problem("number", _("This entry is recorded already."))
        return _entry_page(get_or_404(Provider, provider_id), form, 422)
    flash(_("The register entry is saved."), "good")
    return see_other(url_for("providers.show", provider_id=provider_id))


def _entry_page(provider: Provider, form: Any, status: int = 200) -> Response:
    return show("providers/new_entry.html", "providers/_new_entry.html", status=status, provider=provider, form=form)


def _may_write() -> bool:
    return current_actor().may_act_as("procurement_officer")
