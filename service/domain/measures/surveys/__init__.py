"""Survey answers: what people say when they are asked."""

from service.domain.measures.surveys.answer import (
    ANSWERED,
    FIELDS,
    LISTS,
    Answers,
    Said,
    answers,
    read_answer,
)
from service.domain.measures.surveys.asking import surveys
from service.domain.measures.surveys.inputs import SurveysQuery
from service.domain.measures.surveys.promoters import Nps, nps, promoting
from service.domain.measures.surveys.survey import Surveys

__all__ = [
    "ANSWERED",
    "FIELDS",
    "LISTS",
    "Answers",
    "Nps",
    "Said",
    "Surveys",
    "SurveysQuery",
    "answers",
    "nps",
    "promoting",
    "read_answer",
    "surveys",
]
