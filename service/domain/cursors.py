"""Cursors of lists: where a page ended, so that the next begins behind it.

A cursor holds the sort, a hash of all else that was asked, the last row's sort value and its id.
One without a row is the place before the first. It opens nothing: a forged one is at most another
place in the caller's own list.
"""

import base64
import binascii
import hashlib
from uuid import UUID

import msgspec

from service.domain.errors import Malformed

LONGEST = 4000
"""Characters of one."""
EXAMPLE = "WyItY3JlYXRlZF9hdCIsIjAiLCIwIiwiMCJd"
"""What one looks like; it is good for the list alone that gave it."""


class Last(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: its sort, the hash of what was asked, the last value and id."""

    sort: str
    asked: str
    value: str = ""
    id: str = ""

    @property
    def is_start(self) -> bool:
        """Whether no row is behind it."""
        return not self.value and not self.id


def hashed(asked: object) -> str:
    """A hash of all that decides which rows a list holds."""
    return hashlib.blake2b(msgspec.json.encode(asked), digest_size=8).hexdigest()


def written(last: Last) -> str:
    """The cursor as callers get it."""
    return base64.urlsafe_b64encode(msgspec.json.encode(last)).decode().rstrip("=")


def head(last: Last) -> str:
    """What the JSON of the cursors of all rows of a page begins with."""
    return msgspec.json.encode([last.sort, last.asked]).decode()[:-1] + ","


def before(cursor: str, sort: str, asked: str) -> Last:
    """The row that a page ends in front of. Raises as `read`, and for the place of no row."""
    found = read(cursor[: LONGEST + 1], sort, asked, "before")
    if found.is_start:
        raise Malformed("before is not a cursor of this list.")
    return found


def read(cursor: str, sort: str, asked: str, name: str = "after") -> Last:
    """The place a cursor names. Raises `Malformed` for none, and for another list's."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        last = msgspec.json.decode(raw, type=Last)
        if not last.is_start:
            UUID(last.id)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Malformed(f"{name} is not a cursor of this list.") from error
    if (last.sort, last.asked) != (sort, asked):
        raise Malformed(f"{name} belongs to a list with other parameters.")
    return last
