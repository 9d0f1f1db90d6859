"""Bindings as conditions that can be asked of events."""

from collections.abc import Iterable, Sequence

from service.domain import filters
from service.domain.errors import DomainError, Invalid, Kind
from service.domain.filters import All, Any, Filter, Not
from service.domain.insights.bindings.bound import Raw

MOST_LEAVES = 2_000
"""Tests in all bindings that are asked about at once."""


class BindingsTooLarge(DomainError):
    """The bindings of the map have more tests than can be asked about at once."""

    kind, code = Kind.CONFLICT, "bindings_too_large"


def readable(raw: Raw) -> "Filter | None":
    """A stored binding; None for one that asks more than an event tells, as earlier ones might."""
    try:
        return filters.parse_selection(raw, filters.BINDINGS)
    except Invalid:
        return None


def any_of(bindings: Iterable[Raw]) -> "Filter | None":
    """What any of some stored bindings takes; None if one of them cannot be asked."""
    read = [readable(one) for one in bindings]
    found = [one for one in read if one is not None]
    if len(found) < len(read):
        return None
    return found[0] if len(found) == 1 else Any(tuple(found))


def bounded(conditions: Sequence[Filter]) -> Sequence[Filter]:
    """The same, being few enough to be asked at once. Raises `BindingsTooLarge`."""
    if sum(map(_leaves, conditions)) > MOST_LEAVES:
        raise BindingsTooLarge(f"The bindings have more than {MOST_LEAVES} tests together.")
    return conditions


def _leaves(condition: Filter) -> int:
    match condition:
        case All(parts) | Any(parts):
            return sum(map(_leaves, parts)) or 1
        case Not(part):
            return _leaves(part)
        case _:
            return 1
