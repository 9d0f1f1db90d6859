"""Histories, from segments where these tell what is asked, else from the events themselves."""

import asyncio

from service.domain.filters import All, Any
from service.domain.histories import columnar, segments
from service.domain.histories.joining import joined
from service.domain.histories.reads import Asked
from service.domain.history import Histories
from service.domain.work import Scope, Work


async def histories(work: Work, asked: Asked) -> Histories:
    """What people did of what is asked, exactly as it is stored now: one statement, to three."""
    work.needs(Scope.ANALYTICS_READ)
    work.at_length()
    found = None
    if asked.fields_of:
        found = await _in_two(work, asked)
    elif not asked.lists:
        # Segments keep no lists.
        found = await segments.told(work, asked)
    return await columnar.histories(work, asked) if found is None else found


async def _in_two(work: Work, asked: Asked) -> Histories | None:
    """Everybody from segments, and what these do not keep from those events alone of which it is
    wanted; None where segments do not tell the one, or the other changed meanwhile."""
    kept = [name for name in asked.fields if segments.keeps(name)]
    everybody = asked._replace(fields=kept, lists=(), among={}, apart=(), fields_of=())
    found = await segments.told(work, everybody)
    if found is None or len(kept) == len(asked.fields):
        return found
    some = Any(tuple(asked.selections[place] for place in asked.fields_of))
    only = some if asked.only is None else All((asked.only, some))
    others = [name for name in asked.fields if name not in kept]
    more = Asked(asked.within, only, (), others, asked.lists, among=asked.among)
    few = await columnar.histories(work, more)
    return await asyncio.to_thread(joined, found, few, asked.fields_of)
