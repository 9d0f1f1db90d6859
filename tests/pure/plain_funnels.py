"""Funnels by looking at every chain there is: slow, and plain enough to be believed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple


class Event(NamedTuple):
    """`serves` are the steps it could serve, `bars` the exclusions that take it; from 0."""

    person: int
    at: int
    serves: frozenset[int]
    bars: frozenset[int]
    row: int = 0


Chain = tuple[tuple[int, Event], ...]
"""Steps and the events that serve them."""


@dataclass(frozen=True)
class Asked:
    """Times are in microseconds; `optional` are steps, an exclusion lies between two."""

    steps: int
    optional: frozenset[int] = frozenset()
    exclusions: tuple[tuple[int, int], ...] = ()
    window: int | None = None
    hop: bool = False
    order: str = "ordered"
    unit: str = "contact"
    from_: int = 0
    to: int = 10**12
    timeout: int = 0

    @property
    def required(self) -> list[int]:
        return [n for n in range(self.steps) if n not in self.optional]


class Unit(NamedTuple):
    """Where its earliest deepest chain begins, how deep that is, whether it is undecided, and how
    long after the required step before it came to each step; None where it does not count."""

    first: int
    depth: int
    undecided: bool
    gaps: tuple[int | None, ...]


def units(events: list[Event], asked: Asked) -> list[Unit]:
    """All units with at least the first step. Events are sorted."""
    now = max((one.at for one in events), default=0)
    found: list[Unit | None] = []
    for _, each in groupby(events, lambda one: one.person):
        path = list(each)
        if asked.unit == "contact":
            begins = [one for one in path if asked.from_ <= one.at < asked.to]
            found.append(_unit(path, begins, asked, now))
        elif asked.unit == "session":
            for session in _sessions(path, asked.timeout):
                if asked.from_ <= session[0].at < asked.to:
                    over = session[-1].at + asked.timeout < now
                    found.append(_unit(session, session, asked, now, over=over))
        else:
            for attempt, closed in _attempts(path, asked):
                if asked.from_ <= attempt[0].at < asked.to:
                    found.append(_unit(attempt, attempt[:1], asked, now, over=closed))
    return sorted(one for one in found if one is not None)


def _sessions(path: list[Event], timeout: int) -> list[list[Event]]:
    found = [path[:1]]
    for before, one in pairwise(path):
        if one.at - before.at > timeout:
            found.append([])
        found[-1].append(one)
    return found


def chains(path: list[Event], begins: list[Event], asked: Asked) -> Iterator[Chain]:
    """Every chain there is, those that go on among them."""
    for start in begins:
        if asked.order == "any":
            for step in start.serves:
                yield from _unordered(path, ((step, start),), asked)
        elif 0 in start.serves:
            yield from _ordered(path, ((0, start),), asked)


def _unordered(path: list[Event], chain: Chain, asked: Asked) -> Iterator[Chain]:
    yield chain
    for one in path:
        if one.row > chain[-1][1].row and _in_time(chain, one, asked):
            for step in one.serves - {step for step, _ in chain}:
                yield from _unordered(path, (*chain, (step, one)), asked)


def _ordered(path: list[Event], chain: Chain, asked: Asked) -> Iterator[Chain]:
    yield chain
    last = chain[-1]
    for one in path:
        if one.row <= last[1].row or (asked.order == "strict" and one.row != last[1].row + 1):
            continue
        for step in one.serves:
            between = set(range(last[0] + 1, step))
            if step > last[0] and between <= asked.optional and _in_time(chain, one, asked):
                longer = (*chain, (step, one))
                if _clean(path, longer, asked):
                    yield from _ordered(path, longer, asked)


def _in_time(chain: Chain, one: Event, asked: Asked) -> bool:
    since = chain[-1][1] if asked.hop else chain[0][1]
    return asked.window is None or one.at - since.at <= asked.window


def _clean(path: list[Event], chain: Chain, asked: Asked) -> bool:
    rows = {step: one.row for step, one in chain}
    return not any(
        n in one.bars and after in rows and before in rows and rows[after] < one.row < rows[before]
        for n, (after, before) in enumerate(asked.exclusions)
        for one in path
    )


def _depth(chain: Chain, asked: Asked) -> int:
    return sum(1 for step, _ in chain if step not in asked.optional)


def _unit(
    path: list[Event], begins: list[Event], asked: Asked, now: int, *, over: bool = False
) -> Unit | None:
    all_ = list(chains(path, begins, asked))
    if not all_:
        return None
    depth = max(_depth(one, asked) for one in all_)
    deepest = [one for one in all_ if _depth(one, asked) == depth]
    earliest = min(deepest, key=lambda one: _rows(one, set(asked.required)))
    complete = depth == len(asked.required)
    undecided = not over and not complete and _could_go_on(path, begins, asked, now)
    if asked.order == "any":
        times = [one.at for _, one in earliest]
        gaps: list[int | None] = [b - a for a, b in pairwise(times)]
        gaps = [0, *gaps, *[None] * (asked.steps - len(times))]
    else:
        gaps = [_gap(step, depth, deepest, asked) for step in range(asked.steps)]
    return Unit(earliest[0][1].row, depth, undecided, tuple(gaps))


def _rows(chain: Chain, steps: set[int]) -> list[int]:
    return [one.row for step, one in chain if step in steps or len(steps) == len(chain)]


def _gap(step: int, depth: int, deepest: list[Chain], asked: Asked) -> int | None:
    if step == 0:
        return 0
    having = [one for one in deepest if step in dict(one)]
    if step not in asked.optional and step not in asked.required[:depth]:
        return None
    if not having:
        return None
    counted = {*asked.required, step}
    chain = dict(min(having, key=lambda one: _rows(one, counted)))
    before = max(one for one in asked.required if one < step)
    return chain[step].at - chain[before].at


def _could_go_on(path: list[Event], begins: list[Event], asked: Asked, now: int) -> bool:
    """Whether an event that comes now and serves any step would be of a chain."""
    coming = Event(-1, now, frozenset(range(asked.steps)), frozenset(), path[-1].row + 1)
    found = chains([*path, coming], begins, asked)
    return any(one[-1][1] is coming for one in found)


def _attempts(path: list[Event], asked: Asked) -> Iterator[tuple[list[Event], bool]]:
    """Attempts, and whether they were closed by completion or an exclusion."""
    opening = set(range(asked.steps)) if asked.order == "any" else {0}
    n = 0
    while n < len(path):
        if not opening & path[n].serves:
            n += 1
            continue
        end, closed = _end(path, n, asked)
        yield path[n:end], closed
        n = end


def _end(path: list[Event], start: int, asked: Asked) -> tuple[int, bool]:
    for n in range(start + 1, len(path)):
        one = path[n]
        before = list(chains(path[start:n], path[start : start + 1], asked))
        if asked.window is not None:
            since = [c[-1][1].at if asked.hop else c[0][1].at for c in before]
            if one.at - max(since) > asked.window:
                return n, False
        after = list(chains(path[start : n + 1], path[start : start + 1], asked))
        reached, reaches = ({step for c in some for step, _ in c} for some in (before, after))
        for k, (first, last) in enumerate(asked.exclusions):
            if k in one.bars and first in reached and last not in reaches:
                return n, True
        if asked.order == "any":
            if max(map(len, after)) == asked.steps:
                return n + 1, True
        elif asked.steps - 1 in reaches:
            return n + 1, True
    return len(path), False
