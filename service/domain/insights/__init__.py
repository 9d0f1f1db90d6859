"""Insights: what is computed from maps. For now, the emotion curve and its picture."""

from service.domain.insights.emotion_curve import EmotionCurve, shown_as
from service.domain.insights.picture import Theme, svg
from service.domain.insights.reads import (
    MOST_OVERLAYS,
    Asked,
    CurveOf,
    Wanted,
    emotion_curve,
    emotion_curves,
)

__all__ = [
    "MOST_OVERLAYS",
    "Asked",
    "CurveOf",
    "EmotionCurve",
    "Theme",
    "Wanted",
    "emotion_curve",
    "emotion_curves",
    "shown_as",
    "svg",
]
