"""Figures computed of what people did."""

from typing import Any

from service.api.graphql import context, given, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.domain import measures

_TIMES = {"switches": 3, "exits": 50, "excluded": 2}
Sessions: Any = structs.family(measures.Sessions, {}, _TIMES)


async def _sessions(info: Any, input: Row) -> Any:
    data = given.built(measures.SessionsQuery, input)
    return await context.of(info).analysed(lambda work: measures.sessions(work, data))


QUERIES = [
    resolving(
        "sessions",
        _sessions,
        Sessions | None,
        "Sessions of a range: how many, how long, where they end, what changes on the way.",
        [Argument("input", mirroring.input_of(measures.SessionsQuery), "Which, and how.")],
    ),
]
