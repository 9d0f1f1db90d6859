"""Asking for retention."""

from zoneinfo import ZoneInfo

from service.domain import access
from service.domain.computing import computed
from service.domain.histories import Asked, Range, histories
from service.domain.measures.asking import Refusals, chosen, selection
from service.domain.measures.retention import retained
from service.domain.measures.retention.adding_up import adds_up
from service.domain.measures.retention.inputs import RetentionQuery
from service.domain.measures.retention.retained import Retention, RetentionDefinition
from service.domain.measures.small_cells import courteous
from service.domain.work import Scope, Work


async def retention(work: Work, asked: RetentionQuery) -> Retention:
    """Who came back, by cohort: two statements. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    refusals, given = Refusals(), []
    for name, raw in (("start", asked.start), ("return", asked.return_)):
        with refusals.of_part():
            given += [] if raw is None else [selection(work.caller, raw, f"/{name}")]
    with refusals.of_part():
        only = await chosen(work, asked)
    refusals.tell()
    wanted = Asked(Range(to=asked.to), only, given, counted=Range(asked.from_, asked.to))
    reporting = await access.reporting(work)
    zone = ZoneInfo(reporting.time_zone)
    found = await histories(work, wanted)
    definition = RetentionDefinition(
        asked.from_,
        asked.to,
        asked.filter,
        asked.interval,
        asked.intervals,
        zone.key,
        asked.start,
        asked.return_,
        asked.mode,
        asked.cohorts,
    )
    answer = await computed(work, retained.retention, found, definition, work.now)
    return await computed(work, courteous, answer, reporting.small_cells, adds_up)
