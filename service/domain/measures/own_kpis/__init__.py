"""KPIs as resources: what they mean, own definitions, targets, posted figures, how they stand."""

from service.domain.measures.own_kpis.asked_inputs import KpiList, KpiRange
from service.domain.measures.own_kpis.asking import kpi_status
from service.domain.measures.own_kpis.inputs import (
    KpiFormula,
    KpiPlace,
    KpiQuantity,
    KpiTarget,
    NewKpi,
    SentParameters,
)
from service.domain.measures.own_kpis.meaning import KpiMeaning, KpiParameter, KpiReference
from service.domain.measures.own_kpis.posted_inputs import (
    PostedKpiValue,
    PostedKpiValueList,
    PostedKpiValues,
)
from service.domain.measures.own_kpis.posting import (
    PostedOutcome,
    delete_value,
    post_values,
    values_of,
)
from service.domain.measures.own_kpis.querying import computable, each_kpi, kpi, kpis
from service.domain.measures.own_kpis.shape import VALUES
from service.domain.measures.own_kpis.status import KpiStatus
from service.domain.measures.own_kpis.writes import KPIS

__all__ = [
    "KPIS",
    "VALUES",
    "KpiFormula",
    "KpiList",
    "KpiMeaning",
    "KpiParameter",
    "KpiPlace",
    "KpiQuantity",
    "KpiRange",
    "KpiReference",
    "KpiStatus",
    "KpiTarget",
    "NewKpi",
    "PostedKpiValue",
    "PostedKpiValueList",
    "PostedKpiValues",
    "PostedOutcome",
    "SentParameters",
    "computable",
    "delete_value",
    "each_kpi",
    "kpi",
    "kpi_status",
    "kpis",
    "post_values",
    "values_of",
]
