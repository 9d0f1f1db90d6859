"""Who stands where on a map, below the map."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import strawberry
from msgspec import UNSET, structs
from strawberry.types.lazy_type import LazyType

from service.api.graphql import context, given
from service.api.graphql.connections import Edge, PageInfo, arguments_of, around, asked
from service.api.graphql.context import Row
from service.api.graphql.histories import field_of
from service.api.graphql.relations import one
from service.api.graphql.structs import family
from service.domain import contacts, insights
from service.domain.errors import TooLarge
from service.domain.insights import JourneyContactsQuery
from service.domain.shares import Excluded
from service.domain.work import Work

MOST = 5
"""Maps of one answer on which everybody is laid: each takes statements of its own."""
_CONTACT: Any = LazyType("Contact", "service.api.graphql.contacts")
_INNER: dict[Any, Any] = {}
ContactAt: Any = family(
    insights.ContactAt,
    _INNER,
    {},
    contact=one(contacts.CONTACTS, "contact_id", "Who, as they are shown.", kind=_CONTACT | None),
)
_DEFINITION: Any = family(insights.JourneyContactsDefinition, _INNER, {})
_EXCLUDED: Any = family(Excluded, _INNER, {})


@strawberry.type(description="A page of those who stand somewhere on a map.")
class JourneyContacts:
    """Relay's, and what REST tells beside the page."""

    edges: list[Edge[ContactAt]] = strawberry.field(description="Them, with their cursors.")
    nodes: list[ContactAt] = strawberry.field(description="Those of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many there are; counted if asked.")
    definition: _DEFINITION = strawberry.field(description="Who is listed, and how it is computed.")
    excluded: list[_EXCLUDED] = strawberry.field(description="What does not count, by reason.")
    reason: str | None = strawberry.field(description="Why nobody is on the map, if nobody is.")


def journey_contacts() -> Any:
    """A journey's field for those who stand on it."""

    def resolve(info: Any, which: UUID, **arguments: Any) -> Awaitable[Any]:
        _, counted = asked(info._raw_info)
        if isinstance(statuses := arguments.get("status"), list):
            arguments["status"] = ",".join(statuses)
        query = given.listed(JourneyContactsQuery, {**arguments, "count": counted})
        # Of one field of the query, whatever it is called and asks for.
        name = f"stand {info._raw_info.field_nodes[0].loc}"
        read = partial(_pages, query)
        return context.of(info).loaded(name, read, which, analysed=True)

    return field_of(
        resolve,
        JourneyContacts | None,
        "Who stands where on it, and how: by the rules for one contact.",
        arguments_of(ContactAt, JourneyContactsQuery),
        costs=200,
    )


async def _pages(query: JourneyContactsQuery, work: Work, maps: Sequence[UUID]) -> list[Any]:
    if len(maps) > MOST:
        raise TooLarge(f"This is told of at most {MOST} maps at once: ask for fewer.")
    # One after the other on the one connection: each map has everybody laid on it.
    return [_shown(await insights.journey_contacts(work, one, query), query) for one in maps]


def _shown(page: insights.ContactsPage, query: JourneyContactsQuery) -> Row:
    answer, cursors = page
    nodes = [structs.asdict(item) for item in answer.items]
    pairs = zip(nodes, cursors, strict=True)
    beside = {name: getattr(answer, name) for name in ("definition", "excluded")}
    more, later = around(query, beyond=answer.next is not None)
    return {
        **beside,
        "reason": None if answer.reason is UNSET else answer.reason,
        "edges": [{"node": node, "cursor": cursor} for node, cursor in pairs],
        "nodes": nodes,
        "total_count": None if answer.total is UNSET else answer.total,
        "page_info": {
            "has_next_page": more,
            "has_previous_page": later,
            "start_cursor": cursors[0] if cursors else None,
            "end_cursor": cursors[-1] if cursors else None,
        },
    }
