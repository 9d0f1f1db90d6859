"""Messages that were put aside, put through again: the same for both faces."""

from collections.abc import Callable, Sequence
from uuid import UUID

from starlette.responses import Response

from service.api.edge import JSON, EdgeOf
from service.domain import events
from service.domain.errors import NotFound
from service.domain.events import QUARANTINE, Again, Came, Sorted
from service.domain.reading import Document
from service.domain.statements import as_json


async def replayed(
    edge: EdgeOf, resource_id: UUID, answer: Callable[[Document], Response]
) -> Response:
    """Put one through. Raises `NotFound`; `Unavailable` where it cannot be stored now."""
    agains = await edge.analysed(lambda work: QUARANTINE.again(work, [resource_id]))
    if not agains:
        raise NotFound(QUARANTINE.kind, resource_id)
    came = await _through(edge, agains)
    return await edge.write(lambda work: QUARANTINE.replayed(work, resource_id, came), answer)


async def all_replayed(edge: EdgeOf, asked: events.QuarantineReplay) -> Response:
    """Put some of those through that wait. Raises `Malformed`, `Unavailable`."""
    agains, following = await edge.analysed(lambda work: QUARANTINE.waiting(work, asked))
    came = await _through(edge, agains)
    return await edge.write(
        lambda work: QUARANTINE.came(work, came, following),
        lambda told: Response(as_json(told), 200, media_type=JSON),
    )


async def _through(edge: EdgeOf, agains: Sequence[Again]) -> list[Came]:
    """What came of each. Those that came by a public key are put through as by one."""
    came = [events.came_of(one, None) for one in agains if one.found.refused]
    for public in (False, True):
        those = [one for one in agains if one.found.messages and one.public is public]
        if those:
            found = Sorted([one.found.messages[0] for one in those], [], waiting=True)
            taken = await edge.intake.take(edge.caller, found, public=public)
            came += [events.came_of(one, taken, n) for n, one in enumerate(those)]
    return came
