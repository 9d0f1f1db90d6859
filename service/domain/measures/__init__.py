"""Measures: figures computed of what people did."""

from service.domain.measures.attribution import (
    Attribution,
    AttributionQuery,
    attribution,
)
from service.domain.measures.correlates import (
    Correlates,
    CorrelatesQuery,
    correlates,
)
from service.domain.measures.drivers import (
    Drivers,
    DriversQuery,
    drivers,
)
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
from service.domain.measures.surveys import (
    ANSWERED,
    Surveys,
    SurveysQuery,
    read_answer,
    surveys,
)
from service.domain.measures.surveys import (
    Said as SurveyAnswer,
)

__all__ = [
    "ANSWERED",
    "Attribution",
    "AttributionQuery",
    "BuiltInKpis",
    "Correlates",
    "CorrelatesQuery",
    "Drivers",
    "DriversQuery",
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
    "SurveyAnswer",
    "Surveys",
    "SurveysQuery",
    "attribution",
    "built_in",
    "correlates",
    "drivers",
    "funnel",
    "kpi",
    "kpis",
    "read_answer",
    "sessions",
    "surveys",
]
