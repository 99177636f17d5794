"""Walks that end before a provider is arranged: applied, assessed, plan drafted."""

from __future__ import annotations

import datetime as dt

from workflow.calendar import add_months
from workflow.demo.cases import Wish
from workflow.demo.service import ServedWalk, months

DAY = dt.date


def new_application(walk: ServedWalk) -> None:
    """Complete and fresh."""
    walk.apply()


def no_proof_of_disability(walk: ServedWalk) -> None:
    """D03 was asked for and has not come (G10)."""
    walk.apply(documents=[paper for paper in walk.papers() if paper != "D03"])
    walk.wait(1, 3).take("request_documents", missing=["D03"], reply_by=walk.day + dt.timedelta(days=14))


def no_proof_of_guardianship(walk: ServedWalk) -> None:
    """A guardian without the decision of the orphans' court (D05, G10)."""
    walk.apply(documents=["D03"])
    walk.take("request_documents", missing=["D05"], reply_by=walk.day + dt.timedelta(days=14))


def decision_extended(walk: ServedWalk) -> None:
    """An expert's opinion is awaited, the legal deadline was extended."""
    walk.apply().wait(12, 20)
    new_due_on = add_months(walk.received_on, 4) - dt.timedelta(days=walk.rng.randint(3, 10))
    walk.take(
        "extend_deadline",
        new_due_on=new_due_on,
        reason="Tiek gaidīts speciālista slēdziens, bez kura vajadzības nevar izvērtēt.",
        long_fact_finding=False,
    )


def not_assessed_in_time(walk: ServedWalk) -> None:
    """Everything is there, and nobody has assessed the child yet."""
    walk.apply()


def reopened_after_dispute(walk: ServedWalk) -> None:
    """Refused, disputed, and open again."""
    walk.apply().wait(12, 20)
    refuse(walk, "not_target_group")
    walk.until(DAY(2022, 9, 26)).wait(0, 8).take(
        "reopen",
        reason="Apstrīdēšanas iestāde lēmumu atcēla.",
        dispute_decision="Domes lēmums par labu personai.",
        reopened_on=walk.day,
    )


def refuse(walk: ServedWalk, ground: str) -> None:
    """The supervisor refuses, after hearing the person."""
    number = f"{walk.case.case_no}/{len(walk.case.decisions) + 1}"
    walk.take(
        "reject",
        ground=ground,
        reasons="Izdomāts pamatojums demonstrācijai: iesniegtie dokumenti neapliecina programmas nosacījumus.",
        decision_no=number,
        decision_on=walk.day,
        person_heard=True,
        sent_on=walk.day,
        channel=walk.rng.choice(("post_registered", "e_address", "in_person")),
    )


def handed_over(walk: ServedWalk) -> None:
    """A colleague is ill, the case went to another worker."""
    walk.apply().wait(3, 5)
    other = walk.place.users["darbinieks2" if walk.post == "darbinieks" else "darbinieks"]
    walk.take("reassign", to_user=other, reason="Kolēģes prombūtne.")


def assessed(walk: ServedWalk) -> None:
    """Assessed, the plan is to be drafted."""
    walk.to_assessed()


def assessed_in_2017(walk: ServedWalk) -> None:
    """Assessed earlier in the project: that was confirmed (G18), a plan is to be drafted."""
    walk.apply().assess(on=DAY(2017, walk.rng.randint(2, 11), walk.rng.randint(1, 28)))


def plan_awaits_approval(walk: ServedWalk) -> None:
    """The supervisor's turn."""
    walk.to_plan()


def plan_of_2017_awaits_approval(walk: ServedWalk) -> None:
    """Assessment and plan of 2017 are entered with their own days, in one go."""
    assessed_on = DAY(2017, walk.rng.randint(2, 9), walk.rng.randint(1, 28))
    walk.apply().assess(on=assessed_on).draft(on=assessed_on + dt.timedelta(days=walk.rng.randint(14, 40)))


def plan_returned(walk: ServedWalk) -> None:
    """The supervisor wants it made more precise."""
    walk.to_plan().wait(3, 7).take(
        "return_plan", remarks="Lūdzu precizēt mērķi un pamatot nodarbību skaitu katram pakalpojumam."
    )


def plan_improved(walk: ServedWalk) -> None:
    """Returned, revised, and before the supervisor again."""
    plan_returned(walk)
    walk.wait(3, 8).revise("Precizēts mērķis un nodarbību skaits.")


def services_not_asked_for(walk: ServedWalk) -> None:
    """Granted, and the family has not applied for the services (D02, G32): as with most plans of 2017."""
    walk.to_approved(wanted="assessment")


def plan_approved(walk: ServedWalk) -> None:
    """Approved these days; the procurement is to be started."""
    walk.to_approved()


def revised_for_the_higher_cap(walk: ServedWalk) -> None:
    """Served under forty sessions; since a hundred are allowed, more are planned (R9)."""
    walk.to_assigned(by=DAY(2022, 3, 1)).serve(months(DAY(2022, 3, 1), 2))
    walk.until(DAY(2022, 9, 26)).wait(0, 14)
    walk.wishes = [Wish(w.offer, w.service, None if w.quantity is None else w.quantity + 8) for w in walk.wishes]
    walk.revise("Limits palielināts līdz 100 reizēm, ģimene vēlas turpināt.")
