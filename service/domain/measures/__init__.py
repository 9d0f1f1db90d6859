"""Measures: figures computed of what people did."""

from service.domain.measures.conformance import Conformance, ConformanceQuery, conformance
from service.domain.measures.paths import Paths, PathsQuery, paths
from service.domain.measures.retention import Retention, RetentionQuery, retention
from service.domain.measures.sessions import Sessions, SessionsQuery, sessions
from service.domain.measures.transitions import Transitions, TransitionsQuery, transitions

__all__ = [
    "Conformance",
    "ConformanceQuery",
    "Paths",
    "PathsQuery",
    "Retention",
    "RetentionQuery",
    "Sessions",
    "SessionsQuery",
    "Transitions",
    "TransitionsQuery",
    "conformance",
    "paths",
    "retention",
    "sessions",
    "transitions",
]
