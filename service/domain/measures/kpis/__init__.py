"""KPIs: what they are, and their values."""

from service.domain.measures.kpis.answer import KpiAnswer, KpiComparison, KpiPoint, KpiRow
from service.domain.measures.kpis.asking import computable, kpi, kpis
from service.domain.measures.kpis.figure import KpiAmount, KpiPart
from service.domain.measures.kpis.inputs import KpiQuery
from service.domain.measures.kpis.listing import BuiltInKpis, built_in

__all__ = [
    "BuiltInKpis",
    "KpiAmount",
    "KpiAnswer",
    "KpiComparison",
    "KpiPart",
    "KpiPoint",
    "KpiQuery",
    "KpiRow",
    "built_in",
    "computable",
    "kpi",
    "kpis",
]
