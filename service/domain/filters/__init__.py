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
from service.domain.filters.language import literals as literals_of
from service.domain.filters.memory import Answer, evaluate, lookup_in, matches
from service.domain.filters.parsing import parse, parse_selection
from service.domain.filters.people import IN_PATH, MEASURED, PEOPLE, SELECTIONS, STORED
from service.domain.filters.settling import (
    NO_CRITERIA,
    NOT_READABLE,
    Segment,
    TooManyLinks,
    membership,
    mentioned,
    reached,
    settled,
    tests,
    unanswerable,
)
from service.domain.filters.sql import condition, value_of
from service.domain.filters.writing import dump

__all__ = [
    "BINDINGS",
    "CONTACTS",
    "EVENTS",
    "EVENT_FIELDS",
    "IN_PATH",
    "MAX_DEPTH",
    "MAX_IN",
    "MAX_LEAVES",
    "MAX_PATTERN",
    "MAX_TEXT",
    "MEASURED",
    "NOT_READABLE",
    "NO_CRITERIA",
    "PEOPLE",
    "SELECTIONS",
    "STORED",
    "All",
    "Answer",
    "Any",
    "At",
    "Consent",
    "ContactLeaf",
    "Did",
    "Filter",
    "Not",
    "Op",
    "Segment",
    "Status",
    "Test",
    "TooManyLinks",
    "Type",
    "Vocabulary",
    "condition",
    "dump",
    "evaluate",
    "literals_of",
    "lookup_in",
    "matches",
    "membership",
    "mentioned",
    "parse",
    "parse_selection",
    "reached",
    "settled",
    "tests",
    "unanswerable",
    "value_of",
]
