"""Everything that changed, as a connection whose end is where to go on from later."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import strawberry

from service.api.graphql import context, given, ids, mirroring
from service.api.graphql.connections import Edge, PageInfo
from service.api.graphql.context import Row
from service.api.graphql.declaring import optional, resolving
from service.api.graphql.relations import computed, member
from service.api.graphql.scalars import Instant, Uuid
from service.domain import changes
from service.domain.changes import ChangesQuery
from service.domain.errors import Invalid
from service.domain.words import Meaning

_RENAMED = {"/limit": "/first", "/kind": "/kinds"}
_DONE = Meaning(
    "What a change did.",
    {
        "upsert": "Made or changed it.",
        "archive": "Put it away; it can come back.",
        "merge": "Made it part of another.",
        "erase": "Deleted it.",
    },
)
_ABOUT = {"gap": "journey"}
"""What those are about that are no parts of it."""
ChangeOp: Any = mirroring.enumeration(tuple(changes.OPERATIONS), "ChangeOp", _DONE)


def _name(row: Row) -> str:
    return changes.RESOURCES[row["kind"]].shape.name


def _whole(row: Row) -> str | None:
    of = changes.RESOURCES[row["kind"]].whole
    whole = _ABOUT.get(row["kind"]) if of is None else of.info["kind"]
    if whole is None or row["whole_id"] is None:
        return None
    return ids.global_id(changes.RESOURCES[whole].shape.name, row["whole_id"])


@strawberry.type(description="One change of one resource; `node` tells what it is now.")
class Change:
    """As REST tells it."""

    kind: str = strawberry.field(description="The kind of the resource: journey, step, …")
    id = computed(
        strawberry.ID,
        "The global id of the resource.",
        lambda row: ids.global_id(_name(row), row["id"]),
    )
    uuid = member("id", Uuid, "The id of the resource in REST.")
    op = member("op", ChangeOp, "What was done.")
    version: int = strawberry.field(
        description="The version after the change; of what was erased, its last."
    )
    changed_at: Instant = strawberry.field(description="When.")
    whole_id = computed(
        strawberry.ID | None,
        "The global id of the map that a part belongs to, or a gap.",
        _whole,
    )


@strawberry.type(description="Some changes, the oldest first.")
class ChangeConnection:
    """Relay's."""

    edges: list[Edge[Change]] = strawberry.field(description="The changes with their cursors.")
    nodes: list[Change] = strawberry.field(description="The changes.")
    page_info: PageInfo = strawberry.field(
        description="Where the page stands; `endCursor` is where to go on from, now or later, "
        "and is there without changes too."
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as the connection's fields read it."""

    nodes: Sequence[Row]
    cursors: Sequence[str]
    page_info: Row

    @property
    def edges(self) -> list[Row]:
        pairs = zip(self.nodes, self.cursors, strict=True)
        return [{"node": node, "cursor": cursor} for node, cursor in pairs]


async def _changes(info: Any, **arguments: Any) -> _Page:
    query = _asked(arguments)
    asked, request = query.numbered(query.limit, query.after), context.of(info)
    found = await request.read(lambda work: changes.news(work, asked))
    told = {
        "has_next_page": found.more,
        "has_previous_page": query.after is not None,
        "start_cursor": found.cursors[0] if found.cursors else None,
        "end_cursor": found.end,
    }
    return _Page(request.decoded(found.items), found.cursors, told)


def _asked(arguments: Row) -> ChangesQuery:
    """The question in a field's arguments. Raises `Invalid`, naming every one."""
    renamed = {"limit": arguments.get("first"), "after": arguments.get("after")}
    kinds = arguments.get("kinds")
    renamed["kind"] = None if kinds is None else ",".join(kinds)
    try:
        return given.built(ChangesQuery, {n: v for n, v in renamed.items() if v is not None})
    except Invalid as error:
        problems = [replace(p, pointer=_RENAMED.get(p.pointer, p.pointer)) for p in error.problems]
        raise Invalid(problems) from error


QUERIES = [
    resolving(
        "changes",
        _changes,
        ChangeConnection | None,
        "Everything that changed in the workspace, in order, nothing skipped.",
        [
            optional("first", int, "Changes a page: 1 to 200, by default 50."),
            optional("after", str, "Where to go on from; `now` for what changes from now on."),
            optional("kinds", list[str], "Kinds of resources, such as step; else all."),
        ],
    )
]
