"""Walks that end while a provider is sought, while the service goes on, or in a pause."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from workflow.calendar import add_months
from workflow.demo.cases import Wish
from workflow.demo.providers import ARTS, DAY_CENTRE, LAPSED, MOVEMENT, SUPPORT
from workflow.demo.service import ServedWalk, months, months_to

DAY = dt.date
AUGUST, SEPTEMBER = DAY(2022, 8, 1), DAY(2022, 9, 1)


# A provider is sought -------------------------------------------------------------------------------------------------


def no_provider_found(walk: ServedWalk) -> None:
    """More than sixty days without a provider (DL-04)."""
    walk.to_requested()


def provider_sought(walk: ServedWalk) -> None:
    """Handed to the procurement officers lately."""
    walk.to_requested()


def named_provider_sought(walk: ServedWalk) -> None:
    """The family named whom it wants."""
    walk.to_approved().wait(3, 10).request(desired_provider=walk.place.providers[walk.wishes[0].offer.key].name)


def provider_arranged(walk: ServedWalk) -> None:
    """A provider is there, the first session is to come."""
    walk.to_requested().wait(8, 20).arrange()


def other_provider_arranged(walk: ServedWalk) -> None:
    """The family named one, another was taken for a reason (G47)."""
    wanted = MOVEMENT if walk.wishes[0].offer is not MOVEMENT else SUPPORT
    walk.to_approved(desired_provider=walk.place.providers[wanted.key].name)
    walk.wait(3, 10).request().wait(8, 20).arrange()


def not_begun_in_time(walk: ServedWalk) -> None:
    """A provider is there for months, and nothing was delivered (DL-04a)."""
    walk.to_requested().wait(8, 20).arrange()


def own_centre_arranged(walk: ServedWalk) -> None:
    """The municipality's own day centre."""
    walk.wishes = [Wish(DAY_CENTRE, "REH-07", 12), Wish(DAY_CENTRE, "REH-19", 8)]
    walk.to_requested().wait(3, 9).arrange()


def half_arranged(walk: ServedWalk) -> None:
    """The day centre has begun to plan its part, for the other service nobody is found (route: both)."""
    walk.wishes = [Wish(ARTS, "REH-25", 10), Wish(DAY_CENTRE, "REH-19", 10)]
    walk.to_requested().wait(3, 9).arrange(DAY_CENTRE)


def contract_terminated(walk: ServedWalk) -> None:
    """The contract was ended, a new provider is sought (8.2, 8)."""
    walk.wishes = [Wish(ARTS, "REH-26", 24)]
    walk.to_assigned(by=DAY(2022, 5, 1)).serve(months(DAY(2022, 5, 1), 2)).accept(DAY(2022, 7, 1))
    walk.until(DAY(2022, 8, 29)).wait(0, 10)
    line = walk.case.assignments[-1].contract_line
    walk.take(
        "terminate_contract",
        contract=line and line.contract,
        last_day=walk.day - dt.timedelta(days=2),
        ground="agreement",
        note="Terapeite pārtrauc darbu; līgums izbeigts, vienojoties.",
        reprocure=True,
    )
    walk.claim(DAY(2022, 7, 1)).wait(8, 15).pay()


def came_back_from_hospital(walk: ServedWalk) -> None:
    """Suspended for some weeks and resumed; the deadlines go on with the days that were left."""
    walk.to_requested().wait(5, 9)
    rest(walk, "hospital", 40)
    walk.wait(25, 35).take("resume", resumed_on=walk.day)


def rest(walk: ServedWalk, reason: str, days: int) -> None:
    """Suspend from today for so many days."""
    walk.take(
        "suspend",
        reason=reason,
        note="Paziņos, kad var turpināt.",
        from_on=walk.day,
        expected_resume_on=walk.day + dt.timedelta(days=days),
    )


# The service goes on --------------------------------------------------------------------------------------------------


def service_goes_on(walk: ServedWalk) -> None:
    """September is claimed and waits for its money."""
    done = months_to(SEPTEMBER, walk.rng.randint(1, 3))
    walk.to_assigned(by=done[0]).serve(done, pay_last=False)


def october_accepted(walk: ServedWalk) -> None:
    """Everything before is paid; the first sessions of October are accepted."""
    done = months_to(AUGUST, walk.rng.randint(1, 2))
    walk.to_assigned(by=done[0]).serve(done)
    walk.accept(DAY(2022, 10, 1), last_day=DAY(2022, 10, walk.rng.randint(7, 11)))


def not_claimed(walk: ServedWalk) -> None:
    """Delivered since July and never claimed (DL-05)."""
    walk.to_assigned(by=DAY(2022, 7, 1))
    for month in months(DAY(2022, 7, 1), walk.rng.randint(1, 3)):
        walk.accept(month)


