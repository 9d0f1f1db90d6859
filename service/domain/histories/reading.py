"""Histories, from segments where these tell what is asked, else from the events themselves."""

import asyncio

from service.domain.filters import All, Any
from service.domain.histories import columnar, segments
from service.domain.histories.joining import joined
from service.domain.histories.reads import Asked, of_event
from service.domain.histories.segments import Standing
from service.domain.history import Histories
from service.domain.work import Scope, Work

_WRITTEN_ONCE = "properties."
"""Begins the names of fields that no event ever has otherwise than it came."""


async def histories(work: Work, asked: Asked, known: Standing | None = None) -> Histories:
    """What people did of what is asked, exactly as it is stored now: one statement, to three;
    marked where it is `known` how segments stand and these tell it."""
    work.needs(Scope.ANALYTICS_READ)
    work.at_length()
    found = None
    if asked.fields_of:
        found = await _in_two(work, asked, known)
    elif not asked.lists:
        # Segments keep no lists.
        found = await segments.told(work, asked, known)
    return await columnar.histories(work, asked) if found is None else found


async def standing(work: Work, asked: Asked) -> Standing | None:
    """How segments stand, where they and what no event ever changes tell what is asked, so that it
    may be kept by their mark: one statement. None where they do not."""
    work.needs(Scope.ANALYTICS_READ)
    others = [name for name in asked.fields if not segments.keeps(name)]
    if (others and not asked.fields_of) or not segments.fit(asked):
        return None
    if not all(name.startswith(_WRITTEN_ONCE) for name in others):
        return None
    return await segments.standing(work)


async def _in_two(work: Work, asked: Asked, known: Standing | None) -> Histories | None:
    """Everybody from segments, and what these do not keep from those events alone of which it is
    wanted; None where segments do not tell the one, or the others are gone meanwhile."""
    kept = [name for name in asked.fields if segments.keeps(name)]
    others = [name for name in asked.fields if name not in kept]
    if not all(map(of_event, others)):
        return None
    own = asked._replace(fields=kept, lists=(), among={}, apart=(), fields_of=())
    found = await segments.told(work, own._replace(numbers=bool(others)), known)
    if found is None or not others:
        return found
    # What an event holds it always held: that it is read of another snapshot changes nothing.
    some = Any(tuple(asked.selections[place] for place in asked.fields_of))
    only = some if asked.only is None else All((asked.only, some))
    more = Asked(asked.within, only, (), others, asked.lists, among=asked.among)
    held = await columnar.values(work, more)
    return await asyncio.to_thread(joined, found, held, asked.fields_of)
