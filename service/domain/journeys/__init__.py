"""Journeys: maps with their stages, steps and transitions, and the touchpoint catalogue."""

from service.domain.journeys.acknowledgements import (
    Acknowledgement,
    acknowledge,
    acknowledgements,
    acknowledgements_of,
)
from service.domain.journeys.bundle_importing import Ready
from service.domain.journeys.bundle_inputs import MEDIA_TYPE as BUNDLE_TYPE
from service.domain.journeys.bundle_inputs import Bundle
from service.domain.journeys.bundling import bundle
from service.domain.journeys.catalogue import (
    CatalogueQuery,
    Loaded,
    load_catalogue,
    offered,
)
from service.domain.journeys.copying import CopyOrder, copy
from service.domain.journeys.exchange import csv_maps, import_maps, mermaid_maps, own_maps
from service.domain.journeys.exporting import TAKEN_AWAY
from service.domain.journeys.forms import TOUCHPOINT_FORM
from service.domain.journeys.importing import Brought, Imported
from service.domain.journeys.inputs import (
    JourneyList,
    NewJourney,
    NewStage,
    NewTransition,
    PartList,
    Perspective,
    PlacedStage,
)
from service.domain.journeys.maps import JOURNEYS, VARIANTS
from service.domain.journeys.newest_revisions import Newest, newest
from service.domain.journeys.revisions import (
    DRAFT,
    REVISIONS,
    Compared,
    Comparison,
    Difference,
    MapState,
    NeverPublished,
    NewRevision,
    Part,
    Place,
    PlaceName,
    Reference,
    Restored,
    Restoring,
    RevisionList,
    RevisionNotFound,
    StateName,
    Unmatched,
    both,
    comparison,
    map_state,
    map_states,
    numbered,
    place,
    reference,
    revisions,
)
from service.domain.journeys.slugs import slug
from service.domain.journeys.slugs import slugs as slug_list
from service.domain.journeys.stage_writes import STAGES
from service.domain.journeys.step_inputs import RATINGS, NewStep, PlacedStep
from service.domain.journeys.step_writes import STEPS
from service.domain.journeys.tables import (
    journey_personas,
    journeys,
    stages,
    step_emotions,
    step_touchpoints,
    steps,
    touchpoints,
    transitions,
)
from service.domain.journeys.templates import (
    TEMPLATES,
    NewTemplate,
    TemplateList,
    TemplateStage,
    TemplateStep,
    TemplateTransition,
    is_ready,
)
from service.domain.journeys.touchpoint_inputs import NewTouchpoint, TouchpointList
from service.domain.journeys.touchpoints import TOUCHPOINTS
from service.domain.journeys.transition_writes import TRANSITIONS
from service.domain.journeys.vocabulary import (
    VOCABULARY,
    Merge,
    NewVocabularyEntry,
    UsesWords,
    VocabularyList,
    VocabularyUses,
)

__all__ = [
    "BUNDLE_TYPE",
    "DRAFT",
    "JOURNEYS",
    "RATINGS",
    "REVISIONS",
    "STAGES",
    "STEPS",
    "TAKEN_AWAY",
    "TEMPLATES",
    "TOUCHPOINTS",
    "TOUCHPOINT_FORM",
    "TRANSITIONS",
    "VARIANTS",
    "VOCABULARY",
    "Acknowledgement",
    "Brought",
    "Bundle",
    "CatalogueQuery",
    "Compared",
    "Comparison",
    "CopyOrder",
    "Difference",
    "Imported",
    "JourneyList",
    "Loaded",
    "MapState",
    "Merge",
    "NeverPublished",
    "NewJourney",
    "NewRevision",
    "NewStage",
    "NewStep",
    "NewTemplate",
    "NewTouchpoint",
    "NewTransition",
    "NewVocabularyEntry",
    "Newest",
    "Part",
    "PartList",
    "Perspective",
    "Place",
    "PlaceName",
    "PlacedStage",
    "PlacedStep",
    "Ready",
    "Reference",
    "Restored",
    "Restoring",
    "RevisionList",
    "RevisionNotFound",
    "StateName",
    "TemplateList",
    "TemplateStage",
    "TemplateStep",
    "TemplateTransition",
    "TouchpointList",
    "Unmatched",
    "UsesWords",
    "VocabularyList",
    "VocabularyUses",
    "acknowledge",
    "acknowledgements",
    "acknowledgements_of",
    "both",
    "bundle",
    "comparison",
    "copy",
    "csv_maps",
    "import_maps",
    "is_ready",
    "journey_personas",
    "journeys",
    "load_catalogue",
    "map_state",
    "map_states",
    "mermaid_maps",
    "newest",
    "numbered",
    "offered",
    "own_maps",
    "place",
    "reference",
    "revisions",
    "slug",
    "slug_list",
    "stages",
    "step_emotions",
    "step_touchpoints",
    "steps",
    "touchpoints",
    "transitions",
]
