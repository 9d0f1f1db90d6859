"""People as they are stored, put there by the owner."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from service.domain.identities import identity
from service.domain.ids import new_id

CONTACT = """
    INSERT INTO waypost.contacts
        (workspace_id, id, root_id, merged_into_id, traits, created_at, updated_at)
    VALUES ($1, $2::uuid, coalesce($3::uuid, $2::uuid), $3::uuid, $4::jsonb, now(), now())
"""
IDENTIFIER = """
    INSERT INTO waypost.contact_identifiers
        (workspace_id, id, source, value, contact_id, created_at)
    VALUES ($1, $2, $3, $4, $5, now())
"""
EVENT = """
    INSERT INTO waypost.events
        (workspace_id, arrival, who, timestamp, received_at, type, event, message_id, user_id,
         properties)
    SELECT $1, (extract(epoch FROM now()) * 1000000)::bigint * 1024 + n, $2::uuid,
        coalesce($5, now()),
        now(), 'track', 'Seen', 'm-' || n || '-' || $2::uuid, $3, $4::jsonb
    FROM generate_series(1, $6) AS n
"""


async def person(
    owner: asyncpg.Connection,
    workspace: UUID,
    identifiers: Sequence[tuple[str, str]] = (),
    traits: Mapping[str, Any] | None = None,
    root: UUID | None = None,
) -> UUID:
    """A contact with its identifiers; with a `root`, merged into that."""
    made = new_id()
    await owner.execute(CONTACT, workspace, made, root, json.dumps(dict(traits or {})))
    for source, value in identifiers:
        which = identity(workspace, source, value)
        await owner.execute(IDENTIFIER, workspace, which, source, value, made)
    return made


async def events(
    owner: asyncpg.Connection,
    workspace: UUID,
    source: str,
    value: str,
    *,
    number: int = 1,
    at: Any = None,
    **properties: Any,
) -> None:
    """Events that carry an identifier."""
    who = identity(workspace, source, value)
    await owner.execute(EVENT, workspace, who, value, json.dumps(properties), at, number)
