"""What the ingest writes under policies, workspace by workspace."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Date, LargeBinary, Text, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.sqltypes import DateTime

from service.domain.contacts import identity
from service.domain.events.message import Refused
from service.domain.events.tables import event_keys, quarantine
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import SCHEMA
from service.domain.work import Scope, Work


def _claiming() -> Statement:
    key = func.unnest(uuids("keys")).column_valued("key")
    rows = insert(event_keys).from_select(["workspace_id", "key"], select(WORKSPACE, key))
    return Statement(rows.on_conflict_do_nothing().returning(event_keys.c.key))


_CLAIMED = _claiming()


async def claimed(work: Work, keys: Sequence[bytes]) -> set[bytes]:
    """Those of the keys that had not come before; they have now.

    In order: two that claim the same ones wait for each other, and neither for ever.
    """
    work.needs(Scope.EVENTS_WRITE)
    asked = [UUID(bytes=key) for key in sorted(keys)]
    return {found["key"].bytes for found in await work.rows(_CLAIMED, keys=asked)}


_MEMBERS = ("id", "code", "detail", "pointer", "message", "text", "type")
_TYPES: Sequence[Any] = (Uuid(), Text(), Text(), Text(), LargeBinary(), Text(), Text())


def _putting() -> Statement:
    lists = [
        bindparam(name, type_=ARRAY(kind)) for name, kind in zip(_MEMBERS, _TYPES, strict=True)
    ]
    given = func.unnest(*lists).table_valued(*_MEMBERS).render_derived(name="given")
    now = bindparam("now", type_=DateTime(timezone=True))
    key, public = bindparam("key_id", type_=Uuid()), bindparam("public", type_=Boolean())
    fixed = {"workspace_id": WORKSPACE, "created_at": now, "updated_at": now}
    fixed |= {"key_id": key, "public": public}
    rows = select(*fixed.values(), *(given.c[name] for name in _MEMBERS))
    made = insert(quarantine).from_select([*fixed, *_MEMBERS], rows)
    return Statement(made.on_conflict_do_nothing())


_PUT = _putting()


async def settle_leaves(work: Work) -> int:
    """Have leaves for the months to come, and for what has gone into the default one; how many."""
    work.needs(Scope.OPERATOR)
    made: int = await work.value(_SETTLE, today=work.now.date())
    return made


_SETTLE = Statement(
    select(getattr(func, SCHEMA).settle_event_leaves(bindparam("today", type_=Date())))
)


async def put_aside(work: Work, refused: Sequence[Refused], *, public: bool) -> None:
    """Keep messages that cannot be taken, with the reason: one that is sent again stands once."""
    work.needs(Scope.EVENTS_WRITE)
    by_id = {_named(work.caller.workspace_id, one.raw): one for one in refused}
    rows = list(by_id.values())
    await work.value(
        _PUT,
        id=list(by_id),
        code=[one.code for one in rows],
        detail=[one.detail for one in rows],
        pointer=[one.pointer for one in rows],
        message=[one.raw for one in rows],
        text=[_as_text(one.raw) for one in rows],
        type=[one.type for one in rows],
        key_id=work.caller.key_id,
        public=public,
    )


def _as_text(raw: bytes) -> str | None:
    """The message as text; None for what is none, or holds U+0000."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _named(workspace_id: UUID, raw: bytes) -> UUID:
    return identity(workspace_id, "quarantine", blake2b(raw, digest_size=32).hexdigest())
