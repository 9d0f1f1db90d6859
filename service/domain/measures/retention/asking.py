"""Asking for retention."""

import asyncio

from service.domain.histories import Asked, Range, histories
from service.domain.measures.asking import only, selection
from service.domain.measures.reads import reporting_zone
from service.domain.measures.retention import retained
from service.domain.measures.retention.inputs import RetentionQuery
from service.domain.measures.retention.retained import Retention, RetentionDefinition
from service.domain.work import Scope, Work


async def retention(work: Work, asked: RetentionQuery) -> Retention:
    """Who came back, by cohort: two statements. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    given = [
        selection(work.caller, raw, at)
        for at, raw in (("/start", asked.start), ("/return", asked.return_))
        if raw is not None
    ]
    wanted = Asked(Range(to=asked.to), only(work.caller, asked), given)
    zone = await reporting_zone(work)
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
    return await asyncio.to_thread(retained.retention, found, definition, work.now)
