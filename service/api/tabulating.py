"""A table of events (CSV) in the body of a request, read as messages while it comes."""

import csv
import io
import json
from collections.abc import AsyncGenerator
from typing import Any

from msgspec import Raw
from msgspec.structs import replace

from service.domain.errors import Invalid, Malformed, Problem, TooLarge, pointer
from service.domain.event_tables import LONGEST, Columns, HeaderError, Naming, Row, Table, message
from service.domain.events import LARGEST, Refused, Sorted, Sorting

KEPT = 2 * LARGEST
"""Bytes that are kept of what is too long to be a message."""
MOST_UNNAMED = 200_000
"""Different rows without a `messageId` in one table. As long as it loads, 16 bytes of hash and a
count of each are remembered, some 25 MB at most."""


class Piece:
    """Some messages of a body, each with its place in it, and those that are refused already."""

    def __init__(self) -> None:
        self.raws: list[Raw] = []
        self.places: list[int] = []
        self.size = 0
        self.left_out = 0
        self._refused: list[Refused] = []
        self._refused_at: list[int] = []

    def add(self, raw: bytes, place: int, refused: Refused | None = None) -> None:
        """One more."""
        self.size += len(raw)
        if refused is None:
            self.raws.append(Raw(raw))
            self.places.append(place)
        else:
            self._refused.append(refused)
            self._refused_at.append(place)

    def __len__(self) -> int:
        return len(self.raws) + len(self._refused) + self.left_out

    def sorted(self, sorting: Sorting) -> Sorted:
        """The messages sorted out; `order` says their places in the body."""
        found = sorting.sort(self.raws)
        order = [self.places[n] for n in found.order] + self._refused_at
        return replace(found, refused=found.refused + self._refused, order=order)


async def tabulated(
    chunks: AsyncGenerator[bytes], mapping: Columns, lines: int, size: int
) -> AsyncGenerator[Piece]:
    """The rows of a table, at most so many `lines` or about so many bytes at a time.

    Raises `Invalid` for a column that is named and not there, `Malformed` for what is no CSV,
    `TooLarge` for a row that is too long or too many without a name.
    """
    table, piece, place = Table(mapping), Piece(), 0
    naming, wrong = Naming(), Naming("wrong-")
    try:
        async for text, last in _texts(chunks):
            for row in table.rows(text, last=last):
                _take(piece, row, place, mapping, naming if row.wrong is None else wrong)
                place += 1
                if len(piece) >= lines or piece.size >= size:
                    yield piece
                    piece = Piece()
            if table.is_too_long or len(naming.seen) + len(wrong.seen) > MOST_UNNAMED:
                said = f"A row is at most {LONGEST} bytes, and at most {MOST_UNNAMED} rows of a"
                raise TooLarge(f"{said} table have no messageId.")
    except csv.Error as error:
        raise Malformed(f"The table cannot be read as CSV: {error}.") from error
    except HeaderError as error:
        problems = [
            Problem(f"/query/{option}", "no_such_column", str(error)) for option in error.missing
        ]
        raise Invalid(problems) from error
    if len(piece):
        yield piece


def _take(piece: Piece, row: Row, place: int, mapping: Columns, naming: Naming) -> None:
    if not mapping.is_meant(row.cells):
        piece.left_out += 1
        return
    made: dict[str, Any] = message(row.cells, mapping, naming)
    raw, refused = json.dumps(made).encode(), None
    if row.wrong is not None:
        code, said, column = row.wrong
        at = pointer(*mapping.member(column)) if column else None
        refused = Refused(raw, code, f"The row is wrong: {said}.", at)
    piece.add(raw[:KEPT], place, refused)


async def _texts(chunks: AsyncGenerator[bytes]) -> AsyncGenerator[tuple[list[str], bool]]:
    """The lines of a body as they come, with their ends; and whether these are the last.

    What is no UTF-8 becomes halves of surrogate pairs, which no message may hold.
    """
    rest, first = b"", True
    async for chunk in chunks:
        whole, newline, rest = (rest + chunk).rpartition(b"\n")
        if len(rest) > LONGEST:
            raise TooLarge(f"A row is at most {LONGEST} bytes.")
        if newline:
            yield _lines(whole + newline, first), False
            first = False
    yield _lines(rest, first) if rest else [], True


def _lines(raw: bytes, first: bool) -> list[str]:
    text = raw.decode("utf-8", "surrogateescape")
    # As a file is read: a line may end with either, or both.
    return list(io.StringIO(text.removeprefix("\ufeff") if first else text, newline=""))
