"""Asking for sessions."""

import asyncio

from service.domain.histories import Asked
from service.domain.measures.asking import fields, named, only, with_whole_sessions
from service.domain.measures.sessions import session
from service.domain.measures.sessions.inputs import SessionsQuery
from service.domain.measures.sessions.session import Sessions, SessionsDefinition
from service.domain.work import Scope, Work


async def sessions(work: Work, asked: SessionsQuery) -> Sessions:
    """Sessions of a range: one statement, seldom more. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    names = fields(work.caller, asked.switches, "/switches")
    wanted = Asked(
        only=only(work.caller, asked),
        selections=[named(asked.page_view_events)],
        fields=list(dict.fromkeys(["event", *names])),
    )
    wanted = wanted._replace(within=wanted.within._replace(to=asked.to))
    found = await with_whole_sessions(work, wanted, asked.timeout_seconds)
    definition = SessionsDefinition(
        asked.from_, asked.to, asked.timeout_seconds, asked.page_view_events, names
    )
    return await asyncio.to_thread(session.sessions, found, definition)
