"""The ways that people take over a map: its own transitions, paths, funnel and so on."""

from service.domain.insights.followed.abandoning import JourneyKpis
from service.domain.insights.followed.answers import (
    JourneyConformance,
    JourneyFunnel,
    JourneyPaths,
    JourneyTransitions,
)
from service.domain.insights.followed.asking import (
    conformance,
    funnel,
    kpis,
    least_told,
    paths,
    transitions,
)
from service.domain.insights.followed.inputs import (
    JourneyConformanceQuery,
    JourneyFunnelQuery,
    JourneyKpisQuery,
    JourneyPathsQuery,
    JourneyTransitionsQuery,
    Ranged,
)

__all__ = [
    "JourneyConformance",
    "JourneyConformanceQuery",
    "JourneyFunnel",
    "JourneyFunnelQuery",
    "JourneyKpis",
    "JourneyKpisQuery",
    "JourneyPaths",
    "JourneyPathsQuery",
    "JourneyTransitions",
    "JourneyTransitionsQuery",
    "Ranged",
    "conformance",
    "funnel",
    "kpis",
    "least_told",
    "paths",
    "transitions",
]
