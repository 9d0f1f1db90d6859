"""UUIDv7: ids that sort by the time they were made, so that new rows land side by side."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7 of RFC 9562: 48 bits of Unix milliseconds, then random bits."""
    raw = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    return UUID(int=raw & ~(0xF000 << 64) & ~(0xC000 << 48) | 0x7000 << 64 | 0x8000 << 48)
