"""Posted figures of many KPIs at once, also as figures that are compared with others."""

from service.domain.measures.own_kpis.posted_sides.reads import (
    PostedSide,
    posted_figures,
    posted_sides,
)

__all__ = ["PostedSide", "posted_figures", "posted_sides"]
