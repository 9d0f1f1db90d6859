"""Different events for different steps. Pure."""

from collections.abc import Iterable


class Matching:
    """Steps and the events that serve them, one each, as many as there can be.

    Events are taken one after the other; each is told by the bits of the steps it could serve.
    """

    def __init__(self) -> None:
        self.served: dict[int, int] = {}

    @property
    def size(self) -> int:
        """How many steps are served."""
        return len(self.served)

    def take(self, serves: int) -> bool:
        """Whether one step more is served with this event. Events change places for it."""
        return self._placed(serves, set())

    def _placed(self, serves: int, tried: set[int]) -> bool:
        for step in _bits(serves):
            if step in tried:
                continue
            tried.add(step)
            held = self.served.get(step)
            if held is None or self._placed(held, tried):
                self.served[step] = serves
                return True
        return False


def served(events: Iterable[int]) -> list[int]:
    """The places of the events with each of which one step more is served: as early as can be."""
    matching = Matching()
    return [n for n, serves in enumerate(events) if matching.take(serves)]


def _bits(serves: int) -> list[int]:
    return [n for n in range(serves.bit_length()) if serves >> n & 1]
