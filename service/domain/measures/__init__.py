"""Measures: figures computed of what people did."""

from service.domain.measures.attribution import Attribution, AttributionQuery, attribution
from service.domain.measures.correlates import Correlates, CorrelatesQuery, correlates
from service.domain.measures.drivers import Drivers, DriversQuery, drivers
from service.domain.measures.sessions import Sessions, SessionsQuery, sessions
from service.domain.measures.surveys import Surveys, SurveysQuery, surveys

__all__ = [
    "Attribution",
    "AttributionQuery",
    "Correlates",
    "CorrelatesQuery",
    "Drivers",
    "DriversQuery",
    "Sessions",
    "SessionsQuery",
    "Surveys",
    "SurveysQuery",
    "attribution",
    "correlates",
    "drivers",
    "sessions",
    "surveys",
]
