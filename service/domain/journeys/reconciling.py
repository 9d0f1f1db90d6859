"""A whole map as sent against the map as stored: which parts come, change, stay and go.

Pure. Parts are told apart by key, stages and steps each in a name space of their own; a known key
keeps its id, and a part that comes takes the `id` that is sent for it, where that is free. Members
are compared as they are shown, so what was read can be sent back and changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from msgspec import Struct, field

from service.domain.errors import Problem
from service.domain.keys import completed, repeated

Members = dict[str, Any]
NewId = Callable[[], str]

_SHOWN_ONLY = frozenset({"id", "version", "created_at", "updated_at", "steps"})
_PART_ONLY = _SHOWN_ONLY | {"journey_id"}
_PLAIN = {"kind": "planned"} | dict.fromkeys(
    ("condition", "probability", "expected_seconds", "hands_over", "received_by")
)
_STEP_LINKS = ("emotions", "touchpoints")


class Rows(Struct):
    """Rows of one table: all that shall be, which of them are news, and the ids of those to go."""

    kept: list[Members] = field(default_factory=list)
    news: list[tuple[str, Members]] = field(default_factory=list)
    gone: list[Members] = field(default_factory=list)


class Parts(Struct):
    """A map's parts, ready to be written. `tied`: its transitions follow its order."""

    stages: Rows = field(default_factory=Rows)
    steps: Rows = field(default_factory=Rows)
    transitions: Rows = field(default_factory=Rows)
    emotions: list[Members] = field(default_factory=list)
    touchpoints: list[Members] = field(default_factory=list)
    tied: bool = True


def complete_keys(stages: Sequence[Members], problems: list[Problem]) -> None:
    """Give every stage and step a key, in place; repeated keys are problems."""
    steps = [
        (n, m, step) for n, stage in enumerate(stages) for m, step in enumerate(stage["steps"])
    ]
    for place in repeated([stage["key"] for stage in stages]):
        problems.append(_repeated(f"/stages/{place}/key"))
    for place in repeated([step["key"] for _, _, step in steps]):
        n, m, _ = steps[place]
        problems.append(_repeated(f"/stages/{n}/steps/{m}/key"))
    named = completed([(stage["key"], stage["name"]) for stage in stages], "stage")
    for stage, key in zip(stages, named, strict=True):
        stage["key"] = key
    acted = completed([(step["key"], step["action"]) for _, _, step in steps], "step")
    for (_, _, step), key in zip(steps, acted, strict=True):
        step["key"] = key


def _repeated(pointer: str) -> Problem:
    return Problem(pointer, "repeated", "is the key of an earlier one")


def check_transitions(
    transitions: Sequence[Members], stages: Sequence[Members], problems: list[Problem]
) -> None:
    """Both ends must be steps of the map, and no two edges of a kind join the same steps."""
    known = {step["key"] for stage in stages for step in stage["steps"]}
    for n, edge in enumerate(transitions):
        for end in ("from", "to"):
            if edge[end] not in known:
                detail = "there is no step with this key"
                problems.append(Problem(f"/transitions/{n}/{end}", "unknown_reference", detail))
    for n in repeated([_edge(edge) for edge in transitions]):
        detail = "an earlier transition of this kind joins the same steps"
        problems.append(Problem(f"/transitions/{n}", "repeated", detail))


def _edge(edge: Mapping[str, Any]) -> str:
    return f"{edge['from']} {edge['to']} {edge['kind']}"  # keys hold no spaces


