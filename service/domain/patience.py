"""How long something is computed: nobody waits for ever, nor does a core go on for nobody. Pure.

A thread cannot be ended from outside: what may take long looks now and then whether to go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from service.domain.errors import TookTooLong

NARROW = (
    "To compute it took too long. Ask for less at once: a shorter range (`from`, `to`), a filter,"
    " fewer steps, exclusions or figures."
)
_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """What begins in this block is waited for so long, and no longer than what it is part of."""
    until, around = monotonic() + seconds, _until.get()
    before = _until.set(until if around is None else min(until, around))
    try:
        yield
    finally:
        _until.reset(before)


def left() -> float | None:
    """Seconds for which somebody waits; None: for ever."""
    until = _until.get()
    return None if until is None else until - monotonic()


def go_on() -> None:
    """Raises `TookTooLong` where nobody waits any more."""
    seconds = left()
    if seconds is not None and seconds < 0:
        raise TookTooLong(NARROW)
