"""The corridor a case walks: one room per stage, each with the guards of its steps and what each step writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflow.guards import Ask
from workflow.stages import assessment, compensation, delivery, exits, extension, intake, planning, procurement

Writer = Callable[[Ask], None]

WRITERS: Mapping[str, Writer] = {
    "register_application": intake.register_application,
    "request_documents": intake.request_documents,
    "extend_deadline": extension.extend_deadline,
    "record_assessment": assessment.record_assessment,
    "draft_plan": planning.draft_plan,
    "approve_plan": planning.approve_plan,
    "return_plan": planning.return_plan,
    "revise_plan": planning.revise_plan,
    "start_procurement": procurement.start_procurement,
    "sign_contract": procurement.sign_contract,
    "assign_in_house": procurement.assign_in_house,
    "terminate_contract": procurement.terminate_contract,
    "confirm_delivery": delivery.confirm_delivery,
    "stop_service": delivery.stop_service,
    "submit_claim": compensation.submit_claim,
    "return_claim": compensation.return_claim,
    "record_payment": compensation.record_payment,
    "record_correction": compensation.record_correction,
    "reject": exits.reject,
    "withdraw": exits.withdraw,
    "suspend": exits.suspend,
    "resume": exits.resume,
    "close": exits.close,
    "reopen": exits.reopen,
    "reassign": exits.reassign,
}
"""What each step writes. A test keeps the keys equal to the events of the machine."""
