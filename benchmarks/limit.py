"""Bare ASGI and asyncpg: about the least that HTTP, Python and Postgres cost for these answers.

No authentication, no validation, no policies, no logs; the same rows, the same JSON.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec

from benchmarks import least, queried
from service.database import LONGEST_CACHED_STATEMENT
from service.domain.ids import new_id
from service.settings import Settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_pool: Any = None
_HEADERS = [(b"content-type", b"application/json")]
_QUERIED_ONE, _QUERIED = queried.least()
_ONES = {"one": least.ONE, "queried-one": _QUERIED_ONE}
_PAGES = {"whole": least.WHOLE_PAGE, "flat": least.FLAT_PAGE, "queried": _QUERIED}
_decode = msgspec.json.decode
_encode = msgspec.json.encode


async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """`/`, `/one/W/J`, `/whole/W`, `/flat/W`, POST `/steps/W/STAGE`, PATCH `/steps/W/STEP`; and as
    GraphQL answers it `/queried-one/W/J`, `/queried/W`.
    """
    if scope["type"] == "lifespan":
        await _lived(receive, send)
        return
    parts: list[str] = scope["path"].split("/")
    what, workspace, row = (*parts[1:], "", "")[:3]
    status = 200
    if what == "":
        shown = "null"
    elif what in _ONES:
        shown = await _value(_ONES[what], {"workspace_id": workspace, "id": row})
    elif what in _PAGES:
        shown = await _value(_PAGES[what], {"workspace_id": workspace})
    elif scope["method"] == "POST":
        status, shown = 201, await _created(workspace, row, await _body(receive))
    else:
        shown = await _patched(workspace, row, await _body(receive))
    body = shown.encode()
    headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lived(receive: Receive, send: Send) -> None:
    global _pool  # noqa: PLW0603 (an ASGI application without a class)
    await receive()
    size = Settings().pool_size
    _pool = await asyncpg.create_pool(
        os.environ["WAYPOST_OWNER_DATABASE_URL"],
        min_size=size,
        max_size=size,
        reset=_as_it_is,
        max_cacheable_statement_size=LONGEST_CACHED_STATEMENT,
    )
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _pool.close()
    await send({"type": "lifespan.shutdown.complete"})


async def _as_it_is(_: Any) -> None:
    """Nothing is left behind that a reset would have to clear."""


async def _body(receive: Receive) -> Any:
    message = await receive()
    body = message["body"]
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    return _decode(body)


async def _value(query: least.Query, values: MutableMapping[str, Any]) -> Any:
    async with _pool.acquire() as connection:
        return await connection.fetchval(query.sql, *query.arguments(values))


async def _created(workspace: str, stage_id: str, given: MutableMapping[str, Any]) -> str:
    for name in ("questions", "pains"):
        items = [{"key": f"item-{n}", "text": text} for n, text in enumerate(given[name])]
        given[name] = _encode(items).decode()
    told = _told(workspace, given)
    shown: str = await _value(least.CREATE, {**told, "stage_id": stage_id, "id": new_id()})
    return shown


async def _patched(workspace: str, step_id: str, given: MutableMapping[str, Any]) -> str:
    shown: str = await _value(least.PATCH, {**_told(workspace, given), "id": step_id})
    return shown


def _told(workspace: str, given: MutableMapping[str, Any]) -> dict[str, Any]:
    return {
        **{f"new_{name}": value for name, value in given.items()},
        "workspace_id": workspace,
        "now": datetime.now(UTC),
        "audit_id": new_id(),
        "outbox_id": new_id(),
        "key_id": None,
        "person": None,
        "request_id": None,
        "changed": _encode({"members": sorted(given), "values": given}).decode(),
    }
