"""Blocking the identifiers of somebody who is erased, and lifting that."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from service.domain.contacts.blocking.reads import ERASURE, hashed
from service.domain.contacts.tables import blocked_identifiers
from service.domain.errors import NotConfigured
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work


async def block(work: Work, identities: Iterable[UUID], erasure_id: UUID) -> int:
    """Take these in no more, until the block of this erasure is lifted; how many there are.

    Raises `NotConfigured` where this service has no secret to hash them with.
    """
    work.needs(Scope.PRIVACY)
    if not work.pepper:
        detail = (
            "Nobody can be erased here: neither WAYPOST_BLOCKING_KEY nor WAYPOST_SIGNING_KEY is"
            " set, so a later sync would bring them back."
        )
        raise NotConfigured(detail)
    hashes = sorted({hashed(work, one) for one in identities})
    await work.rows(_BLOCK, ids=hashes, erasure_id=erasure_id)
    return len(hashes)


async def unblock(work: Work, erasure_id: UUID) -> None:
    """Let the identifiers of an erased person come again."""
    work.needs(Scope.PRIVACY)
    await work.rows(_LIFT, erasure_id=erasure_id)


def _blocking() -> Statement:
    which = func.unnest(uuids("ids")).column_valued("which")
    now = _NOW.label("blocked_at")
    rows = select(WORKSPACE, which, ERASURE, now)
    put = insert(blocked_identifiers).from_select(
        ["workspace_id", "id", "erasure_id", "blocked_at"], rows
    )
    key = [blocked_identifiers.c.workspace_id, blocked_identifiers.c.id]
    # Erased again: the newer receipt is the one that lifts it.
    return Statement(
        put.on_conflict_do_update(index_elements=key, set_={"erasure_id": put.excluded.erasure_id})
    )


_NOW = bindparam("now", type_=instant)
_BLOCK = _blocking()
_LIFT = Statement(
    delete(blocked_identifiers).where(
        blocked_identifiers.c.workspace_id == WORKSPACE,
        blocked_identifiers.c.erasure_id == ERASURE,
    )
)
