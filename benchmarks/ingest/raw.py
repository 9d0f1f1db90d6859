"""The limit: asyncpg copies the same rows into the same indexed tables, on two connections."""

import asyncio
import itertools
import os
from datetime import datetime, timedelta
from time import perf_counter, time_ns
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from benchmarks.ground import Tenant
from benchmarks.ingest import messages
from service.domain import events

CONNECTIONS = 2
_LEAVES = "waypost_leaves"


def rate(
    owner_url: str,
    tenants: list[Tenant],
    size: int,
    seconds: float,
    within: timedelta = messages.MONTH,
) -> float:
    """Events a second, in transactions of `size`: keys and rows, no question asked."""
    bodies = [(tenant, messages.batch(size, n, within)) for n, tenant in enumerate(tenants)]
    return uvloop.run(_rate(owner_url, bodies, seconds))


async def _rate(
    owner_url: str, bodies: list[tuple[Tenant, dict[str, Any]]], seconds: float
) -> float:
    drivers = [await asyncpg.connect(owner_url) for _ in range(CONNECTIONS)]
    prepared = [[_row(tenant, one) for one in body["batch"]] for tenant, body in bodies]
    serials = itertools.count(time_ns())
    ended = perf_counter() + seconds
    begun = perf_counter()
    done = await asyncio.gather(*(_copied(driver, prepared, serials, ended) for driver in drivers))
    elapsed = perf_counter() - begun
    for driver in drivers:
        await driver.close()
    return sum(done) / elapsed


async def _copied(driver: Any, prepared: list[list[Any]], serials: Any, ended: float) -> int:
    copied = 0
    for rows in itertools.cycle(prepared):
        if perf_counter() >= ended:
            return copied
        keys = sorted((row[0], UUID(bytes=os.urandom(16))) for row in rows)
        named = [(*row[:1], next(serials), *row[2:]) for row in rows]
        async with driver.transaction():
            await driver.copy_records_to_table(
                events.KEYS_LEAF, schema_name=_LEAVES, columns=events.KEY_COLUMNS, records=keys
            )
            await driver.copy_records_to_table(
                "events_2026_05", schema_name=_LEAVES, columns=events.COLUMNS, records=named
            )
        copied += len(rows)
    return copied


def _row(tenant: Tenant, message: dict[str, Any]) -> tuple[Any, ...]:
    at = datetime.fromisoformat(message["timestamp"])
    properties = message["properties"]
    number = int(message["userId"].rpartition("-")[2])
    return (
        *(tenant.workspace_id, 0, messages.who(tenant.workspace_id, number), at, at),
        *(message["messageId"], message["userId"], None),
        *(message["type"], message["event"], properties["device"], None, None, None),
        str(properties).replace("'", '"'),
        str(message["context"]).replace("'", '"'),
    )
