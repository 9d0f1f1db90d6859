"""The ways that people take over a map."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from service.api.graphql import context, given, ids, kpis, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving
from service.domain import insights
from service.domain.errors import NotFound
from service.domain.inputs import Input
from service.domain.work import Work

_KPI_TIMES = {"items": 15, "excluded": 2, "parts": 2}
kpis.valued(insights.JourneyKpi, _KPI_TIMES)
_TIMES = {"items": 200, "starts": 50, "ends": 50, "steps": 50, "judged_steps": 1, "excluded": 2}


def _field(
    name: str,
    model: type[Input],
    returns: Any,
    said: str,
    asked: Callable[[Work, UUID, Any], Awaitable[object]],
) -> Any:
    """A field of a map; null when there is no such map."""

    async def resolve(info: Any, journey_id: str, input: Row | None = None) -> Any:
        which = ids.plain_id(journey_id, "Journey", "/journey_id")
        query = given.built(model, input or {})
        try:
            return await context.of(info).analysed(lambda work: asked(work, which, query))
        except NotFound:
            return None

    arguments = [
        Argument("journey_id", strawberry.ID, "Of which map."),
        optional("input", mirroring.input_of(model), "Which, and how."),
    ]
    return resolving(
        name, resolve, returns | None, f"{said}; null when there is no such map.", arguments
    )


QUERIES = [
    _field(
        "journey_transitions",
        insights.JourneyTransitionsQuery,
        structs.family(insights.JourneyTransitions, {}, _TIMES),
        "Which step of a map follows on which, how often; where paths start and end",
        insights.journey_transitions,
    ),
    _field(
        "journey_paths",
        insights.JourneyPathsQuery,
        structs.family(insights.JourneyPaths, {}, {**_TIMES, "steps": 5}),
        "The most frequent sequences of steps of a map, and where they lead",
        insights.journey_paths,
    ),
    _field(
        "journey_funnel",
        insights.JourneyFunnelQuery,
        structs.family(insights.JourneyFunnel, {}, {"steps": 5, "excluded": 2}),
        "How far people come along a map, where they drop, and how long it takes",
        insights.journey_funnel,
    ),
    _field(
        "journey_conformance",
        insights.JourneyConformanceQuery,
        structs.family(
            insights.JourneyConformance,
            {},
            {"by_matched": 10, "skipped": 10, "detours": 50, "unbound": 50, "excluded": 2},
        ),
        "What people did held against a map as it was in force",
        insights.journey_conformance,
    ),
    _field(
        "journey_kpis",
        insights.JourneyKpisQuery,
        structs.family(insights.JourneyKpis, {}, _KPI_TIMES),
        "A map's own KPIs: of its stages, and of the events at its steps",
        insights.journey_kpis,
    ),
    _field(
        "journey_then_and_now",
        insights.ThenAndNowQuery,
        structs.family(insights.ThenAndNow, {}, {"stages": 7, "excluded": 2}),
        "How a map and what people do on it differ from half a year ago",
        insights.then_and_now,
    ),
    _field(
        "journey_sales_funnel",
        insights.SalesFunnelQuery,
        structs.family(
            insights.SalesFunnel,
            {},
            {**dict.fromkeys(("funnel", "stages", "order"), 7), "matrix": 20, "items": 10},
        ),
        "Where people stand on a map beside where the CRM has them",
        insights.sales_funnel,
    ),
]
