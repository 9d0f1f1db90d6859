"""Keys: names that stay when labels change, made from the label where a caller gave none."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.domain.errors import Problem

LONGEST = 60
_GAPS = re.compile(r"[\W_]+")


def key_of(label: str, otherwise: str) -> str:
    """The label in lower case with hyphens, in its own script; `otherwise` if nothing is left."""
    return _GAPS.sub("-", label.lower())[:LONGEST].strip("-") or otherwise


def completed(
    given: Sequence[tuple[str | None, str]], otherwise: str, taken: Iterable[str] = ()
) -> list[str]:
    """A unique key for each (key or None, label): given keys as they are, the rest made.

    The second of two equal labels gets `-2`, the third `-3`; so the same list gives the same keys.
    """
    used = {key for key, _ in given if key is not None} | set(taken)
    keys = []
    for key, label in given:
        keys.append(key or _free(key_of(label, otherwise), used))
        used.add(keys[-1])
    return keys


def _free(wanted: str, used: set[str]) -> str:
    candidate, n = wanted, 2
    while candidate in used:
        candidate, n = f"{wanted}-{n}", n + 1
    return candidate


def repeated(keys: Sequence[str | None]) -> list[int]:
    """The places of keys that an earlier place already holds."""
    seen: set[str] = set()
    places = []
    for place, key in enumerate(keys):
        if key is not None and key in seen:
            places.append(place)
        elif key is not None:
            seen.add(key)
    return places


def completed_items(
    items: Sequence[Mapping[str, Any]], pointer: str, problems: list[Problem]
) -> list[dict[str, Any]]:
    """Questions, pains or objections, each with a key of its own; repeated keys are problems."""
    for place in repeated([item["key"] for item in items]):
        problems.append(Problem(f"{pointer}/{place}/key", "repeated", "is an earlier one's key"))
    made = completed([(item["key"], item["text"]) for item in items], "item")
    return [{**item, "key": key} for item, key in zip(items, made, strict=True)]
