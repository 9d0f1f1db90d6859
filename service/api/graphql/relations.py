"""Fields of stored types: parts, computed members, and the relations between resources.

Whatever the number of rows, a field's related rows are read by one statement.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, ForwardRef
from uuid import UUID

import strawberry
from strawberry import Info
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from service.api.graphql import context
from service.api.graphql.context import Row
from service.api.graphql.selecting import STORED, Stored
from service.domain import plans
from service.domain.resources import Resource
from service.domain.work import Work


class _Computed(StrawberryField):
    """A field computed from its row alone, without what a resolver costs."""

    compute: Callable[[Any], Any]

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        del info, args, kwargs
        return self.compute(source)


def computed(kind: Any, description: str, compute: Callable[[Any], Any], *members: str) -> Any:
    """A field made of members of its row."""
    annotation = StrawberryAnnotation(kind)
    metadata = {STORED: Stored(members)}
    field = _Computed(type_annotation=annotation, description=description, metadata=metadata)
    field.compute = compute
    return field


def member(name: str, kind: Any, description: str) -> Any:
    """A member of the row under another name."""
    return computed(kind, description, lambda row: row[name], name)


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

    return _related(resolve, name, description, times=1, kind=kind)


def many(resource: Resource, name: str, description: str, *, times: int, kind: Any = None) -> Any:
    """The resources whose ids a member lists, in that order; of `kind` where that is not said by
    the class."""

    async def resolve(root: Any, info: Info) -> list[Row]:
        request = context.of(info)
        asked = [request.row(info._raw_info, resource, UUID(which)) for which in root[name]]
        return [row for row in await asyncio.gather(*asked) if row is not None]

    return _related(resolve, name, description, times=times, kind=kind)


def newest(resource: Resource, shown: Any, description: str, *, times: int) -> Any:
    """The newest actions, reviews or comments of a map, which their own list has all of."""

    async def load(work: Work, journey_ids: Sequence[UUID]) -> list[list[UUID]]:
        found = await plans.of_maps(work, resource, journey_ids)
        return [found[one] for one in journey_ids]

    async def resolve(root: Any, info: Info) -> list[Row]:
        request = context.of(info)
        ids = await request.loaded(f"{resource.kind}s of maps", load, UUID(root["id"]))
        asked = [request.row(info._raw_info, resource, which) for which in ids]
        return [row for row in await asyncio.gather(*asked) if row is not None]

    metadata = {STORED: Stored(("id",), times=times)}
    said = f"{description} The newest, at most {plans.NEWEST}; the list of all takes journeyId."
    field = strawberry.field(
        description=said,
        metadata=metadata,
        graphql_type=list[shown],
    )
    return field(resolve)


def declared_later(name: str, module: str) -> Any:
    """A type of a file that knows this one: types may point at each other, files may not."""
    return Annotated[ForwardRef(name), strawberry.lazy(f"service.api.graphql.{module}")]


def listed_by(
    resource: Resource, found: Callable[..., Any], description: str, *, times: int
) -> Any:
    """The resources whose ids `found(work, ids)` tells for the row's own id."""

    async def load(work: Work, ids: Sequence[UUID]) -> list[list[str]]:
        others = await found(work, ids)
        return [others.get(one, []) for one in ids]

    async def resolve(root: Any, info: Info) -> list[Row]:
        request = context.of(info)
        ids = await request.loaded(found.__name__, load, UUID(root["id"]))
        asked = [request.row(info._raw_info, resource, UUID(which)) for which in ids]
        return [row for row in await asyncio.gather(*asked) if row is not None]

    return _related(resolve, "id", description, times=times)


def _related(
    resolve: Callable[..., Any], name: str, description: str, *, times: int, kind: Any = None
) -> Any:
    metadata = {STORED: Stored((name,), times=times)}
    field = strawberry.field(description=description, metadata=metadata, graphql_type=kind)
    return field(resolve)
