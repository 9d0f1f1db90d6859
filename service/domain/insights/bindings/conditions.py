"""Bindings as conditions that can be asked of events."""

from collections.abc import Iterable, Sequence

from service.domain import filters
from service.domain.errors import DomainError, Invalid, Kind, Problem
from service.domain.filters import All, Any, Filter, Not, Test
from service.domain.insights.bindings.bound import Raw

MOST_LEAVES = 2_000
"""Tests in all bindings that are asked about at once."""


OF_ONE = frozenset({"user_id", "anonymous_id", "contact_id", "message_id"})
"""Fields that tell one person from others: to ask of them is to read contacts."""
NEEDS_CONTACTS_READ = "needs_contacts_read"
_WHOSE = "tells people apart, which needs the scope contacts:read"


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


def asks_of_nobody(condition: Filter, at: str) -> None:
    """Raises `Invalid`, naming each test of a condition that tells one person from others."""
    if naming := naming_people(condition, at):
        places = naming if at == "/binding" else [at]
        raise Invalid([Problem(where, NEEDS_CONTACTS_READ, _WHOSE) for where in places])


def naming_people(condition: Filter, at: str = "") -> list[str]:
    """The pointers of the tests of a condition that tell one person from others."""
    every = filters.tests(condition, at)
    return [where for where, one in every if isinstance(one, Test) and one.field in OF_ONE]


def bounded(conditions: Sequence[Filter]) -> Sequence[Filter]:
    """The same, being few enough to be asked at once. Raises `BindingsTooLarge`."""
    if sum(map(leaves, conditions)) > MOST_LEAVES:
        raise BindingsTooLarge(f"The bindings have more than {MOST_LEAVES} tests together.")
    return conditions


def leaves(condition: Filter) -> int:
    """How many tests a condition is made of."""
    match condition:
        case All(parts) | Any(parts):
            return sum(map(leaves, parts)) or 1
        case Not(part):
            return leaves(part)
        case _:
            return 1
