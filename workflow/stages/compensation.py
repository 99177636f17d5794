"""The money: claims, payments and corrections (DOMAIN 8.2 and 9). One door to the rooms behind it."""

from workflow.stages.claims import submit_claim
from workflow.stages.corrections import record_correction
from workflow.stages.payments import record_payment, return_claim
from workflow.stages.refusals import rewrite_refusals
from workflow.stages.settlement import accepted_units, all_settled, is_unsettled, unclaimed_months

__all__ = [
    "accepted_units",
    "all_settled",
    "is_unsettled",
    "record_correction",
    "record_payment",
    "return_claim",
    "rewrite_refusals",
    "submit_claim",
    "unclaimed_months",
]
