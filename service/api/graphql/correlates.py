"""What goes with conversion."""

from typing import Any

from service.api.graphql import context, given, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.domain import measures

Correlates: Any = structs.family(measures.Correlates, {}, {"items": 50, "excluded": 2})


async def _correlates(info: Any, input: Row) -> Any:
    data = given.built(measures.CorrelatesQuery, input)
    return await context.of(info).analysed(lambda work: measures.correlates(work, data))


QUERIES = [
    resolving(
        "correlates",
        _correlates,
        Correlates | None,
        "Events by how strongly they go with conversion, which is not what causes it.",
        [Argument("input", mirroring.input_of(measures.CorrelatesQuery), "Which, and how.")],
    ),
]
