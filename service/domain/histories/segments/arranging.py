"""Events of several segments put in order. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.domain.histories.segments.kinds import beside
from service.domain.histories.segments.segment import Events, Halves, Segment
from service.domain.history import Flags, Ints, changes


def joined(parts: Sequence[Events]) -> Events:
    """The runs of all, one part's behind the other's."""
    return Events(
        *(
            np.concatenate([getattr(one, name) for one in parts])
            for name in ("high", "low", "counts", "at", "arrival", "codes")
        )
    )


def by_id(high: NDArray[Any], low: NDArray[Any]) -> Ints:
    """The order of ids; the same ones stay in theirs."""
    order = np.argsort(high, kind="stable")
    first, second = high[order], low[order]
    # Ids that begin alike and are not the same hardly ever are.
    if ((first[1:] == first[:-1]) & (second[1:] != second[:-1])).any():
        order = np.lexsort((low, high))
    return order


def ranked(high: Halves, low: Halves) -> tuple[Ints, Ints, Flags]:
    """The order of ids, how they rank (the same ones alike, from 0), and where in that order the
    first of each is."""
    order = by_id(high, low)
    heads = changes(high[order]) | changes(low[order])
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.cumsum(heads) - 1
    return order, ranks, heads


_AT_ONCE = 1 << 20


def taken(values: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
    """What stands at places, be they of any type: taken all at once, places that are not int64
    would be made so first, which takes more room than what is taken."""
    found = np.empty(len(places), dtype=values.dtype)
    for start in range(0, len(places), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        found[some] = values.take(places[some])
    return found


def arranged(events: Events, ranks: Ints, order: Ints) -> tuple[NDArray[np.int32], Ints]:
    """Rank and former place of each event, by the rank of its run, time and arrival.

    `order` is that of the runs by rank; runs of one rank that follow each other in time cost no
    sorting.
    """
    counts = events.counts[order]
    ends = np.cumsum(counts)
    places: Ints = np.repeat(events.starts[order] - (ends - counts), counts)
    for start in range(0, len(places), _AT_ONCE):
        some = places[start : start + _AT_ONCE]
        some += np.arange(start, start + len(some))
    rank = np.repeat(ranks[order].astype(np.int32), counts)
    mixed = _mixed(events, ranks, order)
    if mixed.any():
        those = np.flatnonzero(mixed[rank])
        held = places[those]
        again = np.lexsort((events.arrival[held], events.at[held], rank[those]))
        places[those] = held[again]
    return rank, places


def _mixed(events: Events, ranks: Ints, order: Ints) -> Flags:
    """The ranks of which a run has events that come before some of the run it stands behind."""
    found = np.zeros(int(ranks.max(initial=-1)) + 1, dtype=np.bool_)
    behind = np.flatnonzero(ranks[order[1:]] == ranks[order[:-1]])
    # Within a run all are in order.
    first = events.starts[order[behind + 1]]
    last = events.starts[order[behind]] + events.counts[order[behind]] - 1
    worse = events.at[first] < events.at[last]
    tied = events.at[first] == events.at[last]
    worse |= tied & (events.arrival[first] < events.arrival[last])
    found[ranks[order[behind[worse]]]] = True
    return found


def merged(segments: Sequence[Segment]) -> Segment:
    """All events of segments as one."""
    kinds, numbers = beside([one.kinds for one in segments]).once()
    starts = np.cumsum([0, *(len(one.kinds) for one in segments)]).tolist()
    parts = [
        replace(one.events, codes=numbers[start:].take(one.events.codes).astype(np.int32))
        for one, start in zip(segments, starts, strict=False)
    ]
    events = joined(parts)
    order, ranks, heads = ranked(events.high, events.low)
    rank, places = arranged(events, ranks, order)
    first = order[heads]
    return Segment(
        Events(
            events.high[first],
            events.low[first],
            np.bincount(rank, minlength=len(first)).astype(np.int64),
            events.at[places],
            events.arrival[places],
            events.codes[places],
        ),
        kinds,
    )


def split(segment: Segment, bits: int) -> dict[int, Segment]:
    """Parts of a segment, by the first bits of their identifiers."""
    events = segment.events
    parts = events.high >> np.uint64(64 - bits)
    return {
        int(part): segment.those(np.repeat(parts == part, events.counts))
        for part in np.unique(parts)
    }
