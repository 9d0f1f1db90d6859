"""What ties real events to maps: tried on the past, and what is covered by it."""

from typing import Any

import strawberry

from service.api.graphql import context, given, ids, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.scalars import Instant
from service.api.graphql.states import STATE
from service.domain import insights

_TIMES = {
    **{"steps": 40, "touchpoints": 20, "steps_without": 20, "unobserved": 20, "unbound": 20},
    **{"by_event": 10, "overlaps": 10, "examples": 10, "excluded": 2},
}
PreviewedBinding: Any = structs.family(insights.PreviewedBinding, {}, _TIMES)
JourneyBindings: Any = structs.family(insights.JourneyBindings, {}, _TIMES)


async def _preview(info: Any, input: Row) -> Any:
    data = given.built(insights.BindingPreview, input)
    return await context.of(info).read(lambda work: insights.preview_binding(work, data))


async def _bindings(info: Any, journey_id: str, **arguments: Any) -> Any:
    which = ids.plain_id(journey_id, "Journey", "/journey_id")
    told = {name.rstrip("_"): one for name, one in arguments.items() if one is not None}
    query = given.built(insights.BindingsQuery, told)
    return await context.of(info).read(lambda work: insights.bindings_of(work, which, query))


QUERIES = [
    resolving(
        "binding_preview",
        _preview,
        PreviewedBinding | None,
        "What a binding would take of past events.",
        [
            Argument(
                "input",
                mirroring.input_of(insights.BindingPreview),
                "Which binding, on events of which time.",
            )
        ],
    ),
    resolving(
        "journey_bindings",
        _bindings,
        JourneyBindings | None,
        "What the bindings of a map take, and what they do not.",
        [
            Argument("journey_id", strawberry.ID, "Of which map."),
            optional("revision", str, f"Of which state of the map: {STATE}."),
            optional("from_", Instant, "Events from then on."),
            optional("to", Instant, "Events before then."),
        ],
    ),
]
