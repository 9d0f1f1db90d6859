"""Laying everybody on several maps at once: what people did is read once for all of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from uuid import UUID

from service.domain.computing import computed
from service.domain.errors import DomainError
from service.domain.filters import Filter
from service.domain.histories import Asked, Range, histories
from service.domain.history import Histories
from service.domain.insights.bindings.conditions import MOST_LEAVES, leaves
from service.domain.insights.laid.asking import Judges, LaidOut, Wanted, laid_by
from service.domain.insights.laid.taking import MOST_ASKED, PLAIN, Takers
from service.domain.work import Scope, Work

T = TypeVar("T")


class _Map(NamedTuple):
    """A map, and what has to be asked of events for it."""

    which: UUID
    by: Judges
    takers: Takers
    beside: "Sequence[Filter]"

    @property
    def asked(self) -> "list[Filter]":
        """What the database is asked of each event."""
        return [*self.takers.asked, *self.beside]


async def followed_on_each(
    work: Work,
    by: Mapping[UUID, Judges],
    wanted: Wanted,
    told: Callable[[LaidOut], T],
    beside: "Mapping[UUID, Sequence[Filter]]" = MappingProxyType({}),
) -> dict[UUID, T | DomainError]:
    """What is `told` of everybody on each of some maps, or why nothing can be.

    What they did at steps is `wanted`, without sessions, and what the conditions `beside` of a map
    take, whose answers stand last in `Laid.found.holds`. As many statements as for one map, unless
    bindings of the maps ask for more than can be asked at once.
    """
    work.needs(Scope.ANALYTICS_READ)
    whose = Scope.CONTACTS_READ in work.caller.scopes
    found: dict[UUID, T | DomainError] = {}
    maps = []
    for which, one in by.items():
        try:
            takers = Takers(one.known, whose=whose)
            maps.append(_Map(which, one, takers, beside.get(which, ())))
        except DomainError as error:
            found[which] = error
    # One after the other on the one connection; seldom is there more than one.
    for some in _at_once(maps):
        events = await histories(work, _asked(some, wanted))
        found |= await computed(work, _told, events, some, wanted, told)
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
        [*takes, *rest],
        [*dict.fromkeys((*PLAIN, *wanted.fields))],
        counted=wanted.within,
        selected=True,
        latest=wanted.latest,
        reasons_of=range(len(maps)),
    )


def _told(
    events: Histories, maps: Sequence[_Map], wanted: Wanted, told: Callable[[LaidOut], T]
) -> dict[UUID, T]:
    found, place = {}, len(maps)
    for n, one in enumerate(maps):
        behind = place + len(one.asked)
        chosen = events.holds[n]
        for goal in events.holds[place + len(one.takers.asked) : behind]:
            chosen = chosen | goal
        own = replace(
            events,
            holds=events.holds[place:behind],
            excluded=events.excluded_of[n],
            excluded_of=(),
        ).those(chosen)
        found[one.which] = told(laid_by(own, one.by, one.takers, wanted))
        place = behind
    return found
