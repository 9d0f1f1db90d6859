"""What identifiers are known by inside: a hash, so that an event can carry one without asking."""

from hashlib import blake2b
from uuid import UUID

from service.domain.ids import of_hash

USER, ANONYMOUS, GROUP = "user_id", "anonymous_id", "group_id"
"""The sources of what the tracking protocol calls people and groups."""


def identity(workspace_id: UUID, source: str, value: str) -> UUID:
    """The id of an identifier: always the same for the same source and value of a workspace.

    A UUIDv8 of BLAKE2b over all three.
    """
    return UUID(bytes=known_as(of_source(workspace_id, source), value))


def of_source(workspace_id: UUID, source: str) -> blake2b:
    """What the identities of a source have in common, for `known_as`."""
    named = source.encode("utf-8", "surrogatepass")
    return blake2b(len(named).to_bytes(4) + named, digest_size=16, key=workspace_id.bytes)


def known_as(begun: blake2b, value: str) -> bytes:
    """The 16 bytes of an `identity`."""
    hashed = begun.copy()
    hashed.update(value.encode("utf-8", "surrogatepass"))
    return of_hash(hashed.digest())
