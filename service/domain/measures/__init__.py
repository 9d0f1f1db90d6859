"""Measures: figures computed of what people did."""

from service.domain.measures.funnels import Funnel, FunnelsQuery, funnel
from service.domain.measures.sessions import Sessions, SessionsQuery, sessions

__all__ = ["Funnel", "FunnelsQuery", "Sessions", "SessionsQuery", "funnel", "sessions"]
