"""Journeys: maps with their stages, steps and transitions, and the touchpoint catalogue."""

from service.domain.journeys.catalogue import (
    CatalogueQuery,
    Loaded,
    load_catalogue,
    offered,
)
from service.domain.journeys.exchange import (
    Imported,
    as_mermaid,
    import_maps,
    mermaid_maps,
    own_maps,
)
from service.domain.journeys.inputs import (
    RATINGS,
    JourneyList,
    NewJourney,
    NewStage,
    NewStep,
    NewTouchpoint,
    NewTransition,
    PartList,
    PlacedStage,
    PlacedStep,
    TouchpointList,
)
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.stage_writes import STAGES
from service.domain.journeys.step_writes import STEPS
from service.domain.journeys.tables import journeys, stages, step_emotions, steps
from service.domain.journeys.templates import (
    TEMPLATES,
    NewTemplate,
    TemplateList,
    TemplateStage,
    TemplateStep,
    TemplateTransition,
    is_ready,
)
from service.domain.journeys.touchpoints import TOUCHPOINTS
from service.domain.journeys.transition_writes import TRANSITIONS
from service.domain.journeys.vocabulary import (
    VOCABULARY,
    Merge,
    NewVocabularyEntry,
    VocabularyList,
    VocabularyUses,
)

__all__ = [
    "JOURNEYS",
    "RATINGS",
    "STAGES",
    "STEPS",
    "TEMPLATES",
    "TOUCHPOINTS",
    "TRANSITIONS",
    "VOCABULARY",
    "CatalogueQuery",
    "Imported",
    "JourneyList",
    "Loaded",
    "Merge",
    "NewJourney",
    "NewStage",
    "NewStep",
    "NewTemplate",
    "NewTouchpoint",
    "NewTransition",
    "NewVocabularyEntry",
    "PartList",
    "PlacedStage",
    "PlacedStep",
    "TemplateList",
    "TemplateStage",
    "TemplateStep",
    "TemplateTransition",
    "TouchpointList",
    "VocabularyList",
    "VocabularyUses",
    "as_mermaid",
    "import_maps",
    "is_ready",
    "journeys",
    "load_catalogue",
    "mermaid_maps",
    "offered",
    "own_maps",
    "stages",
    "step_emotions",
    "steps",
]
