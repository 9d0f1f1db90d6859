"""A route: declared and documented as any FastAPI route, run without its dependency solver.

The solver costs more than most of our reads (see docs/decisions). A route of ours takes, by
name: the ids in its path (typed by the path's convertors), `query` and `body` (pydantic models,
or `bytes`), and `edge`. The signature is the only description; OpenAPI is made from it.
"""

import inspect
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette import routing
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from service.api.auth import calling
from service.api.edge import EdgeOf
from service.api.negotiating import language
from service.domain import signing
from service.domain.errors import (
    Invalid,
    LinkExpired,
    Malformed,
    Problem,
    Unauthenticated,
    UnsupportedMedia,
    pointer,
)
from service.domain.inputs import bounded, problems_of, without_halves
from service.domain.work import Caller, Scope

Resolve = Callable[[Request], Awaitable[Any]]
MALFORMED_JSON = "json_invalid"
MOST_PARAMETERS = 100


class Undescribed(routing.Route):
    """A route outside the contract; logs and metrics know it by its path, as all others."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        routing.Route.__init__(self, path, endpoint, **options)
        # Without Starlette's own handling of errors, which all routes stand within already.
        self.app = _Plain(endpoint)
        self.fixed = self.path.partition("{")[0]

    def matches(self, scope: AsgiScope) -> tuple[routing.Match, AsgiScope]:
        """Most routes are not the one, and the fixed part of the path tells so at once."""
        if not path_within(scope).startswith(self.fixed):
            return routing.Match.NONE, {}
        return routing.Route.matches(self, scope)

    async def handle(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer, and say which route did."""
        scope["route"] = self
        await super().handle(scope, receive, send)


class _Plain:
    """The ASGI application behind a function of a request."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self.endpoint = endpoint

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        response = await self.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


class Route(Undescribed, APIRoute):
    """See the module."""

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, methods: set[str], **options: Any
    ) -> None:
        # Not FastAPI's own: it takes the signature apart at once, for a solver that is not used.
        Undescribed.__init__(self, path, endpoint)
        self.methods = set(methods)
        self.app = _Endpoint(endpoint, set(self.param_convertors))
        self._options = options

    def described(self) -> APIRoute:
        """What the contract is made from."""
        options = dict(self._options)
        body = inspect.signature(self.endpoint).parameters.get("body")
        if body is not None and self.methods == {"POST"} and _needs_nothing(body.annotation):
            extra = options.get("openapi_extra") or {}
            options["openapi_extra"] = {**extra, "requestBody": {"required": False}}
        return APIRoute(self.path, self.endpoint, methods=self.methods, **options)


def path_within(scope: AsgiScope) -> str:
    """The path as routes know it, without what this service is mounted under (`root_path`)."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    within = path.removeprefix(root)
    return within if within.startswith("/") or not within else path


