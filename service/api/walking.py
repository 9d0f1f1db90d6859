"""A list walked to its end: page by page, a document a line (NDJSON)."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Any, Protocol, Self, TypeVar

import msgspec

from service.api.streaming import PIECE
from service.domain.listing import PageOf
from service.domain.work import Work

_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Walkable(Protocol):
    """A question to a list that can be asked part by part."""

    after: str | None

    @property
    def longest(self) -> int | None:
        """The most rows to visit."""

    @property
    def stride(self) -> int:
        """Rows to read at once."""

    def walking(self, limit: int, after: str | None, *, first: bool) -> Self:
        """The same question for one part of the walk."""


Q = TypeVar("Q", bound=Walkable)
Paged = Callable[[Work, Q], Awaitable[PageOf]]
"""What answers a page of a list."""


async def pages(
    read: Callable[[Any], Awaitable[PageOf]], query: Walkable
) -> AsyncGenerator[PageOf]:
    """The pages of a walk; `read` answers each, and holds nothing when it has."""
    left, after, first = query.longest, query.after, True
    while True:
        limit = query.stride if left is None else min(left, query.stride)
        page = await read(query.walking(limit, after, first=first))
        yield page
        left = None if left is None else left - limit
        if not page.more or left == 0:
            return
        after, first = page.end, False


def documents(items: str) -> list[bytes]:
    """The documents of a page, each on one line: a line break in JSON is but a space."""
    return [bytes(raw).replace(b"\n", b" ") for raw in _items(items)]


def pieces(items: str) -> Iterator[bytes]:
    """The lines of a page, some at once."""
    lines, size = [], 0
    for document in documents(items):
        lines += [document, b"\n"]
        size += len(document)
        if size >= PIECE:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)


def ending(page: PageOf, total: int | None) -> bytes:
    """The last line: where to go on from, and the total if it was asked for."""
    told = {"next": page.end} if total is None else {"next": page.end, "total": total}
    return msgspec.json.encode(told) + b"\n"
