"""KPIs: what they are, and their values."""

from service.domain.measures.kpis.answer import KpiAnswer, KpiComparison, KpiPoint, KpiRow
from service.domain.measures.kpis.asking import MOST_ASKED, computable, kpis
from service.domain.measures.kpis.comparable import ends_of, side_of, why_unknown
from service.domain.measures.kpis.figure import KpiAmount, KpiPart
from service.domain.measures.kpis.inputs import KpiQuery

__all__ = [
    "MOST_ASKED",
    "KpiAmount",
    "KpiAnswer",
    "KpiComparison",
    "KpiPart",
    "KpiPoint",
    "KpiQuery",
    "KpiRow",
    "computable",
    "ends_of",
    "kpis",
    "side_of",
    "why_unknown",
]
