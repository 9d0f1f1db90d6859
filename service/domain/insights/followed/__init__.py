"""The ways that people take over a map: its own transitions and paths."""

from service.domain.insights.followed.answers import JourneyPaths, JourneyTransitions
from service.domain.insights.followed.asking import paths, transitions
from service.domain.insights.followed.inputs import JourneyPathsQuery, JourneyTransitionsQuery

__all__ = [
    "JourneyPaths",
    "JourneyPathsQuery",
    "JourneyTransitions",
    "JourneyTransitionsQuery",
    "paths",
    "transitions",
]
