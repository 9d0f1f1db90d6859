"""How the paths of many fit one plan: what they have of it in order, and what not. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import Flags, Ints
from service.domain.measures.conformance.matching import Paths, lengths, matched, rests

_AT_ONCE = 1 << 18
"""Events that are matched together, or one unit: what that takes does not grow with all events."""


class Units(NamedTuple):
    """Events of units one behind the other, whether a unit begins there, and how many each has."""

    codes: NDArray[np.int32]
    begins: Flags
    lengths: Ints


class Fit(NamedTuple):
    """How units fit a plan: what each has of it in order, how many skip each planned position, and
    how many planned events are not matched though their step is, or as it is not."""

    lengths: Ints
    skipped: list[int]
    repeated: int
    out_of_order: int


def fitted(units: Units, plan: list[int], words: int) -> Fit:
    """How units fit a plan of codes, of which -1 is no event that anybody did."""
    # What nobody planned, and what nobody did, is part of no common subsequence.
    known = [position for position, code in enumerate(plan) if code >= 0]
    names = {code: name for name, code in enumerate(dict.fromkeys(plan[one] for one in known))}
    name_of = np.full(words, -1, dtype=np.int16)
    name_of[list(names)] = list(names.values())
    parts = [
        _some(name_of[units.codes[rows]], units.lengths[among], [names[plan[one]] for one in known])
        for rows, among in _together(units.lengths)
    ]
    skipped = [len(units.lengths)] * len(plan)
    for place, position in enumerate(known):
        skipped[position] = sum(part.skipped[place] for part in parts)
    return Fit(
        np.concatenate([np.zeros(0, dtype=np.int64), *(part.lengths for part in parts)]),
        skipped,
        sum(part.repeated for part in parts),
        sum(part.out_of_order for part in parts),
    )


def _together(lengths_: Ints) -> Iterator[tuple[slice, slice]]:
    """The rows, and the units, that are looked at together."""
    behind = np.cumsum(lengths_)
    first, row = 0, 0
    while first < len(lengths_):
        last = max(int(np.searchsorted(behind, row + _AT_ONCE, "right")), first + 1)
        end = int(behind[last - 1])
        yield slice(row, end), slice(first, last)
        first, row = last, end


def _some(named: NDArray[np.int16], lengths_: Ints, plan: list[int]) -> Fit:
    """How some units fit a plan of names; events of -1 are not planned."""
    number = len(lengths_)
    if not plan:
        return Fit(np.zeros(number, dtype=np.int64), [], 0, 0)
    chosen = np.flatnonzero(named >= 0)
    unit = np.repeat(np.arange(number), lengths_)[chosen]
    behind = np.searchsorted(unit, np.arange(number), "right")
    paths = Paths(named[chosen], np.concatenate(([0], behind[:-1])), behind, plan)
    ends = rests(paths)
    skipped = [number] * len(plan)
    has = {name: np.zeros(number, dtype=np.bool_) for name in plan}
    for place, taken in matched(paths, ends):
        skipped[place] -= len(taken)
        has[plan[place]][taken] = True
    of_matched = sum(int(has[name][unit[paths.names == name]].sum()) for name in has)
    shared = lengths(paths, ends)
    return Fit(shared, skipped, of_matched - int(shared.sum()), len(chosen) - of_matched)
