"""A way to a server that can be closed, and can fall silent, as a broken network does."""

import asyncio
import socket
from urllib.parse import urlsplit, urlunsplit


class Way:
    """Passes bytes between callers of its `url` and a database, while it is open and speaking."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        entry = parts.netloc.rpartition("@")[0]
        self.url = urlunsplit(parts._replace(netloc=f"{entry}@127.0.0.1:{self.port}"))
        self.speaking = asyncio.Event()
        self.speaking.set()
        self.passing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Way":
        self.server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        for task in self.passing:
            task.cancel()
        await asyncio.gather(*self.passing, return_exceptions=True)
        await self.server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self.target)
        for one_way in (self._pass(reader, back), self._pass(there, writer)):
            self.passing.add(asyncio.create_task(one_way))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65536):
                await self.speaking.wait()
                writer.write(chunk)
        finally:
            writer.close()
