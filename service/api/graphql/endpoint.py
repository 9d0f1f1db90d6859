"""`/graphql`: operations by POST, registered queries by GET, and for a browser a page to write in.
As server-sent events either runs what is subscribed to.

The schema and all it is made of are loaded by the first operation, beside the event loop: a
process starts without them, and one that serves REST alone never pays for them.
"""

import asyncio
import gc
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
from pydantic import TypeAdapter
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from service.api import errors, pages
from service.api.auth import calling
from service.api.edge import EdgeOf
from service.api.graphql import eventstream
from service.api.graphql.facts import encode, told
from service.api.graphql.trusted import (
    Asked,
    NotByGet,
    PersistedQueryNotFound,
    known,
)
from service.api.negotiating import EVENTS
from service.api.route import Undescribed, parsed
from service.domain.errors import (
    DomainError,
    Invalid,
    Kind,
    Problem,
    TooLarge,
    TooSlow,
    UnsupportedMedia,
)
from service.domain.work import Caller

PATH = "/graphql"
JSON, GRAPHQL, HTML = "application/json", "application/graphql-response+json", "text/html"
_PRIVATE = {"Vary": "Accept, Authorization", "Cache-Control": "private, no-store"}
_VARIES = {"Vary": "Accept, Accept-Language, Authorization"}


_ASKED = TypeAdapter(Asked)
_IN_URL = ("query", "documentId", "operationName")
_JSON_IN_URL = ("variables", "extensions")


async def operate(request: Request) -> Response:
    """Run one operation. Refusals are answered in GraphQL's form, whatever they are about."""
    try:
        caller = await calling(request)
        asked = await _asked(request)
        query = await known(request).meant(caller, asked)
    except (TooLarge, TooSlow):
        raise  # the rest of the body will not be read: the connection has to be closed
    except DomainError as error:
        return _refused(request, error)
    if await _streams(request, asked, query):
        return await _streamed(request, caller, asked, query)
    body, status, _ = await _answered(request, caller, asked, query)
    return Response(body, status, _PRIVATE, _media(request))


async def fetch(request: Request) -> Response:
    """Run a query that the workspace has registered, with an ETag of what it answers; or show the
    page. Nothing else is run by GET, which browsers repeat and others log, but what is subscribed
    to as an event stream.
    """
    given = request.query_params
    if _takes_events(request) and not _takes_else(request):
        return await _subscribed(request)
    if "query" in given or not {"documentId", "extensions"} & set(given):
        return _shown(request)
    try:
        caller = await calling(request)
        asked = _asked_by(given)
        query = await known(request).meant(caller, asked)
        body, status, fine = await _answered(request, caller, asked, query, only_reads=True)
    except NotByGet:
        return _by_post(request)
    except DomainError as error:
        return _refused(request, error)
    if not fine:
        return Response(body, status, _PRIVATE, _media(request))
    edge = EdgeOf(request, caller, request.scope["app"].state.database)
    return edge.represented(body, f'"{sha256(body).hexdigest()[:32]}"', _media(request), _VARIES)


def _shown(request: Request) -> Response:
    if HTML in request.headers.get("accept", "") and not request.url.query:
        return pages.page("graphiql")
    return _by_post(request)


def _by_post(request: Request) -> Response:
    return errors.document(
        405,
        code="method_not_allowed",
        detail="Send operations by POST; by GET, queries that are registered. A browser gets a page"
        " to write them in.",
        request_id=request.scope["request_id"],
        instance=PATH,
        headers={"Allow": "POST"},
    )


async def _answered(
    request: Request, caller: Caller, asked: Asked, query: str, *, only_reads: bool = False
) -> tuple[bytes, int, bool]:
    """The answer as it goes out, its status, and whether nothing is wrong with it. Raises
    `NotByGet`."""
    executing = running() if running.cache_info().currsize else await asyncio.to_thread(running)
    found = await executing.answer(
        request,
        caller,
        query=query,
        variables=asked.variables or {},
        operation_name=asked.operation_name,
        only_reads=only_reads,
        tells_cost=asked.tells_cost,
    )
    ran = found.data is not msgspec.UNSET
    status = 400 if _media(request) == GRAPHQL and not ran else 200
    return encode(found), status, ran and found.errors is msgspec.UNSET


