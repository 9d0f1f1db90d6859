"""Whom a change of a map concerns: the departments of the steps that it touches.

Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from service.domain.journeys.revisions.difference import Difference

Json = Mapping[str, Any]


def touchpoint_ids(*documents: Json) -> list[str]:
    """The touchpoints that the steps of some documents meet, each once."""
    met = (
        one["touchpoint_id"]
        for document in documents
        for stage in document["stages"]
        for step in stage["steps"]
        for one in step["touchpoints"]
    )
    return list(dict.fromkeys(met))


def departments(
    items: Sequence[Difference], documents: Sequence[Json], owners: Mapping[str, str]
) -> list[str]:
    """The departments that differences concern, in the order of the alphabet.

    Those of each step that came, went, moved or changed, before and after: its own, and those that
    own its touchpoints (`owners`: department by touchpoint). Of a transition, who receives what is
    handed over, and those of its two steps.
    """
    found: set[str] = set()
    for document in documents:
        steps = {s["key"]: s for stage in document["stages"] for s in stage["steps"]}
        edges = {f"{e['from']}/{e['to']}/{e['kind']}": e for e in document["transitions"]}
        for item in items:
            found.update(chain.from_iterable(_of(s, owners) for s in _touched(item, steps, edges)))
            if edge := _edge(item, edges):
                found.add(edge["received_by"] or "")
            if item.field == "received_by":
                found |= {item.before or "", item.after or ""}
    return sorted(found - {""})


def _edge(item: Difference, edges: Mapping[str, Json]) -> Json | None:
    return edges.get(item.key or "") if item.part == "transition" else None


def _touched(
    item: Difference, steps: Mapping[str, Json], edges: Mapping[str, Json]
) -> Iterator[Json]:
    step = steps.get(item.key or "")
    if item.part == "step" and step:
        yield step
    if edge := _edge(item, edges):
        yield from (steps[edge[end]] for end in ("from", "to"))


def _of(step: Json, owners: Mapping[str, str]) -> Iterator[str]:
    if step["department"]:
        yield step["department"]
    for met in step["touchpoints"]:
        if owner := owners.get(met["touchpoint_id"]):
            yield owner
