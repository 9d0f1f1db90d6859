"""Who subscribes over a WebSocket, message by message."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.served import Served

PROTOCOL = "graphql-transport-ws"


class Listener:
    """One connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, type: str, **members: Any) -> None:
        await self.connection.send(json.dumps({"type": type, **members}))

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(30):
            found: dict[str, Any] = json.loads(await self.connection.recv())
        return found

    async def enter(self, key: str | None = None, **more: str) -> dict[str, Any]:
        """Say who calls; the answer."""
        said = {"authorization": f"Bearer {key}", **more} if key else more
        await self.say("connection_init", payload=said)
        return await self.hear()

    async def subscribe(self, which: str, query: str, **variables: Any) -> None:
        await self.say("subscribe", id=which, payload={"query": query, "variables": variables})

    async def next(self, which: str) -> Any:
        """The next event of an operation: the one field of its data."""
        message = await self.hear()
        assert (message["type"], message["id"]) == ("next", which), message
        assert "errors" not in message["payload"], message
        (found,) = message["payload"]["data"].values()
        return found

    async def error(self, which: str) -> dict[str, Any]:
        """Why an operation has ended."""
        message = await self.hear()
        assert (message["type"], message["id"]) == ("error", which), message
        found: dict[str, Any] = message["payload"][0]
        return found

    async def closed(self) -> tuple[int | None, str | None]:
        """How it was closed, once all that was said is heard."""
        async with asyncio.timeout(30):
            await self.connection.wait_closed()
        return self.connection.close_code, self.connection.close_reason


@asynccontextmanager
async def connected(served: Served, **options: Any) -> AsyncIterator[Listener]:
    """A connection on which nothing has been said."""
    protocols = options.pop("subprotocols", [PROTOCOL])
    async with connect(served.socket, subprotocols=protocols, **options) as connection:
        yield Listener(connection)


@asynccontextmanager
async def entered(served: Served, key: str, **more: str) -> AsyncIterator[Listener]:
    """A connection that was let in."""
    async with connected(served) as listener:
        assert await listener.enter(key, **more) == {"type": "connection_ack"}
        yield listener
