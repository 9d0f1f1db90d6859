"""Insights: what is computed from maps and what is known of them."""

from service.domain.insights.colours import Theme
from service.domain.insights.emotion_curve import EmotionCurve, shown_as
from service.domain.insights.picture import svg
from service.domain.insights.quality import PersonaQuality
from service.domain.insights.quality_reads import persona_qualities, persona_quality
from service.domain.insights.reads import (
    MOST_OVERLAYS,
    Asked,
    CurveOf,
    Wanted,
    emotion_curve,
    emotion_curves,
)
from service.domain.insights.table import as_csv
from service.domain.insights.theme_reads import ThemesQuery, themes
from service.domain.insights.themes import Themes
from service.domain.insights.vega_lite import vega_lite

__all__ = [
    "MOST_OVERLAYS",
    "Asked",
    "CurveOf",
    "EmotionCurve",
    "PersonaQuality",
    "Theme",
    "Themes",
    "ThemesQuery",
    "Wanted",
    "as_csv",
    "emotion_curve",
    "emotion_curves",
    "persona_qualities",
    "persona_quality",
    "shown_as",
    "svg",
    "themes",
    "vega_lite",
]
