"""The picture of a map, read for all journeys of an answer at once, and links that open one."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry
from starlette.responses import Response
from strawberry import Info

from service.api.edge import EdgeOf
from service.api.graphql import context, given, ids, mirroring
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional
from service.api.graphql.scalars import Instant
from service.api.graphql.selecting import STORED, Stored
from service.api.graphql.states import Asked, Revision, state, together
from service.api.graphql.writing import Answer, mutation, payload, row_of
from service.api.idempotency import SECRET
from service.domain import insights
from service.domain.insights import MapOf, NewShare, Wish
from service.domain.work import Work

PICTURE = 1000
"""What a cost counts a picture as: it takes as long as so many fields."""
MapFormat: Any = mirroring.argument_of(NewShare, "format", "Share")
MapTheme: Any = mirroring.argument_of(NewShare, "theme", "Share")


def map_field() -> Any:
    """A journey's field for its picture."""
    said = "The whole map as a page, a picture or a file, as REST answers it; headings follow"
    metadata = {STORED: Stored(("id",), costs=PICTURE)}
    return strawberry.field(
        name="map",
        description=f"{said} Accept-Language.",
        metadata=metadata,
        graphql_type=str | None,
    )(_map)


async def _map(
    root: Any,
    info: Info,
    format: Annotated[MapFormat, strawberry.argument(description="In what form.")] = MapFormat.html,
    theme: Annotated[
        MapTheme,
        strawberry.argument(description="Of its colours; auto: as the reader's system prefers."),
    ] = MapTheme.auto,
    revision: Revision = strawberry.UNSET,
) -> str | None:
    request = context.of(info)
    asked = UUID(root["id"]), state(revision)
    found: MapOf | None = await request.loaded("map", _load, asked)
    if found is None:
        return None
    wish = Wish(request.caller.language, theme.value)
    drawn = await EdgeOf.aside(lambda _: insights.drawn(format.value, found, wish), b"")
    request.spends(len(drawn.text))
    return drawn.text


async def _load(work: Work, asked: Sequence[Asked]) -> list[Any]:
    return await together(work, asked, insights.pictured_maps)


async def _share(edge: EdgeOf, id: str, input: Row | None = None) -> Answer:
    which = ids.plain_id(id, "Journey", "/id")
    wanted = given.built(NewShare, input or {})
    secret = edge.request.scope["app"].state.settings.signing_key
    response = await edge.write(
        lambda work: insights.share(work, which, wanted, secret),
        lambda shared: Response(msgspec.json.encode(shared), 201, {SECRET: "url"}),
    )
    made: Answer = row_of(response)
    return made


MUTATIONS = [
    mutation(
        "share_journey",
        _share,
        payload(
            "ShareJourney",
            ("url", str, "Path and query of the link: whoever has it can read the map."),
            ("expires_at", Instant, "Until when it opens."),
        ),
        "Make a link that opens one map without a key, for reading alone; no retry gets it again.",
        [
            Argument("id", strawberry.ID, "Of the journey."),
            optional("input", mirroring.input_of(NewShare), "For how long, and as what."),
        ],
    )
]
