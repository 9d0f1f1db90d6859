"""The service on a free port, really running, in a thread with an event loop of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from service import serving as ours
from service.main import create_app
from service.settings import Settings


@dataclass(frozen=True)
class Served:
    """Where the service answers, and what does."""

    url: str
    app: FastAPI

    @property
    def socket(self) -> str:
        """Where it takes WebSockets."""
        return self.url.replace("http", "ws", 1) + "/graphql"


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """As long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(settings)
        server = uvicorn.Server(uvicorn.Config(app, **ours.options(settings)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", app)
        finally:
            server.should_exit = True
            thread.join()
