"""The ways that people take over a map: its own transitions, paths, funnel and so on."""

from service.domain.insights.followed.answers import (
    JourneyConformance,
    JourneyFunnel,
    JourneyPaths,
    JourneyTransitions,
)
from service.domain.insights.followed.asking import (
    conformance,
    funnel,
    least_told,
    paths,
    transitions,
)
from service.domain.insights.followed.asking_kpis import BEYOND as KPIS_BEYOND_LIMIT
from service.domain.insights.followed.asking_kpis import aimed_kpis, kpis, many_journey_kpis
from service.domain.insights.followed.inputs import (
    JourneyConformanceQuery,
    JourneyFunnelQuery,
    JourneyKpisQuery,
    JourneyPathsQuery,
    JourneyTransitionsQuery,
    Ranged,
)
from service.domain.insights.followed.kpi_answers import JourneyKpi, JourneyKpis

__all__ = [
    "KPIS_BEYOND_LIMIT",
    "JourneyConformance",
    "JourneyConformanceQuery",
    "JourneyFunnel",
    "JourneyFunnelQuery",
    "JourneyKpi",
    "JourneyKpis",
    "JourneyKpisQuery",
    "JourneyPaths",
    "JourneyPathsQuery",
    "JourneyTransitions",
    "JourneyTransitionsQuery",
    "Ranged",
    "aimed_kpis",
    "conformance",
    "funnel",
    "kpis",
    "least_told",
    "many_journey_kpis",
    "paths",
    "transitions",
]
