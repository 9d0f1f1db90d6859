"""What follows contentment and discontent."""

from typing import Any

from service.api.graphql import context, given, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.domain import measures

Drivers: Any = structs.family(measures.Drivers, {}, {"items": 50, "excluded": 2})


async def _drivers(info: Any, input: Row) -> Any:
    data = given.built(measures.DriversQuery, input)
    return await context.of(info).analysed(lambda work: measures.drivers(work, data))


QUERIES = [
    resolving(
        "drivers",
        _drivers,
        Drivers | None,
        "What people do after satisfied and dissatisfied answers, by where these were given.",
        [Argument("input", mirroring.input_of(measures.DriversQuery), "Which, and how.")],
    ),
]
