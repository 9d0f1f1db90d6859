"""Cursors: where a page of a list ended, as one opaque text."""

import base64
import binascii
from uuid import UUID

import msgspec

from service.domain.errors import Malformed

EXAMPLE = "WyItY3JlYXRlZF9hdCIsIjAiLCIwIiwiMCJd"
"""What one looks like; it is good for the list alone that gave it."""


class Last(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: its sort, the hash of what was asked, the last value and id."""

    sort: str
    asked: str
    value: str
    id: str


def write(last: Last) -> str:
    """The cursor of a row."""
    return base64.urlsafe_b64encode(msgspec.json.encode(last)).decode().rstrip("=")


def read(cursor: str, sort: str, asked: str) -> Last:
    """Where the page before ended. Raises `Malformed`, also for a cursor of another question."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        last = msgspec.json.decode(raw, type=Last)
        UUID(last.id)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Malformed("after is not a cursor of this list.") from error
    if (last.sort, last.asked) != (sort, asked):
        raise Malformed("after belongs to a list with other parameters.")
    return last
