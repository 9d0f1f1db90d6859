"""A body of the tracking protocol, sorted out at once or piece by piece."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from service.domain.events import storable
from service.domain.events.message import Sorted
from service.domain.events.sorting import Sorting
from service.domain.events.splitting import split


def sorted_out(
    body: bytes,
    workspace_id: UUID,
    kind: str | None,
    received_at: datetime,
    oldest: datetime | None = None,
) -> Sorted:
    """The messages of a body, in order, and those that are refused: all in one piece."""
    of, most = (body, workspace_id, kind, received_at), len(body) + 1
    return next(sorted_in_pieces(*of, oldest=oldest, most=most))


def sorted_in_pieces(
    body: bytes,
    workspace_id: UUID,
    kind: str | None,
    received_at: datetime,
    *,
    oldest: datetime | None,
    most: int,
    public: bool = False,
) -> Iterator[Sorted]:
    """The messages of a body, in order, and those that are refused, so many at a time.

    `kind` is the type that the path says, for messages that say none; `oldest` the time before
    which nothing is taken; `public` whether it came by a public key. Raises `Malformed` for a body
    that is no JSON object.
    """
    parts = split(body)
    told: dict[str, Any] = {"sent_at": parts.sent_at, "context": parts.context, "public": public}
    sorting = Sorting(workspace_id, kind, received_at, oldest, **told)
    doubtful = not (parts.is_json and storable.all_storable(body))
    for begins in range(0, max(1, len(parts.messages)), most):
        piece = parts.messages[begins : begins + most]
        yield sorting.sort(piece, doubtful=doubtful, begins=begins)
