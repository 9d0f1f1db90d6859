"""One language for criteria, filters, selections, bindings and tree conditions.

`parse` reads it from JSON, `evaluate` answers it in memory and `condition` in SQL, with the
same three answers; `language` states what it means.
"""

from service.domain.filters.language import (
    BINDINGS,
    CONTACTS,
    EVENT_FIELDS,
    EVENTS,
    MAX_DEPTH,
    MAX_IN,
    MAX_LEAVES,
    MAX_PATTERN,
    MAX_TEXT,
    All,
    Any,
    At,
    Consent,
    ContactLeaf,
    Did,
    Filter,
    Not,
    Op,
    Status,
    Test,
    Type,
    Vocabulary,
)
from service.domain.filters.memory import evaluate, lookup_in, matches
from service.domain.filters.parsing import parse, parse_selection
from service.domain.filters.sql import condition
from service.domain.filters.writing import dump

__all__ = [
    "BINDINGS",
    "CONTACTS",
    "EVENTS",
    "EVENT_FIELDS",
    "MAX_DEPTH",
    "MAX_IN",
    "MAX_LEAVES",
    "MAX_PATTERN",
    "MAX_TEXT",
    "All",
    "Any",
    "At",
    "Consent",
    "ContactLeaf",
    "Did",
    "Filter",
    "Not",
    "Op",
    "Status",
    "Test",
    "Type",
    "Vocabulary",
    "condition",
    "dump",
    "evaluate",
    "lookup_in",
    "matches",
    "parse",
    "parse_selection",
]
