"""The service behind a real socket, as the tools that test contracts call it."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import asyncpg
import pytest
import uvicorn

from service.main import create_app
from service.settings import Settings


@dataclass(frozen=True)
class Served:
    """Where the service answers."""

    url: str


@pytest.fixture(scope="session")
def served(settings: Settings) -> Iterator[Served]:
    """The service on a free port, in a thread with an event loop of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            create_app(settings), loop="uvloop", http="httptools", log_config=None, lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """Who owns the tables, and so sees all there is."""
    connection = await asyncpg.connect(settings.owner_database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def serving(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """The role that serves, without the service around it."""
    connection = await asyncpg.connect(settings.database_url)
    yield connection
    await connection.close()
