"""Measures: figures computed of what people did."""

from service.domain.measures.funnels import (
    Funnel,
    FunnelsQuery,
    funnel,
)
from service.domain.measures.kpis import (
    BuiltInKpis,
    KpiAmount,
    KpiAnswer,
    KpiComparison,
    KpiPart,
    KpiPoint,
    KpiQuery,
    KpiRow,
    built_in,
    kpi,
    kpis,
)
from service.domain.measures.sessions import (
    Sessions,
    SessionsQuery,
    sessions,
)

__all__ = [
    "BuiltInKpis",
    "Funnel",
    "FunnelsQuery",
    "KpiAmount",
    "KpiAnswer",
    "KpiComparison",
    "KpiPart",
    "KpiPoint",
    "KpiQuery",
    "KpiRow",
    "Sessions",
    "SessionsQuery",
    "built_in",
    "funnel",
    "kpi",
    "kpis",
    "sessions",
]
