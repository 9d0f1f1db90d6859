"""`waypost serve` on a database that is there: look at it, then answer until told to stop."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from service.settings import Settings, SettingsError

FACTORY = "service.main:app_from_environment"
BACKLOG = 2048
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

    app = create_app(settings)

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            app.state.ready = False  # first of all: nothing more may be sent here
            super().handle_exit(sig, frame)

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                told()

    server = Server(uvicorn.Config(app, **_options(settings)))
    with suppress(KeyboardInterrupt):  # after the drain, uvicorn raises the signal that began it
        server.run(sockets=[listener])
    return 0 if server.started else 1


def _several(settings: Settings, listener: socket.socket) -> int:
    """Workers read the environment, so what only this process knows is put there for them."""
    from uvicorn.config import STARTUP_FAILURE, Config
    from uvicorn.supervisors import Multiprocess

    os.environ["WAYPOST_DATABASE_URL"] = settings.database_url or ""
    os.environ["WAYPOST_SIGNING_KEY"] = settings.signing_key
    config = Config(FACTORY, factory=True, workers=settings.workers, **_options(settings))
    workers = Multiprocess(config, sockets=[listener])
    workers.run()
    return int(any(worker.exitcode == STARTUP_FAILURE for worker in workers.processes))


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "loop": "uvloop",
        "http": "httptools",
        "ws": "none",
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
