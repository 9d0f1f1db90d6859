"""Pages of events, in the order in which they came or happened."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic_core import to_json

from service.api.graphql import context, given, mirroring
from service.api.graphql.context import Row
from service.api.graphql.declaring import optional
from service.api.graphql.scalars import Instant, Json
from service.domain.errors import Invalid
from service.domain.events import TimelineQuery
from service.domain.listing import PageOf
from service.domain.work import Work

Q = TypeVar("Q", bound=TimelineQuery)
ENTRY: Any = mirroring.argument_of(TimelineQuery, "type", "Timeline")


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page as the connection's fields read it."""

    nodes: Sequence[Row]
    cursors: Sequence[str]
    page_info: Row

    @property
    def edges(self) -> list[Row]:
        pairs = zip(self.nodes, self.cursors, strict=True)
        return [{"node": node, "cursor": cursor} for node, cursor in pairs]


async def page(
    info: Any, query: TimelineQuery, read: Callable[[Work], Awaitable[PageOf]]
) -> EventPage:
    """The page that `read` answers."""
    return shown(info, query, await context.of(info).read(read))


def shown(info: Any, query: TimelineQuery, found: PageOf) -> EventPage:
    """A page as it was read."""
    told = {
        "has_next_page": found.more,
        "has_previous_page": query.after is not None,
        "start_cursor": found.cursors[0] if found.cursors else None,
        "end_cursor": found.end,
    }
    return EventPage(context.of(info).decoded(found.items), found.cursors, told)


def asked(kind: type[Q], arguments: Row) -> Q:
    """The question in a field's arguments. Raises `Invalid`, naming every one."""
    members = {name.rstrip("_"): value for name, value in arguments.items() if value is not None}
    if "first" in members:
        members["limit"] = members.pop("first")
    if "filter" in members:
        members["filter"] = to_json(members["filter"], inf_nan_mode="constants").decode()
    try:
        return given.built(kind, members)
    except Invalid as error:
        problems = [
            replace(one, pointer="/first") if one.pointer == "/limit" else one
            for one in error.problems
        ]
        raise Invalid(problems) from error


ARGUMENTS = [
    optional("first", int, "Events a page: 1 to 200, by default 50."),
    optional("after", str, "The cursor of the event before."),
    optional("filter", Json, "A condition in the filter language."),
    optional("event", str, "Of this name alone."),
    optional("from_", Instant, "That happened then or later."),
    optional("to", Instant, "That happened before."),
]
