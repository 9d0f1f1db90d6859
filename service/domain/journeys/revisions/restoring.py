"""A revision's document as it can be written again: what refers to nothing any more is left out.

Pure.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

Document = dict[str, Any]


class Held(NamedTuple):
    """An id that a document holds, where, and of what."""

    pointer: str
    kind: str
    id: UUID


def held(document: Mapping[str, Any]) -> Iterator[Held]:
    """All ids of other resources in a document, by JSON pointer."""
    for name, kind in (("persona_ids", "persona"), ("next_journey_ids", "journey")):
        for n, which in enumerate(document[name]):
            yield Held(f"/{name}/{n}", kind, UUID(which))
    for name in ("as_is_id", "variant_of"):
        if document[name] is not None:
            yield Held(f"/{name}", "journey", UUID(document[name]))
    for n, stage in enumerate(document["stages"]):
        for m, step in enumerate(stage["steps"]):
            yield from _of_step(f"/stages/{n}/steps/{m}", step)


def without(document: Document, pointers: Collection[str]) -> Document:
    """The document, changed in place, without what stands at these pointers of `held`."""
    for name in ("persona_ids", "next_journey_ids"):
        document[name] = _left(document[name], f"/{name}", pointers)
    for name in ("as_is_id", "variant_of"):
        if f"/{name}" in pointers:
            document[name] = None
    for n, stage in enumerate(document["stages"]):
        for m, step in enumerate(stage["steps"]):
            at = f"/stages/{n}/steps/{m}"
            for name in ("emotions", "touchpoints"):
                step[name] = _left(step[name], f"{at}/{name}", pointers)
            if f"{at}/journey_id" in pointers:
                step["journey_id"] = None
    return document


def under_their_ids(members: Document, document: Mapping[str, Any]) -> Document:
    """What is written, changed in place: each part with the id that it has in the document."""
    for part, was in _beside(members, document, "transitions"):
        part["id"] = was["id"]
    for stage, was in _beside(members, document, "stages"):
        stage["id"] = was["id"]
        for step, had in _beside(stage, was, "steps"):
            step["id"] = had["id"]
    return members


def returned(now: Mapping[str, Any], was: Mapping[str, Any]) -> list[str]:
    """The parts that were not there before, by JSON pointer: what pointed at their rows went with
    these."""
    there = {part["id"] for _, part in _parts(was)}
    return [at for at, part in _parts(now) if part["id"] not in there]


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for n, stage in enumerate(document["stages"]):
        yield f"/stages/{n}", stage
        yield from ((f"/stages/{n}/steps/{m}", step) for m, step in enumerate(stage["steps"]))
    yield from ((f"/transitions/{n}", edge) for n, edge in enumerate(document["transitions"]))


def _beside(
    members: Document, document: Mapping[str, Any], name: str
) -> Iterator[tuple[Document, Mapping[str, Any]]]:
    return zip(members[name], document[name], strict=True)


def _of_step(at: str, step: Mapping[str, Any]) -> Iterator[Held]:
    for n, felt in enumerate(step["emotions"]):
        yield Held(f"{at}/emotions/{n}", "persona", UUID(felt["persona_id"]))
    for n, met in enumerate(step["touchpoints"]):
        yield Held(f"{at}/touchpoints/{n}", "touchpoint", UUID(met["touchpoint_id"]))
    if step["journey_id"] is not None:
        yield Held(f"{at}/journey_id", "journey", UUID(step["journey_id"]))


def _left(items: list[Any], at: str, pointers: Collection[str]) -> list[Any]:
    return [one for n, one in enumerate(items) if f"{at}/{n}" not in pointers]
