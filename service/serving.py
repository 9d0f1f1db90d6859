"""`waypost serve` on a database that is there: look at it, then answer until told to stop."""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

from service.settings import Settings, SettingsError

if TYPE_CHECKING:
    from fastapi import FastAPI

FACTORY = "service.serving:app_of_worker"
BACKLOG = 2048
MESSAGE = 256 * 1024
"""Bytes of a message over a WebSocket: the longest document, and its variables."""
DEAF = 30.0
"""Seconds beyond WAYPOST_STREAM_STALLED after which the system drops a connection that takes
nothing of what was sent: closed on our side by then, it would wait for that to be heard."""
STOPS = (signal.SIGINT, signal.SIGTERM)
Told = Callable[[], None]


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The service's socket, until SIGTERM or Ctrl-C ends the block.

    It is bound before anything slow is loaded: who calls meanwhile waits, and is not turned away.
    Raises `SettingsError` when the place is taken.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    place = (settings.host, settings.port)
    try:
        listener = socket.create_server(place, family=family, backlog=BACKLOG)
    except OSError as error:
        said = f"Nothing can listen on {settings.host}, port {settings.port}: {error.strerror}."
        raise SettingsError(said) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; connections have it from their listener
        milliseconds = round((settings.stream_stalled + DEAF) * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
    with listener, _ended_by_sigterm():
        yield listener


def serve(settings: Settings, url: str, listener: socket.socket) -> int:
    """Serve on the database of `url` until told to stop; the exit code.

    Raises `guard.UnfitError` when the database is away for long or the role must not serve.
    """
    from service import guard

    found = asyncio.run(guard.admitted(url, settings, guard.PATIENCE))
    for warning in (guard.behind(found), guard.crowded(found, settings)):
        if warning:
            print(f"waypost: {warning}", file=sys.stderr)
    return run(settings, listener)


def run(settings: Settings, listener: socket.socket, told: Told = lambda: None) -> int:
    """Run the server; `told` is called once it answers, or when its workers are started."""
    if settings.workers > 1:
        told()
        return _several(settings, listener)
    import uvicorn

    from service.main import create_app

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                told()

    app = told_to_stop(create_app(settings))
    server = Server(uvicorn.Config(app, **options(settings)))
    with suppress(KeyboardInterrupt):  # after the drain, uvicorn raises the signal that began it
        server.run(sockets=[listener])
    return 0 if server.started else 1


def app_of_worker() -> "FastAPI":
    """The application of this environment, for one of several processes."""
    gc.disable()
    from service import settings as environment
    from service.main import create_app

    return told_to_stop(create_app(environment.read()))


def told_to_stop(app: "FastAPI") -> "FastAPI":
    """The application, which learns of the signal to stop before the server acts on it.

    The server waits for its requests to end, and a stream without an end must know that it is
    time. The server's handlers stand when the application starts.
    """
    inner = app.router.lifespan_context
    before: dict[int, Any] = {}

    def told(sig: int, frame: FrameType | None) -> None:
        app.state.ready = False  # first of all: nothing more may be sent here
        handler = before[sig]
        # The server closes WebSockets at once, and they have a last word.
        app.state.streams.stop(lambda: callable(handler) and handler(sig, frame))

    @asynccontextmanager
    async def lifespan(started: "FastAPI") -> AsyncIterator[Any]:
        async with inner(started) as state:
            before.update({stop: signal.signal(stop, told) for stop in STOPS})
            try:
                yield state
            finally:
                for sig, handler in before.items():
                    signal.signal(sig, handler)

    app.router.lifespan_context = lifespan
    return app


def _several(settings: Settings, listener: socket.socket) -> int:
    """Workers read the environment, so what only this process knows is put there for them."""
    from uvicorn.config import STARTUP_FAILURE, Config
    from uvicorn.supervisors import Multiprocess

    os.environ["WAYPOST_DATABASE_URL"] = settings.database_url or ""
    os.environ["WAYPOST_SIGNING_KEY"] = settings.signing_key
    os.environ["WAYPOST_BLOCKING_KEY"] = settings.blocking_key
    config = Config(FACTORY, factory=True, workers=settings.workers, **options(settings))
    workers = Multiprocess(config, sockets=[listener])
    workers.run()
    return int(any(worker.exitcode == STARTUP_FAILURE for worker in workers.processes))


def options(settings: Settings) -> dict[str, Any]:
    """How the server is run."""
    return {
        "loop": "uvloop",
        "http": "httptools",
        "ws": "websockets-sansio",
        "ws_max_size": MESSAGE,
        "ws_per_message_deflate": False,  # it costs memory for each connection
        "lifespan": "on",
        "backlog": BACKLOG,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": max(1, round(settings.stop_grace)),
    }


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does, so that what it started is stopped."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
