"""The way to the database breaks while much is on it: the intake says so, and goes on."""

import asyncio
from uuid import UUID

import msgspec
import pytest

from service.database import Database, utc_now
from service.domain import contacts
from service.domain.errors import Unavailable
from service.domain.events import Message, Sorted
from service.domain.work import Caller, Scope
from service.intake import Intake
from service.settings import Settings
from tests.faults.silence import Way

LET_THROUGH = 2_000_000
LARGE = msgspec.Raw(b'{"x": "%s"}' % (b"y" * 30_000))
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


def messages(workspace: UUID, number: int, properties: msgspec.Raw) -> Sorted:
    who = contacts.identity(workspace, contacts.USER, "ann")
    return Sorted(
        [
            Message(
                contacts.identity(workspace, "message", str(n)),
                *(str(n), "track", who, utc_now(), b"{}", "Looked", "ann"),
                properties=properties,
            )
            for n in range(number)
        ],
        [],
    )


async def test_a_copy_that_cannot_go_on_ends_with_its_connection(
    settings: Settings, workspace: Caller
) -> None:
    """The driver waits for room to write, and is not told that nobody reads any more."""
    sender = Caller(workspace.workspace_id, None, frozenset({Scope.EVENTS_WRITE}))
    way = Narrow(str(settings.database_url))
    async with way:
        database = Database(way.url, Settings())
        intake = Intake(database, Settings())
        large = messages(sender.workspace_id, 1_000, LARGE)
        taking = asyncio.create_task(intake.take(sender, large))
        await way.full.wait()
        await asyncio.sleep(0.5)  # until all that lies between is full, too
        assert not taking.done()
    with pytest.raises(Unavailable):
        async with asyncio.timeout(PATIENCE):
            await taking
    way.through = -1_000_000_000
    async with way, asyncio.timeout(PATIENCE):
        taken = await intake.take(sender, messages(sender.workspace_id, 1_000, LARGE))
        await intake.stop()
        await database.close()
    assert (taken.accepted, taken.duplicates) == (1_000, 0)
