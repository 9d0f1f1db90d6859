"""How stale a journey is, computed for all journeys of an answer at once."""

from collections.abc import Awaitable, Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import Info

from service.api.graphql import context, given
from service.api.graphql.mirroring import shows
from service.api.graphql.scalars import Day, Instant, Json
from service.api.graphql.selecting import STORED, Stored
from service.domain import insights
from service.domain.insights import Aged
from service.domain.work import Work


@shows(insights.StalenessDefinition)
class StalenessDefinition:
    """What staleness was computed from."""


@shows(insights.Staleness)
class Staleness:
    """Days since a map was last changed, reviewed, or learnt about."""

    definition: StalenessDefinition = strawberry.field(description="What it was computed from.")
    changed_at: Instant = strawberry.field(description="When the map last changed.")
    reviewed_at: Instant | None = strawberry.field(
        description="When a review of it was last completed; null: never."
    )
    evidence_on: Day | None = strawberry.field(
        description="The day of its newest finding; null: none."
    )
    reasons: Json = strawberry.field(description="Why a member is null, by its name.")


def staleness() -> Any:
    """A journey's field for how stale it is."""
    said = "How long ago it was changed, reviewed or learnt about."
    metadata = {STORED: Stored(("id",))}
    return strawberry.field(description=said, metadata=metadata, graphql_type=Staleness | None)(
        _resolve
    )


def _resolve(
    root: Any,
    info: Info,
    limit_days: Annotated[
        int | None,
        strawberry.argument(
            description="Days after which it is stale; if absent, as the workspace has set."
        ),
    ] = strawberry.UNSET,
) -> Awaitable[Any]:
    asked = {} if limit_days is strawberry.UNSET else {"limit_days": limit_days}
    query = given.built(insights.StalenessQuery, asked)
    return context.of(info).loaded("staleness", _load, Aged(UUID(root["id"]), query.limit_days))


async def _load(work: Work, asked: Sequence[Aged]) -> list[Any]:
    found = await insights.staleness(work, asked)
    return [found[one] for one in asked]
