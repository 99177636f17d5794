"""Who takes part: the roles of DOMAIN section 2.1 and the person who acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles a user may hold; one person may hold several (DOMAIN 2.1)."""

    SOCIAL_WORKER = "social_worker"
    PROCUREMENT_OFFICER = "procurement_officer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    READER = "reader"


@dataclass(frozen=True)
class Actor:
    """The person who acts, as the workflow sees them: no session, no request."""

    user_id: int
    name: str
    roles: frozenset[Role]
    municipality_ids: frozenset[int]

    def may_act_as(self, *roles: str) -> bool:
        """True when the actor holds one of the roles."""
        return not self.roles.isdisjoint(roles)
