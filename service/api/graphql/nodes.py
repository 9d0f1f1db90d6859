"""What every resource is in GraphQL: a node with a global id, found again by it."""

import asyncio
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import strawberry

from service.api.graphql import context, ids
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.mirroring import shows
from service.api.graphql.relations import computed, member
from service.api.graphql.scalars import Instant, Uuid
from service.domain.errors import Invalid, Problem
from service.domain.resources import Resource

T = TypeVar("T")
MOST_NODES = 200
"""Ids that `nodes` takes at once."""
_KIND = "__typename"


@strawberry.interface(description="Whatever has a global id, by which `node` finds it again.")
class Node:
    """Relay's interface."""

    id: strawberry.ID = strawberry.field(description="The global id.")

    @classmethod
    def is_type_of(cls, _: Any, __: Any) -> bool:
        """Rows are read as what they are."""
        return True

    @classmethod
    def resolve_type(cls, row: Row, _: Any, __: Any) -> str:
        """The kind that `node` found in the id."""
        return str(row[_KIND])


KINDS: dict[str, Resource] = {}
"""The resources by the names of their types."""


def shows_resource(
    resource: Resource, *hidden: str, always: Collection[str] = ()
) -> Callable[[type[T]], type[T]]:
    """Declare a class as the type of a resource: the members of its input and its own fields."""

    def declare(cls: type[T]) -> type[T]:
        kind = cls.__name__
        KINDS[kind] = resource
        fields = {
            "id": computed(
                strawberry.ID,
                "The global id.",
                lambda row: ids.global_id(kind, row["id"]),
                "id",
            ),
            "uuid": member("id", Uuid, "The id in REST."),
            "version": strawberry.field(
                description="Rises with every change; `ifVersion` takes it.", graphql_type=int
            ),
            "created_at": strawberry.field(description="When it was made.", graphql_type=Instant),
            "updated_at": strawberry.field(
                description="When it was last changed.", graphql_type=Instant
            ),
        }
        for name, field in fields.items():
            setattr(cls, name, field)
        return shows(resource.new, *hidden, always=always)(cls)

    return declare


async def _node(info: Any, id: str) -> Row | None:
    return await _found(info, id, "/id")


async def _nodes(info: Any, ids: list[str]) -> list[Row | None]:
    if len(ids) > MOST_NODES:
        raise Invalid([Problem("/ids", "too_long", f"at most {MOST_NODES} ids at once")])
    return await asyncio.gather(*(_found(info, one, f"/ids/{n}") for n, one in enumerate(ids)))


async def _found(info: Any, text: str, pointer: str) -> Row | None:
    said = ids.read(text)
    if said is None or said.kind not in KINDS:
        raise Invalid([Problem(pointer, ids.BAD_ID, "is no global id of ours")])
    kind = info.schema.schema_converter.type_map[said.kind].implementation
    row = await context.of(info).row(info._raw_info, KINDS[said.kind], said.id, kind)
    return row and {**row, _KIND: said.kind}


QUERIES = [
    resolving(
        "node",
        _node,
        Node | None,
        "Whatever has this global id; null when there is nothing.",
        [Argument("id", strawberry.ID, "A global id.")],
    ),
    resolving(
        "nodes",
        _nodes,
        list[Node | None] | None,
        f"Whatever has these global ids, in their order; at most {MOST_NODES}.",
        [Argument("ids", list[strawberry.ID], "Global ids.")],
    ),
]
