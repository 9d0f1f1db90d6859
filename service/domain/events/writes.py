"""What the ingest writes under policies, workspace by workspace."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from service.domain.audiences import sensitive_keys
from service.domain.contacts import blocked, identity
from service.domain.events import naming
from service.domain.events.message import Refused
from service.domain.events.splitting import without_keys
from service.domain.events.tables import event_keys, quarantine
from service.domain.events.withholding import tells_traits, without_sensitive
from service.domain.outbox import announced, announcement
from service.domain.statements import WORKSPACE, Statement, as_json, uuids
from service.domain.tables import SCHEMA, instant
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


MOST_KEPT = 100_000
"""Messages that one workspace has in quarantine; of more no byte is kept."""
_MOST = bindparam("most", type_=Integer)
# Those of one batch have one context, which is sent once.
_CONTEXTS = bindparam("contexts", type_=ARRAY(LargeBinary))
_MEMBERS = ("id", "code", "detail", "pointer", "message", "text", "type", "sent_at", "rest")
_TYPES: Sequence[Any] = (Uuid(), *[Text()] * 3, LargeBinary(), *[Text()] * 3, Boolean())


def _putting() -> Statement:
    kinds = {**dict(zip(_MEMBERS, _TYPES, strict=True)), "place": Integer()}
    lists = [bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items()]
    given = func.unnest(*lists).table_valued(*kinds).render_derived(name="given")
    now = bindparam("now", type_=instant)
    key, public = bindparam("key_id", type_=Uuid()), bindparam("public", type_=Boolean())
    fixed = {"workspace_id": WORKSPACE, "created_at": now, "updated_at": now}
    fixed |= {"key_id": key, "public": public}
    context = func.unnest(_CONTEXTS).table_valued("context", with_ordinality="place")
    around = context.render_derived(name="around")
    members = [*(given.c[name] for name in _MEMBERS), around.c.context]
    rows = select(*fixed.values(), *members).where(around.c.place == given.c.place)
    # How many there are already costs some milliseconds once there are as many as may be.
    there = select(quarantine.c.id).where(quarantine.c.workspace_id == WORKSPACE).limit(_MOST)
    room = _MOST - select(func.count()).select_from(there.subquery("there")).scalar_subquery()
    made = insert(quarantine).from_select([*fixed, *_MEMBERS, "context"], rows.limit(room))
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


async def put_aside(work: Work, refused: Sequence[Refused], *, public: bool) -> frozenset[int]:
    """Keep messages that cannot be taken, with the reason: one that is sent again stands once.

    Not kept are more than `MOST_KEPT` in all, by a public key more than half as many, values of
    sensitive traits, and those that name somebody who was erased: the places of these are answered.
    """
    work.needs(Scope.EVENTS_WRITE)
    here = work.caller.workspace_id
    refused = [_keyless(one) for one in refused]
    around = {raw: named_in(here, raw or b"") for raw in {one.context for one in refused}}
    whose = [named_in(here, one.raw) | around[one.context] for one in refused]
    erased = await blocked(work, set().union(*whose))
    withheld = frozenset(n for n, who in enumerate(whose) if not erased.isdisjoint(who))
    kept = [one for place, one in enumerate(refused) if place not in withheld]
    kept = await _without_sensitive(work, kept)
    by_id = {rest_as(here, one) if one.rest else kept_as(here, one.raw): one for one in kept}
    rows = list(by_id.values())
    contexts = {one.context: None for one in rows}
    places = {context: place for place, context in enumerate(contexts, 1)}
    await work.value(
        _PUT,
        id=list(by_id),
        code=[one.code for one in rows],
        detail=[one.detail for one in rows],
        pointer=[one.pointer for one in rows],
        message=[one.raw for one in rows],
        text=[_as_text(one.raw) for one in rows],
        type=[one.type for one in rows],
        sent_at=[one.sent_at for one in rows],
        rest=[one.rest for one in rows],
        place=[places[one.context] for one in rows],
        contexts=list(contexts),
        key_id=work.caller.key_id,
        public=public,
        most=MOST_KEPT // 2 if public else MOST_KEPT,
    )
    return withheld


async def _without_sensitive(work: Work, refused: list[Refused]) -> list[Refused]:
    if not any(tells_traits(one.raw) or tells_traits(one.context) for one in refused):
        return refused
    names = await sensitive_keys(work)
    return [without_sensitive(one, names) for one in refused]


def _keyless(one: Refused) -> Refused:
    raw = without_keys(one.raw)
    return one if raw is one.raw else replace(one, raw=raw)


def named_in(workspace_id: UUID, raw: bytes) -> set[UUID]:
    """The identities of those whom a message names, as far as it can be read."""
    return {identity(workspace_id, *one) for one in naming.ids(raw)}


def _as_text(raw: bytes) -> str | None:
    """The message as text; None for what is none, or holds U+0000."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def kept_as(workspace_id: UUID, raw: bytes) -> UUID:
    """The id under which a message is put aside, as it was kept."""
    return identity(workspace_id, "quarantine", blake2b(raw, digest_size=32).hexdigest())


