"""Laying everybody on several maps at once: what people did is read once for all of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from uuid import UUID

from service.domain import measures, patience
from service.domain.errors import DomainError
from service.domain.filters import Filter
from service.domain.histories import Asked, Range
from service.domain.history import Flags, Histories
from service.domain.insights.bindings.conditions import MOST_LEAVES, leaves
from service.domain.insights.laid.asking import Judges, LaidOut, Wanted, laid_by
from service.domain.insights.laid.doing import Done, done_by_people
from service.domain.insights.laid.remembering import once_told
from service.domain.insights.laid.taking import MOST_ASKED, PLAIN, Takers
from service.domain.work import Scope, Work

T = TypeVar("T")


class _Map(NamedTuple):
    """A map, and what has to be asked of events for it, beside what is asked for all."""

    which: UUID
    by: Judges
    takers: Takers
    beside: Sequence[Filter]

    @property
    def asked(self) -> list[Filter]:
        """The conditions that are asked for this map alone."""
        return [*self.takers.asked, *self.beside]


_NONE: Mapping[UUID, Sequence[Filter]] = MappingProxyType({})


async def followed_on_each(
    work: Work,
    by: Mapping[UUID, Judges],
    wanted: Wanted,
    told: Callable[[LaidOut], T],
    beside: Mapping[UUID, Sequence[Filter]] = _NONE,
    *,
    words: object = None,
) -> dict[UUID, T | DomainError]:
    """What is `told` of everybody on each of some maps, or why nothing can be.

    What they did at steps is `wanted`, and what the conditions `beside` of a map take, whose
    answers stand last in `Laid.found.holds`. As many statements as for one map, unless bindings of
    the maps ask for more than can be asked at once. It is remembered, where `words` say all that
    `told` depends on beside who is on the map.
    """
    work.needs(Scope.ANALYTICS_READ)
    return await asked_on_each(
        work, by, wanted, lambda _, on_map: told(on_map), beside, words=words
    )


async def asked_on_each(
    work: Work,
    by: Mapping[UUID, Judges],
    wanted: Wanted,
    told: Callable[[UUID, LaidOut], T],
    beside: Mapping[UUID, Sequence[Filter]] = _NONE,
    *,
    words: object = None,
) -> dict[UUID, T | DomainError]:
    """The same, told which map it is of. Behind what is asked of all maps' events `beside` stand
    the answers to what is asked `beside` of those of one."""
    work.needs(Scope.ANALYTICS_READ)
    whose = Scope.CONTACTS_READ in work.caller.scopes
    found: dict[UUID, T | DomainError] = {}
    maps = []
    for which, one in by.items():
        try:
            maps.append(_Map(which, one, Takers(one.known, whose=whose), beside.get(which, ())))
        except DomainError as error:
            found[which] = error
    # One after the other on the one connection; seldom is there more than one.
    for some in _at_once(maps):
        each = partial(_told, maps=some, wanted=wanted, told=told)
        maps_said = [(one.which, one.by, one.beside) for one in some]
        said = None if words is None else (whose, wanted, maps_said, words)
        asked = _asked(some, wanted)
        found |= await once_told(work, asked, wanted.timeout_seconds, each, said)
    return found


def _at_once(maps: Sequence[_Map]) -> Iterator[list[_Map]]:
    """Maps whose bindings can be asked of all events together."""
    some: list[_Map] = []
    tests = asked = 0
    for one in maps:
        tests += sum(map(leaves, one.takers.conditions))
        asked += len(one.asked)
        if some and (tests > MOST_LEAVES or asked > MOST_ASKED):
            yield some
            some, asked = [], len(one.asked)
            tests = sum(map(leaves, one.takers.conditions))
        some.append(one)
    if some:
        yield some


def _asked(maps: Sequence[_Map], wanted: Wanted) -> Asked:
    """What any of the maps takes, and first for each of them whether it takes it."""
    takes: list[Filter] = [one.takers.some for one in maps]
    rest = [condition for one in maps for condition in one.asked]
    return Asked(
        Range(None, wanted.until),
        wanted.only,
        [*takes, *wanted.beside, *rest, *([] if wanted.aside is None else [wanted.aside])],
        [*dict.fromkeys((*PLAIN, *wanted.fields))],
        wanted.lists,
        counted=wanted.within,
        selected=not wanted.every,
        latest=wanted.latest,
        reasons_of=range(len(maps)),
        among=wanted.among,
        fields_of=range(len(takes), len(takes) + len(wanted.beside)),
    )


def _told(
    events: Histories, maps: Sequence[_Map], wanted: Wanted, told: Callable[[UUID, LaidOut], T]
) -> dict[UUID, T]:
    found, place, aside = {}, len(maps), _aside(events, wanted)
    shared = events.holds[place : place + len(wanted.beside)]
    place += len(shared)
    for n, one in enumerate(maps):
        patience.go_on()
        middle = place + len(one.takers.asked)
        behind = middle + len(one.beside)
        more = [*shared, *events.holds[middle:behind]]
        own = replace(
            events,
            holds=[*events.holds[place:middle], *more],
            excluded=events.excluded_of[n],
            excluded_of=(),
        )
        if not wanted.every:
            own = own.those(_any(events.holds[n], more))
        on_map = laid_by(own, one.by, one.takers, wanted)
        found[one.which] = told(one.which, replace(on_map, aside=aside))
        place = behind
    return found


def _aside(events: Histories, wanted: Wanted) -> Done | None:
    """Once for all maps: what is asked aside has the last answers."""
    if wanted.aside is None:
        return None
    return done_by_people(events, events.holds[-1] & measures.within(events.at, *wanted.within))


def _any(taken: Flags, more: Sequence[Flags]) -> Flags:
    """Whether a row is taken by the map, or anything asked beside holds of it."""
    found = taken
    for one in more:
        found = found | one
    return found
