"""The most frequent sequences of events. Pure.

Each path has one sequence: from its first event that `start` selects on, else from its beginning;
with `end` alone the events up to the first that it selects. A sequence ends with the first event
behind its start that `end` selects. The listed and the cut ones add up to all.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np
from msgspec import UNSET, Struct, UnsetType
from numpy.typing import NDArray

from service.domain.answers import COUNT, SMALL_CELL, told
from service.domain.history import Flags, Histories, Ints, changes
from service.domain.measures.cutting import last_of
from service.domain.measures.moves import ranks
from service.domain.measures.walking import WalkDefinition, Walked, walked, whole_paths
from service.domain.shares import Excluded, Proportion, proportion

NO_END = "no_end"
_Reason = Annotated[str | UnsetType, told("Why a count is null; else absent.", SMALL_CELL)]


class PathsDefinition(WalkDefinition, frozen=True, gc=False):
    """What was looked at, and how."""

    start: Annotated[Any | None, told("Where sequences begin, as it was asked.", "Product Viewed")]
    end: Annotated[Any | None, told("What they lead to, as it was asked.", "Order Completed")]
    steps: Annotated[int, told("At most so many events a sequence.", 5)]


class PathCount(Struct, frozen=True, gc=False):
    """How many took a sequence of steps."""

    steps: Annotated[
        list[str],
        told("The events, or steps of a map by their keys, in order.", ["home", "catalog"]),
    ]
    count: Annotated[int | None, told("Paths that have it.", 83), COUNT]
    share: Annotated[Proportion, told("Of all paths that have a sequence.")]
    converted: Annotated[Proportion, told("Those that reach `end`, soon or late.")]
    reason: _Reason = UNSET


class Paths(Struct, frozen=True, gc=False):
    """The most frequent sequences, and where they lead."""

    definition: Annotated[PathsDefinition, told("What was looked at, and how.")]
    items: Annotated[list[PathCount], told("The most frequent first.")]
    paths: Annotated[int | None, told("Paths that have a sequence, listed or not.", 1766), COUNT]
    sequences: Annotated[int, told("How many different ones, listed or not.", 940)]
    cut: Annotated[int | None, told("Paths whose sequence is not listed.", 0), COUNT]
    converted: Annotated[Proportion, told("Of all these paths, those that reach `end`.")]
    contacts: Annotated[int | None, told("People who did anything in them.", 300), COUNT]
    excluded: Annotated[list[Excluded], told("Events that do not count, by reason.")]
    reason: _Reason = UNSET


class _Sequences(NamedTuple):
    """Where each begins, how many rows it has, and whether its path reaches the end."""

    first: Ints
    length: Ints
    converts: Flags


def paths(found: Histories, definition: PathsDefinition) -> Paths:
    """Sequences of paths. `found` holds `event` as a column, as selections `start` and `end` as far
    as they are asked for, and what paths of the range need to be whole. Linear but for a sort for
    each step of the sequences.
    """
    among = whole_paths(
        found, definition.scope, definition.timeout_seconds, definition.from_, definition.to
    )
    path = walked(among, definition)
    words = among.columns["event"].words
    all_ = _sequences(path, definition)
    numbers = _numbered(path.codes, all_, ranks(words))
    counts = np.bincount(numbers)
    converted = np.bincount(numbers[all_.converts], minlength=len(counts))
    example = np.zeros(len(counts), dtype=np.int64)
    example[numbers] = np.arange(len(numbers))
    listed = np.argsort(-counts, kind="stable")[: definition.limit]

    def share(k: int, n: int) -> Proportion:
        return proportion(k, n) if definition.end is not None else _NO_END

    items = [
        PathCount(
            [str(words[code]) for code in _codes(path, all_, example[one])],
            int(counts[one]),
            proportion(int(counts[one]), len(numbers)),
            share(int(converted[one]), int(counts[one])),
        )
        for one in listed
    ]
    return Paths(
        definition,
        items,
        len(numbers),
        len(counts),
        len(numbers) - int(counts[listed].sum()),
        share(int(all_.converts.sum()), len(numbers)),
        int(changes(among.person).sum()),
        [Excluded(reason, count) for reason, count in sorted(found.excluded.items())],
    )


_NO_END = Proportion(None, 0, 0, None, None, NO_END)


def _codes(path: Walked, all_: _Sequences, number: int) -> NDArray[np.int32]:
    first = all_.first[number]
    return path.codes[first : first + all_.length[number]]


def _sequences(path: Walked, definition: PathsDefinition) -> _Sequences:
    """One for each path that has one."""
    first = np.flatnonzero(path.begins)
    last = np.flatnonzero(last_of(path.begins))
    if definition.start is None and definition.end is not None:
        end = _next(path.holds[0], first, last)
        reached = end >= 0
        first, end = first[reached], end[reached]
        first = np.maximum(first, end - definition.steps + 1)
        return _Sequences(first, end - first + 1, np.ones(len(first), dtype=np.bool_))
    if definition.start is not None:
        start = _next(path.holds[0], first, last)
        first, last = start[start >= 0], last[start >= 0]
    converts = np.zeros(len(first), dtype=np.bool_)
    if definition.end is not None:
        end = _next(path.holds[-1], first + 1, last)
        converts = end >= 0
        last = np.where(converts, end, last)
    return _Sequences(first, np.minimum(last - first + 1, definition.steps), converts)


def _next(chosen: Flags, first: Ints, last: Ints) -> Ints:
    """The first row chosen between two rows, both inclusive; -1 without one."""
    rows = np.append(np.flatnonzero(chosen), len(chosen))
    found = rows[np.searchsorted(rows[:-1], first)]
    return np.where(found <= last, found, -1)


def _numbered(codes: NDArray[np.int32], all_: _Sequences, rank: Ints) -> Ints:
    """The number of each sequence, of equal ones the same; they rise by the names of steps."""
    numbers = np.zeros(len(all_.first), dtype=np.int64)
    for step in range(int(all_.length.max(initial=0))):
        here = all_.length > step
        keys = numbers * (len(rank) + 1)
        keys[here] += rank[codes[all_.first[here] + step]] + 1
        numbers = np.unique(keys, return_inverse=True)[1]
    return numbers
