"""The ways that people take over a map."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import Info

from service.api.graphql import context, given, ids, kpis, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.scalars import Instant, Json
from service.api.graphql.selecting import STORED, Stored
from service.api.graphql.states import Asked, together
from service.domain import insights
from service.domain.errors import DomainError
from service.domain.inputs import Input
from service.domain.insights import JourneyKpisQuery
from service.domain.work import Work

_KPI_TIMES = {"items": 15, "excluded": 2, "parts": 2}
JourneyKpi: Any = kpis.valued(insights.JourneyKpi, _KPI_TIMES)
_TIMES = {"items": 200, "starts": 50, "ends": 50, "steps": 50, "judged_steps": 1, "excluded": 2}


def _field(
    name: str,
    model: type[Input],
    returns: Any,
    said: str,
    asked: Callable[[Work, UUID, Any], Awaitable[object]],
) -> Any:
    """A field of a map, NOT_FOUND where there is none."""

    async def resolve(info: Any, journey_id: str, input: Row | None = None) -> Any:
        which = ids.plain_id(journey_id, "Journey", "/journey_id")
        query = given.built(model, input or {})
        return await context.of(info).analysed(lambda work: asked(work, which, query))

    arguments = [
        Argument("journey_id", strawberry.ID, "Of which map."),
        optional("input", mirroring.input_of(model), "Which, and how."),
    ]
    return resolving(name, resolve, returns | None, f"{said}.", arguments)


def journey_kpis() -> Any:
    """A journey's field for its KPIs."""
    said = "Its own KPIs: those of stages, those of the events at its steps, and what stands on it."
    metadata = {STORED: Stored(("id",), times=_KPI_TIMES["items"], costs=20)}
    kind: Any = list[JourneyKpi] | None
    return strawberry.field(description=said, metadata=metadata, graphql_type=kind)(_kpis)


def _kpis(
    root: Any,
    info: Info,
    *,
    keys: Annotated[
        list[str] | None,
        strawberry.argument(description="Which, at most 50; absent: as usual."),
    ] = strawberry.UNSET,
    from_: Annotated[
        Instant | None, strawberry.argument(name="from", description="From then on.")
    ] = strawberry.UNSET,
    to: Annotated[
        Instant | None, strawberry.argument(description="Before then.")
    ] = strawberry.UNSET,
    compare: Annotated[
        str | None,
        strawberry.argument(
            description=(
                "previous_period, previous_year, or a range, `<from>/<to>`, that has no time in"
                " common with the one asked for."
            )
        ),
    ] = strawberry.UNSET,
    filter: Annotated[
        Json | None,
        strawberry.argument(
            description="Which events count: a condition in the filter language, or a name."
        ),
    ] = strawberry.UNSET,
    window_seconds: Annotated[
        int | None,
        strawberry.argument(
            description="Who goes no further for longer has dropped out of a stage."
        ),
    ] = strawberry.UNSET,
) -> Awaitable[Any]:
    names = ",".join(keys) if isinstance(keys, list) else None
    told: Row = {"keys": names, "from": from_, "to": to, "compare": compare, "filter": filter}
    told |= {"window_seconds": window_seconds}
    members = {name: one for name, one in told.items() if one not in (None, strawberry.UNSET)}
    query = given.built(JourneyKpisQuery, members).model_dump_json(by_alias=True)
    key = UUID(root["id"]), query
    return context.of(info).loaded("journey_kpis", _load_kpis, key, analysed=True)


async def _load_kpis(work: Work, asked: Sequence[Asked]) -> list[Any]:
    return await together(work, asked, _kpis_of)


async def _kpis_of(work: Work, journey_ids: Sequence[UUID], query: str) -> dict[UUID, Any]:
    """The KPIs of these maps for one question, or why there are none."""
    data = JourneyKpisQuery.model_validate_json(query)
    try:
        found = await insights.many_journey_kpis(work, journey_ids, data)
    except DomainError as error:
        return dict.fromkeys(journey_ids, error)
    return {
        which: one if isinstance(one, DomainError) else one.items for which, one in found.items()
    }


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
        structs.family(insights.JourneyFunnel, {}, {"steps": 5, "breakdown": 10, "excluded": 2}),
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
