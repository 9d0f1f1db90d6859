"""KPIs as resources: what they mean, own definitions, targets, posted figures, how they stand."""

from service.domain.measures.own_kpis.asked_inputs import KpiList, KpiRange, NamedKpi
from service.domain.measures.own_kpis.asking import kpi_status, selections
from service.domain.measures.own_kpis.built_in import figure_of
from service.domain.measures.own_kpis.figure import KpiFigure
from service.domain.measures.own_kpis.inputs import (
    KpiFormula,
    KpiPlace,
    KpiQuantity,
    KpiTarget,
    NewKpi,
)
from service.domain.measures.own_kpis.meaning import KpiMeaning, KpiParameter, KpiReference
from service.domain.measures.own_kpis.on_maps import (
    MapKpi,
    StandsAt,
    has_targets,
    kpi_on_map,
    kpis_on_maps,
    target_of,
)
from service.domain.measures.own_kpis.posted_inputs import (
    PostedKpiValue,
    PostedKpiValueList,
    PostedKpiValues,
)
from service.domain.measures.own_kpis.posted_kpis import posted_values
from service.domain.measures.own_kpis.posting import (
    PostedOutcome,
    delete_value,
    post_values,
    values_of,
)
from service.domain.measures.own_kpis.querying import computable, each_kpi, kpi, kpis
from service.domain.measures.own_kpis.shape import VALUES
from service.domain.measures.own_kpis.status import NO_TARGET, KpiStatus, verdict
from service.domain.measures.own_kpis.writes import KPIS

__all__ = [
    "KPIS",
    "NO_TARGET",
    "VALUES",
    "KpiFigure",
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
    "MapKpi",
    "NamedKpi",
    "NewKpi",
    "PostedKpiValue",
    "PostedKpiValueList",
    "PostedKpiValues",
    "PostedOutcome",
    "StandsAt",
    "computable",
    "delete_value",
    "each_kpi",
    "figure_of",
    "has_targets",
    "kpi",
    "kpi_on_map",
    "kpi_status",
    "kpis",
    "kpis_on_maps",
    "post_values",
    "posted_values",
    "selections",
    "target_of",
    "values_of",
    "verdict",
]
