"""What operators and newcomers open without a key: health, readiness, metrics, the contract."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import msgspec
from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from service import revision, telemetry
from service.api import errors, pages
from service.api.route import Undescribed
from service.domain.errors import Unavailable
from service.domain.work import OPERATORS, Caller

_OWN = revision.own()
_NOBODY = Caller(OPERATORS, None, frozenset())
_PATIENCE = 2.0
"""Seconds the database has to answer a readiness probe."""
_SCRAPED = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scraped")
"""Of its own: whoever watches a busy service does not wait for what it computes."""
_DESCRIBING = Lock()
"""Models finish themselves while they are described: two threads at it take each other's apart."""


async def healthz(_: Request) -> Response:
    """The process is alive."""
    return Response(b'{"status":"alive"}', media_type="application/json")


async def readyz(request: Request) -> Response:
    """It may be sent requests: it is not stopping, and its database is there and new enough."""
    try:
        found = await _revision(request)
    except Unavailable as error:
        return errors.problem(error, request.scope["request_id"], "/readyz")
    body = {"status": "ready", "schema": found, "release": _OWN}
    return Response(msgspec.json.encode(body), media_type="application/json")


async def _revision(request: Request) -> str:
    state = request.app.state
    if not state.ready:
        raise Unavailable("This process is starting or stopping.")
    try:
        async with asyncio.timeout(_PATIENCE), state.database.read(_NOBODY) as work:
            found = await revision.of_database(work.connection)
    except TimeoutError as error:
        raise Unavailable("The database does not answer.") from error
    if found is None or not revision.acceptable(found, _OWN):
        raise Unavailable(f"The schema is at {found}; this release needs {_OWN}.")
    return found


async def metrics(request: Request) -> Response:
    """Prometheus' text format; with `name[]` of those series alone."""
    idle, busy = request.app.state.database.connections()
    telemetry.CONNECTIONS.labels("idle").set(idle)
    telemetry.CONNECTIONS.labels("busy").set(busy)
    names = request.query_params.getlist("name[]")
    found = REGISTRY.restricted_registry(names) if names else REGISTRY
    # Once all routes have answered, megabytes: others are answered meanwhile.
    text = await asyncio.get_running_loop().run_in_executor(_SCRAPED, generate_latest, found)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


async def openapi(request: Request) -> Response:
    """The contract of the REST face."""
    # The first time it is put together, which takes its time.
    document = await asyncio.to_thread(described, request.app)
    return Response(msgspec.json.encode(document), media_type="application/json")


def described(app: FastAPI) -> dict[str, Any]:
    """The contract, for which all is loaded that the service is made of."""
    from service.api.rest.describing import describe

    with _DESCRIBING:
        return describe(app)


async def docs(_: Request) -> Response:
    """The contract as a page to read, with a place to try each call."""
    return pages.page("docs")


async def front(_: Request) -> Response:
    """Whoever opens the bare address wants to read."""
    return RedirectResponse("/docs")


ROUTES = [
    Undescribed(path, endpoint, methods=["GET"])
    for path, endpoint in (
        ("/healthz", healthz),
        ("/readyz", readyz),
        ("/metrics", metrics),
        ("/openapi.json", openapi),
        ("/", front),
        ("/docs", docs),
        ("/assets/{name}", pages.asset),
    )
]
