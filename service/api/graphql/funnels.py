"""How far people come along some steps."""

from typing import Any

from service.api.graphql import context, given, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.domain import measures

_TIMES = {"steps": 5, "exclude": 2, "breakdown": 10, "excluded": 2, "contact_ids": 50}
Funnel: Any = structs.family(measures.Funnel, {}, _TIMES)


async def _funnel(info: Any, input: Row) -> Any:
    data = given.built(measures.FunnelsQuery, input)
    return await context.of(info).analysed(lambda work: measures.funnel(work, data))


QUERIES = [
    resolving(
        "funnel",
        _funnel,
        Funnel | None,
        "How far people come along some steps, where they drop, and how long it takes.",
        [Argument("input", mirroring.input_of(measures.FunnelsQuery), "Which, and how.")],
    ),
]
