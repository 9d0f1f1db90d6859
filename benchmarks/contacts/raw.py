"""The limit: one statement of asyncpg's for the same contacts and identifiers, as the owner.

What it would have to find out (whose the identifiers are, what the contacts are) it knows before,
and it tells nobody. Only the statement is timed, in a transaction of its own.
"""

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter, time_ns
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from benchmarks.contacts import people
from benchmarks.contacts.people import Case
from benchmarks.ground import Tenant
from benchmarks.load import SERIAL
from service.domain import contacts
from service.domain.ids import new_id

_UPSERT = """
    WITH people AS (
        INSERT INTO waypost.contacts (workspace_id, id, root_id, traits, created_at, updated_at)
        SELECT $1, id, id, traits, $2, $2 FROM unnest($3::uuid[], $4::jsonb[]) AS row (id, traits)
        ON CONFLICT (workspace_id, id) DO UPDATE SET traits = contacts.traits || excluded.traits,
            version = contacts.version + 1, updated_at = excluded.updated_at
    )
    INSERT INTO waypost.contact_identifiers
        (workspace_id, id, source, value, contact_id, created_at)
    SELECT $1, id, source, value, contact_id, $2
    FROM unnest($5::uuid[], $6::text[], $7::text[], $8::uuid[])
        AS row (id, source, value, contact_id)
    ON CONFLICT (workspace_id, id) DO NOTHING
"""


def rate(owner_url: str, tenants: Sequence[Tenant], case: Case, seconds: float) -> float:
    """Contacts a second, by calls of a thousand one after another."""
    return uvloop.run(_rate(owner_url, tenants, case, seconds))


async def _rate(owner_url: str, tenants: Sequence[Tenant], case: Case, seconds: float) -> float:
    driver = await asyncpg.connect(owner_url)
    known = await _known(driver) if case.known else {}
    bodies = [(one, json.dumps(people.batch(case, n))) for n, one in enumerate(tenants)]
    serials = itertools.count(time_ns() // 100_000)
    elapsed, taken = 0.0, 0
    for tenant, body in itertools.cycle(bodies):
        if elapsed >= seconds:
            break
        serial = f"{next(serials) % 10**8:08}"
        rows = _rows(tenant, body.replace(SERIAL.decode(), serial), known)
        begun = perf_counter()
        await driver.execute(_UPSERT, *rows)
        elapsed += perf_counter() - begun
        taken += people.SIZE
    await driver.close()
    return taken / elapsed


async def _known(driver: Any) -> dict[tuple[UUID, UUID], UUID]:
    rows = await driver.fetch(
        "SELECT workspace_id, id, contact_id FROM waypost.contact_identifiers"
    )
    return {(workspace, which): whose for workspace, which, whose in rows}


def _rows(tenant: Tenant, body: str, known: dict[tuple[UUID, UUID], UUID]) -> Sequence[Any]:
    ids, traits, identifiers = [], [], []
    for one in json.loads(body)["items"]:
        names = [(name["source"], name["value"]) for name in one["identifiers"]]
        identities = [contacts.identity(tenant.workspace_id, *name) for name in names]
        ids.append(known.get((tenant.workspace_id, identities[0])) or new_id())
        traits.append(json.dumps(one["traits"]))
        identifiers += [
            (which, *name, ids[-1]) for which, name in zip(identities, names, strict=True)
        ]
    columns = zip(*identifiers, strict=True)
    return [tenant.workspace_id, datetime.now(UTC), ids, traits, *map(list, columns)]
