"""The application, assembled: the only place that knows every part."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp

from service import settings as environment
from service import telemetry
from service.api import errors, operations
from service.api.auth import Keys
from service.api.cross_origin import CrossOrigin
from service.api.graphql import endpoint as graphql
from service.api.graphql import sockets
from service.api.graphql.trusted import TrustedDocuments
from service.api.middleware import Surroundings
from service.api.rates import Rates
from service.api.rest import routes as rest
from service.api.streaming import Stirred, Streams
from service.database import Database
from service.intake import Intake
from service.settings import Settings


class Application(FastAPI):
    """FastAPI's router and contract, in surroundings of our own.

    Its own stack has six layers that a route of ours does not need: exit stacks for dependencies,
    a second error page, telemetry that is not switched on.
    """

    def build_middleware_stack(self) -> ASGIApp:
        """Ours, around what turns an unknown path into a problem document."""
        settings = self.state.settings
        inner: ASGIApp = ExceptionMiddleware(self.router, handlers={HTTPException: _unrouted})
        if settings.cors_origins:
            inner = CrossOrigin(inner, settings)
        return Surroundings(inner, settings)


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application for these settings."""
    telemetry.configure(settings.log_level)
    app = Application(
        title="Waypost",
        version="0.1.0",
        lifespan=_lifespan,
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.ready = False
    # The routes go into the one router as they are: an included router would wrap each again.
    # One path, and so first: to ask all others before costs a quarter of a query.
    app.router.routes.extend(graphql.ROUTES)
    app.router.routes.extend(sockets.ROUTES)
    app.router.routes.extend(rest.ROUTES)
    app.router.routes.extend(operations.ROUTES)
    app.openapi = lambda: operations.described(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the pool; on the way out: unready, then the server has drained, then close it."""
    settings: Settings = app.state.settings
    if settings.database_url is None:
        raise environment.SettingsError("WAYPOST_DATABASE_URL is not set")
    app.state.database = Database(settings.database_url, settings)
    app.state.keys = Keys(app.state.database, settings)
    app.state.trusted_documents = TrustedDocuments(app.state.database, settings)
    app.state.streams = Streams(settings, partial(_hear, settings))
    app.state.rates = Rates(settings)
    app.state.intake = Intake(app.state.database, settings)
    # What stands now stays: the collector need not walk through it after every few requests, nor
    # look for circles as often as after each few hundred objects: a body of events makes thousands.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()
    app.state.ready = True
    try:
        yield
    finally:
        app.state.ready = False
        app.state.streams.stop()
        await app.state.streams.ended()
        await app.state.intake.stop()
        await app.state.database.close()


async def _hear(settings: Settings, stirred: Stirred) -> None:
    """Who follows the changes is woken; what that takes is loaded with the first who does."""
    waking = await asyncio.to_thread(import_module, "service.waking")
    await waking.hear(settings, stirred)


async def _unrouted(request: Request, error: Exception) -> Response:
    """What no route answers, as the same problem document."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = {404: "no_such_route", 405: "method_not_allowed"}.get(status, "refused")
    detail = {404: "There is nothing at this path.", 405: "This path has no such method."}
    headers = {"Allow": _allowed(request)} if status == 405 else None
    return errors.document(
        status,
        code=code,
        detail=detail.get(status, "The request was refused."),
        request_id=request.scope["request_id"],
        instance=request.url.path,
        headers=headers,
    )


def _allowed(request: Request) -> str:
    """The methods of this path: each has a route of its own."""
    matching = (r for r in request.app.routes if r.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for route in matching for method in route.methods}))
