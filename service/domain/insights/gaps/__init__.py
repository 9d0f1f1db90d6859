"""Gaps and strengths: what is looked for on maps, how it is listed, and what people make of it."""

from service.domain.insights.gaps.gap import (
    KINDS,
    Gap,
    Strength,
)
from service.domain.insights.gaps.gap import Kind as GapKind
from service.domain.insights.gaps.inputs import (
    GAP_KIND,
    AllGapsQuery,
    GapQuery,
    GapsQuery,
    JourneyGapsQuery,
    NewGap,
)
from service.domain.insights.gaps.lists import (
    GAP_PARTS,
    GapDefinition,
    GapDepartment,
    GapExclusion,
    GapList,
    JourneyGaps,
)
from service.domain.insights.gaps.pages import (
    AllGaps,
    GapsOf,
    all_gaps,
    all_maps,
    dated,
    journey_gaps,
    many_journey_gaps,
)
from service.domain.insights.gaps.reads import strengths
from service.domain.insights.gaps.writes import GAPS
from service.domain.insights.selecting import REVISION

__all__ = [
    "GAPS",
    "GAP_KIND",
    "GAP_PARTS",
    "KINDS",
    "REVISION",
    "AllGaps",
    "AllGapsQuery",
    "Gap",
    "GapDefinition",
    "GapDepartment",
    "GapExclusion",
    "GapKind",
    "GapList",
    "GapQuery",
    "GapsOf",
    "GapsQuery",
    "JourneyGaps",
    "JourneyGapsQuery",
    "NewGap",
    "Strength",
    "all_gaps",
    "all_maps",
    "dated",
    "journey_gaps",
    "many_journey_gaps",
    "strengths",
]
