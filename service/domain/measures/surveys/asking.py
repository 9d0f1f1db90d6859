"""Asking for survey answers."""

from service.domain import access, filters
from service.domain.computing import computed
from service.domain.filters import All
from service.domain.histories import Asked, Range, histories
from service.domain.measures.asking import chosen, role
from service.domain.measures.small_cells import courteous
from service.domain.measures.surveys import survey
from service.domain.measures.surveys.adding_up import adds_up
from service.domain.measures.surveys.answer import FIELDS, LISTS
from service.domain.measures.surveys.inputs import SurveysQuery
from service.domain.measures.surveys.survey import Surveys, SurveysDefinition
from service.domain.work import Scope, Work


async def surveys(work: Work, asked: SurveysQuery) -> Surveys:
    """What people answered in a range: two statements. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    only = await chosen(work, asked)
    reporting = await access.reporting(work)
    answered = role(reporting, "survey")
    conditions = [answered, *([] if only is None else [only])]
    within = Range(asked.from_, asked.to)
    found = await histories(work, Asked(within, All(tuple(conditions)), (), FIELDS, LISTS))
    definition = SurveysDefinition(
        asked.from_, asked.to, filters.dump(answered), filter=asked.filter
    )
    answer = await computed(work, survey.surveys, found, definition)
    return await computed(work, courteous, answer, reporting.small_cells, adds_up)
