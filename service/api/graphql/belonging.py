"""What belongs to a row, as a connection: a page of it, read at once for all rows of an answer."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Annotated, Any, NamedTuple
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
        *,
        last: Annotated[
            int | None,
            strawberry.argument(description="Instead of `first`: as many from the end."),
        ] = strawberry.UNSET,
        before: Annotated[
            str | None, strawberry.argument(description="The cursor of the row behind.")
        ] = strawberry.UNSET,
    ) -> Awaitable[Page]:
        chosen, counted = asked(info._raw_info)
        given_here = {"first": first, "after": after, "last": last, "before": before}
        sized = given.listed(
            ListQuery, {n: v for n, v in given_here.items() if v is not strawberry.UNSET}
        )
        wanted = _beyond(belonging, UUID(root["id"]), sized)
        selected = msgspec.json.encode(chosen, order="sorted").decode()
        what = _What(belonging, chosen, counted, sized.backward)
        load = partial(_load, context.of(info), what)
        name = f"belonging {id(belonging)} {counted} {sized.backward} {selected}"
        return context.of(info).loaded(name, load, wanted)

    metadata = {STORED: Stored(("id",), way=projecting.belonging(belonging))}
    kind: Any = LazyType(belonging.resource.shape.name, f"service.api.graphql.{file}")
    shown: Any = Connection[kind] | None
    return strawberry.field(description=description, metadata=metadata, graphql_type=shown)(resolve)


def _beyond(belonging: Belonging, owner_id: UUID, sized: ListQuery) -> Asked:
    """The rows that are asked for. Raises `Invalid` for a cursor at the end that is not filled."""
    near, far = ("before", "after") if sized.backward else ("after", "before")
    cursor = {"after": sized.after or None, "before": sized._before}
    if cursor[far] is not None:
        detail = "goes with `last`" if far == "before" else "goes with `first`"
        raise Invalid([Problem(f"/{far}", "one_of", detail)])
    try:
        return belonging.of(owner_id, sized.limit, cursor[near])
    except Malformed as error:
        raise Invalid([Problem(f"/{near}", "cursor", "is no cursor of this list")]) from error


class _What(NamedTuple):
    """What is read, which members of it, whether all are counted, and whether the last are read."""

    belonging: Belonging
    chosen: Any
    counted: bool
    backward: bool


async def _load(
    request: context.Context, what: _What, work: Work, wanted: Sequence[Asked]
) -> list[Page]:
    of, chosen, counted, backward = what
    found = await belongings(work, of, wanted, chosen, counted=counted, backward=backward)
    return [_page(request, what, *both) for both in zip(wanted, found, strict=True)]


def _page(request: context.Context, what: _What, one: Asked, part: Part) -> Page:
    rows = [request.decoded(item) for item in part.items]
    ends = part.more, not one.last.is_start
    more, later = reversed(ends) if what.backward else ends
    return Page(rows, part.cursors, more, later, part.total)