def opens_by_link(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Let a signed link stand in for a key: for reading one resource in a browser."""
    endpoint.opens_by_link = True  # type: ignore[attr-defined]
    return endpoint


LINKED = {*signing.PARAMETERS, "theme"}
"""What the query of a signed link may hold: nothing that reaches other resources."""


class _Endpoint:
    """The ASGI application behind a route."""

    def __init__(self, endpoint: Callable[..., Any], in_path: set[str]) -> None:
        self.endpoint = endpoint
        self.opens_by_link = getattr(endpoint, "opens_by_link", False)
        self.resolvers: dict[str, Resolve] = {}
        for name, parameter in inspect.signature(endpoint).parameters.items():
            if name not in in_path and name != "edge":
                self.resolvers[name] = _resolver(name, parameter.annotation)

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        state = scope["app"].state
        by_link = self.opens_by_link and "signature" in request.query_params
        caller = linked_caller(request) if by_link else await calling(request)
        edge = EdgeOf(request, caller, state.database)
        if scope["query_string"] and "query" not in self.resolvers:
            raise Malformed("This path takes no query parameters.")
        values = {name: await resolve(request) for name, resolve in self.resolvers.items()}
        response: Response = await self.endpoint(edge=edge, **scope["path_params"], **values)
        await response(scope, receive, send)


def linked_caller(request: Request) -> Caller:
    """Whoever holds a signed link: may read maps, and only what the link opens."""
    state = request.scope["app"].state
    secret, now = state.settings.signing_key, state.database.clock()
    query = request.query_params
    link = signing.read(path_within(request.scope), query, secret)
    if link is None or not set(query) <= LINKED:
        raise Unauthenticated("This link is not valid.")
    if not link.opens(now):
        raise LinkExpired("This link has expired: ask whoever gave it to you for a new one.")
    reading = frozenset({Scope.MAPS_READ})
    asked = language(request.headers.get("accept-language"))
    request_id = request.scope["request_id"]
    return Caller(link.workspace_id, None, reading, request_id=request_id, language=asked)


def _resolver(name: str, annotation: Any) -> Resolve:
    kind = get_args(annotation)[0] if get_origin(annotation) is not None else annotation
    if name == "query":
        return _query(kind)
    return _bytes if kind is bytes else _body(kind)


def _query(model: type[BaseModel]) -> Resolve:
    # At the first call, not before: a worker serves a part of all routes for long.
    @cache
    def nothing() -> BaseModel:
        return model.model_validate({})

    optional = _all_optional(model)

    async def resolve(request: Request) -> BaseModel:
        if optional and not request.scope["query_string"]:
            return nothing()
        try:
            return model.model_validate(_asked(request.scope["query_string"]))
        except ValidationError as error:
            raise Invalid(problems_of(error, "/query"), "The query is not valid.") from error

    return resolve


def _all_optional(model: type[BaseModel]) -> bool:
    return not any(field.is_required() for field in model.model_fields.values())


def _asked(query: bytes) -> dict[str, str]:
    """The parameters of a query, percent-encoded or in plain UTF-8, each given once."""
    try:
        pairs = parse_qsl(
            query.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError as error:
        detail = f"The query is not UTF-8, or has more than {MOST_PARAMETERS} parameters."
        raise Malformed(detail) from error
    asked = dict(pairs)
    if len(asked) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise Invalid([Problem(f"/query{pointer(n)}", "repeated", "is given twice") for n in twice])
    return asked


async def _bytes(request: Request) -> bytes:
    return await request.body()


def _needs_nothing(model: Any) -> bool:
    """Whether a POST may leave its body out: whoever has nothing to say need not say so."""
    return isinstance(model, type) and issubclass(model, BaseModel) and _all_optional(model)


def _body(model: Any) -> Resolve:
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    needs_nothing = _needs_nothing(model)
    item_by_item: bool = getattr(model, "item_by_item", False)

    async def resolve(request: Request) -> Any:
        # Of a change, no body is rather one that was lost on its way.
        if needs_nothing and request.method == "POST" and not await request.body():
            return parsed(adapter, b"{}")
        _must_be_json(request.headers.get("content-type"))
        return parsed(adapter, await request.body(), item_by_item=item_by_item)

    return resolve


def _must_be_json(content_type: str | None) -> None:
    media = (content_type or "application/json").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        raise UnsupportedMedia(f"Send application/json, not {media[:100]}.")


def parsed(adapter: TypeAdapter[Any], raw: bytes, *, item_by_item: bool = False) -> Any:
    """A JSON body as its input. Raises `Malformed` or `Invalid`, naming every member."""
    try:
        return _read(adapter, raw)
    except Malformed:
        if not item_by_item:
            raise
        # Half a surrogate pair is read by no parser, and is wrong with its own item alone.
        return _read(adapter, without_halves(raw))


def _read(adapter: TypeAdapter[Any], raw: bytes) -> Any:
    try:
        # By alias alone: the names that our code has for `from` are no members of a body.
        return adapter.validate_json(bounded(raw), by_alias=True, by_name=False)
    except ValidationError as error:
        problems = problems_of(error)
        if problems[0].code == MALFORMED_JSON:
            raise Malformed("The body is not JSON.", problems) from error
        raise Invalid(problems) from error
