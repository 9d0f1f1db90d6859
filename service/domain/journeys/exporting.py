"""Maps to take away: as Mermaid diagrams and as CSV, with the names of what they leave behind."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from service.domain.journeys import csv_writing
from service.domain.journeys.csv_columns import JOURNEY, STAGE, STEP
from service.domain.journeys.mermaid_writing import WriteMap, WriteStage, WriteStep, Written, write
from service.domain.journeys.reconciling import is_tied
from service.domain.reading import Document


class Carried(NamedTuple):
    """What a form has a place for: members of the journey, its stages and its steps."""

    journey: Collection[str]
    stage: Collection[str]
    step: Collection[str]


_DRAWN = Carried({"title", "scenario"}, {"name"}, {"action", "emotion", "actors"})
_TABLED = Carried(JOURNEY, STAGE, STEP)
_USUAL = {"perspective": "as_is", "status": "draft"}
"""What a map made of a diagram has anyway."""
_SHOWN_ONLY = frozenset({"id", "version", "created_at", "updated_at"})
_PARTS = frozenset({"stages", "steps", "transitions"})


def as_mermaid(found: Document) -> Written:
    """A map as a Mermaid diagram, with what it could not carry."""
    journey = msgspec.json.decode(found.json)
    stages = [
        WriteStage(
            stage["name"],
            [WriteStep(s["action"], s["emotion"], s["actors"]) for s in stage["steps"]],
        )
        for stage in journey["stages"]
    ]
    drawn = WriteMap(journey["title"], journey["scenario"] or "", stages)
    return write(drawn, not_carried(journey, _DRAWN))


def as_csv(found: Document) -> Written:
    """A map as CSV, one line a step, with what it could not carry."""
    text = csv_writing.write(found.json)
    return Written(text, not_carried(msgspec.json.decode(found.json), _TABLED))


TAKEN_AWAY: Mapping[str, Callable[[Document], Written]] = {"csv": as_csv, "mermaid": as_mermaid}
"""What writes each form that can be imported again."""


def not_carried(journey: Mapping[str, Any], carried: Carried) -> list[str]:
    """Members that hold something a form has no place for; a key is made anew."""
    steps = [step for stage in journey["stages"] for step in stage["steps"]]
    lost = [name for name in _lost([journey], carried.journey) if name not in _USUAL]
    lost += [n for n, v in _USUAL.items() if n not in carried.journey and journey[n] != v]
    if not is_tied(journey):
        lost.append("transitions")
    # A stage's journey is its map, a step's the one within it.
    kept = {*carried.stage, "key", "journey_id"}
    lost += sorted(f"stage.{name}" for name in _lost(journey["stages"], kept))
    kept = {*carried.step, "key", "stage_id"}
    return lost + sorted(f"step.{name}" for name in _lost(steps, kept))


def _lost(rows: Sequence[Mapping[str, Any]], carried: Collection[str]) -> list[str]:
    kept = {*carried, *_SHOWN_ONLY, *_PARTS}
    return list(
        dict.fromkeys(n for row in rows for n, v in row.items() if n not in kept and _says(v))
    )


def _says(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [], {})
