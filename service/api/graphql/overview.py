"""The overview: all maps at a glance."""

from typing import Any

import strawberry

from service.api.graphql import context
from service.api.graphql.connections import connection
from service.api.graphql.declaring import resolving
from service.api.graphql.journeys import Journey
from service.api.graphql.languages import LANGUAGE
from service.api.graphql.mirroring import shows
from service.api.graphql.relations import one
from service.api.graphql.scalars import Day, Json
from service.api.graphql.staleness import Staleness
from service.domain import insights, journeys


@shows(insights.OverviewEmotion)
class OverviewEmotion:
    """How a map feels, by its authors' ratings."""


@shows(insights.OverviewGap)
class OverviewGap:
    """One of the worst gaps of a map."""


@shows(insights.OverviewReviews)
class OverviewReviews:
    """What is due of the looks at a map."""

    next_due_on: Day | None = strawberry.field(
        description="The day of the next that is not completed, today or later, those overdue"
        " aside; null: none is to come."
    )


@shows(insights.OpenActions)
class OpenActions:
    """How many actions are still to be done, by how far they are."""


@shows(insights.OverviewJourney)
class OverviewJourney:
    """A map at a glance."""

    emotion: OverviewEmotion = strawberry.field(description="How it feels.")
    worst_gaps: list[OverviewGap] = strawberry.field(
        description="The three worst by severity × confidence, dismissed ones aside."
    )
    gaps_by_kind: Json = strawberry.field(
        description="How many gaps of each kind, dismissed ones aside."
    )
    reviews: OverviewReviews = strawberry.field(description="What is due of the looks at it.")
    actions: OpenActions = strawberry.field(description="What is still to be done about it.")
    staleness: Staleness = strawberry.field(description="How long ago it was touched.")
    journey: Journey | None = one(journeys.JOURNEYS, "journey_id", "The map itself.")


@shows(insights.OverviewTotals)
class OverviewTotals:
    """The whole workspace at a glance."""

    reviews: OverviewReviews = strawberry.field(description="What is due of all looks at maps.")
    actions: OpenActions = strawberry.field(
        description="What is still to be done, about whatever it is."
    )


async def _totals(info: Any) -> Any:
    return await context.of(info).read(insights.totals)


QUERIES = [
    connection(
        "overview",
        OverviewJourney,
        insights.overview,
        insights.OverviewQuery,
        "All maps at a glance: how they feel, what they lack, and what is done about it.",
        more=[LANGUAGE],
    ),
    resolving(
        "overview_totals",
        _totals,
        OverviewTotals | None,
        "The whole workspace at a glance.",
    ),
]
