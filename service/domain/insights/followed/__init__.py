"""The ways that people take over a map: its own transitions, paths, funnel and conformance."""

from service.domain.insights.followed.answers import (
    JourneyConformance,
    JourneyFunnel,
    JourneyPaths,
    JourneyTransitions,
)
from service.domain.insights.followed.asking import conformance, funnel, paths, transitions
from service.domain.insights.followed.inputs import (
    JourneyConformanceQuery,
    JourneyFunnelQuery,
    JourneyPathsQuery,
    JourneyTransitionsQuery,
)

__all__ = [
    "JourneyConformance",
    "JourneyConformanceQuery",
    "JourneyFunnel",
    "JourneyFunnelQuery",
    "JourneyPaths",
    "JourneyPathsQuery",
    "JourneyTransitions",
    "JourneyTransitionsQuery",
    "conformance",
    "funnel",
    "paths",
    "transitions",
]
