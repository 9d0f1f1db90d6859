"""The ways that people take over a map: its own transitions, paths and conformance."""

from service.domain.insights.followed.answers import (
    JourneyConformance,
    JourneyPaths,
    JourneyTransitions,
)
from service.domain.insights.followed.asking import conformance, paths, transitions
from service.domain.insights.followed.inputs import (
    JourneyConformanceQuery,
    JourneyPathsQuery,
    JourneyTransitionsQuery,
)

__all__ = [
    "JourneyConformance",
    "JourneyConformanceQuery",
    "JourneyPaths",
    "JourneyPathsQuery",
    "JourneyTransitions",
    "JourneyTransitionsQuery",
    "conformance",
    "paths",
    "transitions",
]
