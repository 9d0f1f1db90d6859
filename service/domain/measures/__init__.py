"""Measures: figures computed of what people did."""

from service.domain.measures.asking import chosen, timed, with_whole_sessions
from service.domain.measures.attribution import (
    Attribution,
    AttributionQuery,
    attribution,
)
from service.domain.measures.conformance import (
    Conformance,
    ConformanceQuery,
    conformance,
)
from service.domain.measures.correlates import (
    Correlates,
    CorrelatesQuery,
    correlates,
)
from service.domain.measures.cutting import first_of_session, within
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
    KpiAmount,
    KpiAnswer,
    KpiComparison,
    KpiPart,
    KpiPoint,
    KpiQuery,
    KpiRow,
    kpi,
    kpis,
)
from service.domain.measures.own_kpis import (
    KPIS,
    VALUES,
    KpiFormula,
    KpiList,
    KpiMeaning,
    KpiParameter,
    KpiPlace,
    KpiQuantity,
    KpiRange,
    KpiReference,
    KpiStatus,
    KpiTarget,
    NewKpi,
    PostedKpiValue,
    PostedKpiValueList,
    PostedKpiValues,
    PostedOutcome,
    delete_value,
    kpi_status,
    post_values,
    values_of,
)
from service.domain.measures.paths import (
    Paths,
    PathsQuery,
    paths,
)
from service.domain.measures.retention import (
    Retention,
    RetentionQuery,
    retention,
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
from service.domain.measures.transitions import (
    Transitions,
    TransitionsQuery,
    transitions,
)

__all__ = [
    "ANSWERED",
    "KPIS",
    "VALUES",
    "Attribution",
    "AttributionQuery",
    "Conformance",
    "ConformanceQuery",
    "Correlates",
    "CorrelatesQuery",
    "Drivers",
    "DriversQuery",
    "Funnel",
    "FunnelsQuery",
    "KpiAmount",
    "KpiAnswer",
    "KpiComparison",
    "KpiFormula",
    "KpiList",
    "KpiMeaning",
    "KpiParameter",
    "KpiPart",
    "KpiPlace",
    "KpiPoint",
    "KpiQuantity",
    "KpiQuery",
    "KpiRange",
    "KpiReference",
    "KpiRow",
    "KpiStatus",
    "KpiTarget",
    "NewKpi",
    "Paths",
    "PathsQuery",
    "PostedKpiValue",
    "PostedKpiValueList",
    "PostedKpiValues",
    "PostedOutcome",
    "Retention",
    "RetentionQuery",
    "Sessions",
    "SessionsQuery",
    "SurveyAnswer",
    "Surveys",
    "SurveysQuery",
    "Transitions",
    "TransitionsQuery",
    "attribution",
    "chosen",
    "conformance",
    "correlates",
    "delete_value",
    "drivers",
    "first_of_session",
    "funnel",
    "kpi",
    "kpi_status",
    "kpis",
    "paths",
    "post_values",
    "read_answer",
    "retention",
    "sessions",
    "surveys",
    "timed",
    "transitions",
    "values_of",
    "with_whole_sessions",
    "within",
]
