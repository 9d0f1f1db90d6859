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
    MapPartList,
    NewRevision,
    PlaceName,
    Restoring,
    RevisionList,
    StateName,
)
from service.domain.journeys.revisions.part_lists import PartsOfStates
from service.domain.journeys.revisions.reads import (
    NONE,
    both,
    missing,
    numbered,
)
from service.domain.journeys.revisions.reads import state as map_state
from service.domain.journeys.revisions.reads import states as map_states
from service.domain.journeys.revisions.referring import (
    AS_IT_IS,
    DRAFT,
    Place,
    Reference,
    place,
    reference,
    state_named,
)
from service.domain.journeys.revisions.sending import sendable
from service.domain.journeys.revisions.stating import NeverPublished, RevisionNotFound
from service.domain.journeys.revisions.stating import State as MapState
from service.domain.journeys.revisions.tables import revision_acknowledgements, revisions
from service.domain.journeys.revisions.writes import REVISION_RESOURCE as REVISIONS
from service.domain.journeys.revisions.writes import Restored

__all__ = [
    "AS_IT_IS",
    "DRAFT",
    "NONE",
    "REVISIONS",
    "Compared",
    "Comparison",
    "Difference",
    "MapPartList",
    "MapState",
    "NeverPublished",
    "NewRevision",
    "Part",
    "PartsOfStates",
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
    "state_named",
]
