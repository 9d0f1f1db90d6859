"""Who is behind a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Integer, cast, func, literal_column, select

from service.domain.access import keys
from service.domain.access.tables import api_keys
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import workspaces
from service.domain.work import OPERATORS, Scope, Work


@dataclass(frozen=True, slots=True)
class Grant:
    """What a verified key allows. It must still be held against the clock at every use."""

    scopes: frozenset[str]
    expires_at: datetime | None
    public: bool = False
    retention_days: int | None = None
    """How long the workspace keeps what people did; None: for ever."""
    trusted_only: bool = False
    """Whether GraphQL answers its trusted documents alone."""


def _set(name: str, kind: Any) -> Any:
    """What the workspace has set."""
    told = cast(workspaces.c.settings.op("->>")(literal_column(f"'{name}'")), kind)
    return select(told).where(workspaces.c.workspace_id == WORKSPACE).scalar_subquery()


_FIND = Statement(
    select(
        func.row(
            api_keys.c.secret_sha256,
            api_keys.c.scopes,
            api_keys.c.expires_at,
            api_keys.c.revoked_at,
            api_keys.c.public,
            _set("retention_days", Integer),
            _set("trusted_documents_only", Boolean),
        )
    ).where(api_keys.c.workspace_id == WORKSPACE, api_keys.c.id == func.any(uuids("ids")))
)


async def authenticate(work: Work, key: keys.Key) -> Grant | None:
    """What the key allows, or None when it is unknown, not the one stored, or revoked.

    The work's workspace is the one the key names; that it may act in it is what is asked here.
    """
    found = await work.value(_FIND, ids=[key.id])
    if found is None:
        return None
    sha256, scopes, expires_at, revoked_at, public, *settings = found
    if not keys.same(sha256, key.sha256) or revoked_at is not None:
        return None
    retention_days, trusted_only = settings
    return Grant(frozenset(scopes), expires_at, public, retention_days, bool(trusted_only))


async def every_workspace(work: Work) -> Sequence[UUID]:
    """All workspaces, for a caller who may list them."""
    work.needs(Scope.OPERATOR)
    return [row["workspace_id"] for row in await work.rows(_EVERY)]


_EVERY = Statement(
    select(workspaces.c.workspace_id)
    .where(workspaces.c.workspace_id != literal_column(f"'{OPERATORS}'::uuid"))
    .order_by(workspaces.c.workspace_id)
)
