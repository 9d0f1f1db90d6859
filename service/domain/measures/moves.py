"""How often one event follows on another. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import Flags, Ints, Word, changes

_AT_ONCE = 1 << 20
"""Rows that are looked at together: what a count holds beside its columns does not grow."""
_FEW = 1 << 20
"""Pairs of steps up to which every pair there may be has a place of its own."""


class Moves(NamedTuple):
    """Pairs of neighbours that there are, each once: the codes of both, and how many."""

    first: Ints
    second: Ints
    counts: Ints


def moves(codes: NDArray[np.int32], arrives: Flags, words: int) -> Moves:
    """The moves into rows that `arrives` says, each from the row before; never into the first."""
    keys, counts = _few(codes, arrives, words) if words * words <= _FEW else _many(codes, arrives)
    by = max(words, 1) if words * words <= _FEW else 1 << 32
    return Moves(keys // by, keys % by, counts)


def _few(codes: NDArray[np.int32], arrives: Flags, words: int) -> tuple[Ints, Ints]:
    counts = np.zeros(words * words, dtype=np.int64)
    for rows in _parts(arrives):
        keys = codes[rows - 1].astype(np.int64) * words + codes[rows]
        counts += np.bincount(keys, minlength=words * words)
    keys = np.flatnonzero(counts)
    return keys, counts[keys]


def _many(codes: NDArray[np.int32], arrives: Flags) -> tuple[Ints, Ints]:
    # Sorted in place: this many keys are what there is no room for twice.
    keys = np.empty(np.count_nonzero(arrives), dtype=np.int64)
    filled = 0
    for rows in _parts(arrives):
        part = keys[filled : filled + len(rows)]
        np.add(codes[rows - 1].astype(np.int64) << 32, codes[rows], out=part)
        filled += len(rows)
    keys.sort()
    first = np.flatnonzero(changes(keys)) if len(keys) else keys
    return keys[first], np.diff(first, append=len(keys))


def _parts(arrives: Flags) -> Iterator[Ints]:
    parts = (
        np.flatnonzero(arrives[start : start + _AT_ONCE]) + start
        for start in range(0, len(arrives), _AT_ONCE)
    )
    return (rows for rows in parts if len(rows))


def ranks(words: Sequence[Word]) -> Ints:
    """The place of each word when they are sorted as texts, by code point."""
    order = sorted(range(len(words)), key=lambda code: str(words[code]))
    found = np.empty(len(words), dtype=np.int64)
    found[order] = np.arange(len(words))
    return found


def _most(counts: Ints, limit: int) -> Ints:
    """The most frequent, and all that are as frequent as the last of them."""
    if len(counts) <= limit:
        return np.arange(len(counts))
    return np.flatnonzero(counts >= np.partition(counts, -limit)[-limit])


def most_first(found: Moves, words: Sequence[Word], limit: int) -> list[tuple[str, str, int]]:
    """The most frequent of them, of equals by names: from, to, count."""
    chosen = _most(found.counts, limit)
    rank = ranks(words)
    keys = rank[found.first[chosen]] * len(words) + rank[found.second[chosen]]
    order = chosen[np.lexsort((keys, -found.counts[chosen]))[:limit]]
    return [
        (str(words[found.first[one]]), str(words[found.second[one]]), int(found.counts[one]))
        for one in order
    ]
