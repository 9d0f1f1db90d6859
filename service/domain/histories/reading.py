"""Histories, from segments where these tell what is asked, else from the events themselves."""

from service.domain.histories import columnar, segments
from service.domain.histories.reads import Asked
from service.domain.history import Histories
from service.domain.work import Scope, Work


async def histories(work: Work, asked: Asked) -> Histories:
    """What people did of what is asked, exactly as it is stored now: one statement, or two."""
    work.needs(Scope.ANALYTICS_READ)
    # Segments keep no lists.
    found = None if asked.lists else await segments.told(work, asked)
    return await columnar.histories(work, asked) if found is None else found
