"""Ids: those that are made sort by time, so that new rows land side by side; those that are told by
what they are of are a hash of it.
"""

import os
import time
from uuid import UUID

_COUNTED = 1 << 61
"""The first of the bits behind the variant: with it clear, counting up runs into no other."""


def new_id() -> UUID:
    """A UUIDv7 of RFC 9562: 48 bits of Unix milliseconds, then random bits."""
    raw = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    return UUID(int=raw & ~(0xF000 << 64) & ~(0xC000 << 48) | 0x7000 << 64 | 0x8000 << 48)


def new_ids(number: int) -> list[UUID]:
    """So many of one millisecond, each one more than the last: for rows written at once."""
    first = new_id().int & ~_COUNTED
    return [UUID(int=first + n) for n in range(number)]


def of_hash(digest: bytes) -> bytes:
    """The bytes of a UUIDv8 of RFC 9562 that holds 122 of the 128 bits of a hash."""
    return (_number(digest, "big") & _OF_HASH | _UUIDV8).to_bytes(16, "big")


_number = int.from_bytes
_OF_HASH = (1 << 128) - 1 - (0xF000 << 64 | 0xC000 << 48)
_UUIDV8 = 0x8000 << 64 | 0x8000 << 48
"""The bits of version and variant. Made once: each event has two such ids."""
