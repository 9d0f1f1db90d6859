"""The library of content, and the content of what it is for.

Maps, touchpoints and personas are declared in files that use this one, so they are named here.
"""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry
from strawberry import Info
from strawberry.types.lazy_type import LazyType

from service.api.graphql import context, external_ids, given, resources
from service.api.graphql.connections import Connection, Part, chosen_of, listing
from service.api.graphql.faces import Face
from service.api.graphql.mirroring import shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import many
from service.api.graphql.selecting import STORED, Stored
from service.api.graphql.spreadsheets import import_rows
from service.domain import audiences, evidence, journeys
from service.domain.errors import Invalid, Problem
from service.domain.evidence import Owner, Shown
from service.domain.paging import ListQuery
from service.domain.work import Work


def _named(kind: str, file: str) -> Any:
    """Rows of a type that a file declares which uses this one."""
    lazy: Any = LazyType(kind, f"service.api.graphql.{file}")
    return list[lazy]


@shows(evidence.ContentAudience)
class ContentAudience:
    """Whom an item is for; nobody named: for everybody."""

    profiles = many(
        audiences.PROFILES,
        "profile_ids",
        "The profiles it is for.",
        times=3,
        kind=_named("Profile", "audiences"),
    )
    personas = many(
        audiences.PERSONAS,
        "persona_ids",
        "The personas it is for.",
        times=3,
        kind=_named("Persona", "audiences"),
    )


@shows_resource(evidence.CONTENT, always=("key", "audience"))
class Content(Node):
    """An item of content: an article, a video, a webinar, whatever clients are given."""

    audience: ContentAudience = strawberry.field(description="Whom it is for.")
    touchpoints = many(
        journeys.TOUCHPOINTS,
        "touchpoint_ids",
        "Where clients meet it.",
        times=3,
        kind=_named("Touchpoint", "journeys"),
    )


def content_for(owner: Owner, description: str) -> Any:
    """A field with the content of a row by the page, read at once for all rows of an answer."""

    def resolve(
        root: Any,
        info: Info,
        first: Annotated[
            int | None, strawberry.argument(description="Rows a page: 1 to 200, by default 50.")
        ] = strawberry.UNSET,
        after: Annotated[
            str | None, strawberry.argument(description="The cursor of the row before.")
        ] = strawberry.UNSET,
    ) -> Awaitable[Any]:
        chosen = chosen_of(info._raw_info)
        sized = given.query(ListQuery, {} if first is strawberry.UNSET else {"first": first})
        shown = Shown(UUID(root["id"]), sized.limit, _cursor(after))
        name = f"content of {owner} {msgspec.json.encode(chosen, order='sorted').decode()}"
        load = partial(_load, context.of(info), owner, chosen)
        return context.of(info).loaded(name, load, shown)

    metadata = {STORED: Stored(("id",))}
    kind: Any = Connection[Content]
    return strawberry.field(description=description, metadata=metadata, graphql_type=kind)(resolve)


def _cursor(after: str | None) -> UUID | None:
    if not after:
        return None
    try:
        return UUID(after)
    except ValueError as error:
        raise Invalid([Problem("/after", "cursor", "is no cursor of this list")]) from error


async def _load(
    request: context.Context, owner: Owner, chosen: Any, work: Work, wanted: Sequence[Shown]
) -> list[Part]:
    found = await evidence.content_of(work, owner, wanted, chosen)
    return [
        Part(
            [request.decoded(one.json) for one in part.items],
            [str(one.id) for one in part.items],
            part.more,
            shown.after is not None,
            part.total,
        )
        for shown, part in zip(wanted, found, strict=True)
    ]


CONTENT = Face(Content, evidence.CONTENT)
QUERIES = [
    resources.one(CONTENT),
    external_ids.one(CONTENT),
    listing(
        "contents",
        Content,
        evidence.CONTENT,
        evidence.ContentList,
        "The library of content.",
    ),
]
MUTATIONS = [
    *resources.mutations(CONTENT),
    *external_ids.mutations(CONTENT),
    import_rows(evidence.CONTENT_FORM),
]
