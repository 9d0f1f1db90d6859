"""How contacts pass over a map, by plain loops over events: what the service's figures are held to.

Judged from the first arrival in the range; an event is at the step that takes its name in the
revision in force at its time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

Event = tuple[str, str, datetime]
"""Who, what, when."""
Bound = Callable[[datetime], Mapping[str, str]]
"""The step that takes an event of a name, at a time."""
Became = timedelta | str
Inside = Callable[[datetime], bool]


class Counts(NamedTuple):
    """Who went on, dropped, or may still go on."""

    continued: int
    dropped: int
    undecided: int

    @property
    def drop_off(self) -> float:
        return self.dropped / (self.continued + self.dropped)


class Passing:
    """Contacts on a map of steps in an order."""

    def __init__(
        self, order: Sequence[str], events: Sequence[Event], bound: Bound, window: timedelta
    ) -> None:
        self.order, self.window = order, window
        self.latest = max(time for *_, time in events)
        self.paths: dict[str, list[tuple[str, datetime]]] = {}
        for who, name, time in sorted(events, key=lambda one: one[2]):
            if step := bound(time).get(name):
                self.paths.setdefault(who, []).append((step, time))

    def _judged(
        self, step: str, inside: Inside, on: Callable[[str], bool]
    ) -> list[timedelta | str]:
        """Of each who came: after what time they went on, else what became of them."""
        found: list[timedelta | str] = []
        for path in self.paths.values():
            rows = [n for n, (at, time) in enumerate(path) if at == step and inside(time)]
            if not rows:
                continue
            begun = path[rows[0]][1]
            times = [time - begun for at, time in path[rows[0] + 1 :] if on(at)]
            if times and times[0] <= self.window:
                found.append(times[0])
            else:
                found.append("undecided" if begun + self.window >= self.latest else "dropped")
        return found

    def left(self, step: str, inside: Inside) -> Counts:
        """Who went on to any later step."""
        later = self.order[self.order.index(step) + 1 :]
        return _counts(self._judged(step, inside, lambda at: at in later))

    def taken(self, from_: str, to: str, inside: Inside) -> Counts:
        """Who took a transition."""
        return _counts(self._judged(from_, inside, lambda at: at == to))

    def seconds(self, inside: Inside, *ends: tuple[str, str]) -> list[float]:
        """How long it took over transitions, each time."""
        judged = [self._judged(one, inside, lambda at, to=to: at == to) for one, to in ends]
        return [t.total_seconds() for some in judged for t in some if isinstance(t, timedelta)]

    def usual(self, inside: Inside, *steps: str) -> Counts:
        """Several steps as one."""
        each = [self.left(step, inside) for step in steps]
        return Counts(*(sum(column) for column in zip(*each, strict=True)))


def _counts(judged: Sequence[Became]) -> Counts:
    dropped, undecided = (judged.count(one) for one in ("dropped", "undecided"))
    return Counts(len(judged) - dropped - undecided, dropped, undecided)


def excess(times: Sequence[float], expected: float) -> float:
    """By how much a median is beyond what is expected, 0 to 1."""
    return min(1.0, max(0.0, median(times) / expected - 1))
