"""KPIs whose figures are posted: asked for like those that are computed."""

from service.domain.measures.own_kpis.posted_kpis.asking import (
    PostedKpi,
    judged_posted,
    posted_kpis,
    posted_values,
)
from service.domain.measures.own_kpis.posted_kpis.figure import posted_figure
from service.domain.measures.own_kpis.posted_kpis.reads import totals

__all__ = ["PostedKpi", "judged_posted", "posted_figure", "posted_kpis", "posted_values", "totals"]
