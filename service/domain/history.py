"""What people did, in order, as columns: what every analysis of paths begins with. Pure.

A row is an event of a path. Rows are sorted by person, time and order of arrival, so a person's
path is one run of rows, and nothing that is computed of it sorts again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Word: TypeAlias = str | bool | Decimal
"""A value that a field holds. Lists and objects have none: they are missing, unless an analysis
asks for lists."""

SECOND = 1_000_000
"""Microseconds, in which all times are."""
MISSING = -1
"""The code of a value that an event has not."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def instant_of(at: int) -> datetime:
    """When so many microseconds since 1970 were over."""
    return _EPOCH + timedelta(microseconds=at)


class Unnamed(NamedTuple):
    """A value that has not been read, by a place in the order of arrival where an event has it."""

    field: str
    arrival: int


class Column(NamedTuple):
    """A field's values: the code of each row, and what the codes stand for.

    `codes` is int32, `MISSING` where an event has no such value; `words` rise by code. Of a field
    with very many values that are only told apart there are no `words`: codes are in an order that
    stays the same, and `arrivals` are the places of rows in the order of arrival.
    """

    codes: NDArray[np.int32]
    words: list[Word]
    arrivals: Ints | None = None

    @property
    def number(self) -> int:
        """How many values there may be."""
        return len(self.words) if self.arrivals is None else int(self.codes.max(initial=-1)) + 1

    def said(self, field: str, code: int) -> "Word | Unnamed":
        """What a code of the `field` stands for."""
        if self.arrivals is None:
            return self.words[code]
        return Unnamed(field, int(self.arrivals[np.argmax(self.codes == code)]))

    def at(self, rows: Ints) -> "Column":
        """Some rows."""
        arrivals = None if self.arrivals is None else self.arrivals.take(rows)
        return Column(self.codes.take(rows), self.words, arrivals)


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Events of paths, n of them, of people who count.

    `person` numbers people from 0 as they come, `at` is in microseconds since 1970, `holds[k]` says
    for each row whether the k-th selection is true; `excluded` counts the events that were selected
    and do not count, by reason. `people` are who they are, by number: 16 bytes each. `latest` is
    when the last event happened of all that count, were they selected or not; None: there is none,
    or nobody asked. With `weights` a row stands for so many events, of anybody, and its time is one
    of theirs or near. With `sessions` it stands for sessions that begin there, of anybody, and its
    numbers are what they come to. `begun` is when the session of each row began, where sessions are
    of more events than are told here, as of those that are at steps of a map. `excluded_of` is what
    `excluded` is, of each of the selections that were asked about. `mark` is that of all that they
    were made of, and stays as long; None: nobody knows. `numbers` are those by
    which events are found again, where these are asked for.
    """

    person: NDArray[np.int32]
    at: Ints
    holds: Sequence[Flags]
    columns: dict[str, Column]
    people: bytes
    excluded: dict[str, int]
    latest: int | None = None
    weights: Ints | None = None
    sessions: Ints | None = None
    begun: Ints | None = None
    excluded_of: Sequence[dict[str, int]] = ()
    mark: str | None = None
    numbers: NDArray[np.uint64] | None = None

    def __len__(self) -> int:
        return len(self.person)

    @property
    def heads(self) -> Flags:
        """Whether a row is the first of its person."""
        return changes(self.person)

    def last(self, most: int) -> "Histories":
        """Of each person the last rows, so many at most."""
        number = np.bincount(self.person)
        if not (number > most).any():
            return self
        behind = np.cumsum(number)[self.person]
        return self.those(behind - np.arange(len(self)) <= most)

    def those(self, chosen: Flags) -> "Histories":
        """The rows that are chosen, as if there had never been others."""
        # Looked for once, not in each column.
        rows = np.flatnonzero(chosen)
        if len(rows) == len(self) and self.sessions is None:
            return self
        return Histories(
            self.person.take(rows),
            self.at.take(rows),
            [one.take(rows) for one in self.holds],
            {name: one.at(rows) for name, one in self.columns.items()},
            self.people,
            self.excluded,
            self.latest,
            None if self.weights is None else self.weights.take(rows),
            None,
            None if self.begun is None else self.begun.take(rows),
        )


def changes(values: NDArray[Any]) -> Flags:
    """Whether a row differs from the one before; the first does."""
    found = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def rising(values: Iterable[object]) -> tuple[list[Word], list[int]]:
    """The different values, texts before numbers before booleans, each by its own order; and for
    each value its number among them, `MISSING` for what is none of these."""
    asked = [(_RANK.get(type(one)), one) for one in values]
    held: set[tuple[int, Any]] = {(rank, one) for rank, one in asked if rank is not None}
    ordered = sorted(held)
    numbers = {one: n for n, one in enumerate(ordered)}
    codes = [MISSING if rank is None else numbers[rank, one] for rank, one in asked]
    return [one for _, one in ordered], codes


_RANK = {str: 0, Decimal: 1, bool: 2}

_ODD = np.uint64(0x9E3779B97F4A7C15)


def numbers_of(identifier: NDArray[np.uint64], arrival: Ints) -> NDArray[np.uint64]:
    """A number for each event, by the first half of its identifier and its place in the order of
    arrival: two have the same one hardly ever."""
    return identifier * _ODD + arrival.astype(np.uint64)


_CELLS = 1 << 22
"""Of people and places that are looked at together."""


def people_at(person: NDArray[Any], place: Ints, number: int) -> Ints:
    """How many different people were at each of so many places; people rise. Linear."""
    found = np.zeros(number, dtype=np.int64)
    if not len(person):
        return found
    begin, end = int(person[0]), int(person[-1]) + 1
    most = min(max(_CELLS // number, 1), end - begin)
    for first in range(begin, end, most):
        some = slice(*np.searchsorted(person, (first, first + most)))
        been = np.zeros((most, number), dtype=np.bool_)
        been[person[some] - first, place[some]] = True
        found += been.sum(axis=0)
    return found
