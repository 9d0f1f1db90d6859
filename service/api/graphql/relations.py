"""Fields of stored types: parts, computed members, and the relations between resources.

Whatever the number of rows, a field's related rows are read by one statement.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry
from strawberry import Info
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from service.api.graphql import context, projecting
from service.api.graphql.context import Row
from service.api.graphql.projecting import Way
from service.api.graphql.selecting import STORED, Stored
from service.domain.resources import Resource


class Computed(StrawberryField):
    """A field computed from its row alone, without what a resolver costs."""

    compute: Callable[[Any], Any]

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        """What is made of the row."""
        del info, args, kwargs
        return self.compute(source)


def computed(
    kind: Any,
    description: str,
    compute: Callable[[Any], Any],
    *members: str,
    way: Way | None = None,
) -> Any:
    """A field made of members of its row; `way` is how a plan makes it."""
    annotation = StrawberryAnnotation(kind)
    metadata = {STORED: Stored(members, way=way)}
    field = Computed(type_annotation=annotation, description=description, metadata=metadata)
    field.compute = compute
    return field


def member(name: str, kind: Any, description: str) -> Any:
    """A member of the row under another name."""
    return computed(kind, description, lambda row: row[name], name, way=projecting.renamed(name))


def parts(description: str, *, times: int) -> Any:
    """Parts that come with their whole; a cost counts them as `times` rows."""
    metadata = {STORED: Stored(part=True, times=times)}
    return strawberry.field(description=description, metadata=metadata)


def one(resource: Resource, name: str, description: str, *, kind: Any = None) -> Any:
    """The resource whose id stands in a member; null when none does. Of `kind` where that is not
    said by the class."""

    def resolve(root: Any, info: Info) -> Awaitable[Row | None] | None:
        which = root[name]
        return which and context.of(info).row(info._raw_info, resource, UUID(which))

    way = projecting.to_one(resource, name)
    return _related(resolve, name, description, way, times=1, kind=kind)


def many(
    resource: Resource,
    name: str,
    description: str,
    *,
    times: int,
    most: int = 0,
    kind: Any = None,
) -> Any:
    """The resources whose ids a member lists, in that order; at `most` so many, where these list
    others of theirs. Of `kind` where that is not said by the class."""

    async def resolve(root: Any, info: Info) -> list[Row]:
        request = context.of(info)
        asked = [request.row(info._raw_info, resource, UUID(which)) for which in root[name]]
        return [row for row in await asyncio.gather(*asked) if row is not None]

    way = projecting.to_many(resource, name)
    return _related(resolve, name, description, way, times=times, most=most, kind=kind)


def _related(
    resolve: Callable[..., Any],
    name: str,
    description: str,
    way: Way,
    *,
    times: int,
    most: int = 0,
    kind: Any = None,
) -> Any:
    metadata = {STORED: Stored((name,), times=times, most=most, way=way)}
    field = strawberry.field(description=description, metadata=metadata, graphql_type=kind)
    return field(resolve)
