"""What one GraphQL request carries: its caller, what it has read, and how it writes.

Reads of one request follow each other, so that it never holds more than one connection; rows
asked for at the same moment are read by one statement.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from graphql import DocumentNode, GraphQLObjectType, GraphQLResolveInfo
from starlette.requests import Request
from starlette.types import Message
from strawberry.dataloader import DataLoader

from service.api.edge import EdgeOf
from service.api.graphql.selecting import object_type, selection
from service.database import Database
from service.domain.errors import Invalid, TooLarge
from service.domain.resources import Resource
from service.domain.shapes import MOST_BYTES, Selection
from service.domain.work import Caller, Work

T = TypeVar("T")
Row = dict[str, Any]
ROW = 256
"""Bytes that a row counts for at least, each time it goes into an answer."""
_EXACT = 17
"""Characters up to which a number surely survives as a float."""


class Context:
    """One request."""

    def __init__(self, request: Request, caller: Caller, document: DocumentNode) -> None:
        self.request = request
        self.caller = caller
        self.database: Database = request.app.state.database
        self.document = document
        self.refused: Mapping[str, Invalid] = {}
        self._reading = asyncio.Lock()
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}
        self._left = MOST_BYTES

    # -- reading ---------------------------------------------------------------------------

    async def read(self, wanted: Callable[[Work], Awaitable[T]]) -> T:
        """What a domain function answers, read outside a transaction."""
        async with self._reading, self.database.read(self.caller) as work:
            return await wanted(work)

    async def analysed(self, wanted: Callable[[Work], Awaitable[T]]) -> T:
        """The same within a transaction, for what reads much at once."""
        async with self._reading, self.database.analyse(self.caller) as work:
            return await wanted(work)

    def row(
        self,
        info: GraphQLResolveInfo[Any],
        resource: Resource,
        which: UUID,
        kind: GraphQLObjectType | None = None,
    ) -> Awaitable[Row | None]:
        """A resource with what its field selects, or None; read with all others asked for now.

        `kind` is its type where the field's own says less.
        """
        asked = (resource.kind, *map(id, info.field_nodes))
        loader = self._loaders.get(asked)
        if loader is None:
            chosen = selection(info, kind or object_type(info.return_type), info.field_nodes)
            same = (resource.kind, msgspec.json.encode(chosen, order="sorted"))
            loader = self._loaders.get(same) or DataLoader(self._rows_of(resource, chosen))
            self._loaders[asked] = self._loaders[same] = loader
        return self._shown(loader.load(which))

    async def _shown(self, found: Awaitable[tuple[Row | None, int]]) -> Row | None:
        """A row that goes into the answer: it counts each time, however often it was read."""
        row, size = await found
        self.spends(max(size, ROW))
        return row

    def loaded(
        self,
        name: str,
        load: Callable[[Work, Sequence[Any]], Awaitable[Sequence[Any]]],
        key: Any,
        *,
        analysed: bool = False,
    ) -> Awaitable[Any]:
        """What `load` answers for a key, asked together with all other keys of now; `analysed`
        where it reads much."""
        read = self.analysed if analysed else self.read
        if name not in self._loaders:
            self._loaders[name] = DataLoader(lambda keys: read(lambda work: load(work, keys)))
        return self._loaders[name].load(key)

    def _rows_of(
        self, resource: Resource, chosen: Selection
    ) -> Callable[[list[UUID]], Awaitable[list[tuple[Row | None, int]]]]:
        async def rows(which: list[UUID]) -> list[tuple[Row | None, int]]:
            found = await self.read(lambda work: resource.documents(work, which, chosen))
            self._affords(sum(len(one.json) for one in found.values()))
            read = {one: (decode(row.json), len(row.json)) for one, row in found.items()}
            return [read.get(one, (None, 0)) for one in which]

        return rows

    def decoded(self, text: str | bytes) -> Any:
        """JSON from the database. Raises `TooLarge` when the request has read enough."""
        self.spends(len(text))
        return decode(text)

    def spends(self, size: int) -> None:
        """Count bytes that go into the answer. Raises `TooLarge` when these are too many."""
        self._affords(size)
        self._left -= size

    def _affords(self, size: int) -> None:
        if size > self._left:
            raise TooLarge("This query reads too much at once: ask for fewer rows or fields.")

    def forget(self) -> None:
        """Read anew from now on: something was written."""
        self._loaders.clear()

    # -- writing ---------------------------------------------------------------------------

    def edge(self, field: str) -> EdgeOf:
        """The edge of one field: an Idempotency-Key of the request counts for each apart."""
        path = f"{self.request.scope['path']}/{field}"
        request = Request({**self.request.scope, "path": path}, self._again)
        return EdgeOf(request, self.caller, self.database)

    async def _again(self) -> Message:
        return {"type": "http.request", "body": await self.request.body(), "more_body": False}


def of(info: Any) -> Context:
    """The context of a resolver's info."""
    context: Context = info.context
    return context


def _number(text: str) -> float | Decimal:
    return float(text) if len(text) < _EXACT else Decimal(text)


decode = msgspec.json.Decoder(float_hook=_number).decode
