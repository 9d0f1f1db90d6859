"""Measures: figures computed of what people did."""

from service.domain.measures.sessions import Sessions, SessionsQuery, sessions
from service.domain.measures.transitions import Transitions, TransitionsQuery, transitions

__all__ = [
    "Sessions",
    "SessionsQuery",
    "Transitions",
    "TransitionsQuery",
    "sessions",
    "transitions",
]
