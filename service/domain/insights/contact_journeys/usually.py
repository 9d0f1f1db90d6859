"""How long people usually are in stages of maps: as the map expects, else as was observed."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from math import floor
from typing import NamedTuple
from uuid import UUID

import msgspec

from service.domain import filters
from service.domain.filters import Any, Filter
from service.domain.insights.bindings.bound import BoundMap, Step, effective
from service.domain.insights.bindings.conditions import (
    MOST_LEAVES,
    BindingsTooLarge,
    any_of,
    leaves,
)
from service.domain.insights.contact_journeys.following import (
    NO_WAY_ON,
    Typical,
    expected_seconds,
    later_steps,
)
from service.domain.insights.contact_journeys.whereabouts import (
    DAYS,
    LATEST,
    LEAST,
    OF_EACH,
    PEOPLE,
    PERCENTILE,
    WINDOW_SECONDS,
)
from service.domain.insights.judged import Lasting, durations
from service.domain.work import Work

_LASTING = Lasting(DAYS, WINDOW_SECONDS, LATEST, PEOPLE, OF_EACH)
_Pair = tuple[Filter, Filter]


class Usual(NamedTuple):
    """What is typical for all, `said`; else how long each of some took, and the same in order."""

    said: Typical | None
    took: Mapping[UUID, float] = {}
    ordered: Sequence[float] = ()

    def without(self, who: UUID | None) -> Typical:
        """What is typical for somebody: the percentile of what others took, as `percentile_cont`
        interpolates; None: for anybody who is not among these."""
        if self.said is not None:
            return self.said
        own = None if who is None else self.took.get(who)
        gone = len(self.ordered) if own is None else bisect_left(self.ordered, own)
        others = len(self.ordered) - (own is not None)
        if others < LEAST:
            return Typical(people=others, reason="too_few_continued")
        place = PERCENTILE * (others - 1)
        low = floor(place)
        a, b = (self.ordered[n + (n >= gone)] for n in (low, min(low + 1, others - 1)))
        return Typical(a + (place - low) * (b - a), "observed", others)


async def usual(work: Work, places: Sequence[tuple[BoundMap, str]]) -> list[Usual]:
    """What is usual in stages of maps, by their ids: one statement for those whose map does not
    say, seldom more."""
    found = [_said(of, stage_id) for of, stage_id in places]
    asked: dict[bytes, _Pair] = {}
    keys: dict[int, bytes] = {}
    for n, (of, stage_id) in enumerate(places):
        pair = None if found[n] is not None else _pair(of, stage_id)
        if pair is not None:
            keys[n] = _key(pair)
            asked[keys[n]] = pair
        elif found[n] is None:
            found[n] = Typical(reason="unreadable_binding")
    took = await _took(work, asked)
    return [Usual(said) if n not in keys else took[keys[n]] for n, said in enumerate(found)]


async def _took(work: Work, asked: Mapping[bytes, _Pair]) -> dict[bytes, Usual]:
    too_large = Typical(reason=BindingsTooLarge.code)
    found = {key: Usual(too_large) for key in asked}
    # One after the other on the one connection; seldom is there more than one.
    for some in _at_once(asked):
        each = await durations(work, [asked[key] for key in some], _LASTING)
        for key, took in zip(some, each, strict=True):
            found[key] = Usual(None, took, sorted(took.values()))
    return found


def _at_once(asked: Mapping[bytes, _Pair]) -> Iterator[list[bytes]]:
    """What can be asked of all events together; what is too large by itself is left out."""
    some: list[bytes] = []
    tests = 0
    for key, pair in asked.items():
        own = sum(map(leaves, pair))
        if own > MOST_LEAVES:
            continue
        if tests + own > MOST_LEAVES:
            yield some
            some, tests = [], 0
        some.append(key)
        tests += own
    if some:
        yield some


def _key(pair: _Pair) -> bytes:
    # By its JSON: Python holds 1 and True for equal.
    return msgspec.json.encode([filters.dump(one) for one in pair])


def _said(of: BoundMap, stage_id: str) -> Typical | None:
    """What the map says, or that nobody can go on."""
    expected = expected_seconds(of, stage_id)
    if expected is not None:
        return Typical(expected, "expected")
    return None if later_steps(of, stage_id) else Typical(reason=NO_WAY_ON)


def _pair(of: BoundMap, stage_id: str) -> "_Pair | None":
    """The conditions of being in the stage, and of having gone on; None if one cannot be asked."""
    here = [step for step in of.steps if step.stage_id == stage_id]
    pair = (_any(of, here), _any(of, later_steps(of, stage_id)))
    return None if pair[0] is None or pair[1] is None else (pair[0], pair[1])


def _any(of: BoundMap, steps: Sequence[Step]) -> "Filter | None":
    every = [its for step in steps if (its := effective(of, step)) is not None]
    read = [any_of(its.bindings) for its in every]
    known = tuple(one for one in read if one is not None)
    return None if len(known) < len(read) else Any(known)
