"""What belongs to a row, as a connection: a page of it, read at once for all rows of an answer."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry
from strawberry import Info
from strawberry.types.lazy_type import LazyType

from service.api.graphql import context, given, projecting
from service.api.graphql.connections import Connection, Page, asked
from service.api.graphql.selecting import STORED, Stored
from service.domain.belonging import Asked, Belonging, Part, belongings
from service.domain.errors import Invalid, Malformed, Problem
from service.domain.paging import ListQuery
from service.domain.work import Work


def belonging_to(belonging: Belonging, file: str, description: str) -> Any:
    """A field with the rows that belong to its own, the newest first; `file` declares their type.

    Types point at each other, which files may not.
    """

    def resolve(
        root: Any,
        info: Info,
        first: Annotated[
            int | None, strawberry.argument(description="Rows a page: 1 to 200, by default 50.")
        ] = strawberry.UNSET,
        after: Annotated[
            str | None, strawberry.argument(description="The cursor of the row before.")
        ] = strawberry.UNSET,
    ) -> Awaitable[Page]:
        chosen, counted = asked(info._raw_info)
        sized = given.query(ListQuery, {} if first is strawberry.UNSET else {"first": first})
        wanted = _behind(belonging, UUID(root["id"]), sized.limit, after or None)
        selected = msgspec.json.encode(chosen, order="sorted").decode()
        load = partial(_load, context.of(info), (belonging, chosen, counted))
        name = f"belonging {id(belonging)} {counted} {selected}"
        return context.of(info).loaded(name, load, wanted)

    metadata = {STORED: Stored(("id",), way=projecting.belonging(belonging))}
    kind: Any = LazyType(belonging.resource.shape.name, f"service.api.graphql.{file}")
    shown: Any = Connection[kind] | None
    return strawberry.field(description=description, metadata=metadata, graphql_type=shown)(resolve)


def _behind(belonging: Belonging, owner_id: UUID, limit: int, after: str | None) -> Asked:
    try:
        return belonging.of(owner_id, limit, after)
    except Malformed as error:
        raise Invalid([Problem("/after", "cursor", "is no cursor of this list")]) from error


_What = tuple[Belonging, Any, bool]
"""What is read, which members of it, and whether all are counted."""


async def _load(
    request: context.Context, what: _What, work: Work, wanted: Sequence[Asked]
) -> list[Page]:
    belonging, chosen, counted = what
    found = await belongings(work, belonging, wanted, chosen, counted=counted)
    return [_page(request, *both) for both in zip(wanted, found, strict=True)]


def _page(request: context.Context, one: Asked, part: Part) -> Page:
    rows = [request.decoded(item) for item in part.items]
    return Page(rows, part.cursors, part.more, not one.last.is_start, part.total)
