"""`/graphql`: operations by POST, and for a browser a page to write them in.

The schema and all it is made of are loaded by the first operation, beside the event loop: a
process starts without them, and one that serves REST alone never pays for them.
"""

import asyncio
import gc
from functools import cache
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from service.api import errors, pages
from service.api.auth import calling
from service.api.graphql.facts import encode, told
from service.api.route import Undescribed, parsed
from service.domain.errors import DomainError, Kind, TooLarge, TooSlow, UnsupportedMedia

PATH = "/graphql"
JSON, GRAPHQL, HTML = "application/json", "application/graphql-response+json", "text/html"
_PRIVATE = {"Vary": "Accept, Authorization", "Cache-Control": "private, no-store"}


class Asked(BaseModel):
    """The body of a request, as GraphQL over HTTP has it."""

    model_config = ConfigDict(extra="ignore")
    query: Annotated[str, Field(min_length=1)]
    variables: dict[str, Any] | None = None
    operation_name: str | None = Field(None, alias="operationName")
    extensions: dict[str, Any] | None = None
    """With `cost: true` the answer tells what it may have cost; of others nobody knows here."""


_ASKED = TypeAdapter(Asked)


async def operate(request: Request) -> Response:
    """Run one operation. Refusals are answered in GraphQL's form, whatever they are about."""
    try:
        caller = await calling(request)
        asked = await _asked(request)
    except (TooLarge, TooSlow):
        raise  # the rest of the body will not be read: the connection has to be closed
    except DomainError as error:
        return _refused(request, error)
    executing = running() if running.cache_info().currsize else await asyncio.to_thread(running)
    found = await executing.answer(
        request,
        caller,
        query=asked.query,
        variables=asked.variables or {},
        operation_name=asked.operation_name,
        tells_cost=(asked.extensions or {}).get("cost") is True,
    )
    own = _media(request) == GRAPHQL
    status = 400 if own and found.data is msgspec.UNSET else 200
    return Response(encode(found), status, _PRIVATE, _media(request))


async def show(request: Request) -> Response:
    """The page; nothing is ever run by GET, which browsers repeat and others log."""
    if HTML in request.headers.get("accept", "") and not request.url.query:
        return pages.page("graphiql")
    return errors.document(
        405,
        code="method_not_allowed",
        detail="Send operations by POST. A browser gets a page to write them in.",
        request_id=request.scope["request_id"],
        instance=PATH,
        headers={"Allow": "POST"},
    )


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


async def _asked(request: Request) -> Asked:
    media = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media != JSON:
        raise UnsupportedMedia(f"Send {JSON}, not {media[:100]}.")
    found: Asked = parsed(_ASKED, await request.body())
    return found


def _refused(request: Request, error: DomainError) -> Response:
    """A fact that stopped the request, with the status and headers REST gives it; but where the
    request itself is wrong, with the 400 that GraphQL over HTTP has for that."""
    request_id = request.scope["request_id"]
    problem = errors.problem(error, request_id, PATH)
    shown = told(error)
    shown["extensions"]["requestId"] = request_id
    kept = {n: v for n, v in problem.headers.items() if not n.startswith("content-")}
    body = encode({"errors": [shown]})
    status = 400 if error.kind is Kind.INVALID else problem.status_code
    return Response(body, status, kept | _PRIVATE, _media(request))


def _media(request: Request) -> str:
    return GRAPHQL if GRAPHQL in request.headers.get("accept", "") else JSON


ROUTES = [
    Undescribed(PATH, operate, methods=["POST"]),
    Undescribed(PATH, show, methods=["GET"]),
    Undescribed(f"{PATH}/schema.graphql", sdl, methods=["GET"]),
]
