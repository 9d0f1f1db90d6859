"""What differs between two documents of maps: parts that came, went, moved, are called otherwise,
or have other members.

Pure. Parts are told apart by key, stages and steps each in a name space of their own, transitions
by their ends and kind. Of parts that kept company, the fewest are said to have moved: those outside
a longest increasing subsequence. Transitions that only tie neighbours, on both sides, follow the
order and differ by nothing of their own. The cost grows with the members of both documents, and
with n log n of their parts.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Literal, NamedTuple

from service.domain.journeys.reconciling import is_tied
from service.domain.journeys.revisions.difference import Difference, Part, Unmatched

Json = Mapping[str, Any]
NAMES = {"journey": "title", "stage": "name", "step": "action"}
_OF_ITS_OWN = frozenset(
    {"id", "version", "created_at", "updated_at", "external_ids", "key", "restored"}
)
_STRUCTURE = frozenset({"stages", "steps", "transitions", "journey_id", "stage_id", "from", "to"})
_RELATIONS = frozenset({"as_is_id", "variant_of"})
"""What ties maps to each other: it differs wherever two maps are compared."""


class Parts(NamedTuple):
    """A document's stages in order, its steps in order with the key of their stage, its edges."""

    stages: Mapping[str, Json]
    steps: Mapping[str, Json]
    stage_of: Mapping[str, str]
    edges: Sequence[Json]


def differences(base: Json, other: Json) -> list[Difference]:
    """Every difference, from `base` to `other`: of the journey, its stages, steps, transitions."""
    before, after = _parts(base), _parts(other)
    related = base.get("id") == other.get("id")
    tied = is_tied(base) and is_tied(other)
    return list(
        chain(
            _fields("journey", None, base, other, _STRUCTURE | (set() if related else _RELATIONS)),
            _stages(before, after),
            _steps(before, after),
            () if tied else _edges(before.edges, after.edges),
        )
    )


def unmatched(base: Json, other: Json) -> list[Unmatched]:
    """Stages and steps of either document whose key the other does not have."""
    before, after = _parts(base), _parts(other)
    return [
        *_alone_in("base", "stage", before.stages, after.stages),
        *_alone_in("base", "step", before.steps, after.steps),
        *_alone_in("with", "stage", after.stages, before.stages),
        *_alone_in("with", "step", after.steps, before.steps),
    ]


def _alone_in(
    side: Literal["base", "with"],
    part: Literal["stage", "step"],
    mine: Mapping[str, Json],
    theirs: Mapping[str, Json],
) -> Iterator[Unmatched]:
    for key, one in mine.items():
        if key not in theirs:
            yield Unmatched(side, part, key, one[NAMES[part]])


def _parts(document: Json) -> Parts:
    stages, steps, stage_of = {}, {}, {}
    for stage in document["stages"]:
        stages[stage["key"]] = stage
        for step in stage["steps"]:
            steps[step["key"]] = step
            stage_of[step["key"]] = stage["key"]
    return Parts(stages, steps, stage_of, document["transitions"])


def _stages(before: Parts, after: Parts) -> Iterator[Difference]:
    places = _behind(before.stages), _behind(after.stages)
    moved = set(_moved([key for key in before.stages if key in after.stages], list(after.stages)))
    for key, stage in after.stages.items():
        if key not in before.stages:
            shown = _told({"after": places[1][key]}, stage)
            yield Difference("added", "stage", key, None, None, shown)
            continue
        if key in moved:
            was, now = ({"after": place[key]} for place in places)
            yield Difference("moved", "stage", key, "order", was, now)
        yield from _fields("stage", key, before.stages[key], stage)
    for key, stage in before.stages.items():
        if key not in after.stages:
            shown = _told({"after": places[0][key]}, stage)
            yield Difference("removed", "stage", key, None, shown, None)


def _steps(before: Parts, after: Parts) -> Iterator[Difference]:
    places = _step_places(before), _step_places(after)
    moved = _moved_within(before, after)
    for key, step in after.steps.items():
        if key not in before.steps:
            yield Difference("added", "step", key, None, None, _told(places[1][key], step))
            continue
        elsewhere = before.stage_of[key] != after.stage_of[key]
        if elsewhere or key in moved:
            field = "stage" if elsewhere else "order"
            yield Difference("moved", "step", key, field, places[0][key], places[1][key])
        yield from _fields("step", key, before.steps[key], step)
    for key, step in before.steps.items():
        if key not in after.steps:
            yield Difference("removed", "step", key, None, _told(places[0][key], step), None)