def reconciled(
    stages: Sequence[Members],
    transitions: Sequence[Members] | None,
    current: Mapping[str, Any],
    new_id: NewId,
) -> Parts:
    """The parts of a map whose keys are complete and whose references are checked.

    `current` is the stored map as shown: its `stages` with their `steps`, its `transitions`.
    """
    parts = Parts()
    ids = _Ids(current, new_id)
    ties = _ties(stages)
    parts.tied = transitions is None or _plain(transitions) == _plain(ties)
    known = {stage["key"]: stage for stage in current["stages"]}
    known_stages = {stage["key"]: stage["steps"] for stage in current["stages"]}
    known_steps = {s["key"]: s for stage in current["stages"] for s in stage["steps"]}
    step_ids = {}
    for place, stage in enumerate(stages):
        row = _row(stage, known.pop(stage["key"], None), parts.stages, ids)
        row["position"] = place
        shown, news = known_stages.get(stage["key"]), len(parts.steps.news)
        for step_place, step in enumerate(stage["steps"]):
            members = {**step, "stage_id": row["id"]}
            was = known_steps.pop(step["key"], None)
            step_row = _row(members, was, parts.steps, ids)
            step_row["position"] = step_place
            step_ids[step["key"]] = step_row["id"]
            _linked(step_row, parts)
        order = [step_ids[step["key"]] for step in stage["steps"]]
        if shown and (len(parts.steps.news) > news or [s["id"] for s in shown] != order):
            _raise(row, parts.stages)
    parts.stages.gone = list(known.values())
    parts.steps.gone = list(known_steps.values())
    wanted = ties if transitions is None else transitions
    _transitions(wanted, step_ids, current["transitions"], parts.transitions, ids)
    return parts


class _Ids:
    """The ids that parts without a counterpart begin with."""

    def __init__(self, current: Mapping[str, Any], new_id: NewId) -> None:
        self._new_id, self._current = new_id, current
        parts = [*current["stages"], *current["transitions"]]
        parts += [step for stage in current["stages"] for step in stage["steps"]]
        self._taken = {part["id"] for part in parts}

    def first(self, members: Members) -> Members:
        """Id and version of a part that comes: new ones, or the id that it had before.

        No part has a higher version than its map, which rose when the part went: so one that comes
        back with the version of the map is newer than it ever was.
        """
        former = members.get("id")
        if former is None or former in self._taken:
            return {"id": self._new_id(), "version": 1}
        return {"id": former, "version": self._current["version"]}


def is_tied(current: Mapping[str, Any]) -> bool:
    """Whether a stored map's transitions are just the planned ones between neighbours."""
    edges = [{n: v for n, v in e.items() if n not in _PART_ONLY} for e in current["transitions"]]
    return _plain(edges) == _plain(_ties(current["stages"]))


def _ties(stages: Sequence[Members]) -> list[Members]:
    keys = [step["key"] for stage in stages for step in stage["steps"]]
    return [{"from": a, "to": b} | _PLAIN for a, b in pairwise(keys)]


def _plain(transitions: Sequence[Members]) -> list[Members]:
    """The edges without members that say nothing."""
    return [{n: v for n, v in edge.items() if v is not None and n != "id"} for edge in transitions]


def _row(members: Members, was: Mapping[str, Any] | None, rows: Rows, ids: _Ids) -> Members:
    if was is None:
        row = {**members, **ids.first(members)}
        rows.news.append(("created", row))
    elif all(was.get(n) == value for n, value in members.items() if n not in _SHOWN_ONLY):
        kept = {n: was[n] for n in ("id", "version", "created_at", "updated_at")}
        row = {**members, **kept}
    else:
        row = {**members, "id": was["id"], "version": was["version"] + 1}
        row["created_at"] = was["created_at"]
        rows.news.append(("updated", row))
    rows.kept.append(row)
    return row


def _raise(row: Members, rows: Rows) -> None:
    """A stage whose steps have changed shows something else, even if no member of its own did."""
    if row.pop("updated_at", None) is not None:
        row["version"] += 1
        rows.news.append(("updated", row))


def _linked(step: Members, parts: Parts) -> None:
    """Move a step's links out of its row, to rows of their own."""
    for name in _STEP_LINKS:
        links = [
            {**item, "step_id": step["id"], "position": n}
            for n, item in enumerate(step.pop(name, None) or ())
        ]
        getattr(parts, name).extend(links)


def _transitions(
    wanted: Sequence[Members],
    step_ids: Mapping[str, str],
    current: Sequence[Mapping[str, Any]],
    rows: Rows,
    ids: _Ids,
) -> None:
    known = {_edge(edge): edge for edge in current}
    for place, edge in enumerate(wanted):
        row = _row(edge, known.pop(_edge(edge), None), rows, ids)
        row["position"] = place
        row["from_step_id"], row["to_step_id"] = step_ids[edge["from"]], step_ids[edge["to"]]
    rows.gone = [dict(edge) for edge in known.values()]
