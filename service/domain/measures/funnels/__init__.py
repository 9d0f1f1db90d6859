"""Funnels."""

from service.domain.measures.funnels.answers import Funnel
from service.domain.measures.funnels.asking import funnel
from service.domain.measures.funnels.inputs import FunnelsQuery

__all__ = ["Funnel", "FunnelsQuery", "funnel"]
