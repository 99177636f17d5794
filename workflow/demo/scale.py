"""How many cases of which kind: the numbers of the sources (DOMAIN 3.1), in proportions as a real office has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from workflow.demo import beginnings as b
from workflow.demo import endings as e
from workflow.demo import middles as m
from workflow.demo.office import MAIN, SHARES
from workflow.demo.programmes import INSTITUTIONS, OTHERS
from workflow.demo.story import Story

DAY = dt.date
KNOWN_IN_2017 = (DAY(2006, 1, 9), DAY(2014, 12, 20))


FAMILIES = (
    # applied: 40
    Story(b.new_application, 12, DAY(2022, 10, 3), DAY(2022, 10, 14)),
    Story(b.no_proof_of_disability, 9, DAY(2022, 8, 15), DAY(2022, 9, 9)),
    Story(b.no_proof_of_guardianship, 4, DAY(2022, 9, 19), DAY(2022, 10, 5), kind="guardian"),
    Story(b.decision_extended, 4, DAY(2022, 7, 27), DAY(2022, 8, 15)),
    Story(b.not_assessed_in_time, 6, DAY(2022, 8, 20), DAY(2022, 9, 6)),
    Story(b.reopened_after_dispute, 2, DAY(2022, 4, 4), DAY(2022, 5, 5)),
    Story(b.handed_over, 3, DAY(2022, 9, 26), DAY(2022, 10, 7)),
    # assessed: 34
    Story(b.assessed, 14, DAY(2022, 9, 5), DAY(2022, 9, 23)),
    Story(b.assessed, 12, DAY(2022, 6, 9), DAY(2022, 7, 27)),
    Story(b.assessed_in_2017, 8, DAY(2022, 9, 14), DAY(2022, 10, 12), born=KNOWN_IN_2017),
    # plan drafted: 58
    Story(b.plan_awaits_approval, 8, DAY(2022, 8, 29), DAY(2022, 9, 9)),
    Story(b.plan_of_2017_awaits_approval, 4, DAY(2022, 10, 3), DAY(2022, 10, 13), born=KNOWN_IN_2017),
    Story(b.plan_awaits_approval, 10, DAY(2022, 7, 10), DAY(2022, 8, 15)),
    Story(b.plan_returned, 5, DAY(2022, 8, 10), DAY(2022, 8, 30)),
    Story(b.plan_improved, 4, DAY(2022, 8, 10), DAY(2022, 8, 25), for_guardian=True),
    Story(b.services_not_asked_for, 14, DAY(2016, 9, 1), DAY(2018, 3, 1)),
    Story(b.plan_approved, 8, DAY(2022, 8, 22), DAY(2022, 9, 2)),
    Story(b.revised_for_the_higher_cap, 5, DAY(2019, 1, 7), DAY(2020, 3, 2)),
    # procurement: 80
    Story(m.no_provider_found, 16, DAY(2022, 1, 24), DAY(2022, 5, 30)),
    Story(m.provider_sought, 14, DAY(2022, 7, 11), DAY(2022, 8, 15)),
    Story(m.named_provider_sought, 4, DAY(2022, 7, 11), DAY(2022, 8, 10), for_guardian=True),
    Story(m.provider_arranged, 12, DAY(2022, 6, 20), DAY(2022, 7, 20)),
    Story(m.other_provider_arranged, 4, DAY(2022, 6, 20), DAY(2022, 7, 20)),
    Story(m.not_begun_in_time, 8, DAY(2022, 1, 24), DAY(2022, 4, 25)),
    Story(m.own_centre_arranged, 8, DAY(2022, 7, 4), DAY(2022, 8, 5)),
    Story(m.half_arranged, 6, DAY(2022, 6, 6), DAY(2022, 8, 1)),
    Story(m.contract_terminated, 4, DAY(2018, 2, 1), DAY(2021, 10, 26)),
    Story(m.came_back_from_hospital, 4, DAY(2022, 5, 9), DAY(2022, 6, 10)),
    # service delivered: 112
    Story(m.service_goes_on, 20, DAY(2016, 9, 1), DAY(2018, 3, 1)),
    Story(m.service_goes_on, 10, DAY(2019, 1, 7), DAY(2022, 1, 7)),
    Story(m.october_accepted, 14, DAY(2017, 3, 1), DAY(2022, 2, 4)),
    Story(m.not_claimed, 18, DAY(2017, 3, 1), DAY(2022, 1, 24)),
    Story(m.not_paid, 16, DAY(2016, 10, 3), DAY(2021, 12, 24)),
    Story(m.claim_returned, 6, DAY(2018, 3, 1), DAY(2022, 2, 23)),
    Story(m.claim_resubmitted, 4, DAY(2018, 3, 1), DAY(2022, 2, 23), for_guardian=True),
    Story(m.above_the_cap, 6, DAY(2017, 3, 1), DAY(2018, 8, 1)),
    Story(m.after_the_birthday, 6, DAY(2019, 3, 1), DAY(2022, 2, 24), born=(DAY(2004, 9, 8), DAY(2004, 9, 21))),
    Story(m.corrected, 4, DAY(2018, 3, 1), DAY(2021, 12, 10)),
    Story(m.not_registered_any_more, 4, DAY(2018, 3, 1), DAY(2022, 1, 24)),
    Story(m.stopped, 4, DAY(2018, 3, 1), DAY(2022, 1, 24)),
    # compensated: 86
    Story(e.compensated_under_40, 24, DAY(2016, 6, 1), DAY(2018, 3, 1)),
    Story(e.compensated_across_the_change, 18, DAY(2016, 9, 1), DAY(2019, 11, 1)),
    Story(e.compensated_under_100, 26, DAY(2016, 9, 1), DAY(2021, 10, 26)),
    Story(e.compensated_in_part, 6, DAY(2018, 3, 1), DAY(2021, 7, 27), for_guardian=True),
    Story(e.compensated_after_correction, 4, DAY(2018, 3, 1), DAY(2021, 8, 26)),
    Story(e.stopped_and_settled, 4, DAY(2018, 3, 1), DAY(2021, 9, 26)),
    Story(e.compensated_in_house, 4, DAY(2018, 3, 1), DAY(2021, 9, 26)),
    # suspended: 14
    Story(m.in_hospital, 6, DAY(2018, 3, 1), DAY(2021, 12, 27)),
    Story(m.not_resumed, 5, DAY(2022, 3, 14), DAY(2022, 4, 18), for_guardian=True),
    Story(m.disability_ended, 3, DAY(2022, 5, 9), DAY(2022, 6, 3)),
    # rejected: 18, withdrawn: 20
    Story(e.no_disability, 10, DAY(2017, 1, 9), DAY(2022, 8, 26)),
    Story(e.lives_elsewhere, 4, DAY(2017, 1, 9), DAY(2022, 8, 26), for_guardian=True),
    Story(e.papers_never_came, 4, DAY(2017, 1, 9), DAY(2022, 8, 26)),
    Story(e.withdrawn_at_once, 8, DAY(2016, 9, 1), DAY(2022, 8, 26)),
    Story(e.withdrawn_with_plan, 8, DAY(2016, 9, 1), DAY(2022, 4, 26)),
    Story(e.withdrawn_from_procurement, 4, DAY(2019, 3, 1), DAY(2022, 3, 28), for_guardian=True),
    # closed: 43
    Story(e.completed, 25, DAY(2016, 6, 1), DAY(2018, 3, 1)),
    Story(e.moved_away, 6, DAY(2018, 3, 1), DAY(2020, 4, 1)),
    Story(e.nobody_found, 4, DAY(2018, 3, 1), DAY(2019, 9, 2)),
    Story(e.other_funding, 4, DAY(2017, 3, 1), DAY(2021, 7, 27), for_guardian=True),
    Story(e.grown_up, 4, DAY(2020, 9, 1), DAY(2021, 6, 1), born=(DAY(2003, 10, 5), DAY(2004, 5, 20))),
)
"""505 children in families."""


def cast(size: str) -> list[tuple[Story, str]]:
    """Everybody's story and municipality: all of them, or with `small` one of each walk, for tests.

    The first of each story lives in the main municipality, so that its logins see every kind of case.
    """
    if size == "small":
        return [(story, MAIN) for story in _one_of_each()]
    stories = [*FAMILIES, *INSTITUTIONS, *OTHERS]
    others = _spread(sum(story.count - 1 for story in stories), len(FAMILIES))
    return [(story, MAIN if number == 0 else next(others)) for story in stories for number in range(story.count)]


def _one_of_each() -> Iterator[Story]:
    """Every walk once, in the other programmes too; each programme has every state, with guardians' lines."""
    elsewhere = {story.walk for story in (*OTHERS, *INSTITUTIONS)}
    once = {story.walk: story for story in FAMILIES if story.for_guardian or story.walk not in elsewhere}
    yield from (*once.values(), *INSTITUTIONS, *OTHERS)


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
