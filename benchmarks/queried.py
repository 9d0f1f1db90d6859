"""What is asked by GraphQL: maps with their stages and steps, ten members of each.

`python -m benchmarks --only GraphQL` measures these cases alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, select
from strawberry.utils.str_converters import to_camel_case

from benchmarks.ground import Ground
from benchmarks.least import PAGE, Query, newest, one
from benchmarks.load import request
from service.domain import journeys, shapes
from service.domain.shapes import Projection, Stored

MEMBERS: Mapping[str, Sequence[str]] = {
    "journey": (
        *("title", "scenario", "occasion", "perspective", "status", "locale", "tags"),
        *("version", "created_at", "updated_at"),
    ),
    "stage": (
        *("key", "name", "description", "phase", "funnel_stage", "goals", "needs", "feelings"),
        *("version", "updated_at"),
    ),
    "step": (
        *("key", "action", "emotion", "channel", "device", "department", "expected_outcome"),
        *("thoughts", "feelings", "version"),
    ),
}


def selection() -> str:
    """The members, as a query selects them."""
    journey, stage, step = (" ".join(map(to_camel_case, each)) for each in MEMBERS.values())
    return f"{{ {journey} stages {{ {stage} steps {{ {step} }} }} }}"


ONE = f"query Map($id: ID!) {{ journey(id: $id) {selection()} }}"
SOME = f"query Maps($first: Int!) {{ journeys(first: $first) {{ nodes {selection()} }} }}"


def requests(ground: Ground) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """One map each, and a page of each workspace."""
    one_each = [_asked(row.tenant.key, ONE, id=str(row.id)) for row in ground.journeys]
    return one_each, [_asked(tenant.key, SOME, first=PAGE) for tenant in ground.tenants]


def _asked(key: str, query: str, **variables: Any) -> bytes:
    return request("POST", "/graphql", key, {"query": query, "variables": variables})


def least() -> tuple[Query, Query]:
    """The same answers in a statement each, for the limit."""
    journey, stage, step = (_shown(each) for each in MEMBERS.values())
    steps = shapes.projection.parts("steps", Projection(step))
    stages = shapes.projection.parts("stages", Projection({**stage, "steps": steps}))
    whole = Projection({**journey, "stages": stages})
    shape = journeys.JOURNEYS.shape
    each = one(lambda row: _framed(whole(Stored(shape, row)), "data", "journey"))
    some = newest(lambda row: whole(Stored(shape, row)))
    return each, Query(select(cast(_framed(some, "data", "journeys", "nodes"), Text)))


def _shown(members: Sequence[str]) -> dict[str, shapes.Shown]:
    return {to_camel_case(name): shapes.projection.member(name) for name in members}


def _framed(value: Any, *names: str) -> Any:
    for name in reversed(names):
        value = shapes.json_object({name: value})
    return value
