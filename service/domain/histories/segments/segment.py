"""Events as columns, sorted by identifier, time and order of arrival, and their bytes. Pure.

Times are microseconds since 2000, as the database counts them. What is told of an event is one
code, that of its kind.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from service.domain.histories.segments.kinds import DIMENSIONS, Kinds, of_texts
from service.domain.history import Flags, Ints, changes

Halves: TypeAlias = NDArray[np.uint64]

_ROW = np.dtype(
    [("high", ">u8"), ("low", ">u8"), ("at", ">i8"), ("arrival", ">i8"), ("kind", ">i4")]
)


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Runs of events, each of one identifier, whose two halves are `high` and `low`.

    `counts` says how many events a run has; `at`, `arrival` and `codes` have one of each event.
    """

    high: Halves
    low: Halves
    counts: Ints
    at: Ints
    arrival: Ints
    codes: NDArray[Any]

    def __len__(self) -> int:
        return len(self.at)

    @property
    def starts(self) -> Ints:
        """Where each run begins."""
        return np.cumsum(self.counts) - self.counts

    def holding(self, chosen: Flags) -> Flags:
        """Whether a run has any of the chosen events."""
        if not len(self):
            return np.zeros(len(self.counts), dtype=np.bool_)
        return np.logical_or.reduceat(chosen, self.starts)

    def those(self, chosen: Flags) -> "Events":
        """The events that are chosen; runs without any are left out."""
        if not len(self):
            return self
        counts = np.add.reduceat(chosen, self.starts, dtype=np.int64)
        left = counts > 0
        return Events(
            self.high[left],
            self.low[left],
            counts[left],
            self.at[chosen],
            self.arrival[chosen],
            self.codes[chosen],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Sorted events, and what their codes stand for: each kind once, none that no event has."""

    events: Events
    kinds: Kinds

    def __len__(self) -> int:
        return len(self.events)

    def those(self, chosen: Flags) -> "Segment":
        """The events that are chosen, and nothing of the others."""
        events = self.events.those(chosen)
        used = np.zeros(len(self.kinds), dtype=np.bool_)
        used[events.codes] = True
        numbers = (np.cumsum(used) - 1).astype(np.int32)
        return Segment(replace(events, codes=numbers.take(events.codes)), self.kinds.those(used))

    def without(self, identifiers: Collection[bytes]) -> "Segment":
        """The events that carry none of these."""
        events = self.events
        named = np.frombuffer(b"".join(identifiers), dtype=">u8").reshape(-1, 2)
        gone = np.zeros(len(events.high), dtype=np.bool_)
        for high, low in named.tolist():
            gone |= (events.high == high) & (events.low == low)
        return self if not gone.any() else self.those(np.repeat(~gone, events.counts))


def of_rows(rows: bytes, kinds: Sequence[str]) -> Segment:
    """Rows as the database tells them, in any order: identifier, time, place, kind."""
    found = np.frombuffer(rows, dtype=_ROW)
    found = found[np.lexsort((found["arrival"], found["at"], found["low"], found["high"]))]
    high, low = found["high"].astype(np.uint64), found["low"].astype(np.uint64)
    heads = np.flatnonzero(changes(high) | changes(low))
    events = Events(
        high[heads],
        low[heads],
        np.diff(heads, append=len(found)),
        found["at"].astype(np.int64),
        found["arrival"].astype(np.int64),
        found["kind"].astype(np.int32),
    )
    return Segment(events, of_texts(kinds))


class _Whole(msgspec.Struct, array_like=True, frozen=True):
    """Whole numbers as multiples of a unit above the least of them, in as few bytes as hold all."""

    least: int
    unit: int
    width: int
    data: memoryview

    def numbers(self) -> Ints:
        found = np.frombuffer(self.data, dtype=f"<u{self.width}").astype(np.int64)
        if self.unit != 1:
            found *= self.unit
        if self.least:
            found += self.least
        return found

    def least_numbers(self) -> NDArray[Any]:
        """The same, in the type in which they are stored where they are stored as such."""
        as_such = self.unit == 1 and self.least == 0
        stored = np.dtype(f"<u{self.width}")
        return np.frombuffer(self.data, dtype=stored) if as_such else self.numbers()


class _Told(msgspec.Struct, array_like=True, frozen=True):
    """Kinds: the values of each dimension, and which of them each kind has."""

    values: list[list[str]]
    codes: _Whole


_whole_of = msgspec.msgpack.Decoder(_Whole).decode
_told_of = msgspec.msgpack.Decoder(_Told).decode


class Stored(NamedTuple):
    """A segment's bytes, by column; empty where a column was not read."""

    identifiers: bytes
    counts: bytes
    times: bytes
    arrivals: bytes
    codes: bytes
    kinds: bytes

    @property
    def runs(self) -> int:
        """How many runs it has."""
        return len(self.identifiers) // 16

    @property
    def number(self) -> int:
        """How many events it has."""
        times = _whole_of(self.times)
        return len(times.data) // times.width

    def told(self) -> Kinds:
        """What codes stand for."""
        found = _told_of(self.kinds)
        codes = found.codes.least_numbers()
        return Kinds(found.values, codes.reshape(-1, len(DIMENSIONS)))

    def halves(self) -> tuple[Halves, Halves]:
        """The identifiers of its runs."""
        halves = np.frombuffer(self.identifiers, dtype=">u8").reshape(-1, 2)
        return halves[:, 0].astype(np.uint64), halves[:, 1].astype(np.uint64)

    def events(self) -> Events:
        """The columns themselves."""
        return Events(
            *self.halves(),
            numbers(self.counts),
            numbers(self.times),
            numbers(self.arrivals),
            _whole_of(self.codes).least_numbers(),
        )


def numbers(column: bytes) -> Ints:
    """The whole numbers of a column."""
    return _whole_of(column).numbers()


def packed(segment: Segment) -> Stored:
    """The bytes that are stored of a segment that has events."""
    events, kinds = segment.events, segment.kinds
    told = _Told([list(one) for one in kinds.values], _whole(kinds.codes.ravel()))
    return Stored(
        np.column_stack([events.high, events.low]).astype(">u8").tobytes(),
        _bytes(events.counts),
        _bytes(events.at),
        _bytes(events.arrival),
        _bytes(events.codes),
        msgspec.msgpack.encode(told),
    )


def unpacked(stored: Stored) -> Segment:
    """A segment of its bytes."""
    return Segment(stored.events(), stored.told())


def _bytes(numbers: NDArray[Any]) -> bytes:
    return msgspec.msgpack.encode(_whole(numbers))


def _whole(numbers: NDArray[Any]) -> _Whole:
    above = numbers.astype(np.int64)
    least = int(above.min())
    above -= least
    unit = int(np.gcd.reduce(above)) or 1
    above //= unit
    width = next(n for n in (1, 2, 4, 8) if int(above.max()) < 1 << 8 * n)
    return _Whole(least, unit, width, memoryview(above.astype(f"<u{width}").tobytes()))