def not_paid(walk: ServedWalk) -> None:
    """Claimed in August or early in September, the money has not come (DL-06)."""
    done = months_to(DAY(2022, walk.rng.randint(7, 8), 1), walk.rng.randint(1, 2))
    walk.to_assigned(by=done[0]).serve(done, pay_last=False)


def claim_returned(walk: ServedWalk) -> None:
    """The planning region sent the claim of August back."""
    walk.to_assigned(by=AUGUST).accept(AUGUST).wait(2, 4).claim(AUGUST).wait(14, 24)
    for claim in walk.waiting_claims():
        walk.take(
            "return_claim",
            claim=claim,
            returned_on=walk.day,
            reason="Apmeklējumu lapā nav vecāka paraksta; lūdzam iesniegt precizētu.",
        )


def claim_resubmitted(walk: ServedWalk) -> None:
    """Sent back, put right, and submitted again under the same number with a suffix."""
    claim_returned(walk)
    walk.wait(3, 7).claim(AUGUST)


def above_the_cap(walk: ServedWalk) -> None:
    """Thirty-seven sessions were used before; in March 2019 the forty are reached (G54, as in example W01)."""
    walk.wishes = [Wish(MOVEMENT, "REH-15", None)]
    walk.to_assigned(by=DAY(2019, 3, 1), opening_used=Decimal(37))
    walk.accept(DAY(2019, 3, 1), fewest=5, most=6).wait(3, 5).claim(DAY(2019, 3, 1)).wait(8, 15).pay()
    walk.until(DAY(2022, 6, 27)).wait(0, 20).revise("Limits kopš 2020. gada ir 100 reizes; ģimene atsāk nodarbības.")
    walk.wait(3, 9).approve().wait(3, 6).request().wait(8, 14).arrange()
    walk.accept(SEPTEMBER)


def after_the_birthday(walk: ServedWalk) -> None:
    """The child turned eighteen in the middle of September; later sessions are not compensated (G56, W03)."""
    walk.wishes = [Wish(SUPPORT, "REH-14", 14)]
    walk.to_assigned(by=SEPTEMBER).accept(SEPTEMBER, fewest=8, most=9)


def corrected(walk: ServedWalk) -> None:
    """After the payment a credit note took a session back; the difference is to be settled (9.5)."""
    done = months_to(DAY(2022, 7, 1), 2)
    walk.to_assigned(by=done[0]).serve(done).wait(20, 40)
    credit(walk)


def credit(walk: ServedWalk) -> None:
    """A credit note for the last session."""
    walk.take(
        "record_correction",
        document_no=f"KR-{walk.case.id}",
        document_on=walk.day,
        changes=[{"delivery": walk.case.deliveries[-1], "new_quantity": Decimal(0), "new_unit_price": None}],
        reason="Nodarbība nenotika, sniedzējs iesniedza kredītrēķinu.",
    )


def not_registered_any_more(walk: ServedWalk) -> None:
    """The provider's entry ended in August; September is the municipality's own cost (G52)."""
    walk.wishes = [Wish(LAPSED, "REH-32", 14), Wish(LAPSED, "REH-30", 10)]
    walk.to_assigned(by=AUGUST).accept(AUGUST).accept(SEPTEMBER)


def stopped(walk: ServedWalk) -> None:
    """The family stops; what was delivered is still to be settled (8.2, 9)."""
    walk.to_assigned(by=AUGUST).serve([AUGUST]).accept(SEPTEMBER).wait(3, 6)
    stop(walk, "family_wish")


def stop(walk: ServedWalk, reason: str) -> None:
    """No delivery after yesterday."""
    walk.take("stop_service", reason=reason, last_day=walk.day - dt.timedelta(days=1), note="")


# A pause --------------------------------------------------------------------------------------------------------------


def in_hospital(walk: ServedWalk) -> None:
    """Rests until November."""
    walk.to_assigned(by=DAY(2022, 7, 1)).serve(months(DAY(2022, 7, 1), 2))
    walk.accept(SEPTEMBER)
    rest(walk, "hospital", 30)


def not_resumed(walk: ServedWalk) -> None:
    """Should have been resumed in summer (DL-06a)."""
    walk.to_requested().wait(5, 9)
    rest(walk, "family_wish", 60)


def disability_ended(walk: ServedWalk) -> None:
    """While the case rested, the disability expired: it cannot be resumed (G86)."""
    begun = add_months(walk.received_on, -12)
    disability = {"status": "disability", "group": None, "valid_from": begun, "valid_to": DAY(2022, 9, 25)}
    walk.apply().wait(7, 15).assess(disability=disability).wait(6, 14).draft().wait(2, 6).approve()
    walk.wait(4, 9).request().wait(5, 9)
    rest(walk, "documents_expired", 80)
