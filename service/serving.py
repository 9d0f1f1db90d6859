"""`waypost serve` on a database that is there: look at it, then run uvicorn until told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn

from service import guard
from service.settings import Settings, SettingsError

FACTORY = "service.main:app_from_environment"
Told = Callable[[], None]


def serve(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM; the exit code. Without a database URL, on an embedded one.

    Raises `SettingsError` and `guard.UnfitError`, whose messages say what to do.
    """
    with _ended_by_sigterm():
        if settings.database_url is not None:
            _admitted(settings, settings.database_url)
            return run(settings)
        if settings.in_container:
            raise SettingsError("WAYPOST_DATABASE_URL is not set: the image holds no database.")
        from service import development

        return development.serve(settings)


def run(settings: Settings, told: Told = lambda: None) -> int:
    """Run the server; `told` is called once it takes connections, or when its workers start."""
    if settings.workers > 1:
        told()
        return _several(settings)
    from service.main import create_app

    server = _Server(uvicorn.Config(create_app(settings), **_options(settings)), told)
    with suppress(KeyboardInterrupt):  # after the drain, uvicorn raises the signal that began it
        server.run()
    return 0 if server.started else 1


def _several(settings: Settings) -> int:
    """Workers read the environment, so what only this process knows is put there for them."""
    os.environ["WAYPOST_DATABASE_URL"] = settings.database_url or ""
    os.environ["WAYPOST_SIGNING_KEY"] = settings.signing_key
    uvicorn.run(FACTORY, factory=True, workers=settings.workers, **_options(settings))
    return 0


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": "httptools",
        "ws": "none",
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": max(1, round(settings.stop_grace)),
    }


class _Server(uvicorn.Server):
    """Says when it takes connections."""

    def __init__(self, config: uvicorn.Config, told: Told) -> None:
        super().__init__(config)
        self.told = told

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self.told()


def _admitted(settings: Settings, url: str) -> None:
    found = asyncio.run(guard.admitted(url, settings, guard.PATIENCE))
    for warning in (guard.behind(found), guard.crowded(found, settings)):
        if warning:
            print(f"waypost: {warning}", file=sys.stderr)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does, so that what it started is stopped."""

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
