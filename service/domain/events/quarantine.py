"""Messages that were put aside: shown, mended, put through again, or let go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Raw

from service.domain.errors import NotFound
from service.domain.events.inputs import NewQuarantinedMessage
from service.domain.events.message import Sorted, Taken
from service.domain.events.reads import put_aside_as
from service.domain.events.shape import QUARANTINE as LISTING
from service.domain.events.shape import QUARANTINED
from service.domain.events.sorting import Sorting
from service.domain.inputs import Input
from service.domain.known import Expected
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.work import Scope, Work


class Again(NamedTuple):
    """A message to be put through again, sorted out as of when it first came."""

    found: Sorted
    public: bool


@dataclass(frozen=True, eq=False)
class Quarantine(Resource):
    """The messages of a workspace that could not be taken."""

    async def patch(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """Mend the message; what it was put aside for stays until it is put through again."""
        work.needs(self.writes)
        text = data.model_dump(exclude_unset=True).get("message")
        if text is None:
            return await self.unchanged(work, resource_id, expected)
        values = {"message": text.encode(), "text": text}
        return await self.change(work, resource_id, values, expected)

    async def again(self, work: Work, resource_id: UUID) -> Again:
        """The message, sorted out again as the one of its batch. Raises `NotFound`."""
        work.needs(self.writes)
        work.needs(Scope.EVENTS_WRITE)
        found = await put_aside_as(work, resource_id)
        if found is None:
            raise NotFound(self.kind, resource_id)
        message, kind, public, came_at, sent_at, context = found
        oldest = work.caller.oldest_kept(work.now)
        told: dict[str, Any] = {"sent_at": sent_at, "context": Raw(context or b"")}
        sorting = Sorting(work.caller.workspace_id, kind, came_at, oldest, **told)
        return Again(sorting.sort([Raw(message)]), public)

    async def replayed(self, work: Work, resource_id: UUID, outcome: Mapping[str, Any]) -> Document:
        """Keep what came of putting it through again."""
        work.needs(self.writes)
        values = {"replayed_at": work.now, "outcome": dict(outcome)}
        return await self.change(work, resource_id, values, None)


_NOT_STORABLE = "The database cannot hold it."
_NOT_ALL = "Not all of its traits could be taken."


def outcome_of(found: Sorted, taken: Taken | None) -> dict[str, Any]:
    """What came of one message: its outcome, and why it was put aside again."""
    if found.refused:
        (refused,) = found.refused
        told = {"code": refused.code, "detail": refused.detail, "pointer": refused.pointer}
        return {"outcome": "quarantined", **told}
    code = taken.codes.get(0) if taken is not None else None
    outcome = taken.outcomes[0] if taken is not None else "quarantined"
    why = _NOT_STORABLE if outcome == "quarantined" else _NOT_ALL
    detail = None if code is None else why
    return {"outcome": outcome, "code": code, "detail": detail, "pointer": None}


QUARANTINE = Quarantine(
    "quarantined_message",
    QUARANTINED,
    LISTING,
    NewQuarantinedMessage,
    reads=Scope.CONTACTS_READ,
    writes=Scope.CONTACTS_WRITE,
)
