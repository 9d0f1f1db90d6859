"""Tables of events (CSV): which column is which member of a message, and rows as messages.

What is not mapped goes into `properties` under its own name. Rows without a `messageId` get one
made of the row and of how often the same row stood before it, so a table can be loaded again: each
row counts once, and exact duplicates within one table stay in it.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple

from msgspec import Struct

TOP = frozenset(
    {
        *("type", "messageId", "userId", "anonymousId", "previousId", "groupId"),
        *("event", "name", "timestamp", "sentAt", "channel"),
    }
)
"""Members of a message; what is mapped to another name is one of its properties."""
_WHOSE = frozenset({"userId", "anonymousId", "previousId"})
SURPLUS = "surplus_cells"
"""The code of a row with more cells than the header names."""
LONGEST = 1024 * 1024
"""Characters of a row, whatever of it is refused as a message."""
MOST_COLUMNS = 2_000
_NAMED = 20
"""Columns that an error names."""


class Columns(Struct, frozen=True):
    """Which column is which member, what each message has besides, which rows are meant, and which
    columns of a table hold JSON: numbers, true and false, lists.
    """

    columns: Mapping[str, str] = {}
    fixed: Mapping[str, str] = {}
    only: Mapping[str, str] = {}
    json: frozenset[str] = frozenset()

    def missing(self, names: Sequence[str]) -> dict[str, list[str]]:
        """Columns that a table must have and has not, by the option that names them, or would."""
        named = {"map": self.columns.values(), "only": self.only, "json": self.json}
        left = {option: sorted({*wanted} - {*names}) for option, wanted in named.items()}
        found = {option: columns for option, columns in left.items() if columns}
        # Separated otherwise, say, or in another encoding: of no row it could be told whose it is.
        told = {*names, *self.columns, *self.fixed}
        return found if found or told & _WHOSE else {"map": ["userId"]}

    def is_meant(self, row: Mapping[str, Any]) -> bool:
        """Whether the row is to be loaded: values are compared as they are written."""
        return all(_written(row.get(column)) == value for column, value in self.only.items())

    def member(self, column: str) -> tuple[str, ...]:
        """Where in a message a column stands."""
        name = next((name for name, of in self.columns.items() if of == column), column)
        return (name,) if name in TOP else ("properties", name)


def _written(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def pairs(given: Iterable[str]) -> dict[str, str]:
    """`a=b,c=d`, given once or several times, as a mapping. Raises `ValueError`."""
    found: dict[str, str] = {}
    for one in (part for text in given for part in text.split(",") if part):
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise ValueError(f"{one} is not NAME=VALUE.")
        found[name] = value
    return found


class Naming:
    """Makes ids for rows that have none: the same for the same table, whenever it is loaded.

    Rows that are wrong are named `apart`, so that they take no good row's id.
    """

    def __init__(self, apart: str = "") -> None:
        self._apart = apart
        self.seen: Counter[bytes] = Counter()

    def name(self, row: object) -> str:
        """An id made of the row and of how many like it came before."""
        text = json.dumps(row, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
        digest = blake2b(text, digest_size=16).digest()
        self.seen[digest] += 1
        return f"{self._apart}{digest.hex()}-{self.seen[digest]}"


def message(row: Mapping[str, Any], mapping: Columns, naming: Naming) -> dict[str, Any]:
    """A row as a message of the tracking protocol."""
    made: dict[str, Any] = {"type": "track"}
    given = row.get("properties")
    properties: dict[str, Any] = dict(given) if isinstance(given, dict) else {}
    used = set(mapping.columns.values())
    for name, column in mapping.columns.items():
        if (value := row.get(column)) not in (None, ""):
            (made if name in TOP else properties)[name] = value
    for name, value in row.items():
        if name in used or name == "properties":
            continue
        # An own column named as a member is that member, unless another was mapped to it.
        plain = name in TOP or name in ("context", "traits")
        (made if plain and name not in mapping.columns else properties).setdefault(name, value)
    for name, value in mapping.fixed.items():
        (made if name in TOP else properties)[name] = value
    if properties:
        made["properties"] = properties
    if "messageId" not in made:
        made["messageId"] = naming.name(row)
    return made


class Row(NamedTuple):
    """One row: the line that it begins on, its cells that are not empty by the names of their
    columns, and what is wrong with it: a code, a sentence, and the column, empty for none.
    """

    line: int
    cells: dict[str, Any]
    wrong: tuple[str, str, str] | None = None


class HeaderError(Exception):
    """A table lacks columns: by option those that it names, and what there is instead."""

    def __init__(self, missing: Mapping[str, Sequence[str]], names: Sequence[str]) -> None:
        self.missing = missing
        lacking = sorted({one for those in missing.values() for one in those})
        super().__init__(f"There is no column {_listed(lacking)}; there are {_listed(names)}.")


def _listed(names: Sequence[str]) -> str:
    more = ["…"] if len(names) > _NAMED else []
    return ", ".join([*(one[:100] for one in names[:_NAMED]), *more])


class Table:
    """A table that is read piece by piece: a header line first, then rows."""

    def __init__(self, mapping: Columns) -> None:
        self._mapping = mapping
        self._names: list[str] | None = None
        self._left: list[str] = []
        self._size = self._tried = 0
        self._line = 1

    @property
    def is_too_long(self) -> bool:
        """Whether a row has begun and not ended for longer than a row may be."""
        return self._tried > LONGEST

    def rows(self, lines: Iterable[str], *, last: bool) -> Iterator[Row]:
        """The rows that end in these lines; `last` where nothing follows.

        Raises `HeaderError` for a column that is named and not there, `csv.Error`.
        """
        if not last:
            came, lines = list(lines), ()
            self._left += came
            self._size += sum(map(len, came))
            # A row that goes on is read from its beginning: not before twice as much is there.
            if self._size < min(2 * self._tried, LONGEST + 1):
                return
        feed = _Feed(chain(self._left, lines))
        self._left, self._size, self._tried = [], 0, 0
        for cells in csv.reader(feed):
            if feed.is_over and not last:
                # It was asked for more: the row has not ended.
                self._left = feed.held
                self._size = self._tried = sum(map(len, self._left))
                return
            line, self._line = self._line, self._line + len(feed.held)
            feed.held = []
            if cells and self._names is None:
                self._names = self._header(cells)
            elif cells and self._names is not None:
                yield self._row(line, self._names, cells)

    def _header(self, cells: list[str]) -> list[str]:
        if len(cells) > MOST_COLUMNS:
            raise csv.Error(f"the header names more than {MOST_COLUMNS} columns")
        if twice := [name for name, number in Counter(cells).items() if name and number > 1]:
            raise csv.Error(f"the header names {_listed(twice)} more than once")
        if missing := self._mapping.missing(cells):
            raise HeaderError(missing, cells)
        return cells

    def _row(self, line: int, names: list[str], cells: list[str]) -> Row:
        found: dict[str, Any] = {n: value for n, value in zip(names, cells, strict=False) if value}
        if len(cells) > len(names):
            return Row(line, found, (SURPLUS, "more cells than the header names", ""))
        for column in sorted(self._mapping.json & found.keys()):
            try:
                found[column] = json.loads(found[column])
            except (ValueError, RecursionError):
                return Row(line, found, ("json_invalid", f"{column} holds no JSON", column))
        return Row(line, found)


class _Feed:
    """Lines for the reader, which takes another one only where a row goes on."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.held: list[str] = []
        self.is_over = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._lines)
        except StopIteration:
            self.is_over = True
            raise
        self.held.append(line)
        return line
