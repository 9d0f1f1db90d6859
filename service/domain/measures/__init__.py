"""Measures: figures computed of what people did."""

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
from service.domain.measures.sessions import Sessions, SessionsQuery, sessions

__all__ = [
    "BuiltInKpis",
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
    "kpi",
    "kpis",
    "sessions",
]
