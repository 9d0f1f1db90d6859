"""KPIs: what they are, and their values."""

from service.domain.measures.kpis.answer import (
    KpiAnswer,
    KpiComparison,
    KpiPoint,
    KpiRow,
    Valued,
)
from service.domain.measures.kpis.around import share_before
from service.domain.measures.kpis.asking import MOST_ASKED, computable, judged_queries, kpis
from service.domain.measures.kpis.catalogue import BUILT_IN_KEYS
from service.domain.measures.kpis.comparable import ends_of, side_of, why_unknown
from service.domain.measures.kpis.contented import JOURNEY as NAMED_JOURNEY
from service.domain.measures.kpis.figure import KpiAmount, KpiPart
from service.domain.measures.kpis.inputs import KpiQuery
from service.domain.measures.kpis.of_maps import GOAL, KEYS_OF_MAPS, OF_MAPS, by_goal
from service.domain.measures.kpis.of_rows import KpisOfRows
from service.domain.measures.kpis.planning import Planned

__all__ = [
    "BUILT_IN_KEYS",
    "GOAL",
    "KEYS_OF_MAPS",
    "MOST_ASKED",
    "NAMED_JOURNEY",
    "OF_MAPS",
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
    "computable",
    "ends_of",
    "judged_queries",
    "kpis",
    "share_before",
    "side_of",
    "why_unknown",
]
