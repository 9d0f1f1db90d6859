"""Asking for sessions."""

from service.domain import access
from service.domain.computing import computed
from service.domain.histories import Asked, Range
from service.domain.measures.asking import (
    Refusals,
    chosen,
    fields,
    named,
    once,
    timed,
    with_whole_sessions,
)
from service.domain.measures.sessions import session
from service.domain.measures.sessions.adding_up import adds_up
from service.domain.measures.sessions.inputs import SessionsQuery
from service.domain.measures.sessions.session import Sessions, SessionsDefinition
from service.domain.measures.small_cells import courteous
from service.domain.work import Scope, Work


async def sessions(work: Work, asked: SessionsQuery) -> Sessions:
    """Sessions of a range: two statements, seldom more. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    asked = timed(reporting, asked)
    refusals = Refusals()
    with refusals.of_part():
        once(asked.switches, "/switches")
    with refusals.of_part():
        names = fields(work.caller, asked.switches, "/switches")
    with refusals.of_part():
        only = await chosen(work, asked)
    refusals.tell()
    wanted = Asked(
        Range(to=asked.to),
        only,
        [named(asked.page_view_events)],
        list(dict.fromkeys(["event", *names])),
        counted=Range(asked.from_, asked.to),
    )
    found = await with_whole_sessions(work, wanted, asked.timeout_seconds)
    definition = SessionsDefinition(
        asked.from_,
        asked.to,
        asked.timeout_seconds,
        asked.page_view_events,
        names,
        filter=asked.filter,
    )
    answer = await computed(work, session.sessions, found, definition)
    return await computed(work, courteous, answer, reporting.small_cells, adds_up)
