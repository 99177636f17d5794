"""Walks that only one programme knows: stays over the new year, a fifth birthday, the end of the two years."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from workflow.calendar import birthday, month_end, month_of
from workflow.demo.beginnings import refuse
from workflow.demo.cases import Wish
from workflow.demo.endings import close
from workflow.demo.manners import OpinionWalk
from workflow.demo.middles import AUGUST, SEPTEMBER, rest
from workflow.demo.providers import CARERS, COMMUNITY_HOME, WORKSHOPS
from workflow.demo.service import ServedWalk, months

DAY = dt.date
FIVE = 5
AT_EIGHTEEN = "Jaunietim ir 18 gadi, viņš mācās un dzīvo ģimenē; vajadzība pēc atelpas brīža nav mainījusies."


# Any of them ----------------------------------------------------------------------------------------------------------


def paused_early(walk: ServedWalk) -> None:
    """Assessed, and then the family is away for some weeks."""
    walk.to_assessed().wait(3, 8)
    rest(walk, "family_wish", 60)


def not_of_the_target_group(walk: ServedWalk) -> None:
    """The papers show that the programme is for others."""
    walk.apply().wait(8, 16)
    refuse(walk, "not_target_group")


def settled_soon(walk: ServedWalk) -> None:
    """Served and paid in the first full month after a provider was there."""
    walk.to_requested().wait(6, 12).arrange()
    walk.serve(months(month_of(walk.day) + dt.timedelta(days=31), 1))


def completed_soon(walk: ServedWalk) -> None:
    """As much as was needed, and archived."""
    settled_soon(walk)
    walk.wait(10, 25)
    close(walk, "completed")


# Respite and care -----------------------------------------------------------------------------------------------------


def no_opinion_yet(walk: ServedWalk) -> None:
    """The VDEĀK opinion was asked for and has not come (D04, G10)."""
    walk.apply(documents=_without(walk, "D04"))
    walk.wait(1, 3).take("request_documents", missing=["D04"], reply_by=walk.day + dt.timedelta(days=21))


def no_special_care(walk: ServedWalk) -> None:
    """VDEĀK saw no need for special care."""
    walk.apply(documents=_without(walk, "D04")).wait(14, 22)
    refuse(walk, "no_special_care_opinion")


def _without(walk: ServedWalk, code: str) -> list[str]:
    return [paper for paper in walk.papers() if paper != code]


def eighteen(walk: ServedWalk) -> None:
    """At eighteen the two languages of the source differ (G15): the worker has asked, the supervisor is to decide."""
    walk.apply().wait(2, 4)
    walk.ask_supervisor("G15", AT_EIGHTEEN, "record_assessment", **walk.assessment())


def eighteen_confirmed(walk: ServedWalk) -> None:
    """As above, and the supervisor confirmed it: the papers are checked."""
    walk.apply().wait(5, 9)
    request = walk.ask_supervisor("G15", AT_EIGHTEEN, "record_assessment", **walk.assessment())
    walk.wait(1).supervisor_confirms(request, "Latviešu tekstā 18 gadi ieskaitot; piekrītu.").assess()


def opinion_ended(walk: ServedWalk) -> None:
    """While the case rested, the opinion expired: it cannot be resumed (G86)."""
    if isinstance(walk, OpinionWalk):
        walk.opinion_ends = DAY(2022, 9, 25)
    walk.to_requested().wait(5, 9)
    rest(walk, "documents_expired", 80)


def over_the_new_year(walk: ServedWalk) -> None:
    """Twenty-seven days of 2021 were used; a stay of a week has its end in 2022 (as in example W06, G54)."""
    december = DAY(2021, 12, 1)
    walk.wishes = [Wish(walk.wishes[0].offer, "RSP-01", None)]
    walk.to_assigned(by=december, opening_used=Decimal(27)).until(DAY(2022, 1, 6))
    walk.confirm(walk.case.assignments[-1], december, [walk.stay(DAY(2021, 12, 28), 7)])
    walk.wait(2, 4).claim(december).until(DAY(2022, 2, 3)).claim(DAY(2022, 1, 1)).wait(5, 12).pay()


def fifth_birthday(walk: ServedWalk) -> None:
    """From the birthday on ten hours a week are compensated, until the day before fifty (as in example W07, G54)."""
    walk.to_assigned(by=SEPTEMBER)
    fifth = birthday(walk.child["birth_date"], FIVE)
    hours = zip((-2, -1, 0, 1, 2, 5, 8), ("9", "8.5", "6", "5.5", "3", "7.25", "4"), strict=True)
    rows = [{"date": fifth + dt.timedelta(days=after), "quantity": Decimal(long)} for after, long in hours]
    walk.until(DAY(2022, 10, 3)).confirm(walk.case.assignments[-1], SEPTEMBER, rows)


# Adults ---------------------------------------------------------------------------------------------------------------


def half_bought(walk: ServedWalk) -> None:
    """The own home has a place, nobody is found yet for the workshop (route: both)."""
    walk.wishes = [Wish(WORKSHOPS, "ADL-03", 40), Wish(COMMUNITY_HOME, "ADL-07", 20)]
    walk.to_requested().wait(3, 9).arrange(COMMUNITY_HOME)


def own_home(walk: ServedWalk) -> None:
    """Short stays in the own home, compensated by the unit cost; September is claimed."""
    walk.wishes = [Wish(COMMUNITY_HOME, "ADL-05", 30), Wish(COMMUNITY_HOME, "ADL-02", None)]
    walk.to_assigned(by=SEPTEMBER).serve([SEPTEMBER], pay_last=False)


def two_years_over(walk: ServedWalk) -> None:
    """The first visit was in September 2020: from that day of September 2022 on nothing is compensated (G58)."""
    again_after_a_break(walk, DAY(2020, 9, 1))
    walk.accept(SEPTEMBER, fewest=12, most=14)


def two_years_nearly_over(walk: ServedWalk) -> None:
    """The first visit was in November 2020: the two years end in a month."""
    again_after_a_break(walk, DAY(2020, 11, 1))
    walk.serve([AUGUST])


def again_after_a_break(walk: ServedWalk, first: dt.date) -> None:
    """Home care, bought above the unit cost, in the first weeks of a month; the contract lasts to this autumn."""
    walk.wishes = [Wish(CARERS, "ADL-01", None)]
    walk.served_until = month_end(SEPTEMBER)
    walk.to_assigned(by=first).accept(first, last_day=first + dt.timedelta(days=13))
    walk.until(month_end(first)).wait(3, 6).claim(first).wait(8, 15).pay()
