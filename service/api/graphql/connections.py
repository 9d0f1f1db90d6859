"""Lists as Relay's connections: a page is one statement, whatever is selected of its rows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import strawberry
from graphql import FieldNode, GraphQLResolveInfo

from service.api.graphql import context, given, ids, mirroring, rooted
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.languages import spoken
from service.api.graphql.scalars import Json
from service.api.graphql.selecting import below, object_type, selection
from service.domain.paging import ListQuery, PageOf
from service.domain.resources import Resource
from service.domain.work import Work

T = TypeVar("T")
Pages = Callable[[Work, ListQuery], Awaitable[PageOf]]
"""What answers a page of a list."""
_EVERY = frozenset({"limit", "after", "sort", "filter", "q", "count", "view"})
"""What every list understands; what a query has beyond is a typed filter."""


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's."""

    has_next_page: bool = strawberry.field(
        description="Whether rows follow; of the last rows, whether `before` left any out."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether rows precede: of the first rows, whether `after` skipped any."
    )
    start_cursor: str | None = strawberry.field(description="The cursor of the first row.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last row.")


@strawberry.type(description="A row of a list, and where it stands.")
class Edge(Generic[T]):
    """Relay's."""

    node: T = strawberry.field(description="The row.")
    cursor: str = strawberry.field(
        description="Goes into `after` for the rows behind this one, `before` for those in front."
    )


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Relay's."""

    edges: list[Edge[T]] = strawberry.field(description="The rows with their cursors.")
    nodes: list[T] = strawberry.field(description="The rows.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="Rows in the whole list; counted if asked.")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a connection's fields read it."""

    nodes: Sequence[Row]
    cursors: Sequence[str]
    more: bool
    later: bool
    total_count: int | None

    @classmethod
    def of(cls, rows: Sequence[Row], found: PageOf, asked: ListQuery) -> Self:
        """The page found of what was asked."""
        return cls(rows, found.cursors, *around(asked, beyond=found.next is not None), found.total)

    @property
    def edges(self) -> list[Row]:
        pairs = zip(self.nodes, self.cursors, strict=True)
        return [{"node": node, "cursor": cursor} for node, cursor in pairs]

    @property
    def page_info(self) -> Row:
        return {
            "has_next_page": self.more,
            "has_previous_page": self.later,
            "start_cursor": self.cursors[0] if self.cursors else None,
            "end_cursor": self.cursors[-1] if self.cursors else None,
        }


def listing(
    name: str,
    shown: Any,
    resource: Resource,
    query: type[ListQuery],
    description: str,
    *,
    owners: Resource | None = None,
    more: Sequence[Argument] = (),
) -> Any:
    """A field that lists a resource, or the parts that one of `owners` has.

    `more` may hold `LANGUAGE`, for what follows Accept-Language.
    """
    if owners is None:
        return connection(name, shown, resource.page, query, description, more=more, of=resource)
    argument, kind = f"{owners.kind}_id", owners.shape.name

    def of_owner(owner: str) -> Pages:
        owner_id = ids.plain_id(owner, kind, f"/{argument}")
        return lambda work, asked: resource.page_of(work, owners, owner_id, asked)

    owned = Argument(argument, strawberry.ID, f"Whose: a {kind}.")
    return connection(
        name, shown, of_owner, query, description, owner=owned, more=more, of=resource
    )


def connection(
    name: str,
    shown: Any,
    page: Any,
    query: type[ListQuery],
    description: str,
    *,
    owner: Argument | None = None,
    more: Sequence[Argument] = (),
    of: Resource | None = None,
) -> Any:
    """A field that answers pages, as `page(work, query)` does; with an `owner`, as what `page`
    makes of that does. A plan answers it too where it lists the rows of a resource.
    """

    def prepared(arguments: Mapping[str, Any], *, counted: bool) -> tuple[ListQuery, Pages]:
        asked = dict(arguments)
        language = spoken(asked)
        read: Pages = page if owner is None else page(asked.pop(owner.name))
        wanted = given.listed(query, {**asked, "count": counted}, shown.__name__)
        return wanted, lambda work, query: read(work.speaking(language), query)

    async def resolve(info: Any, **arguments: Any) -> Page:
        chosen, counted = asked(info._raw_info)
        wanted, read = prepared(arguments, counted=counted)
        wanted = wanted.selecting(chosen)
        request = context.of(info)
        found = await request.read(lambda work: read(work, wanted))
        rows = request.decoded(found.items)
        return Page.of(rows, found, wanted)

    arguments = [*arguments_of(shown, query), *more]
    if owner is not None:
        arguments.insert(0, owner)
    way = None if of is None else rooted.listed(of, prepared)
    return resolving(name, resolve, Connection[shown] | None, description, arguments, way=way)


def asked(info: GraphQLResolveInfo[Any]) -> tuple[Any, bool]:
    """The members selected of the rows, and whether to count them all."""
    page = object_type(info.return_type)
    fields = below(info, page, info.field_nodes)
    rows: list[FieldNode] = list(fields.get("nodes", ()))
    edge = object_type(page.fields["edges"].type)
    rows += below(info, edge, fields.get("edges", ())).get("node", ())
    chosen = selection(info, object_type(page.fields["nodes"].type), rows)
    return chosen, "totalCount" in fields


def around(asked: ListQuery, *, beyond: bool) -> tuple[bool, bool]:
    """Whether rows follow a page, and whether some precede it; `beyond`: where it was filled to."""
    return (asked.skips, beyond) if asked.backward else (beyond, asked.skips)


Part = Page
"""A page that a field of a row answers."""


def chosen_of(info: GraphQLResolveInfo[Any]) -> Any:
    """The members selected of the rows of a connection."""
    return asked(info)[0]


def arguments_of(shown: Any, query: type[ListQuery]) -> list[Argument]:
    """The arguments of a list of `shown`, as its query has them."""
    fields = query.model_fields
    first = f"Rows a page: 1 to 200, by default {fields['limit'].default}."
    found = [
        optional("first", int, first),
        optional("after", str, "The cursor of the row before, with the same other arguments."),
        optional("last", int, "Instead of `first`: as many from the end, in the same order."),
        optional("before", str, "The cursor of the row behind, with the same other arguments."),
        optional("sort", str, "A member to sort by, such as created_at; `-` before it descends."),
    ]
    if "filter" in fields:
        found.append(optional("filter", Json, "A condition in the filter language."))
    if "q" in fields:
        found.append(optional("q", str, "Text to search for, in any script."))
    for name, info in fields.items():
        if name not in _EVERY:
            kind = mirroring.argument_of(query, name, shown.__name__)
            said = info.description or f"Only those with this {name.replace('_', ' ')}."
            found.append(optional(name, kind, said))
    return found
