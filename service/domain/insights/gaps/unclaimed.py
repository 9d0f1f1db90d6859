"""Events that no step claims: by what names they are looked for, and how many on a map did them.
Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from service.domain import filters, patience
from service.domain.errors import Invalid
from service.domain.filters import Filter, Op, Test
from service.domain.history import MISSING, Flags, Histories, Ints
from service.domain.insights.bindings.bound import BoundMap, Raw, parts_of
from service.domain.insights.gaps.passage import Tally, Unclaimed
from service.domain.insights.gaps.question import Question
from service.domain.insights.gaps.walk import Units, Walk, holds
from service.domain.insights.laid.asking import LaidOut
from service.domain.insights.laid.doing import Done, done
from service.domain.insights.laid.laying import Laid
from service.domain.insights.laid.matching import named

MOST_NAMES = 20
"""Names that are looked for: the most frequent."""
ONE_OF = 20
"""Events that one of so many contacts on a map did, or more, are frequent: 5 %."""
TOO_MANY, SMALL = "too_many_names", "small_cell"


class Names(NamedTuple):
    """Names of events that no binding could take, the most frequent first; and how many more there
    are that are not looked for."""

    free: tuple[str, ...] = ()
    left: int = 0

    @property
    def condition(self) -> "Filter":
        """What takes events of these names."""
        return Test("event", Op.IN, self.free)


NO_NAMES = Names()


def by_name(found: Histories) -> dict[str, int]:
    """How many events there are of each name; those without one are left out."""
    column = found.columns["event"]
    there = column.codes != MISSING
    weights = None if found.weights is None else found.weights[there]
    counts = np.bincount(column.codes[there], weights=weights, minlength=len(column.words))
    return {str(word): int(n) for word, n in zip(column.words, counts, strict=True) if n}


def free(counts: Mapping[str, int], bindings: Iterable[Raw], least: int) -> Names:
    """The names of at least so many events that none of the bindings could take; equals in the
    order of their names."""
    frequent = (name for name, count in counts.items() if count >= least)
    found = sorted(_not_taken(frequent, bindings), key=lambda name: (-counts[name], name))
    return Names(tuple(found[:MOST_NAMES]), max(len(found) - MOST_NAMES, 0))


def _not_taken(names: Iterable[str], bindings: Iterable[Raw]) -> Iterator[str]:
    claims = _Claims(bindings)
    for name in names:
        patience.go_on()
        if not claims.could_take(name):
            yield name


class _Claims:
    """Bindings, found by the names of events where they name them."""

    def __init__(self, bindings: Iterable[Raw]) -> None:
        self._named: dict[object, list[Filter]] = {}
        self._open: list[Filter] = []
        for raw in bindings:
            if (condition := _condition(raw)) is None:
                continue
            names = named(condition)
            if names is None:
                self._open.append(condition)
            for name in names or ():
                self._named.setdefault(name, []).append(condition)

    def could_take(self, name: str) -> bool:
        """Whether one of them could take an event of this name, whatever else it tells."""
        known = {"event": name}
        some = (*self._named.get(name, ()), *self._open)
        return any(filters.may_hold(one, known) for one in some)


def _condition(raw: Raw) -> "Filter | None":
    """What a binding asks, also one of earlier days that asks of contacts; None: nothing that can
    be read."""
    try:
        return filters.parse_selection(raw, filters.EVENTS)
    except Invalid:
        return None


def unclaimed(
    on_map: LaidOut, walk: Walk, units: Units, names: Names, asked: Question
) -> tuple[list[Unclaimed], dict[str, int]]:
    """Which of these names, but those that a state of the map could take which judges it, 5 % or
    more of the contacts on the map did in the range, and at least the least count; and how many
    names could not be looked for, or may not be told."""
    asked_for = [*_not_taken(names.free, _bindings(on_map.laid.states))]
    untold = {TOO_MANY: names.left} if names.left else {}
    inside = holds(asked.within, walk.since)
    there, at_steps = np.unique(walk.person[inside]), int(inside.sum())
    if not asked_for or not at_steps:
        return [], untold
    if walk.sessions is None:
        every = _by_contacts(on_map, there).counts()
    else:
        every = _by_sessions(on_map.laid, units, there, asked_for).counts()
    counts = [(name, *every[name]) for name in asked_for if name in every]
    frequent = [
        Unclaimed(name, some, times, times + at_steps)
        for name, some, times in counts
        if some >= asked.least and some * ONE_OF >= len(there)
    ]
    found = [one for one in frequent if _is_told(one, len(there), asked.small)]
    small = {SMALL: len(frequent) - len(found)} if len(found) < len(frequent) else {}
    return found, untold | small


def _bindings(states: Iterable[BoundMap]) -> Iterable[Raw]:
    """Those of some states of a map, each once: most revisions have those of the one before."""
    every = (part.binding for of in states for part in parts_of(of))
    return {msgspec.json.encode(one): one for one in every}.values()


def _by_contacts(on_map: LaidOut, there: Ints) -> Done:
    """What these did, who have the numbers of the map's people."""
    aside, people = on_map.aside, on_map.laid.found.people
    if aside is None:
        raise AssertionError("events of names are read aside")
    if people == aside.people:
        those = _among(there, len(people) // 16)
    else:
        # Whoever was put on the map by hand may be among its people alone.
        ids = np.frombuffer(people, dtype="S16")[there]
        those = np.isin(np.frombuffer(aside.people, dtype="S16"), ids)
    return aside.by(those)


def _by_sessions(laid: Laid, units: Units, there: Ints, asked_for: Sequence[str]) -> Done:
    """What was done of this in these sessions."""
    names = laid.found.columns["event"]
    # What is missing has the last place.
    wanted = np.array([*(word in asked_for for word in names.words), False])
    those = _among(there, int(units.person.max()) + 1)
    rows = np.flatnonzero(wanted[names.codes] & those[units.person])
    return done(units.person[rows], names.at(rows))


def _among(numbers: Ints, size: int) -> Flags:
    found = np.zeros(size, dtype=np.bool_)
    found[numbers] = True
    return found


def _is_told(one: Unclaimed, whole: int, small: int | None) -> bool:
    return Tally(one.contacts, whole - one.contacts, 0).is_told(small)
