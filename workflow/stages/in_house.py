"""In-house services: the municipality, or an institution it created, provides them itself (DOMAIN 8.2, 10)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflow.guards import Ask, Findings, finding, guard
from workflow.models import IN_HOUSE_KINDS, Assignment
from workflow.stages.assigning import (
    bare,
    chosen_lines,
    finish_search,
    provider_of,
    referral,
    tell_worker,
)


@guard("G48")
def provider_is_the_municipality(ask: Ask) -> Findings:
    """G48: an institution of this municipality (or of one merged with it), no company and no neighbour's."""
    provider = provider_of(ask)
    if provider is None or provider.kind not in IN_HOUSE_KINDS or provider.municipality_id not in _own(ask):
        yield finding("register_entry")


def _own(ask: Ask) -> frozenset[int]:
    own = frozenset({ask.case.municipality_id})
    return own | ask.actor.municipality_ids if ask.actor is not None else own


def assign_in_house(ask: Ask) -> None:
    """Tie the lines to the municipality's own provider at its own tariff; referral D13 (8.2).

    The tariff is EUR per unit; it is what children's services are compensated by (Q9).
    """
    provider, starts_on = ask.given["provider"], ask.given["starts_on"]
    tariffs = _tariffs(ask)
    number = referral(ask, provider)
    for line in chosen_lines(ask):
        ask.case.assignments.append(
            Assignment(
                plan_line=line,
                kind="in_house",
                provider=provider,
                register_entry=ask.given["register_entry"],
                own_tariff=tariffs.get(line.service_code),
                starts_on=starts_on,
                ends_on=ask.get("ends_on"),
                referral_no=number,
                created_by=ask.doer.user_id,
            )
        )
    ask.session.flush()
    finish_search(ask)
    tell_worker(ask, provider, starts_on)
    ask.record = {**ask.given, "lines": bare(ask.get("lines"))}


def _tariffs(ask: Ask) -> Mapping[str, Decimal | None]:
    return {row["service"]: row.get("own_tariff") for row in ask.get("lines") or ()}
