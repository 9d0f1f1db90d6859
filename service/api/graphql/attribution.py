"""What conversions are owed to."""

from decimal import Decimal
from typing import Any

from service.api.graphql import context, given, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.scalars import Number
from service.domain import measures

Attribution: Any = structs.family(
    measures.Attribution, {Decimal: Number}, {"items": 50, "excluded": 2}
)


async def _attribution(info: Any, input: Row) -> Any:
    data = given.built(measures.AttributionQuery, input)
    return await context.of(info).analysed(lambda work: measures.attribution(work, data))


QUERIES = [
    resolving(
        "attribution",
        _attribution,
        Attribution | None,
        "Conversions of a range, divided among the touches before them.",
        [Argument("input", mirroring.input_of(measures.AttributionQuery), "Which, and how.")],
    ),
]
