"""Measures: figures computed of what people did."""

from service.domain.measures.attribution import Attribution, AttributionQuery, attribution
from service.domain.measures.correlates import Correlates, CorrelatesQuery, correlates
from service.domain.measures.drivers import Drivers, DriversQuery, drivers
from service.domain.measures.sessions import Sessions, SessionsQuery, sessions
from service.domain.measures.surveys import ANSWERED, Surveys, SurveysQuery, read_answer, surveys
from service.domain.measures.surveys import Said as SurveyAnswer

__all__ = [
    "ANSWERED",
    "Attribution",
    "AttributionQuery",
    "Correlates",
    "CorrelatesQuery",
    "Drivers",
    "DriversQuery",
    "Sessions",
    "SessionsQuery",
    "SurveyAnswer",
    "Surveys",
    "SurveysQuery",
    "attribution",
    "correlates",
    "drivers",
    "read_answer",
    "sessions",
    "surveys",
]
