"""Revisions: what a map was when it was published, what differs since, who has taken note."""

from service.domain.journeys.revisions.comparing import comparison
from service.domain.journeys.revisions.difference import (
    Compared,
    Comparison,
    Difference,
    Part,
    Unmatched,
)
from service.domain.journeys.revisions.inputs import (
    NewRevision,
    PlaceName,
    Restoring,
    RevisionList,
    StateName,
)
from service.domain.journeys.revisions.reads import (
    NONE,
    both,
    missing,
    numbered,
)
from service.domain.journeys.revisions.reads import state as map_state
from service.domain.journeys.revisions.reads import states as map_states
from service.domain.journeys.revisions.referring import DRAFT, Place, Reference, place, reference
from service.domain.journeys.revisions.sending import sendable
from service.domain.journeys.revisions.stating import NeverPublished, RevisionNotFound
from service.domain.journeys.revisions.stating import State as MapState
from service.domain.journeys.revisions.tables import revision_acknowledgements, revisions
from service.domain.journeys.revisions.writes import REVISION_RESOURCE as REVISIONS
from service.domain.journeys.revisions.writes import Restored

__all__ = [
    "DRAFT",
    "NONE",
    "REVISIONS",
    "Compared",
    "Comparison",
    "Difference",
    "MapState",
    "NeverPublished",
    "NewRevision",
    "Part",
    "Place",
    "PlaceName",
    "Reference",
    "Restored",
    "Restoring",
    "RevisionList",
    "RevisionNotFound",
    "StateName",
    "Unmatched",
    "both",
    "comparison",
    "map_state",
    "map_states",
    "missing",
    "numbered",
    "place",
    "reference",
    "revision_acknowledgements",
    "revisions",
    "sendable",
]
