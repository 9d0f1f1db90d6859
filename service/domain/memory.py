"""What one process keeps of what it computed: by all that it was computed of, and bounded. Pure."""

from collections import OrderedDict
from typing import Any

MOST = 32 * 1024 * 1024
"""Characters of what is kept, as it is written."""


class Memory:
    """Answers by keys that say all that they depend on, so that none is ever out of date: what
    changes has another key. Where they weigh too much, those go that were asked for least lately.

    They are never changed. Nothing depends on whether one is still there.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[bytes, tuple[Any, int]] = OrderedDict()
        self._weight = 0

    def __len__(self) -> int:
        return len(self._held)

    def found(self, key: bytes) -> Any:
        """What is kept by a key; None where there is nothing."""
        held = self._held.get(key)
        if held is None:
            return None
        self._held.move_to_end(key)
        return held[0]

    def keep(self, key: bytes, answer: Any) -> None:
        """Keep an answer, in place of another; not one that alone weighs too much."""
        _, before = self._held.pop(key, (None, 0))
        self._weight -= before
        weight = len(key) + len(repr(answer))
        if weight > self._most:
            return
        self._held[key] = (answer, weight)
        self._weight += weight
        while self._weight > self._most:
            _, (_, gone) = self._held.popitem(last=False)
            self._weight -= gone


FORGETFUL = Memory(0)
"""Keeps nothing."""
