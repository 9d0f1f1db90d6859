"""Measures: figures computed of what people did."""

from service.domain.measures.attribution import Attribution, AttributionQuery, attribution
from service.domain.measures.correlates import Correlates, CorrelatesQuery, correlates
from service.domain.measures.sessions import Sessions, SessionsQuery, sessions
from service.domain.measures.surveys import Surveys, SurveysQuery, surveys

__all__ = [
    "Attribution",
    "AttributionQuery",
    "Correlates",
    "CorrelatesQuery",
    "Sessions",
    "SessionsQuery",
    "Surveys",
    "SurveysQuery",
    "attribution",
    "correlates",
    "sessions",
    "surveys",
]