async def _streams(request: Request, asked: Asked, query: str) -> bool:
    """Whether events are wanted: clients that accept everything want them of a subscription."""
    if not _takes_events(request):
        return False
    if not _takes_else(request):
        return True
    executing = await asyncio.to_thread(running)
    found: bool = executing.subscribes(query, asked.operation_name)
    return found


def _takes_events(request: Request) -> bool:
    return EVENTS in request.headers.get("accept", "")


def _takes_else(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return any(media in accepted for media in (JSON, GRAPHQL, HTML, "*/*"))


async def _subscribed(request: Request) -> Response:
    """A subscription in the query of a GET."""
    try:
        caller, asked = await calling(request), _asked_by(request.query_params)
        query = await known(request).meant(caller, asked)
    except DomainError as error:
        return _refused(request, error)
    return await _streamed(request, caller, asked, query, subscribed=True)


async def _streamed(
    request: Request, caller: Caller, asked: Asked, query: str, *, subscribed: bool = False
) -> Response:
    answers = (await listening()).told(
        request,
        caller,
        asked,
        query=query,
        after=request.headers.get("last-event-id"),
        subscribed=subscribed,
    )
    return eventstream.answered(request, caller, answers)


async def sdl(request: Request) -> Response:
    """The schema, as people and tools read it."""
    if not request.app.state.settings.introspection:
        return errors.document(
            403,
            code="introspection_closed",
            detail="The schema is not told here.",
            request_id=request.scope["request_id"],
            instance=request.url.path,
        )
    executing = await asyncio.to_thread(running)
    return Response(executing.SDL, media_type="text/plain; charset=utf-8")


@cache
def running() -> Any:
    """What runs operations, loaded once."""
    from service.api.graphql import executing

    gc.freeze()  # it stays, and the collector need not walk through it
    return executing


async def listening() -> Any:
    """What runs them piece by piece."""
    await asyncio.to_thread(running)
    from service.api.graphql import listening as loaded

    return loaded


async def _asked(request: Request) -> Asked:
    media = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media != JSON:
        raise UnsupportedMedia(f"Send {JSON}, not {media[:100]}.")
    return asked_in(await request.body())


def asked_in(raw: bytes) -> Asked:
    """What JSON asks. Raises `Malformed` or `Invalid`."""
    found: Asked = parsed(_ASKED, raw)
    return found


def _asked_by(given: QueryParams) -> Asked:
    """What the query of a URL says. Raises `Invalid` or `Malformed`."""
    said = {name: encode(given[name]).decode() for name in _IN_URL if name in given}
    said |= {name: given[name] for name in _JSON_IN_URL if name in given}
    for name in _JSON_IN_URL:
        try:
            msgspec.json.decode(said.get(name, "{}"), type=dict[str, msgspec.Raw])
        except ValueError as error:
            raise Invalid([Problem(f"/{name}", "json_invalid", "is no JSON object")]) from error
    whole = ",".join(f'"{name}":{value}' for name, value in said.items())
    return asked_in(f"{{{whole}}}".encode())


def _refused(request: Request, error: DomainError) -> Response:
    """A fact that stopped the request, with the status and headers REST gives it; but where the
    request itself is wrong, with the 400 that GraphQL over HTTP has for that."""
    request_id = request.scope["request_id"]
    problem = errors.problem(error, request_id, PATH)
    shown = told(error, request_id)
    kept = {n: v for n, v in problem.headers.items() if not n.startswith("content-")}
    status = 400 if error.kind is Kind.INVALID else problem.status_code
    if isinstance(error, PersistedQueryNotFound):
        # Some clients of Apollo look at no answer of another status.
        status = status if _media(request) == GRAPHQL else 200
    body = encode({"errors": [shown]})
    return Response(body, status, kept | _PRIVATE, _media(request))


def _media(request: Request) -> str:
    return GRAPHQL if GRAPHQL in request.headers.get("accept", "") else JSON


ROUTES = [
    Undescribed(PATH, operate, methods=["POST"]),
    Undescribed(PATH, fetch, methods=["GET"]),
    Undescribed(f"{PATH}/schema.graphql", sdl, methods=["GET"]),
]
