"""The way to the database breaks while much is on it: the intake says so, and goes on."""

import asyncio
import json
from uuid import UUID

import pytest

from service.database import Database, utc_now
from service.domain.errors import Unavailable
from service.domain.events import Sorted, sorted_out
from service.domain.work import Caller, Scope
from service.intake import Intake
from service.settings import Settings
from tests.faults.silence import Way

LET_THROUGH = 2_000_000
PATIENCE = 30.0


class Narrow(Way):
    """Lets so much through to the database, and then reads no more of it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.full = asyncio.Event()
        self.through = 0

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if writer.get_extra_info("peername")[:2] != self.target:
            await super()._pass(reader, writer)
            return
        try:
            while chunk := await reader.read(65536):
                self.through += len(chunk)
                if self.through > LET_THROUGH:
                    self.full.set()
                    await asyncio.Event().wait()
                writer.write(chunk)
        finally:
            writer.close()


def large(workspace: UUID) -> Sorted:
    """More than fits in between."""
    track = {"type": "track", "userId": "ann", "event": "Looked", "properties": {"x": "y" * 30_000}}
    batch = [{**track, "messageId": str(n)} for n in range(1_000)]
    return sorted_out(json.dumps({"batch": batch}).encode(), workspace, None, utc_now())


async def test_a_copy_that_cannot_go_on_ends_with_its_connection(
    settings: Settings, workspace: Caller
) -> None:
    """The driver waits for room to write, and is not told that nobody reads any more."""
    sender = Caller(workspace.workspace_id, None, frozenset({Scope.EVENTS_WRITE}))
    way = Narrow(str(settings.database_url))
    async with way:
        database = Database(way.url, Settings())
        intake = Intake(database, Settings())
        found = large(sender.workspace_id)
        taking = asyncio.create_task(intake.take(sender, found))
        async with asyncio.timeout(PATIENCE):
            await way.full.wait()
        await asyncio.sleep(0.5)  # until all that lies between is full, too
        assert not taking.done()
    with pytest.raises(Unavailable):
        async with asyncio.timeout(PATIENCE):
            await taking
    way.through = -1_000_000_000
    async with way, asyncio.timeout(PATIENCE):
        taken = await intake.take(sender, found)
        await intake.stop()
        await database.close()
    assert (taken.accepted, taken.duplicates) == (1_000, 0)
