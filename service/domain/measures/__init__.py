"""Measures: figures computed of what people did."""

from service.domain.measures.sessions import Sessions, SessionsQuery, sessions

__all__ = ["Sessions", "SessionsQuery", "sessions"]
