"""The cases of the programmes other than children's rehabilitation: one in every state that each can reach."""

from __future__ import annotations

import datetime as dt

from workflow.demo import beginnings as b
from workflow.demo import endings as e
from workflow.demo import middles as m
from workflow.demo import rarer as r
from workflow.demo.story import Story

DAY = dt.date

EIGHTEEN = (DAY(2004, 1, 12), DAY(2004, 8, 30))
RESPITE = (
    Story(r.eighteen, 1, DAY(2022, 10, 3), DAY(2022, 10, 11), "RESPITE", born=EIGHTEEN),
    Story(r.eighteen_confirmed, 1, DAY(2022, 9, 12), DAY(2022, 9, 23), "RESPITE", born=EIGHTEEN),
    Story(b.plan_awaits_approval, 1, DAY(2022, 8, 29), DAY(2022, 9, 9), "RESPITE"),
    Story(m.provider_sought, 1, DAY(2022, 7, 11), DAY(2022, 8, 15), "RESPITE", kind="foster_parent"),
    Story(m.service_goes_on, 1, DAY(2021, 9, 1), DAY(2022, 3, 1), "RESPITE"),
    Story(r.over_the_new_year, 1, DAY(2021, 8, 2), DAY(2021, 9, 1), "RESPITE"),
    Story(m.not_resumed, 1, DAY(2022, 3, 14), DAY(2022, 4, 18), "RESPITE"),
    Story(r.no_special_care, 1, DAY(2022, 8, 15), DAY(2022, 9, 9), "RESPITE"),
    Story(e.withdrawn_at_once, 1, DAY(2020, 3, 2), DAY(2022, 8, 1), "RESPITE"),
    Story(e.other_funding, 1, DAY(2019, 3, 1), DAY(2021, 9, 1), "RESPITE"),
)
CHILD_CARE = (
    Story(r.no_opinion_yet, 1, DAY(2022, 8, 29), DAY(2022, 9, 12), "CHILD_CARE"),
    Story(b.assessed, 1, DAY(2022, 9, 19), DAY(2022, 9, 27), "CHILD_CARE"),
    Story(b.plan_returned, 1, DAY(2022, 8, 10), DAY(2022, 8, 30), "CHILD_CARE"),
    Story(m.provider_arranged, 1, DAY(2022, 6, 20), DAY(2022, 7, 20), "CHILD_CARE"),
    Story(
        r.fifth_birthday, 1, DAY(2022, 4, 4), DAY(2022, 5, 2), "CHILD_CARE", born=(DAY(2017, 9, 14), DAY(2017, 9, 14))
    ),
    Story(e.compensated_under_100, 1, DAY(2021, 1, 4), DAY(2021, 10, 26), "CHILD_CARE"),
    Story(r.opinion_ended, 1, DAY(2022, 5, 9), DAY(2022, 6, 3), "CHILD_CARE"),
    Story(e.lives_elsewhere, 1, DAY(2020, 1, 6), DAY(2022, 7, 1), "CHILD_CARE", kind="guardian"),
    Story(e.withdrawn_with_plan, 1, DAY(2020, 3, 2), DAY(2022, 4, 1), "CHILD_CARE"),
    Story(e.moved_away, 1, DAY(2019, 3, 1), DAY(2020, 4, 1), "CHILD_CARE"),
)
BORN = (DAY(1959, 2, 2), DAY(1999, 11, 30))
PARENTS = (DAY(1982, 2, 1), DAY(1998, 8, 31))
ADULTS = (
    Story(b.new_application, 1, DAY(2022, 10, 3), DAY(2022, 10, 13), "ADULT_COMMUNITY", "self", BORN),
    Story(b.assessed, 1, DAY(2022, 9, 5), DAY(2022, 9, 23), "ADULT_COMMUNITY", "trustee", BORN),
    Story(b.plan_approved, 1, DAY(2022, 8, 22), DAY(2022, 9, 2), "ADULT_COMMUNITY", "trustee", BORN),
    Story(r.half_bought, 1, DAY(2022, 6, 6), DAY(2022, 8, 1), "ADULT_COMMUNITY", "self", BORN),
    Story(r.two_years_over, 1, DAY(2019, 9, 2), DAY(2020, 3, 2), "ADULT_COMMUNITY", "self", BORN),
    Story(r.own_home, 1, DAY(2022, 2, 1), DAY(2022, 4, 1), "ADULT_COMMUNITY", "trustee", BORN),
    Story(r.two_years_nearly_over, 1, DAY(2019, 9, 2), DAY(2020, 3, 2), "ADULT_COMMUNITY", "authorised_person", BORN),
    Story(m.not_resumed, 1, DAY(2022, 3, 14), DAY(2022, 4, 18), "ADULT_COMMUNITY", "trustee", BORN),
    Story(r.not_of_the_target_group, 1, DAY(2021, 1, 4), DAY(2022, 8, 26), "ADULT_COMMUNITY", "self", BORN),
    Story(e.withdrawn_from_procurement, 1, DAY(2020, 3, 2), DAY(2022, 3, 1), "ADULT_COMMUNITY", "self", BORN),
    Story(r.completed_soon, 1, DAY(2018, 3, 1), DAY(2020, 9, 1), "ADULT_COMMUNITY", "trustee", BORN),
)
AUTISM = (
    Story(b.new_application, 1, DAY(2022, 10, 3), DAY(2022, 10, 13), "ASD_PILOT"),
    Story(b.assessed, 1, DAY(2022, 9, 5), DAY(2022, 9, 23), "ASD_PILOT"),
    Story(b.plan_awaits_approval, 1, DAY(2022, 7, 18), DAY(2022, 8, 15), "ASD_PILOT"),
    Story(m.no_provider_found, 1, DAY(2022, 2, 1), DAY(2022, 5, 30), "ASD_PILOT"),
    Story(m.service_goes_on, 1, DAY(2022, 1, 24), DAY(2022, 3, 14), "ASD_PILOT"),
    Story(r.settled_soon, 1, DAY(2022, 1, 24), DAY(2022, 4, 4), "ASD_PILOT"),
    Story(r.paused_early, 1, DAY(2022, 8, 15), DAY(2022, 9, 2), "ASD_PILOT"),
    Story(r.not_of_the_target_group, 1, DAY(2022, 2, 1), DAY(2022, 8, 26), "ASD_PILOT"),
    Story(e.withdrawn_at_once, 1, DAY(2022, 2, 1), DAY(2022, 8, 26), "ASD_PILOT"),
    Story(e.other_funding, 1, DAY(2022, 1, 17), DAY(2022, 3, 14), "ASD_PILOT"),
)
ASSISTANTS = (
    Story(b.new_application, 1, DAY(2022, 10, 3), DAY(2022, 10, 13), "FAMILY_ASSISTANT", "parent"),
    Story(b.assessed, 1, DAY(2022, 9, 19), DAY(2022, 9, 27), "FAMILY_ASSISTANT", "guardian"),
    Story(b.plan_approved, 1, DAY(2022, 8, 22), DAY(2022, 9, 2), "FAMILY_ASSISTANT", "self", PARENTS),
    Story(m.provider_arranged, 1, DAY(2022, 6, 20), DAY(2022, 7, 20), "FAMILY_ASSISTANT", "parent"),
    Story(m.not_claimed, 1, DAY(2022, 1, 24), DAY(2022, 3, 14), "FAMILY_ASSISTANT", "parent"),
    Story(r.settled_soon, 1, DAY(2022, 1, 24), DAY(2022, 4, 4), "FAMILY_ASSISTANT", "self", PARENTS),
    Story(m.not_resumed, 1, DAY(2022, 3, 14), DAY(2022, 4, 18), "FAMILY_ASSISTANT", "parent"),
    Story(r.not_of_the_target_group, 1, DAY(2022, 2, 1), DAY(2022, 8, 26), "FAMILY_ASSISTANT", "parent"),
    Story(e.withdrawn_with_plan, 1, DAY(2022, 1, 24), DAY(2022, 6, 1), "FAMILY_ASSISTANT", "parent"),
    Story(r.completed_soon, 1, DAY(2022, 1, 24), DAY(2022, 3, 14), "FAMILY_ASSISTANT", "parent"),
)
OTHERS = (*RESPITE, *CHILD_CARE, *ADULTS, *AUTISM, *ASSISTANTS)

