"""What every resource is in GraphQL: a node with a global id, found again by it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import strawberry

from service.api.graphql import context, ids, projecting, rooted
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.mirroring import shows
from service.api.graphql.relations import computed, member
from service.api.graphql.scalars import Instant, Uuid
from service.domain.errors import Invalid, Problem
from service.domain.resources import Resource, kinds
from service.domain.work import Work

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
                way=projecting.global_id(kind, "id"),
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


_Found = Awaitable[Row | None] | Invalid | None


async def _node(info: Any, id: str) -> Row | Invalid | None:
    (found,) = await _found(info, {"/id": id})
    return await found if isinstance(found, Awaitable) else found


async def _nodes(info: Any, ids: list[str]) -> list[_Found]:
    if len(ids) > MOST_NODES:
        raise Invalid([Problem("/ids", "too_long", f"at most {MOST_NODES} ids at once")])
    return await _found(info, {f"/ids/{n}": one for n, one in enumerate(ids)})


async def _found(info: Any, asked: Mapping[str, str]) -> list[_Found]:
    """For each text, by its pointer, what will be there; what is no id is an error of its own."""
    said = {at: ids.read(text) for at, text in asked.items()}
    unnamed = [one.id for one in said.values() if one is not None and one.kind is None]
    request = context.of(info)
    named = await asyncio.gather(*(request.loaded("kinds", _kinds, which) for which in unnamed))
    by_id = dict(zip(unnamed, named, strict=True))
    found: list[_Found] = []
    for at, one in said.items():
        kind = one and (one.kind or by_id[one.id])
        if one is not None and kind is None:
            found.append(None)
        elif one is None or kind not in KINDS:
            found.append(Invalid([Problem(at, ids.BAD_ID, "is no id of ours")]))
        else:
            found.append(_row(info, kind, one.id))
    return found


async def _row(info: Any, kind: str, which: UUID) -> Row | None:
    shown = info.schema.schema_converter.type_map[kind].implementation
    row = await context.of(info).row(info._raw_info, KINDS[kind], which, shown)
    # Where nothing is selected of it, there is nothing in it.
    return None if row is None else {**row, _KIND: kind}


async def _kinds(work: Work, which: Sequence[UUID]) -> list[str | None]:
    """The kinds of what has these ids; None where the caller may see nothing."""
    names = {resource: name for name, resource in KINDS.items()}
    found = await kinds(work, list(names), which)
    return [names[found[one]] if one in found else None for one in which]


QUERIES = [
    resolving(
        "node",
        _node,
        Node | None,
        "Whatever has this id; null when there is nothing.",
        [Argument("id", strawberry.ID, "A global id, or a plain one as in REST.")],
        way=rooted.by_global_id(KINDS),
    ),
    resolving(
        "nodes",
        _nodes,
        list[Node | None] | None,
        f"Whatever has these ids, in their order, null where nothing has; at most {MOST_NODES}.",
        [Argument("ids", list[strawberry.ID], "Global ids, or plain ones as in REST.")],
        way=rooted.by_global_ids(KINDS, MOST_NODES),
    ),
]
