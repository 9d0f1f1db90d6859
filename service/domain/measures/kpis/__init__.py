"""KPIs: what they are, and their values."""

from service.domain.measures.kpis.answer import (
    KpiAnswer,
    KpiComparison,
    KpiPoint,
    KpiRow,
    Valued,
)
from service.domain.measures.kpis.around import changed, share_before
from service.domain.measures.kpis.asking import (
    MOST_ASKED,
    computable,
    judged_queries,
    kpis,
    unused_content,
)
from service.domain.measures.kpis.catalogue import BUILT_IN_KEYS, meaning_of
from service.domain.measures.kpis.comparable import ends_of, side_of, why_unknown
from service.domain.measures.kpis.contented import JOURNEY as NAMED_JOURNEY
from service.domain.measures.kpis.contents import TOUCHED
from service.domain.measures.kpis.contents import Item as ContentItem
from service.domain.measures.kpis.contents import Library as ContentLibrary
from service.domain.measures.kpis.contents import told_of as content_told
from service.domain.measures.kpis.figure import KpiAmount, KpiPart
from service.domain.measures.kpis.inputs import KpiQuery
from service.domain.measures.kpis.of_maps import GOAL, KEYS_OF_MAPS, OF_MAPS, by_goal
from service.domain.measures.kpis.of_rows import KpisOfRows
from service.domain.measures.kpis.planned_catalogue import (
    CONTENT_UNUSED,
    COST_PER_CONVERSION,
    ON_MAPS_ALONE,
    RETURN_ON_JOURNEY,
    STAGE_ABANDONMENT,
    WIN_BACK_RATE,
)
from service.domain.measures.kpis.planning import Planned
from service.domain.measures.kpis.ranges import range_before

__all__ = [
    "BUILT_IN_KEYS",
    "CONTENT_UNUSED",
    "COST_PER_CONVERSION",
    "GOAL",
    "KEYS_OF_MAPS",
    "MOST_ASKED",
    "NAMED_JOURNEY",
    "OF_MAPS",
    "ON_MAPS_ALONE",
    "RETURN_ON_JOURNEY",
    "STAGE_ABANDONMENT",
    "TOUCHED",
    "WIN_BACK_RATE",
    "ContentItem",
    "ContentLibrary",
    "KpiAmount",
    "KpiAnswer",
    "KpiComparison",
    "KpiPart",
    "KpiPoint",
    "KpiQuery",
    "KpiRow",
    "KpisOfRows",
    "Planned",
    "Valued",
    "by_goal",
    "changed",
    "computable",
    "content_told",
    "ends_of",
    "judged_queries",
    "kpis",
    "meaning_of",
    "range_before",
    "share_before",
    "side_of",
    "unused_content",
    "why_unknown",
]
