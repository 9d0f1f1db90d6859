"""What one process keeps of what it computed or looked up: by names, and bounded. Pure."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
MOST = 32 * 1024 * 1024
"""Bytes of what is kept of what was computed."""


class Bounded(Generic[K, V]):
    """What is kept by names; where it weighs too much, that goes which was asked for least lately.

    `weight` tells what one weighs with its name, in the unit of `most`. It is asked once of each.
    """

    def __init__(self, most: int, weight: Callable[[K, V], int]) -> None:
        self._most = most
        self._weighed = weight
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._held)

    def found(self, name: K) -> V | None:
        """What is kept by a name; None where there is nothing."""
        held = self._held.get(name)
        if held is None:
            return None
        self._held.move_to_end(name)
        return held[0]

    def keep(self, name: K, what: V) -> None:
        """Keep it in place of another; not what alone weighs too much."""
        if (before := self._held.pop(name, None)) is not None:
            self.weight -= before[1]
        weight = self._weighed(name, what)
        if weight > self._most:
            return
        self._held[name] = (what, weight)
        self.weight += weight
        while self.weight > self._most:
            self.forget()

    def forget(self) -> None:
        """Let that go which was asked for least lately. There is one."""
        _, (_, weight) = self._held.popitem(last=False)
        self.weight -= weight


class Memory(Bounded[bytes, Any]):
    """Answers by keys that say all that they depend on, so that none is ever out of date: what
    changes has another key. They are never changed. Nothing depends on whether one is still there.
    """

    def __init__(self, most: int = MOST) -> None:
        super().__init__(most, _written)


def _written(key: bytes, answer: Any) -> int:
    """Bytes, by what it is as it is written: a character stands for some two and a half."""
    return len(key) + len(repr(answer)) * 5 // 2


FORGETFUL = Memory(0)
"""Keeps nothing."""
