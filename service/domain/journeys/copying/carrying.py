"""From a map as it is read to the members of a copy.

Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from service.domain.journeys.reconciling import is_tied

Members = dict[str, Any]
_NOT_CARRIED = frozenset({"id", "version", "created_at", "updated_at", "external_ids"})


def carried(
    journey: Mapping[str, Any], persona_ids: Sequence[str] | None, include: Collection[str]
) -> Members:
    """The members of a copy: everything but ids, names that others gave, and bindings unless they
    are included. Where other people take the journey, ratings are theirs alone.
    """
    members = {n: v for n, v in journey.items() if n not in _NOT_CARRIED}
    people = journey["persona_ids"] if persona_ids is None else list(persona_ids)
    lost = set() if persona_ids is None else _rated(journey) - set(people)
    stages = [
        {**stage, "steps": [_step(step, lost, include) for step in stage["steps"]]}
        for stage in journey["stages"]
    ]
    members |= {"stages": stages, "persona_ids": people}
    if is_tied(journey):
        del members["transitions"]
    return members


def related(members: Members, journey_id: str, kind: str, axes: Mapping[str, str]) -> Members:
    """The same as a variant or the to-be twin of the map it is copied from."""
    if kind == "variant":
        return {
            **members,
            "variant_of": journey_id,
            "variant_axes": {**members["variant_axes"], **axes},
        }
    if kind == "to_be":
        twin = {"perspective": "to_be", "as_is_id": journey_id}
        return {**members, **twin, "variant_of": None, "variant_axes": {}}
    return members


def _rated(journey: Mapping[str, Any]) -> set[str]:
    steps = (step for stage in journey["stages"] for step in stage["steps"])
    return {felt["persona_id"] for step in steps for felt in step["emotions"]}


def _step(step: Mapping[str, Any], lost: Collection[str], include: Collection[str]) -> Members:
    kept = {**step, "emotions": [f for f in step["emotions"] if f["persona_id"] not in lost]}
    return kept if "bindings" in include else {**kept, "binding": None}
