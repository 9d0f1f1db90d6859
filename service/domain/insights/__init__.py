"""Insights: what is computed from maps: the emotion curve, its pictures, the picture of a map."""

from service.domain.insights.colours import Theme
from service.domain.insights.emotion_curve import EmotionCurve, shown_as
from service.domain.insights.maps import (
    Drawn,
    MapFormat,
    MapOf,
    MapTheme,
    NewShare,
    Shared,
    Wish,
    drawn,
    pictured_map,
    pictured_maps,
    share,
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
    "Asked",
    "CurveOf",
    "Drawn",
    "EmotionCurve",
    "MapFormat",
    "MapOf",
    "MapTheme",
    "NewShare",
    "Shared",
    "Theme",
    "Wanted",
    "Wish",
    "as_csv",
    "drawn",
    "emotion_curve",
    "emotion_curves",
    "pictured_map",
    "pictured_maps",
    "share",
    "shown_as",
    "svg",
    "vega_lite",
]
