"""How many cases of which kind: the numbers of the sources (DOMAIN 3.1), in proportions as a real office has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workflow.demo import beginnings as b
from workflow.demo import endings as e
from workflow.demo import middles as m
from workflow.demo.office import MAIN, SHARES
from workflow.demo.service import ServedWalk

DAY = dt.date
KNOWN_IN_2017 = (DAY(2006, 1, 9), DAY(2014, 12, 20))


@dataclass(frozen=True)
class Story:
    """A kind of walk: how many children go it, and between which days they applied."""

    walk: Callable[[ServedWalk], None]
    count: int
    first: dt.date
    last: dt.date
    kind: str | None = None  # who applies: parent, guardian, foster_parent, institution
    born: tuple[dt.date, dt.date] | None = None

    @property
    def case_type(self) -> str:
        """Children in institutions have a case type of their own (C16)."""
        return "INSTITUTION_CHILD" if self.kind == "institution" else "REHAB"


FAMILIES = (
    # applied: 40
    Story(b.new_application, 12, DAY(2021, 11, 8), DAY(2021, 11, 19)),
    Story(b.no_proof_of_disability, 9, DAY(2021, 9, 20), DAY(2021, 10, 15)),
    Story(b.no_proof_of_guardianship, 4, DAY(2021, 10, 25), DAY(2021, 11, 10), kind="guardian"),
    Story(b.decision_extended, 4, DAY(2021, 9, 1), DAY(2021, 9, 20)),
    Story(b.not_assessed_in_time, 6, DAY(2021, 9, 25), DAY(2021, 10, 12)),
    Story(b.reopened_after_dispute, 2, DAY(2021, 5, 10), DAY(2021, 6, 10)),
    Story(b.handed_over, 3, DAY(2021, 11, 1), DAY(2021, 11, 12)),
    # assessed: 34
    Story(b.assessed, 14, DAY(2021, 10, 11), DAY(2021, 10, 29)),
    Story(b.assessed, 12, DAY(2021, 7, 15), DAY(2021, 9, 1)),
    Story(b.assessed_in_2017, 8, DAY(2021, 10, 20), DAY(2021, 11, 17), born=KNOWN_IN_2017),
    # plan drafted: 58
    Story(b.plan_awaits_approval, 8, DAY(2021, 10, 4), DAY(2021, 10, 15)),
    Story(b.plan_of_2017_awaits_approval, 4, DAY(2021, 11, 8), DAY(2021, 11, 18), born=KNOWN_IN_2017),
    Story(b.plan_awaits_approval, 10, DAY(2021, 8, 15), DAY(2021, 9, 20)),
    Story(b.plan_returned, 5, DAY(2021, 9, 15), DAY(2021, 10, 5)),
    Story(b.plan_improved, 4, DAY(2021, 9, 15), DAY(2021, 9, 30)),
    Story(b.services_not_asked_for, 14, DAY(2016, 9, 1), DAY(2018, 3, 1)),
    Story(b.plan_approved, 8, DAY(2021, 9, 27), DAY(2021, 10, 8)),
    Story(b.revised_for_the_higher_cap, 5, DAY(2019, 1, 7), DAY(2020, 3, 2)),
    # procurement: 80
    Story(m.no_provider_found, 16, DAY(2021, 3, 1), DAY(2021, 7, 5)),
    Story(m.provider_sought, 14, DAY(2021, 8, 16), DAY(2021, 9, 20)),
    Story(m.named_provider_sought, 4, DAY(2021, 8, 16), DAY(2021, 9, 15)),
    Story(m.provider_arranged, 12, DAY(2021, 7, 26), DAY(2021, 8, 25)),
    Story(m.other_provider_arranged, 4, DAY(2021, 7, 26), DAY(2021, 8, 25)),
    Story(m.not_begun_in_time, 8, DAY(2021, 3, 1), DAY(2021, 5, 31)),
    Story(m.own_centre_arranged, 8, DAY(2021, 8, 9), DAY(2021, 9, 10)),
    Story(m.half_arranged, 6, DAY(2021, 7, 12), DAY(2021, 9, 6)),
    Story(m.contract_terminated, 4, DAY(2018, 2, 1), DAY(2020, 12, 1)),
    Story(m.came_back_from_hospital, 4, DAY(2021, 6, 14), DAY(2021, 7, 16)),
    # service delivered: 112
    Story(m.service_goes_on, 20, DAY(2016, 9, 1), DAY(2018, 3, 1)),
    Story(m.service_goes_on, 10, DAY(2019, 1, 7), DAY(2021, 2, 12)),
    Story(m.november_accepted, 14, DAY(2017, 3, 1), DAY(2021, 3, 12)),
    Story(m.not_claimed, 18, DAY(2017, 3, 1), DAY(2021, 3, 1)),
    Story(m.not_paid, 16, DAY(2016, 10, 3), DAY(2021, 1, 29)),
    Story(m.claim_returned, 6, DAY(2018, 3, 1), DAY(2021, 3, 31)),
    Story(m.claim_resubmitted, 4, DAY(2018, 3, 1), DAY(2021, 3, 31)),
    Story(m.above_the_cap, 6, DAY(2017, 3, 1), DAY(2018, 8, 1)),
    Story(m.after_the_birthday, 6, DAY(2019, 3, 1), DAY(2021, 4, 1), born=(DAY(2003, 10, 8), DAY(2003, 10, 21))),
    Story(m.corrected, 4, DAY(2018, 3, 1), DAY(2021, 1, 15)),
    Story(m.not_registered_any_more, 4, DAY(2018, 3, 1), DAY(2021, 3, 1)),
    Story(m.stopped, 4, DAY(2018, 3, 1), DAY(2021, 3, 1)),
    # compensated: 86
    Story(e.compensated_under_40, 24, DAY(2016, 6, 1), DAY(2018, 3, 1)),
    Story(e.compensated_across_the_change, 18, DAY(2016, 9, 1), DAY(2019, 11, 1)),
    Story(e.compensated_in_2021, 26, DAY(2016, 9, 1), DAY(2020, 12, 1)),
    Story(e.compensated_in_part, 6, DAY(2018, 3, 1), DAY(2020, 9, 1)),
    Story(e.compensated_after_correction, 4, DAY(2018, 3, 1), DAY(2020, 10, 1)),
    Story(e.stopped_and_settled, 4, DAY(2018, 3, 1), DAY(2020, 11, 1)),
    Story(e.compensated_in_house, 4, DAY(2018, 3, 1), DAY(2020, 11, 1)),
    # suspended: 14
    Story(m.in_hospital, 6, DAY(2018, 3, 1), DAY(2021, 2, 1)),
    Story(m.not_resumed, 5, DAY(2021, 4, 19), DAY(2021, 5, 24)),
    Story(m.disability_ended, 3, DAY(2021, 6, 14), DAY(2021, 7, 9)),
    # rejected: 18, withdrawn: 20
    Story(e.no_disability, 10, DAY(2017, 1, 9), DAY(2021, 10, 1)),
    Story(e.lives_elsewhere, 4, DAY(2017, 1, 9), DAY(2021, 10, 1)),
    Story(e.papers_never_came, 4, DAY(2017, 1, 9), DAY(2021, 10, 1)),
    Story(e.withdrawn_at_once, 8, DAY(2016, 9, 1), DAY(2021, 10, 1)),
    Story(e.withdrawn_with_plan, 8, DAY(2016, 9, 1), DAY(2021, 6, 1)),
    Story(e.withdrawn_from_procurement, 4, DAY(2019, 3, 1), DAY(2021, 5, 3)),
    # closed: 43
    Story(e.completed, 25, DAY(2016, 6, 1), DAY(2018, 3, 1)),
    Story(e.moved_away, 6, DAY(2018, 3, 1), DAY(2020, 4, 1)),
    Story(e.nobody_found, 4, DAY(2018, 3, 1), DAY(2019, 9, 2)),
    Story(e.other_funding, 4, DAY(2017, 3, 1), DAY(2020, 9, 1)),
    Story(e.grown_up, 4, DAY(2017, 9, 1), DAY(2020, 9, 1), born=(DAY(2004, 1, 5), DAY(2004, 12, 20))),
)
"""505 children in families."""

INSTITUTIONS = (
    Story(b.institution_applied, 3, DAY(2021, 11, 1), DAY(2021, 11, 16), kind="institution"),
    Story(b.institution_assessed, 4, DAY(2021, 10, 4), DAY(2021, 10, 22), kind="institution"),
    Story(b.institution_plan, 4, DAY(2021, 9, 27), DAY(2021, 10, 8), kind="institution"),
    Story(b.institution_plan_approved, 2, DAY(2021, 9, 20), DAY(2021, 9, 30), kind="institution"),
    Story(b.institution_closed, 12, DAY(2016, 9, 1), DAY(2018, 3, 1), kind="institution"),
)
"""25 of the 239 children in institutions."""


def cast(size: str) -> list[tuple[Story, str]]:
    """Every child's story and municipality: all of them, or with `small` one of each kind, for tests.

    The first child of each story lives in the main municipality, so that its logins see every kind of case.
    """
    stories = [*FAMILIES, *INSTITUTIONS]
    if size == "small":
        return [(story, MAIN) for story in stories]
    others = _spread(sum(story.count - 1 for story in stories), len(stories))
    return [(story, MAIN if number == 0 else next(others)) for story in stories for number in range(story.count)]


def _spread(total: int, in_main: int) -> Iterator[str]:
    """The municipalities in turn, by what is left of their shares; the main one has had `in_main` already."""
    left = {code: float(share) for code, share in SHARES.items()}
    left[MAIN] = max(left[MAIN] - in_main, 0)
    whole, debt = sum(left.values()), dict.fromkeys(left, 0.0)
    for _ in range(total):
        for code in left:
            debt[code] += left[code] / whole
        behind = max(debt, key=lambda code: debt[code])
        debt[behind] -= 1
        yield behind
