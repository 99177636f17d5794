"""Which steps make sense in a case as it stands: what the state alone does not tell.

Not a right and not a rule: a step that is not offered is still judged by its guards when somebody sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflow.models import Case
from workflow.stages.common import main_programme


def _awaits_approval(case: Case) -> bool:
    return case.plan is not None and case.plan.approved_on is None and case.plan.returned_on is None


def _approved(case: Case) -> bool:
    return case.plan is not None and case.plan.approved_on is not None


def _delivered(case: Case) -> bool:
    return any(not delivery.cancelled for delivery in case.deliveries)


def _bought(case: Case) -> bool:
    return any(assignment.kind == "procured" for assignment in case.assignments)


def _arranged(case: Case) -> bool:
    return bool(case.assignments)


def _may_buy(case: Case) -> bool:
    return main_programme(case.case_type).routes != ("in_house",)


def _runs(case: Case) -> bool:
    return case.stopped_on is None


_OFFERED: Mapping[str, Callable[[Case], bool]] = {
    "approve_plan": _awaits_approval,
    "return_plan": _awaits_approval,
    "start_procurement": _approved,
    "confirm_delivery": _arranged,
    "sign_contract": _may_buy,
    "terminate_contract": _bought,
    "stop_service": _runs,
    "submit_claim": _delivered,
    "return_claim": _delivered,
    "record_payment": _delivered,
    "record_correction": _delivered,
}


def is_offered(step: str, case: Case) -> bool:
    """True when the step should be offered as a button."""
    judge = _OFFERED.get(step)
    return judge is None or judge(case)
