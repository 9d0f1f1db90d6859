"""A workspace's own KPIs as maps tell them: where they stand, what they should reach, what was
posted."""

from service.domain.measures.own_kpis.on_maps.reads import has_targets, kpis_on_maps
from service.domain.measures.own_kpis.on_maps.standing import (
    MapKpi,
    StandsAt,
    kpi_on_map,
    target_of,
)

__all__ = [
    "MapKpi",
    "StandsAt",
    "has_targets",
    "kpi_on_map",
    "kpis_on_maps",
    "target_of",
]
