"""KPIs: what they are, and their values."""

from service.domain.measures.kpis.answer import KpiAnswer, KpiComparison, KpiPoint, KpiRow
from service.domain.measures.kpis.asking import computable, kpi, kpis
from service.domain.measures.kpis.figure import KpiAmount, KpiPart
from service.domain.measures.kpis.inputs import KpiQuery

__all__ = [
    "KpiAmount",
    "KpiAnswer",
    "KpiComparison",
    "KpiPart",
    "KpiPoint",
    "KpiQuery",
    "KpiRow",
    "computable",
    "kpi",
    "kpis",
]
