"""Where a bundle's members refer to each other, and what they would refer to outside of it.

Pure. Members are JSON objects as they are shown or sent.
"""

from collections.abc import Callable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from service.domain.errors import Problem

Rename = Callable[[str, Any, str], Any]
"""What to put in the place of a reference: kind, what stands there, pointer."""

PLACES: Mapping[str, Mapping[str, Any]] = {
    "touchpoint": {},
    "profile": {"parent_id": "profile"},
    "persona": {"profile_id": "profile"},
    "journey": {
        "persona_ids": "persona",
        "stages": {"steps": {"emotions": {"persona_id": "persona"}, "journey_id": "journey"}},
    },
}
"""Members that refer to a row of a kind, by the kind that has them."""

_NAMES_ROWS = frozenset({"member_of", "persona"})
"""Fields of the filter language whose values are ids."""


def renamed(kind: str, body: Mapping[str, Any], rename: Rename, at: str = "") -> dict[str, Any]:
    """A copy of a body with something else in the place of every reference."""
    copy: dict[str, Any] = _renamed(body, PLACES[kind], rename, at)
    return copy


def _renamed(value: Any, places: Any, rename: Rename, at: str) -> Any:
    if isinstance(value, list):
        return [_renamed(one, places, rename, f"{at}/{n}") for n, one in enumerate(value)]
    if isinstance(places, str):
        return None if value is None else rename(places, value, at)
    if not isinstance(value, Mapping):
        return value
    return {
        name: _renamed(one, places[name], rename, f"{at}/{name}") if name in places else one
        for name, one in value.items()
    }


def referred_to(kind: str, bodies: Sequence[Mapping[str, Any]], wanted: str) -> list[Any]:
    """What bodies refer to of one kind, each once, in the order in which they name it."""
    found: dict[Any, None] = {}

    def note(of: str, value: Any, _: str) -> Any:
        if of == wanted:
            found[value] = None
        return value

    for body in bodies:
        renamed(kind, body, note)
    return list(found)


def in_order(
    kind: str, bodies: Mapping[str, Mapping[str, Any]], at: str, problems: list[Problem]
) -> list[str]:
    """The keys of bodies so that whatever refers to another of its kind comes after that."""
    graph = {key: referred_to(kind, [body], kind) for key, body in bodies.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        names = " > ".join(str(key) for key in error.args[1])
        problems.append(Problem(at, "circular", f"{names}: none can be inside itself"))
        return []


def names_rows(condition: Any) -> bool:
    """Whether a condition names profiles, personas or journeys by their ids."""
    if isinstance(condition, list):
        return any(names_rows(one) for one in condition)
    if not isinstance(condition, Mapping):
        return False
    if condition.get("field") in _NAMES_ROWS or "at" in condition:
        return True
    return any(names_rows(one) for one in condition.values())
