"""Whose identifiers are, and who does not count. Pure."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.histories.segments.arranging import by_id, ranked
from service.domain.histories.segments.segment import Events, Halves
from service.domain.history import Flags, Ints

TEST, NOT_PERMITTED = "test_contact", "not_permitted"
_ALWAYS, _NEVER = np.iinfo(np.int64).max, np.iinfo(np.int64).min
_LINK = np.dtype([("high", ">u8"), ("low", ">u8"), ("to_high", ">u8"), ("to_low", ">u8")])
_SINCE = np.dtype([("high", ">u8"), ("low", ">u8"), ("since", ">i8")])


class People(NamedTuple):
    """As bytes: whose identifiers are (`links`), and whom those are shown as who were merged
    (`merged`); who is left out since when (`left_out`), and as a test (`tests`). And whether those
    are left out whom nobody knows (`unknown`)."""

    links: bytes
    merged: bytes
    left_out: bytes
    tests: bytes
    unknown: bool


class Owners:
    """Whose runs of events are, by the identifiers of these, and who of them does not count.

    `ranks` says for each run which of all people it is of, in the order of their ids.
    """

    def __init__(self, found: People, run_high: Halves, run_low: Halves) -> None:
        links = np.frombuffer(found.links, dtype=_LINK)
        place = _places(links["high"], links["low"], run_high, run_low)
        has = place >= 0
        to_high, to_low = _shown_as(links, np.frombuffer(found.merged, dtype=_LINK))
        high = np.concatenate([to_high, run_high[~has]])
        low = np.concatenate([to_low, run_low[~has]])
        order, ranks, heads = ranked(high, low)
        self._high, self._low = high[order[heads]], low[order[heads]]
        place[~has] = np.arange(len(links), len(high))
        self.ranks = ranks.take(place)
        self._test = np.zeros(len(has), dtype=np.bool_)
        self._since = np.full(len(has), _ALWAYS)
        if found.unknown:
            self._since[~has] = _NEVER
        if found.tests:
            tests = np.frombuffer(found.tests, dtype=">u8").reshape(-1, 2)
            test = _places(tests[:, 0], tests[:, 1], self._high, self._low) >= 0
            self._test = has & test[self.ranks]
        if found.left_out:
            left = np.frombuffer(found.left_out, dtype=_SINCE)
            place = _places(left["high"], left["low"], self._high, self._low)[self.ranks]
            out = has & (place >= 0)
            self._since[out] = left["since"][place[out]]

        self.all_count = not self._test.any() and bool((self._since == _ALWAYS).all())

    def reasons(self, first: int, events: Events) -> dict[str, Flags]:
        """Which events do not count, by the reason, of some whose first run is the `first`."""
        those = slice(first, first + len(events.counts))
        test = np.repeat(self._test[those], events.counts)
        denied = ~test & (events.at >= np.repeat(self._since[those], events.counts))
        return {TEST: test, NOT_PERMITTED: denied}

    def numbered(self, runs: Ints) -> tuple[Ints, bytes]:
        """Of some runs the number of each one's person; and who those are, 16 bytes each."""
        used = np.zeros(len(self._high), dtype=np.bool_)
        ranks = self.ranks.take(runs)
        used[ranks] = True
        numbers = (np.cumsum(used) - 1).take(ranks)
        ids = np.column_stack([self._high[used], self._low[used]]).astype(">u8")
        return numbers, ids.tobytes()


def _shown_as(links: NDArray[Any], merged: NDArray[Any]) -> tuple[Halves, Halves]:
    """The contacts that identifiers lead to; of those who were merged, into whom."""
    high, low = links["to_high"].astype(np.uint64), links["to_low"].astype(np.uint64)
    if len(merged):
        place = _places(merged["high"], merged["low"], high, low)
        those = place >= 0
        high[those] = merged["to_high"][place[those]]
        low[those] = merged["to_low"][place[those]]
    return high, low


def _places(high: NDArray[Any], low: NDArray[Any], of_high: Halves, of_low: Halves) -> Ints:
    """Where each of some ids stands in a list that has it once; -1: nowhere."""
    held_high, held_low = high.astype(np.uint64), low.astype(np.uint64)
    order = by_id(held_high, held_low)
    held_high, held_low = held_high[order], held_low[order]
    found = np.full(len(of_high), -1, dtype=np.int64)
    if not len(order) or not len(of_high):
        return found
    place: Ints = np.searchsorted(held_high, of_high)
    open_ = np.arange(len(of_high))
    # Ids that begin alike stand side by side: hardly any ever do.
    while len(open_):
        inside = place[open_] < len(order)
        open_ = open_[inside]
        alike = held_high[place[open_]] == of_high[open_]
        open_ = open_[alike]
        same = held_low[place[open_]] == of_low[open_]
        found[open_[same]] = order[place[open_[same]]]
        open_ = open_[~same]
        place[open_] += 1
    return found
