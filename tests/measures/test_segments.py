"""Histories told by segments are those that the events themselves tell, whatever happens."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from service import folding
from service.database import Database
from service.domain.histories import Asked, Range, columnar, drop, segments
from service.domain.filters import SELECTIONS, parse_selection
from service.domain.history import Histories
from service.domain.work import Caller
from tests.make import Client

Json = dict[str, Any]


def shown(found: Histories) -> Json:
    """All that histories tell, values in the place of codes."""
    return {
        "person": found.person.tolist(),
        "at": found.at.tolist(),
        "holds": [one.tolist() for one in found.holds],
        "columns": {name: (one.codes.tolist(), one.words) for name, one in found.columns.items()},
        "people": found.people.hex(),
        "excluded": found.excluded,
    }


async def compared(database: Database, caller: Caller, asked: Asked) -> Json:
    async with database.write(caller) as work:
        raw = shown(await columnar.histories(work, asked))
        told = await segments.told(work, asked)
        assert told is not None
        assert shown(told) == raw
    return raw


async def test_a_first_look(client: Client, workspace: Caller, database: Database) -> None:
    batch = [
        {"type": "track", "event": f"e{n % 3}", "userId": f"u{n % 4}", "messageId": str(n),
         "properties": {"touchpoint": [f"t{n % 2}", 7, None, True][n % 4]},
         "timestamp": f"2026-05-01T10:00:{n % 7:02}Z"}
        for n in range(40)
    ]
    assert (await client.post("/v1/batch", json={"batch": batch})).json()["accepted"] == 40
    await folding.folded(database, workspace.workspace_id)
    only = parse_selection({"field": "event", "op": "in", "value": ["e0", "e1"]}, SELECTIONS, "")
    asked = Asked(Range(), None, [only], ["event", "properties.touchpoint"])
    found = await compared(database, workspace, asked)
    assert len(found["at"]) == 40
    asked = Asked(Range(datetime(2026,5,1,10,0,2,tzinfo=UTC), None), only, [only], ["event", "properties.touchpoint"])
    found = await compared(database, workspace, asked)
    assert 0 < len(found["at"]) < 40
