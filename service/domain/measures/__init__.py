"""Measures: figures computed of what people did."""

from service.domain.measures.paths import Paths, PathsQuery, paths
from service.domain.measures.sessions import Sessions, SessionsQuery, sessions
from service.domain.measures.transitions import Transitions, TransitionsQuery, transitions

__all__ = [
    "Paths",
    "PathsQuery",
    "Sessions",
    "SessionsQuery",
    "Transitions",
    "TransitionsQuery",
    "paths",
    "sessions",
    "transitions",
]
