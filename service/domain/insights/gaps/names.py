"""Asking for the names of events that no step or touchpoint of any map claims."""

from service.domain.computing import computed
from service.domain.histories import Asked, Range, tallies
from service.domain.insights.bindings.reads import every_binding
from service.domain.insights.gaps.unclaimed import NO_NAMES, Names, by_name, free
from service.domain.insights.laid.remembering import once_told
from service.domain.work import Scope, Work


async def free_names(work: Work, within: Range, least: int) -> Names:
    """The most frequent names of at least so many events of a range that no binding of the
    workspace could take, as these are now: three statements, of counts that are kept; where these
    do not tell it, as where analysis rests on consent, of the events."""
    work.needs(Scope.ANALYTICS_READ)
    work.needs(Scope.MAPS_READ)
    asked = Asked(within, fields=["event"])
    found = await tallies(work, asked)
    if found is None:
        counts = await once_told(work, asked, None, by_name, "names")
    else:
        counts = by_name(found)
    if max(counts.values(), default=0) < least:
        return NO_NAMES
    return await computed(work, free, counts, await every_binding(work), least)
