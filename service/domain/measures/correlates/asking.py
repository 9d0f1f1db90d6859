"""Asking for correlates of conversion."""

from service.domain import access
from service.domain.computing import computed
from service.domain.histories import Asked, Range, histories
from service.domain.measures.asking import Refusals, chosen, selection, timed, with_whole_sessions
from service.domain.measures.correlates import correlate
from service.domain.measures.correlates.adding_up import adds_up
from service.domain.measures.correlates.correlate import Correlates, CorrelatesDefinition
from service.domain.measures.correlates.inputs import CorrelatesQuery
from service.domain.measures.small_cells import courteous
from service.domain.work import Scope, Work


async def correlates(work: Work, asked: CorrelatesQuery) -> Correlates:
    """How events go with conversion: two statements, for sessions seldom more. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    asked = timed(reporting, asked)
    refusals = Refusals()
    with refusals.of_part():
        goal = selection(work.caller, asked.goal, "/goal")
    with refusals.of_part():
        only = await chosen(work, asked)
    refusals.tell()
    within = Range(asked.from_, asked.to)
    wanted = Asked(within, only, [goal], ["event"], counted=within)
    by_session = asked.unit == "session"
    timeout = asked.timeout_seconds
    found = await (
        with_whole_sessions(work, wanted, timeout) if by_session else histories(work, wanted)
    )
    definition = CorrelatesDefinition(
        asked.from_,
        asked.to,
        asked.unit,
        timeout if by_session else None,
        asked.least_count,
        asked.limit,
        goal=asked.goal,
        filter=asked.filter,
    )
    answer = await computed(work, correlate.correlates, found, definition)
    return await computed(work, courteous, answer, reporting.small_cells, adds_up)
