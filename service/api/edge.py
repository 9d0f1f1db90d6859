"""The edge: one request, its caller, and the works opened and committed for it.

A route says what it wants done (`edge.created(lambda work: …)`) and gets the answer. The
transaction ends before the answer leaves; a work that lost a race in the database is repeated
whole; a POST with an Idempotency-Key is done once, its answer kept in its own transaction.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Annotated, TypeVar

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from service import telemetry
from service.api.auth import calling_still
from service.api.idempotency import Attempt
from service.api.negotiating import LISTED, NDJSON, chosen
from service.api.streaming import Chunks, Streamed
from service.api.walking import Paged, Q, ending, pages, pieces
from service.database import RETRIED, Database
from service.domain.errors import Invalid, StaleVersion, Unavailable
from service.domain.listing import PageOf
from service.domain.reading import Document
from service.domain.statements import as_json as encoded
from service.domain.work import Caller, Work
from service.intake import Intake

T = TypeVar("T")
Computed = Callable[[Work], Awaitable[object]]
G = TypeVar("G")
_NO_MORE: Mapping[str, str] = {}
_NO_COMPUTED: Mapping[str, Computed] = {}
JSON = "application/json"
_ANY = (None, "*/*", JSON)
REPEATS = 2
"""Times a whole work is repeated after it lost a race in the database."""

_ETAG = re.compile(r'\s*(?:W/)?"(\d{1,18})"\s*(?:,|$)')


class EdgeOf:
    """One request as its route sees it."""

    def __init__(self, request: Request, caller: Caller, database: Database) -> None:
        self.request = request
        self.caller = caller
        self.database = database

    @property
    def intake(self) -> Intake:
        """Where messages are stored together with those of others."""
        found: Intake = self.request.scope["app"].state.intake
        return found

    # -- reading ---------------------------------------------------------------------------

    async def read(self, wanted: Callable[[Work], Awaitable[T]]) -> T:
        """What a domain function answers, read outside a transaction."""
        async with self.database.read(self.caller) as work:
            return await wanted(work)

    async def analysed(self, wanted: Callable[[Work], Awaitable[T]]) -> T:
        """The same within a transaction, for what reads much at once."""
        async with self.database.analyse(self.caller) as work:
            return await wanted(work)

    async def shown(self, wanted: Callable[[Work], Awaitable[Document]]) -> Response:
        """A resource, or 304 when the caller has this version already."""
        found = await self.read(wanted)
        return self.represented(found.json, f'"{found.version}"', JSON)

    def represented(
        self, body: str | bytes, etag: str | None, media: str, more: Mapping[str, str] = _NO_MORE
    ) -> Response:
        """One representation, or 304 when the caller has it already."""
        headers = {**_PRIVATE, **more}
        if etag is not None:
            headers["ETag"] = etag
            if self.holds(etag):
                return Response(None, 304, headers)
        return Response(body, 200, headers, media)

    def holds(self, etag: str | None) -> bool:
        """Whether the caller has this representation already."""
        held = (self.request.headers.get("if-none-match") or "").replace("W/", "")
        return etag is not None and etag in held.replace(" ", "").split(",")

    async def listed(
        self, paged: Paged[Q], query: Q, beside: Mapping[str, Computed] = _NO_COMPUTED
    ) -> Response:
        """A page of a list, with what is computed `beside` it; or all of it line by line."""
        asked = "format" in self.request.query_params or self.header("accept") not in _ANY
        if asked and chosen(self.request, LISTED) == "ndjson":
            return self.streamed(self._lines(paged, query), NDJSON)
        return await self.page_of(await self.page(paged, query), beside)

    async def page_of(
        self, page: PageOf, beside: Mapping[str, Computed] = _NO_COMPUTED
    ) -> Response:
        """A page as it is answered."""
        following = "null" if page.next is None else f'"{page.next}"'
        total = "" if page.total is None else f', "total": {page.total}'
        more = {name: await self.read(computed) for name, computed in beside.items()}
        told = "".join(f', "{name}": {encoded(value)}' for name, value in more.items())
        rest = f', "next": {following}{total}{told}}}'
        body = b"".join((b'{"items": ', page.items.encode(), rest.encode()))
        return Response(body, 200, _PRIVATE, JSON)

    async def page(self, paged: Paged[Q], query: Q) -> PageOf:
        """A page of a list. What is wrong with a list stands in its query."""
        try:
            return await self.read(lambda work: paged(work, query))
        except Invalid as error:
            raise Invalid(
                [replace(p, pointer=f"/query{p.pointer}") for p in error.problems]
            ) from error

    async def _lines(self, paged: Paged[Q], query: Q) -> Chunks:
        total = None
        async with aclosing(pages(lambda asked: self.page(paged, asked), query)) as walk:
            async for page in walk:
                total = page.total if page.total is not None else total
                for piece in pieces(page.items):
                    yield piece
                    await self.called_again()
        yield ending(page, total)

    def streamed(self, chunks: Chunks, media: str, more: Mapping[str, str] = _NO_MORE) -> Response:
        """An answer that is sent while it is made."""
        streams, headers = self.request.scope["app"].state.streams, {**_PRIVATE, **more}
        return Streamed(streams, self.caller, chunks, headers=headers, media_type=media)

    async def called_again(self) -> None:
        """Ask again who is calling: a stream may outlive its key. Raises `Unauthenticated`."""
        self.caller = await calling_still(self.request)

    @staticmethod
    async def aside(computed: Callable[[G], T], given: G) -> T:
        """What takes long to compute, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(_ASIDE, computed, given)

    # -- writing ---------------------------------------------------------------------------

    async def write(
        self, wanted: Callable[[Work], Awaitable[T]], answer: Callable[[T], Response]
    ) -> Response:
        """Do it in a transaction and answer; the answer is made before the commit.

        Raises `Unavailable` for a work that lost its race each time.
        """
        for _ in range(REPEATS):
            with suppress(*RETRIED):
                return await self._once(wanted, answer)
            telemetry.REPEATED_WORKS.inc()
        try:
            return await self._once(wanted, answer)
        except RETRIED as error:
            raise Unavailable("Others are writing the same at this moment.") from error

    async def _once(
        self, wanted: Callable[[Work], Awaitable[T]], answer: Callable[[T], Response]
    ) -> Response:
        attempt = await Attempt.of(self.request)
        async with self.database.write(self.caller) as work:
            if attempt is None:
                return answer(await wanted(work))
            kept = await attempt.kept(work)
            if kept is not None:
                return kept
            response = answer(await wanted(work))
            await attempt.keep(work, response)
            return response

    async def created(
        self, wanted: Callable[[Work], Awaitable[Document]], location: str
    ) -> Response:
        """A new resource at `location`, whose `{id}` is filled in."""
        return await self.write(
            wanted,
            lambda made: Response(
                made.json,
                201,
                {"Location": location.format(id=made.id), "ETag": f'"{made.version}"'},
                JSON,
            ),
        )

    async def changed(self, wanted: Callable[[Work], Awaitable[Document]]) -> Response:
        """A resource as it is after the change."""
        return await self.write(wanted, _changed)

    async def put(
        self, wanted: Callable[[Work], Awaitable[tuple[Document, bool]]], location: str
    ) -> Response:
        """A resource created or replaced under a name of the caller's."""

        def answer(outcome: tuple[Document, bool]) -> Response:
            made, new = outcome
            response = _changed(made)
            if new:
                response.status_code = 201
                response.headers["Location"] = location.format(id=made.id)
            return response

        return await self.write(wanted, answer)

    async def gone(self, wanted: Callable[[Work], Awaitable[object]]) -> Response:
        """Nothing is left to show."""
        return await self.write(wanted, lambda _: Response(None, 204))

    @property
    def expected(self) -> Sequence[int] | None:
        """The versions of If-Match. Raises `StaleVersion` when it can match none of ours."""
        given = self.request.headers.get("if-match")
        if given is None or given.strip() == "*":
            return None
        versions = _versions(given)
        if not versions:
            raise StaleVersion
        return versions

    @property
    def there(self) -> bool | None:
        """Whether what is written must be there (`If-Match: *`) or not (`If-None-Match: *`)."""
        for name, wanted in (("if-match", True), ("if-none-match", False)):
            if (self.request.headers.get(name) or "").strip() == "*":
                return wanted
        return None

    def header(self, name: str) -> str | None:
        """A header of the request."""
        value: str | None = self.request.headers.get(name)
        return value


def _versions(etags: str) -> list[int]:
    """The versions that If-Match or If-None-Match names."""
    return [int(match) for match in _ETAG.findall(etags)]


_ASIDE = ThreadPoolExecutor(2, thread_name_prefix="aside")
"""Two, always the same: each thread keeps memory for what it once computed."""
_PRIVATE = {"Vary": "Accept, Authorization", "Cache-Control": "private, no-cache"}


def _changed(made: Document) -> Response:
    return Response(made.json, 200, {"ETag": f'"{made.version}"'}, JSON)


Edge = Annotated[
    EdgeOf,
    Depends(
        HTTPBearer(
            scheme_name="ApiKey",
            bearerFormat="wp_…",
            description="An API key, from `POST /v1/api-keys` or the command line. What it may do"
            " stands in its scopes.",
        )
    ),
]
"""The parameter through which a route gets its request; `service.api.route` fills it."""
