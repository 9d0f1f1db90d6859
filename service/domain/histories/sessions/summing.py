"""Sessions of some people as they were counted and as they are now, and their sums. Pure.

Times are microseconds since 2000. Of whom only a part of their time was read, what lies outside is
the same before and now; where a session that may differ reaches the end of what was read, more has
to be: it is doubted.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import SECOND, Flags, Ints, changes

MINUTE = 60 * SECOND
QUARTER, DAY = 15, 1_440
"""Minutes."""
LENGTHS = (1, QUARTER, DAY)
"""How many minutes together have a sum."""
ALWAYS, NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
"""Times without a bound, as the database sends them."""
TEST, NOT_PERMITTED = "test_contact", "not_permitted"
_WHO = np.dtype(
    [
        *(("number", ">i4"), ("who", "S16"), ("before", "S16"), ("now", "S16")),
        *(("low", ">i8"), ("high", ">i8"), ("test", "?"), ("since", ">i8")),
    ]
)
_EVENT = np.dtype([("number", ">i4"), ("at", ">i8"), ("arrival", ">i8"), ("view", "?")])
Sums = Ints
"""Rows of numbers of sessions, in the order of `SUMS`."""


class Times(NamedTuple):
    """By which timeout sessions are cut, and how far around what is new people were read; in
    seconds. What arrived before `until` was counted; what did before `bound`, and happened since it
    is kept, counts now."""

    timeout: int
    reach: int
    until: int
    bound: int
    kept_from: int | None = None


class Found(NamedTuple):
    """What was read of people, as bytes: identifiers, as whose they were counted and whose they
    are, between which times they were read, who of them does not count since when; and events."""

    who: bytes
    events: bytes


class Cut(NamedTuple):
    """Sessions: whose, from when to when, how many events and how many views of pages."""

    person: Ints
    start: Ints
    end: Ints
    events: Ints
    views: Ints

    @property
    def sums(self) -> Sums:
        """What each is told of."""
        one = np.ones(len(self.start), dtype=np.int64)
        told = (self.events == 1, self.views > 0, self.views == 1)
        return np.column_stack([one, self.events, *told, self.end - self.start]).astype(np.int64)


class Both(NamedTuple):
    """Sessions as they were counted and as they are; whose have to be read from their first event
    on (`doubted`, identifiers); when events happened that do not count, by reason."""

    before: Cut
    now: Cut
    doubted: list[bytes]
    excluded: dict[str, Ints]


def now_and_before(found: Found, times: Times, gone: Collection[bytes] = ()) -> Both:
    """The sessions of all who were read; of those who are `gone` there are none now."""
    who = np.frombuffer(found.who, dtype=_WHO)
    who = who[np.argsort(who["number"])]
    events = np.frombuffer(found.events, dtype=_EVENT)
    of, at = events["number"].astype(np.int64), events["at"].astype(np.int64)
    out = _left_out(who, of, at)
    stays = ~np.isin(who["who"], np.array([*gone], dtype="S16"))[of] if len(gone) else True
    counts = (events["arrival"] < times.bound) & stays & ~np.logical_or.reduce([*out.values()])
    if times.kept_from is not None:
        counts &= at >= times.kept_from
    was = events["arrival"] < times.until
    made = {}
    doubted = np.zeros(len(who), dtype=np.bool_)
    for name, chosen in (("before", was), ("now", counts)):
        _, person = np.unique(who[name], return_inverse=True)
        cut = _cut(person[of[chosen]], at[chosen], events["view"][chosen], times.timeout)
        doubted |= _doubted(cut, person, who, times)[person]
        made[name] = cut
    excluded = {reason: at[one] for reason, one in out.items()}
    return Both(made["before"], made["now"], _ids(who["who"][doubted]), excluded)


def _left_out(who: NDArray[Any], of: Ints, at: Ints) -> dict[str, Flags]:
    test = who["test"][of]
    return {TEST: test, NOT_PERMITTED: ~test & (at >= who["since"][of])}


def _cut(person: Ints, at: Ints, views: Flags, timeout: int) -> Cut:
    order = np.lexsort((at, person))
    person, at, views = person[order], at[order], views[order]
    begins = changes(person)
    begins[1:] |= np.diff(at) > timeout * SECOND
    first = np.flatnonzero(begins)
    lengths = np.diff(first, append=len(at))
    seen = np.add.reduceat(views, first, dtype=np.int64) if len(first) else first
    return Cut(person[first], at[first], at[first + lengths - 1], lengths, seen)


def _doubted(cut: Cut, person: Ints, who: NDArray[Any], times: Times) -> Flags:
    """Of each person, whether a session that may be new reaches the end of what was read."""
    people = int(person.max()) + 1 if len(person) else 0
    low, high = np.full(people, NEVER), np.full(people, ALWAYS)
    np.minimum.at(low, person, who["low"].astype(np.int64))
    np.maximum.at(high, person, who["high"].astype(np.int64))
    timeout, reach = times.timeout * SECOND, times.reach * SECOND
    found = np.zeros(people, dtype=np.bool_)
    heads = changes(cut.person)
    ends = np.append(heads[1:], True)[: len(heads)]
    for at_edge, edge, free in ((heads, low, ALWAYS), (ends, high, NEVER)):
        rows = np.flatnonzero(at_edge)
        rows = rows[edge[cut.person[rows]] != free]
        whose, start, end = cut.person[rows], cut.start[rows], cut.end[rows]
        bound = edge[whose]
        if free == ALWAYS:
            open_ = (start - bound < timeout) & (end >= bound + reach)
        else:
            open_ = (bound - end < timeout) & (start <= bound - reach)
        found[whose[open_]] = True
    return found


class Changes(NamedTuple):
    """What is added to the sums of how many minutes, by the first of these."""

    minutes: list[int]
    at: list[int]
    sums: Sequence[list[int]]


def changed(both: Both, since: int | None) -> Changes:
    """By how much sums are to change, from a minute on."""
    at = np.concatenate([both.now.start, both.before.start]) // MINUTE
    sums = np.concatenate([both.now.sums, -both.before.sums])
    if since is not None:
        at, sums = at[at >= since], sums[at >= since]
    minutes: list[int] = []
    places: list[int] = []
    rows = []
    for length in LENGTHS:
        keys, of = np.unique(at // length * length, return_inverse=True)
        total = np.zeros((len(keys), sums.shape[1]), dtype=np.int64)
        np.add.at(total, of, sums)
        some = total.any(axis=1)
        minutes += [length] * int(some.sum())
        places += keys[some].tolist()
        rows.append(total[some])
    return Changes(minutes, places, np.concatenate(rows).T.tolist())


def together(found: Found, gone: Collection[bytes] = ()) -> tuple[list[bytes], list[bytes]]:
    """The identifiers of those who have several now, and whose each is."""
    who = np.frombuffer(found.who, dtype=_WHO)
    if len(gone):
        who = who[~np.isin(who["who"], np.array([*gone], dtype="S16"))]
    _, of, number = np.unique(who["now"], return_inverse=True, return_counts=True)
    several = who[number[of] > 1]
    return _ids(several["who"]), _ids(several["now"])


def everybody(found: Found) -> list[bytes]:
    """All identifiers that were read."""
    return _ids(np.frombuffer(found.who, dtype=_WHO)["who"])


def _ids(column: NDArray[Any]) -> list[bytes]:
    data = column.tobytes()
    return [data[place : place + 16] for place in range(0, len(data), 16)]