def rest_as(workspace_id: UUID, rest: Refused) -> UUID:
    """The id under which a rest is put aside; of a rest that came again, another than it has."""
    of = b"" if rest.rest_of is None else rest.rest_of.bytes
    digest = blake2b(rest.raw, key=of, digest_size=32).hexdigest()
    return identity(workspace_id, "rest", digest)


class Kept(NamedTuple):
    """What is kept of a message that was put through again: what came of it, and whether that ends
    its waiting. `message` and `context` are as they are from now on; None: as they were.
    """

    id: UUID
    version: int
    outcome: Mapping[str, Any]
    is_done: bool
    message: bytes | None = None
    context: bytes | None = None


def _keeping() -> Statement:
    kinds: dict[str, Any] = {"id": Uuid(), "version": Integer(), "outcome": Text()}
    kinds |= {"done": Boolean(), "message": LargeBinary(), "text": Text(), "context": LargeBinary()}
    lists = [bindparam(f"{name}s", type_=ARRAY(kind)) for name, kind in kinds.items()]
    given = func.unnest(*lists).table_valued(*kinds).render_derived(name="given")
    now, outcome = bindparam("now", type_=instant), cast(given.c.outcome, JSONB)
    is_done = cast(given.c.done, Boolean)
    changed = (
        update(quarantine)
        .values(
            outcome=outcome,
            replayed_at=case((is_done, now), else_=quarantine.c.replayed_at),
            message=func.coalesce(given.c.message, quarantine.c.message),
            text=func.coalesce(given.c.text, quarantine.c.text),
            context=func.coalesce(given.c.context, quarantine.c.context),
            version=quarantine.c.version + literal_column("1", Integer),
            updated_at=now,
        )
        .where(
            quarantine.c.workspace_id == WORKSPACE,
            quarantine.c.id == given.c.id,
            quarantine.c.version == given.c.version,
            or_(
                is_done,
                quarantine.c.outcome.is_distinct_from(outcome),
                given.c.message != quarantine.c.message,
            ),
        )
        .returning(quarantine.c.id, quarantine.c.version)
        .cte("changed")
    )
    rows = announced("quarantined_message.updated", changed, many=True)
    return Statement(select(func.count()).select_from(changed).add_cte(*rows))


_KEEP = _keeping()


async def keep_outcomes(work: Work, came: Sequence[Kept]) -> None:
    """Keep what came of messages that were put through again. What has changed since, or is as it
    was, is left alone.
    """
    work.needs(Scope.CONTACTS_WRITE)
    members = ["outcome", "replayed_at"]
    if any(one.message is not None for one in came):
        members.append("message")
    await work.value(
        _KEEP,
        ids=[one.id for one in came],
        versions=[one.version for one in came],
        outcomes=[as_json(dict(one.outcome)) for one in came],
        dones=[one.is_done for one in came],
        messages=[one.message for one in came],
        texts=[None if one.message is None else _as_text(one.message) for one in came],
        contexts=[one.context for one in came],
        **announcement(work, {"members": members}),
    )
