"""Which identifiers are those of people who were erased.

What is kept is an HMAC of the identity, keyed with a secret that is in no dump: whoever has the
database and a list of addresses cannot try them one by one, as they could with the identities.
"""

import hmac
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from service.domain import references
from service.domain.contacts.tables import blocked_identifiers
from service.domain.errors import Unavailable
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

_ERASING = "erasures"


async def erasing_alone(work: Work) -> None:
    """Wait for all who take in what people did, and let nobody else begin until this work ends."""
    work.needs(Scope.PRIVACY)
    await references.one_at_a_time(work, _ERASING)


async def beside_erasures(work: Work) -> None:
    """Let no erasure begin until this work ends: what it has found unblocked stays so.

    Called before anything else is waited for, as an erasure does.
    """
    await references.beside_others(work, _ERASING)


async def storing(work: Work) -> tuple[int, frozenset[str]]:
    """The time in microseconds of Unix time, and the works that are `beside_erasures` then.

    What is taken in by any other has a later place in the order of arrival, so once these have
    ended, nothing is stored before that time any more.
    """
    work.needs(Scope.ANALYTICS_READ)
    return await references.together(work, _ERASING)


async def blocked(work: Work, identities: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the identities (`contacts.identity`) that must not be taken in.

    Asked within the work that takes them in, after `beside_erasures` or while it alone changes who
    is who, so that no erasure overtakes it. Identities that belong to a contact are never blocked,
    so only others need be asked for. Two statements; one where nobody was erased, and nothing is
    hashed; none for no identities. Raises `Unavailable` where identifiers are blocked and this
    service lacks the secret by which it would know them.
    """
    asked = frozenset(identities)
    if not asked or await work.value(_ANY) is None:
        return frozenset()
    if not work.pepper:
        detail = "Erased identifiers cannot be told here: WAYPOST_BLOCKING_KEY is missing."
        raise Unavailable(detail)
    by_hash = {hashed(work, one): one for one in asked}
    rows = await work.rows(_BLOCKED, ids=list(by_hash))
    return frozenset(by_hash[row["id"]] for row in rows)


def hashed(work: Work, identity: UUID) -> UUID:
    """What is kept of an identity: 128 bits of its HMAC-SHA256, as a UUID of version 8."""
    if work.pepper is None:
        raise RuntimeError("this work knows no secret")
    digest = hmac.digest(work.pepper, identity.bytes, "sha256")[:16]
    return UUID(int=int.from_bytes(digest) & ~(0xF << 76) & ~(0x3 << 62) | 8 << 76 | 2 << 62)


_BLOCKED = Statement(
    select(blocked_identifiers.c.id).where(
        blocked_identifiers.c.workspace_id == WORKSPACE,
        blocked_identifiers.c.id == func.any(uuids("ids")),
    )
)
_ANY = Statement(
    select(blocked_identifiers.c.id).where(blocked_identifiers.c.workspace_id == WORKSPACE).limit(1)
)
ERASURE = bindparam("erasure_id", type_=Uuid())
