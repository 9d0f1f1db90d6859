"""Insights: what is computed from maps. For now, the emotion curve, its pictures and its table."""

from service.domain.insights.colours import Theme
from service.domain.insights.emotion_curve import EmotionCurve, shown_as
from service.domain.insights.overview import (
    Aged,
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
    overview,
    staleness,
    totals,
)
from service.domain.insights.picture import svg
from service.domain.insights.reads import (
    MOST_OVERLAYS,
    Asked,
    CurveOf,
    Wanted,
    emotion_curve,
    emotion_curves,
)
from service.domain.insights.table import as_csv
from service.domain.insights.vega_lite import vega_lite

__all__ = [
    "MOST_OVERLAYS",
    "Aged",
    "Asked",
    "CurveOf",
    "EmotionCurve",
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
    "Theme",
    "Wanted",
    "as_csv",
    "emotion_curve",
    "emotion_curves",
    "overview",
    "shown_as",
    "staleness",
    "svg",
    "totals",
    "vega_lite",
]