INSTITUTIONS = (
    Story(b.new_application, 3, DAY(2022, 9, 26), DAY(2022, 10, 11), "INSTITUTION_CHILD", "institution"),
    Story(b.assessed, 4, DAY(2022, 8, 29), DAY(2022, 9, 16), "INSTITUTION_CHILD", "institution"),
    Story(b.plan_awaits_approval, 4, DAY(2022, 8, 22), DAY(2022, 9, 2), "INSTITUTION_CHILD", "institution"),
    Story(b.plan_approved, 2, DAY(2022, 8, 15), DAY(2022, 8, 25), "INSTITUTION_CHILD", "institution"),
    Story(r.paused_early, 1, DAY(2022, 8, 15), DAY(2022, 9, 2), "INSTITUTION_CHILD", "institution"),
    Story(r.not_of_the_target_group, 1, DAY(2017, 3, 1), DAY(2022, 8, 26), "INSTITUTION_CHILD", "institution"),
    Story(e.withdrawn_at_once, 1, DAY(2017, 3, 1), DAY(2022, 8, 26), "INSTITUTION_CHILD", "institution"),
    Story(e.plan_only, 12, DAY(2016, 9, 1), DAY(2018, 3, 1), "INSTITUTION_CHILD", "institution"),
)
"""28 of the 239 children in institutions."""
