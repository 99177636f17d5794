"""The facts of the rule book: dated data with their source, read from the files beside this module.

`facts()` gives the rule book in force, verified and cached. Nothing here knows a case, a database or a page.
"""

from workflow.facts.book import Facts, facts, holding, read_facts, shipped
from workflow.facts.names import EXITS, LANGUAGES, SPINE, Named, State, Table, Text
from workflow.facts.process import (
    ACTING_USER,
    ANY_STEP,
    Deadline,
    DocumentFact,
    GuardText,
    Notification,
    StateFact,
    Step,
    Term,
    Warning,
)
from workflow.facts.programmes import CaseType, MunicipalityFact, Programme, Question, Service, Target
from workflow.facts.rules import (
    Band,
    Cap,
    RequiredDocument,
    Rounding,
    RuleSet,
    Setting,
    Stated,
    Threshold,
    Unit,
    parse_required_documents,
)
from workflow.facts.verify import FactsError, verify

__all__ = [
    "ACTING_USER",
    "ANY_STEP",
    "EXITS",
    "LANGUAGES",
    "SPINE",
    "Band",
    "Cap",
    "CaseType",
    "Deadline",
    "DocumentFact",
    "Facts",
    "FactsError",
    "GuardText",
    "MunicipalityFact",
    "Named",
    "Notification",
    "Programme",
    "Question",
    "RequiredDocument",
    "Rounding",
    "RuleSet",
    "Service",
    "Setting",
    "State",
    "StateFact",
    "Stated",
    "Step",
    "Table",
    "Target",
    "Term",
    "Text",
    "Threshold",
    "Unit",
    "Warning",
    "facts",
    "holding",
    "parse_required_documents",
    "read_facts",
    "shipped",
    "verify",
]
