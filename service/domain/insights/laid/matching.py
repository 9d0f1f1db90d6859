"""At which step of a map an event is."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any as Anything
from typing import NamedTuple

from service.domain import filters
from service.domain.filters import All, Any, Filter, Op, Test
from service.domain.insights.bindings.bound import BoundMap, Step, effective
from service.domain.insights.bindings.conditions import any_of
from service.domain.insights.laid.rule import Order, nearest


class Bound(NamedTuple):
    """A step, its place on the map, and the condition that binds it."""

    step: Step
    position: int
    own: bool
    condition: "Filter"


class Matcher:
    """The bound steps of a map, asked of one event after the other."""

    def __init__(self, of: BoundMap) -> None:
        self.order = Order(of)
        self._by_name = ByName(bound_steps(of))

    def step(self, event: dict[str, Anything], standing: int) -> Bound | None:
        """The step that an event is at, for somebody who stands at a position: one by its own
        binding before one by its touchpoints', then the nearest ahead, then the first."""
        lookup = filters.lookup_in(event)
        takers = [
            one
            for one in self._by_name.asked(event["event"])
            if filters.evaluate(one.condition, lookup) is True
        ]
        return nearest(takers, standing)


class ByName:
    """Bound steps, found by the names of events where bindings name them."""

    def __init__(self, steps: Iterable[Bound]) -> None:
        self._named: dict[object, list[Bound]] = {}
        self._open: list[Bound] = []
        for bound in steps:
            names = named(bound.condition)
            if names is None:
                self._open.append(bound)
            for name in names or ():
                self._named.setdefault(name, []).append(bound)

    def asked(self, name: object) -> list[Bound]:
        """Those alone that may take an event of this name."""
        return [*self._named.get(name, ()), *self._open]


def bound_steps(of: BoundMap) -> Iterator[Bound]:
    """The steps of a map that are bound by what can be asked of an event, in their order."""
    for position, step in enumerate(of.steps):
        its = effective(of, step)
        condition = None if its is None else any_of(its.bindings)
        if its is not None and condition is not None:
            yield Bound(step, position, not its.touchpoint_ids, condition)


def named(condition: "Filter") -> frozenset[object] | None:
    """The names of events outside which a condition is never true; None: it names none."""
    match condition:
        case Test("event", Op.EQ, value):
            return frozenset({value})
        case Test("event", Op.IN, tuple() as values):
            return frozenset(values)
        case All(parts):
            return next((names for names in map(named, parts) if names is not None), None)
        case Any(parts):
            return _union([named(part) for part in parts])
        case _:
            return None


def _union(every: Sequence[frozenset[object] | None]) -> frozenset[object] | None:
    known = [one for one in every if one is not None]
    return frozenset().union(*known) if len(known) == len(every) else None
