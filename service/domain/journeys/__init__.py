"""Journeys: maps with their stages, steps and transitions, and the touchpoint catalogue."""

from service.domain.journeys.exchange import (
    Imported,
    as_mermaid,
    import_maps,
    mermaid_maps,
    own_maps,
)
from service.domain.journeys.inputs import (
    JourneyList,
    NewJourney,
    NewStage,
    NewTransition,
    PartList,
    PlacedStage,
)
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.stage_writes import STAGES
from service.domain.journeys.step_inputs import RATINGS, NewStep, PlacedStep
from service.domain.journeys.step_writes import STEPS
from service.domain.journeys.tables import journeys, stages, step_emotions, steps
from service.domain.journeys.touchpoint_inputs import NewTouchpoint, TouchpointList
from service.domain.journeys.touchpoints import TOUCHPOINTS
from service.domain.journeys.transition_writes import TRANSITIONS

__all__ = [
    "JOURNEYS",
    "RATINGS",
    "STAGES",
    "STEPS",
    "TOUCHPOINTS",
    "TRANSITIONS",
    "Imported",
    "JourneyList",
    "NewJourney",
    "NewStage",
    "NewStep",
    "NewTouchpoint",
    "NewTransition",
    "PartList",
    "PlacedStage",
    "PlacedStep",
    "TouchpointList",
    "as_mermaid",
    "import_maps",
    "journeys",
    "mermaid_maps",
    "own_maps",
    "stages",
    "step_emotions",
    "steps",
]
