"""Events as columns, sorted by identifier, time and order of arrival, and their bytes. Pure.

Times are microseconds since 2000, as the database counts them. What is told of an event is one
code, that of its kind.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

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
        found += self.least
        return found


class Stored(msgspec.Struct, array_like=True, frozen=True):
    """A segment's bytes, by column."""

    identifiers: memoryview
    counts: _Whole
    at: _Whole
    arrival: _Whole
    codes: _Whole
    values: list[list[str]]
    kinds: _Whole

    @property
    def runs(self) -> int:
        """How many runs it has."""
        return len(self.identifiers) // 16

    def __len__(self) -> int:
        return len(self.at.data) // self.at.width

    def told(self) -> Kinds:
        """What codes stand for."""
        codes = self.kinds.numbers().astype(np.int32)
        return Kinds(self.values, codes.reshape(-1, len(DIMENSIONS)))

    def halves(self) -> tuple[Halves, Halves]:
        """The identifiers of its runs."""
        halves = np.frombuffer(self.identifiers, dtype=">u8").reshape(-1, 2).astype(np.uint64)
        return halves[:, 0].copy(), halves[:, 1].copy()

    def events(self) -> Events:
        """The columns themselves."""
        return Events(
            *self.halves(),
            self.counts.numbers(),
            self.at.numbers(),
            self.arrival.numbers(),
            self.codes.numbers().astype(np.int32),
        )


opened = msgspec.msgpack.Decoder(Stored).decode
"""What the bytes of a segment hold; nothing is copied."""


def packed(segment: Segment) -> bytes:
    """The bytes that are stored of a segment that has events."""
    events = segment.events
    identifiers = np.column_stack([events.high, events.low]).astype(">u8")
    stored = Stored(
        memoryview(identifiers.tobytes()),
        _whole(events.counts),
        _whole(events.at),
        _whole(events.arrival),
        _whole(events.codes),
        [list(one) for one in segment.kinds.values],
        _whole(segment.kinds.codes.ravel()),
    )
    return msgspec.msgpack.encode(stored)


def unpacked(data: bytes) -> Segment:
    """A segment of its bytes."""
    stored = opened(data)
    return Segment(stored.events(), stored.told())


def _whole(numbers: NDArray[Any]) -> _Whole:
    above = numbers.astype(np.int64)
    least = int(above.min())
    above -= least
    unit = int(np.gcd.reduce(above)) or 1
    above //= unit
    width = next(n for n in (1, 2, 4, 8) if int(above.max()) < 1 << 8 * n)
    return _Whole(least, unit, width, memoryview(above.astype(f"<u{width}").tobytes()))
