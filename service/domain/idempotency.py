"""Answers kept for retries: the same key and body get the first answer again, for a day.

An answer is stored by the transaction that made it: a crash leaves either both or neither. An
advisory lock that ends with the transaction tells a retry that the first try still runs.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    Text,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    null,
    select,
    update,
)

from service.domain.errors import KeyReused, StillRunning
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import idempotency_keys as table
from service.domain.tables import instant
from service.domain.work import Work

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a request: what its key is unique for, and a hash of its body."""

    key: str
    method: str
    path: str
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is kept. `body` is None when it must not be stored: it held a secret, or
    sensitive data that nothing lets in any more.
    """

    status: int
    headers: Mapping[str, str]
    body: str | None


_IS_IT = (
    table.c.workspace_id == WORKSPACE,
    table.c.key == bindparam("key", type_=Text),
    table.c.method == bindparam("method", type_=Text),
    table.c.path == bindparam("path", type_=Text),
)
_LOCK = Statement(select(func.pg_try_advisory_xact_lock(bindparam("lock", type_=BigInteger))))
_FIND = Statement(
    select(table).where(*_IS_IT, table.c.created_at > bindparam("since", type_=instant))
)
_FORGET = Statement(
    delete(table).where(
        table.c.workspace_id == WORKSPACE,
        table.c.created_at <= bindparam("since", type_=instant),
    )
)
_KEEP = Statement(
    insert(table).values(
        {c.name: bindparam(f"new_{c.name}", type_=c.type) for c in table.c}
        | {"workspace_id": WORKSPACE}
    )
)


def _withholding() -> Statement:
    said = []
    for name in ("ids", "names"):
        given = func.unnest(bindparam(name, type_=ARRAY(Text))).table_valued("one")
        texts = given.render_derived(name=f"of_{name}")
        stands = func.strpos(table.c.body, texts.c.one) > literal_column("0", Integer)
        said.append(exists(select(literal_column("1")).select_from(texts).where(stands)))
    held = update(table).where(table.c.workspace_id == WORKSPACE, *said)
    return Statement(held.values(body=null(), headers=literal_column("'{}'::jsonb")))


_WITHHOLD = _withholding()


async def kept(work: Work, attempt: Attempt) -> Answer | None:
    """The answer of an earlier try, or None: then this one is the first, and holds the lock.

    Raises `StillRunning` while another try runs, `KeyReused` when the body is another.
    """
    name = [str(work.caller.workspace_id), attempt.key, attempt.method, attempt.path]
    digest = hashlib.blake2b(msgspec.json.encode(name), digest_size=8).digest()
    lock = int.from_bytes(digest, signed=True)
    if not await work.value(_LOCK, lock=lock):
        raise StillRunning("A request with this Idempotency-Key is still running.")
    rows = await work.rows(_FIND, since=_since(work.now), **_named(attempt))
    if not rows:
        return None
    row: Mapping[str, Any] = rows[0]
    if row["body_sha256"] != _digest(work, attempt):
        raise KeyReused("This Idempotency-Key came with another body before.")
    return Answer(row["status"], row["headers"], row["body"])


async def keep(work: Work, attempt: Attempt, answer: Answer) -> None:
    """Keep the answer for later tries, and forget those that are older than a day."""
    await work.rows(_FORGET, since=_since(work.now))
    await work.rows(
        _KEEP,
        new_key=attempt.key,
        new_method=attempt.method,
        new_path=attempt.path,
        new_body_sha256=_digest(work, attempt),
        new_status=answer.status,
        new_headers=dict(answer.headers),
        new_body=answer.body,
        new_created_at=work.now,
    )


async def withhold(work: Work, mentioned: Collection[UUID], names: Collection[str]) -> None:
    """Keep no answer any longer that mentions one of these ids and a member of one of these names.

    That it was given is kept: a retry is not done again.
    """
    if mentioned and names:
        plain = [json.dumps(name, ensure_ascii=False) for name in names]
        # Of quarantine an answer holds the message as a text.
        within = [json.dumps(one, ensure_ascii=False)[1:-1] for one in plain]
        quoted = [*plain, *within]
        await work.rows(_WITHHOLD, ids=[str(one) for one in mentioned], names=quoted)


def _digest(work: Work, attempt: Attempt) -> str:
    """The body's hash with what the caller may do: an answer is for nobody who may less."""
    asked = [attempt.body_sha256, *sorted(work.caller.scopes)]
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()


def _since(now: datetime) -> datetime:
    return now - KEPT


def _named(attempt: Attempt) -> dict[str, str]:
    return {"key": attempt.key, "method": attempt.method, "path": attempt.path}
