"""The longest common subsequence of a plan and of each of many paths, bit by bit. Pure.

Of several, the one with the smallest planned positions. The method is M. Crochemore's and others'
(2001): one word of bits holds how much of a path's rest fits each rest of the plan, so an event
costs a few operations, whatever the plan. Paths are read backwards, all at once, event by event.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import Ints

_BITS = 64
_SOME = 16
"""So few paths are better read one by one: what an operation costs does not fall any more."""
_AT_ONCE = 1 << 16
_Words = NDArray[np.uint64]


class Paths(NamedTuple):
    """The planned events of paths, one path behind the other: their `names` as numbers, and where
    each path begins and ends; `plan` is the numbers of the planned ones."""

    names: NDArray[np.int16]
    first: Ints
    behind: Ints
    plan: Sequence[int]


class Rests(NamedTuple):
    """For each event, how much of its path from there on fits which rest of the plan.

    A column for each event, of so many words as the plan needs: the number of bits that are 0 among
    the lowest k is the length of what that part of the path and the last k planned share.
    """

    words: _Words
    planned: int

    def shared(self, rows: Ints, rest: int) -> Ints:
        """How much the paths from these rows on share with the last `rest` planned."""
        found = np.zeros(len(rows), dtype=np.int64)
        for number, word in enumerate(self.words):
            left = min(max(rest - number * _BITS, 0), _BITS)
            found += np.bitwise_count(~word[rows] & np.uint64((1 << left) - 1))
        return found


def lengths(paths: Paths, rests: Rests) -> Ints:
    """How much each path shares with the whole plan."""
    found = np.zeros(len(paths.first), dtype=np.int64)
    some = np.flatnonzero(paths.first < paths.behind)
    found[some] = rests.shared(paths.first[some], rests.planned)
    return found


def matched(paths: Paths, rests: Rests) -> Iterator[tuple[int, Ints]]:
    """The planned positions, and which paths have each in what they share with the plan."""
    left = lengths(paths, rests)
    open_ = np.flatnonzero(left)
    at, left, behind = paths.first[open_], left[open_], paths.behind[open_]
    for position, name in enumerate(paths.plan):
        rows = np.append(np.flatnonzero(paths.names == name), len(paths.names))
        next_ = rows[np.searchsorted(rows[:-1], at)] + 1
        rest = np.zeros(len(at), dtype=np.int64)
        goes_on = np.flatnonzero(next_ < behind)
        rest[goes_on] = rests.shared(next_[goes_on], rests.planned - position - 1)
        taken = (next_ <= behind) & (rest == left - 1)
        yield position, open_[taken]
        at = np.where(taken, next_, at)
        left = left - taken
        kept = left > 0
        open_, at, left, behind = open_[kept], at[kept], left[kept], behind[kept]


def rests(paths: Paths) -> Rests:
    """What every end of every path shares with every end of the plan."""
    planned = len(paths.plan)
    number = -(-planned // _BITS)
    masks = _masks(paths.plan)
    whole = np.array([_split(mask, number) for mask in masks], dtype=np.uint64).T
    found = np.empty((number, len(paths.names)), dtype=np.uint64)
    length = paths.behind - paths.first
    longest = np.argsort(-length, kind="stable")
    last = paths.behind[longest] - 1
    # How many paths have more than so many events.
    longer = len(length) - np.cumsum(np.bincount(length))
    state = np.full((number, len(length)), np.iinfo(np.uint64).max)
    for back, many in enumerate(longer.tolist()):
        if many <= _SOME:
            for path, value in zip(longest[:many], state.T, strict=False):
                rest = slice(paths.first[path], paths.behind[path] - back)
                _alone(paths.names[rest], found[:, rest], masks, value)
            break
        rows = last[:many] - back
        _fitted(state[:, :many], whole[:, paths.names[rows]])
        found[:, rows] = state[:, :many]
    return Rests(found, planned)


def _masks(plan: Sequence[int]) -> list[int]:
    """By name, at which planned positions it stands, the last being bit 0."""
    found = [0] * (max(plan) + 1)
    for position, name in enumerate(reversed(plan)):
        found[name] |= 1 << position
    return found


def _split(value: int, number: int) -> list[int]:
    return [value >> _BITS * one & (1 << _BITS) - 1 for one in range(number)]


def _fitted(state: _Words, masks: _Words) -> None:
    """One event more: v becomes (v + (v & m)) | (v & ~m), over all words."""
    carry = np.zeros(state.shape[1], dtype=np.uint64)
    for number, mask in enumerate(masks):
        value = state[number]
        hit = value & mask
        added = value + hit
        over = added < hit
        added += carry
        carry = (over | (added < carry)).astype(np.uint64)
        np.bitwise_or(added, value & ~mask, out=value)


def _alone(names: NDArray[np.int16], found: _Words, masks: list[int], state: _Words) -> None:
    """The same for the rest of one path, in plain numbers."""
    size = len(found) * 8
    full = (1 << size * 8) - 1
    value = int.from_bytes(state.astype("<u8").tobytes(), "little")
    for end in range(len(names), 0, -_AT_ONCE):
        begin = max(0, end - _AT_ONCE)
        done = bytearray()
        for name in names[begin:end][::-1].tolist():
            hit = value & masks[name]
            value = (value + hit | value - hit) & full
            done += value.to_bytes(size, "little")
        found[:, begin:end] = np.frombuffer(done, dtype="<u8").reshape(-1, len(found))[::-1].T
