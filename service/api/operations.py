"""What operators and newcomers open without a key: health, readiness, metrics, the contract."""

import asyncio
from html import escape
from typing import Any

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from service import revision, telemetry
from service.api import errors
from service.api.rest import describe
from service.api.route import Undescribed
from service.domain.errors import Unavailable
from service.domain.work import OPERATORS, Caller

_OWN = revision.own()
_NOBODY = Caller(OPERATORS, None, frozenset())
_PATIENCE = 2.0
"""Seconds the database has to answer a readiness probe."""

_PAGE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
}


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
    """Prometheus' text format."""
    pool = request.app.state.database.engine.pool
    telemetry.CONNECTIONS.labels("idle").set(pool.checkedin())
    telemetry.CONNECTIONS.labels("busy").set(pool.checkedout())
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def openapi(request: Request) -> Response:
    """The contract of the REST face."""
    return Response(msgspec.json.encode(describe(request.app)), media_type="application/json")


async def docs(request: Request) -> Response:
    """The contract as a page that needs nothing from elsewhere."""
    return Response(_page(describe(request.app)), headers=_PAGE, media_type="text/html")


def _page(contract: dict[str, Any]) -> str:
    rows = [
        f"<tr><td><code>{method.upper()}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(said.get('summary') or '')}<br><small>{escape(said.get('description') or '')}"
        f"</small></td></tr>"
        for path, operations in contract["paths"].items()
        for method, said in operations.items()
    ]
    title = escape(f"{contract['info']['title']} {contract['info']['version']}")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>{_STYLE}'
        f"<h1>{title}</h1><p>The whole contract: <a href='/openapi.json'>openapi.json</a>. "
        "Every call needs <code>Authorization: Bearer wp_…</code>.</p>"
        f"<table>{''.join(rows)}</table></html>"
    )


_STYLE = (
    '<meta name="viewport" content="width=device-width"><style>'
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;"
    "max-width:70rem;padding:0 1rem}td{padding:.3rem .8rem .3rem 0;vertical-align:top;"
    "border-top:1px solid #8884}code{font-size:.9em}small{opacity:.75}</style>"
)


ROUTES = [
    Undescribed(path, endpoint, methods=["GET"])
    for path, endpoint in (
        ("/healthz", healthz),
        ("/readyz", readyz),
        ("/metrics", metrics),
        ("/openapi.json", openapi),
        ("/docs", docs),
    )
]