def _moved_within(before: Parts, after: Parts) -> set[str]:
    """Steps that stand elsewhere among those that are in the same stage on both sides."""
    stayed: dict[str, list[str]] = {}
    for key, stage in before.stage_of.items():
        if after.stage_of.get(key) == stage:
            stayed.setdefault(stage, []).append(key)
    now: dict[str, list[str]] = {}
    for key, stage in after.stage_of.items():
        now.setdefault(stage, []).append(key)
    return {key for stage, keys in stayed.items() for key in _moved(keys, now[stage])}


def _moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The fewest of `before` whose moving gives the order that they have in `after`."""
    place = {key: n for n, key in enumerate(before)}
    order = [key for key in after if key in place]
    kept = set(longest_increasing([place[key] for key in order]))
    return [key for key in order if place[key] not in kept]


def longest_increasing(numbers: Sequence[int]) -> list[int]:
    """A longest increasing subsequence of different numbers, in n log n."""
    ends: list[int] = []
    at: list[int] = []
    behind: list[int | None] = []
    for n, number in enumerate(numbers):
        length = bisect_left(ends, number)
        behind.append(at[length - 1] if length else None)
        ends[length : length + 1] = [number]
        at[length : length + 1] = [n]
    found: list[int] = []
    last = at[-1] if at else None
    while last is not None:
        found.append(numbers[last])
        last = behind[last]
    return found[::-1]


def _behind(keys: Mapping[str, Any]) -> dict[str, str | None]:
    """For each key the one before it."""
    return dict(zip(keys, [None, *keys], strict=False))


def _step_places(parts: Parts) -> dict[str, dict[str, str | None]]:
    """For each step its stage, and the step before it there."""
    places: dict[str, dict[str, str | None]] = {}
    last: dict[str, str] = {}
    for key, stage in parts.stage_of.items():
        places[key] = {"stage": stage, "after": last.get(stage)}
        last[stage] = key
    return places


def _edges(before: Sequence[Json], after: Sequence[Json]) -> Iterator[Difference]:
    was, now = ({_edge(one): one for one in edges} for edges in (before, after))
    gone = _alone([key for key in was if key not in now])
    come = _alone([key for key in now if key not in was])
    # Another kind between the same steps is a change, where it is plain which became which.
    turned = {come[ends]: gone[ends] for ends in come if ends in gone}
    for key, edge in now.items():
        old = turned.get(key, key)
        if old in was:
            yield from _fields("transition", "/".join(old), was[old], edge)
        else:
            yield Difference("added", "transition", "/".join(key), None, None, _told({}, edge))
    left = was.keys() - now.keys() - set(turned.values())
    for key, edge in was.items():
        if key in left:
            yield Difference("removed", "transition", "/".join(key), None, _told({}, edge), None)


def _edge(edge: Json) -> tuple[str, str, str]:
    return edge["from"], edge["to"], edge["kind"]


def _alone(edges: Sequence[tuple[str, str, str]]) -> dict[tuple[str, ...], tuple[str, str, str]]:
    """The edges by their ends, where no other of them joins the same steps."""
    found: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}
    for edge in edges:
        found.setdefault(edge[:2], []).append(edge)
    return {ends: several[0] for ends, several in found.items() if len(several) == 1}


def _fields(
    part: Part, key: str | None, was: Json, now: Json, besides: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    """The members that differ, in the order of the newer document."""
    if was == now:
        return
    hidden = _hidden(part) | besides
    for name in dict.fromkeys((*now, *was)):
        if name in hidden:
            continue
        before, after = was.get(name), now.get(name)
        if _compared(name, before) != _compared(name, after):
            is_name = NAMES.get(part) == name
            yield Difference("renamed" if is_name else "changed", part, key, name, before, after)


def _hidden(part: str) -> frozenset[str]:
    """Members that are no facts of a part. A step's journey is the one nested there."""
    structure = _STRUCTURE - {"journey_id"} if part == "step" else _STRUCTURE
    return _OF_ITS_OWN | structure


def _compared(name: str, value: Any) -> Any:
    """A touchpoint is one and the same under another key."""
    if name == "touchpoints" and value:
        return [{n: v for n, v in one.items() if n != "key"} for one in value]
    return value


def _told(place: Json, part: Json) -> dict[str, Any]:
    """Where a part stands, and its members that say something."""
    hidden = _hidden("step" if "action" in part else "stage") - {"from", "to"}
    shown = {n: v for n, v in part.items() if n not in hidden and v not in (None, False, [], {})}
    return {**place, **shown}
