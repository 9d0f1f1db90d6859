"""Insights: what is computed from maps: emotion curves, gaps, and the pictures of both."""

from service.domain.insights.colours import Theme
from service.domain.insights.emotion_curve import EmotionCurve, shown_as
from service.domain.insights.gap import KINDS, MEANINGS, Gap, Strength
from service.domain.insights.gap_lists import (
    GAP_PARTS,
    GapDefinition,
    GapList,
    JourneyGaps,
    gap_shown_as,
)
from service.domain.insights.gap_lists import Department as GapDepartment
from service.domain.insights.gap_lists import Exclusion as GapExclusion
from service.domain.insights.gap_pages import (
    AllGaps,
    GapsOf,
    all_gaps,
    all_maps,
    journey_gaps,
    many_journey_gaps,
)
from service.domain.insights.gap_reads import gaps, strengths
from service.domain.insights.inputs import (
    AllGapsQuery,
    GapsQuery,
    JourneyGapsQuery,
    NewGap,
)
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
from service.domain.insights.writes import GAPS

__all__ = [
    "GAPS",
    "GAP_PARTS",
    "KINDS",
    "MEANINGS",
    "MOST_OVERLAYS",
    "AllGaps",
    "AllGapsQuery",
    "Asked",
    "CurveOf",
    "Drawn",
    "EmotionCurve",
    "Gap",
    "GapDefinition",
    "GapDepartment",
    "GapExclusion",
    "GapList",
    "GapsOf",
    "GapsQuery",
    "JourneyGaps",
    "JourneyGapsQuery",
    "MapFormat",
    "MapOf",
    "MapTheme",
    "NewGap",
    "NewShare",
    "Shared",
    "Strength",
    "Theme",
    "Wanted",
    "Wish",
    "all_gaps",
    "all_maps",
    "as_csv",
    "drawn",
    "emotion_curve",
    "emotion_curves",
    "gap_shown_as",
    "gaps",
    "journey_gaps",
    "many_journey_gaps",
    "pictured_map",
    "pictured_maps",
    "share",
    "shown_as",
    "strengths",
    "svg",
    "vega_lite",
]
