"""Walks that end settled, refused, withdrawn or closed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from workflow.calendar import birthday
from workflow.demo.beginnings import refuse
from workflow.demo.cases import Wish
from workflow.demo.middles import credit, stop
from workflow.demo.providers import DAY_CENTRE
from workflow.demo.service import ServedWalk, months

DAY = dt.date


def first_month(walk: ServedWalk, earliest: dt.date, span: int) -> dt.date:
    """A month from the earliest on, and at least five after the application."""
    reached = walk.received_on + dt.timedelta(days=150)
    begin = max(earliest, reached)
    return months(begin, span + 1)[walk.rng.randint(0, span)]


def compensated_under_40(walk: ServedWalk) -> None:
    """Served and paid under the first rule set."""
    first = first_month(walk, DAY(2018, 2, 1), 12)
    walk.to_assigned(by=first).serve(months(first, walk.rng.randint(1, 3)))


def compensated_across_the_change(walk: ServedWalk) -> None:
    """Served in spring and summer of 2020, when forty sessions became a hundred."""
    walk.to_assigned(by=DAY(2020, 5, 1)).serve(months(DAY(2020, 5, 1), walk.rng.randint(2, 3)))


def compensated_under_100(walk: ServedWalk) -> None:
    """Served and paid this year, under the rule set of a hundred sessions."""
    first = first_month(walk, DAY(2022, 1, 1), 3)
    walk.to_assigned(by=first).serve(months(first, walk.rng.randint(1, 3)))


def compensated_in_part(walk: ServedWalk) -> None:
    """The planning region paid less, and said why."""
    month = DAY(2022, 2, 1)
    walk.to_assigned(by=month).accept(month).wait(3, 5).claim(month).wait(12, 20)
    walk.pay(Decimal("0.8"), "Viena nodarbība neattiecināma: apmeklējumu lapā nav paraksta.")


def compensated_after_correction(walk: ServedWalk) -> None:
    """A credit note after the payment was settled too (9.5)."""
    walk.to_assigned(by=DAY(2022, 3, 1)).serve(months(DAY(2022, 3, 1), 2)).wait(15, 25)
    credit(walk)
    walk.wait(8, 15).pay()


def stopped_and_settled(walk: ServedWalk) -> None:
    """The family stopped after its last month was paid for."""
    june = DAY(2022, 6, 1)
    walk.to_assigned(by=DAY(2022, 4, 1)).serve(months(DAY(2022, 4, 1), 2)).wait(10, 20).accept(june)
    walk.wait(1, 3)
    stop(walk, "goal_reached")
    walk.wait(1, 3).claim(june).wait(8, 15).pay()


def compensated_in_house(walk: ServedWalk) -> None:
    """The day centre's own tariff, no invoice but a cost note."""
    walk.wishes = [Wish(DAY_CENTRE, "REH-07", 14)]
    walk.to_assigned(by=DAY(2022, 4, 1)).serve(months(DAY(2022, 4, 1), 3))


def no_disability(walk: ServedWalk) -> None:
    """No disability is established."""
    walk.apply(documents=[]).wait(14, 24)
    refuse(walk, "no_disability")


def lives_elsewhere(walk: ServedWalk) -> None:
    """While the plan waited, it turned out that the family lives in another municipality."""
    walk.to_plan().wait(2, 6)
    refuse(walk, "residence")


def papers_never_came(walk: ServedWalk) -> None:
    """Documents were asked for and never came."""
    walk.apply(documents=[]).wait(1, 2)
    walk.take("request_documents", missing=["D03"], reply_by=walk.day + dt.timedelta(days=14)).wait(16, 22)
    refuse(walk, "no_documents")


def withdrawn_at_once(walk: ServedWalk) -> None:
    """The family took its application back."""
    walk.apply().wait(5, 15)
    withdraw(walk)


def withdrawn_with_plan(walk: ServedWalk) -> None:
    """The family does without the services of its plan."""
    walk.to_approved().wait(10, 60)
    withdraw(walk)


def withdrawn_from_procurement(walk: ServedWalk) -> None:
    """A provider was arranged in vain; the officers are told."""
    walk.to_requested().wait(8, 20).arrange().wait(5, 15)
    withdraw(walk)


def withdraw(walk: ServedWalk) -> None:
    """A written withdrawal came in today."""
    walk.take("withdraw", withdrawn_on=walk.day, reason="Izvēlēts cits atbalsts.")


def close(walk: ServedWalk, reason: str) -> None:
    """The supervisor archives the case."""
    walk.take("close", reason=reason, closed_on=walk.day)


def completed(walk: ServedWalk) -> None:
    """Served, paid and archived."""
    compensated_under_40(walk)
    walk.wait(20, 90)
    close(walk, "completed")


def moved_away(walk: ServedWalk) -> None:
    """The family moved; it took the certificate of used sessions along (D20)."""
    walk.to_assigned(by=DAY(2020, 10, 1)).serve(months(DAY(2020, 10, 1), 2)).wait(20, 60)
    close(walk, "moved_away")


def nobody_found(walk: ServedWalk) -> None:
    """No provider was found in a year."""
    walk.to_requested().wait(300, 400)
    close(walk, "no_provider")


def other_funding(walk: ServedWalk) -> None:
    """The service is paid from elsewhere."""
    walk.to_approved().wait(20, 90)
    close(walk, "other_funding")


def plan_only(walk: ServedWalk) -> None:
    """Closed when the plan is approved: the programme of children in institutions has nothing more (8.2, 3)."""
    walk.to_approved().wait(2, 10)
    close(walk, "plan_only")


def grown_up(walk: ServedWalk) -> None:
    """Eighteen before anything was delivered."""
    walk.to_approved().until(birthday(walk.child["birth_date"], 18)).wait(5, 40)
    close(walk, "not_eligible")
