"""The rule book of this office: the shipped facts, what the office says otherwise, and how that is changed (R3).

`entries` names every single value, `overlay` lays the office's values over the shipped ones, `reading` fetches
them, `changes` writes them.
"""

from workflow.rulebook.entries import GROUPS, Entry, entries, entry
from workflow.rulebook.overlay import with_rule_sets, with_stated
from workflow.rulebook.reading import NOTHING_CHANGED, in_force, read, token_in_force

__all__ = [
    "GROUPS",
    "NOTHING_CHANGED",
    "Entry",
    "entries",
    "entry",
    "in_force",
    "read",
    "token_in_force",
    "with_rule_sets",
    "with_stated",
]
