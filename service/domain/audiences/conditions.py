"""A profile's criteria and exclusions as they are sent: read, and held against other profiles."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from service.domain import filters
from service.domain.errors import Invalid, Problem
from service.domain.filters import Filter, Segment, TooManyLinks

UNSTORED = UUID(int=0)
"""The id of a profile that is not stored."""
CONDITIONS = ("criteria", "exclusions")

Links = list[tuple[str, UUID]]
"""Profiles that are named, each with its pointer."""


def read(members: Mapping[str, Any], problems: list[Problem]) -> dict[str, Filter]:
    """The conditions among the members, by name; what is wrong with them joins `problems`."""
    found = {}
    for name in CONDITIONS:
        if members.get(name) is None:
            continue
        try:
            condition = filters.parse(members[name], filters.PEOPLE, f"/{name}")
        except Invalid as error:
            problems += error.problems
            continue
        problems += filters.unanswerable(condition, f"/{name}")
        found[name] = condition
    return found


def links(parent_id: UUID | None, conditions: Mapping[str, Filter]) -> Links:
    """The profiles that a parent and conditions name."""
    found: Links = [] if parent_id is None else [("/parent_id", parent_id)]
    for name, condition in conditions.items():
        found += filters.mentioned(condition, f"/{name}")
    return found


def link_problems(
    which: UUID,
    parent_id: UUID | None,
    told: Mapping[str, Filter],
    known: Mapping[UUID, Segment],
) -> list[Problem]:
    """Whom membership in `which` depends on must be there, not depend on it, and be few."""
    found = []
    for at, other in links(parent_id, told):
        if other == which or which in filters.reached(other, known):
            found.append(Problem(at, "circular", "a profile cannot be inside itself"))
        elif other not in known:
            found.append(Problem(at, "unknown_reference", "there is no such profile"))
    return found or list(_too_long(parent_id, told, known))


def _too_long(
    parent_id: UUID | None, told: Mapping[str, Filter], known: Mapping[UUID, Segment]
) -> Iterator[Problem]:
    """What makes too many profiles, or tests, of those that membership depends on."""
    for name, condition in told.items():
        for at, other in filters.mentioned(condition, f"/{name}"):
            if error := _refused(Segment(UNSTORED, "", other), known):
                yield Problem(at, error.code, error.detail)
                return
    own = Segment(UNSTORED, "", parent_id, told.get("criteria"), told.get("exclusions"))
    if error := _refused(own, known):
        at = "/parent_id" if _refused(Segment(UNSTORED, "", parent_id), known) else "/criteria"
        yield Problem(at, error.code, error.detail)


def _refused(own: Segment, known: Mapping[UUID, Segment]) -> TooManyLinks | None:
    try:
        filters.membership(UNSTORED, {**known, UNSTORED: own})
    except TooManyLinks as error:
        return error
    return None
