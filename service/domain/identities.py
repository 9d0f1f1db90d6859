"""What identifiers are known by inside: a hash, so that an event can carry one without asking."""

from hashlib import blake2b
from uuid import UUID

USER, ANONYMOUS, GROUP = "user_id", "anonymous_id", "group_id"
"""The sources of what the tracking protocol calls people and groups."""


def identity(workspace_id: UUID, source: str, value: str) -> UUID:
    """The id of an identifier: always the same for the same source and value of a workspace.

    A UUID of version 8 (RFC 9562): 122 bits of BLAKE2b over all three.
    """
    named = source.encode("utf-8", "surrogatepass")
    message = len(named).to_bytes(4) + named + value.encode("utf-8", "surrogatepass")
    digest = bytearray(blake2b(message, digest_size=16, key=workspace_id.bytes).digest())
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(bytes=bytes(digest))
