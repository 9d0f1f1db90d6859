"""Places in the changes of a workspace, as opaque texts: `next`, `after`, `id:`, Last-Event-ID.

A place is a transaction's number and a row's id within it; the rows behind it come after it. The
numbers are one cluster's: a database that was restored elsewhere, or to an earlier time, counts
anew, and one that was restored beside the first, or in its place, has lost or never had some of
its rows. So a text also holds the mark of the outbox that gave it, and a check that ties all of it
to the workspace. Nothing is kept from anybody by that check, since every read is bound to the
caller's workspace by the database; it tells a place that was never given out here from one that
was.
"""

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple
from uuid import UUID

from service.domain.errors import Malformed

_MARK = _CHECK = 8
_XID, _ID = 8, 16
_LENGTH = _MARK + _XID + _ID + _CHECK
LONGEST = 54
"""Characters of a place as text: each has as many."""


class Position(NamedTuple):
    """A place: what is behind it is greater."""

    xid: int
    id: UUID


EXAMPLE = "q83vEjRWeJAAAAAAAAAB9AGYx_AAAHAAgAAAAAAAAEDerb7vyv66vg"[:LONGEST]
"""What one looks like; it is good for the workspace alone that gave it."""
NOWHERE = UUID(int=0)
START = Position(0, NOWHERE)
"""Before everything."""


def mark_of(system: str, timeline: int, database: int, table: int) -> bytes:
    """What tells one outbox from all others.

    That is its cluster, the timeline, and the oids of its database and table, which a restore from
    a dump makes anew, be it in the same database.
    """
    text = f"{system} {timeline} {database} {table}"
    return hashlib.blake2b(text.encode(), digest_size=_MARK).digest()


def written(position: Position, mark: bytes, workspace_id: UUID) -> str:
    """The text of a place."""
    raw = mark + position.xid.to_bytes(_XID) + position.id.bytes
    return urlsafe_b64encode(raw + _check(raw, workspace_id)).decode().rstrip("=")


def read(text: str, workspace_id: UUID) -> tuple[Position, bytes]:
    """The place in a text, and the mark of its outbox. Raises `Malformed`."""
    try:
        whole = urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) == LONGEST else b""
    except (binascii.Error, ValueError) as error:
        raise Malformed(_NO_PLACE) from error
    raw, check = whole[:-_CHECK], whole[-_CHECK:]
    if len(whole) != _LENGTH or check != _check(raw, workspace_id):
        raise Malformed(_NO_PLACE)
    xid = int.from_bytes(raw[_MARK : _MARK + _XID])
    return Position(xid, UUID(bytes=raw[-_ID:])), raw[:_MARK]


_NO_PLACE = "after is no place in the changes of this workspace."


def _check(raw: bytes, workspace_id: UUID) -> bytes:
    return hashlib.blake2b(raw, digest_size=_CHECK, key=workspace_id.bytes).digest()
