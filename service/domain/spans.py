"""Half-open ranges of times: which meet, and which are yet to come. Pure."""

from datetime import datetime
from typing import TypeVar

T = TypeVar("T", int, datetime)


def meet(one: tuple[T | None, T | None], other: tuple[T | None, T | None]) -> bool:
    """Whether two half-open ranges have a time in common; None is without a bound."""
    ends = ((one[1], other[0]), (other[1], one[0]))
    return not any(to is not None and from_ is not None and to <= from_ for to, from_ in ends)


def is_ahead(from_: datetime | None, now: datetime) -> bool:
    """Whether what begins then has not begun."""
    return from_ is not None and from_ >= now
