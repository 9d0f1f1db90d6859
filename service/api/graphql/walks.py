"""Figures computed of the paths people took."""

from typing import Any

from service.api.graphql import context, given, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.domain import measures

_EXCLUDED = {"excluded": 2}
_TRANSITIONS = {"items": 200, "starts": 50, "ends": 50, "steps": 50, **_EXCLUDED}
Transitions: Any = structs.family(measures.Transitions, {}, _TRANSITIONS)
Paths: Any = structs.family(measures.Paths, {}, {"items": 200, "steps": 5, **_EXCLUDED})
Conformance: Any = structs.family(
    measures.Conformance,
    {},
    {"by_matched": 10, "skipped": 10, "detours": 50, "unbound": 50, **_EXCLUDED},
)
Retention: Any = structs.family(
    measures.Retention, {}, {"cohorts": 30, "values": 30, "overall": 30, **_EXCLUDED}
)


async def _transitions(info: Any, input: Row) -> Any:
    data = given.built(measures.TransitionsQuery, input)
    return await context.of(info).analysed(lambda work: measures.transitions(work, data))


async def _paths(info: Any, input: Row) -> Any:
    data = given.built(measures.PathsQuery, input)
    return await context.of(info).analysed(lambda work: measures.paths(work, data))


async def _conformance(info: Any, input: Row) -> Any:
    data = given.built(measures.ConformanceQuery, input)
    return await context.of(info).analysed(lambda work: measures.conformance(work, data))


async def _retention(info: Any, input: Row) -> Any:
    data = given.built(measures.RetentionQuery, input)
    return await context.of(info).analysed(lambda work: measures.retention(work, data))


QUERIES = [
    resolving(
        # `transitions` are those of maps.
        "observed_transitions",
        _transitions,
        Transitions | None,
        "Which event follows on which, how often; where paths start and end.",
        [Argument("input", mirroring.input_of(measures.TransitionsQuery), "Which, and how.")],
    ),
    resolving(
        "paths",
        _paths,
        Paths | None,
        "The most frequent sequences of events, and where they lead.",
        [Argument("input", mirroring.input_of(measures.PathsQuery), "Which, and how.")],
    ),
    resolving(
        "conformance",
        _conformance,
        Conformance | None,
        "What people did held against a planned sequence of events.",
        [Argument("input", mirroring.input_of(measures.ConformanceQuery), "Which, and how.")],
    ),
    resolving(
        "retention",
        _retention,
        Retention | None,
        "Who came back, by when they began.",
        [Argument("input", mirroring.input_of(measures.RetentionQuery), "Which, and how.")],
    ),
]
