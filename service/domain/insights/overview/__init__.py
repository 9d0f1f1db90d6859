"""The overview: every map at a glance, and how stale each is."""

from service.domain.insights.overview.inputs import (
    OpenActions,
    OverviewEmotion,
    OverviewGap,
    OverviewJourney,
    OverviewQuery,
    OverviewReviews,
    OverviewTotals,
    Staleness,
    StalenessDefinition,
    StalenessQuery,
)
from service.domain.insights.overview.reads import Aged, overview, staleness, totals

__all__ = [
    "Aged",
    "OpenActions",
    "OverviewEmotion",
    "OverviewGap",
    "OverviewJourney",
    "OverviewQuery",
    "OverviewReviews",
    "OverviewTotals",
    "Staleness",
    "StalenessDefinition",
    "StalenessQuery",
    "overview",
    "staleness",
    "totals",
]
