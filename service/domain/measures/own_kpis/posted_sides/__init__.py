"""Posted figures as figures that are compared with others."""

from service.domain.measures.own_kpis.posted_sides.reads import PostedSide, posted_sides

__all__ = ["PostedSide", "posted_sides"]
