"""Gaps as facts with a time: since when, and until when, the worker saw each of them."""

from service.domain.insights.sightings.inputs import GapSighting, GapSightingList
from service.domain.insights.sightings.reads import (
    Pulse,
    gap_history,
    maps_in_turn,
    newest_sightings,
    pulse,
    seen_gaps,
)
from service.domain.insights.sightings.shape import SIGHTINGS
from service.domain.insights.sightings.writes import keep_gaps

__all__ = [
    "SIGHTINGS",
    "GapSighting",
    "GapSightingList",
    "Pulse",
    "gap_history",
    "keep_gaps",
    "maps_in_turn",
    "newest_sightings",
    "pulse",
    "seen_gaps",
]
